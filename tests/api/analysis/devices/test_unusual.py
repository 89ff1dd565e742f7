"""What is unusual by a device's own past, on hours whose answer is known."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_rules.advice import advice
from api.analysis.devices.baseline import baseline, weeks_told
from api.analysis.devices.hourly import HOUR, Hourly
from api.analysis.devices.tree import Metric, Unusual
from api.analysis.devices.unusual import THRESHOLDS, not_compared, unusual_of
from tests.api.analysis.devices.made import MONDAY, PC, Shape, after, noisy, office_day, weeks

WEDNESDAY = after(8) + timedelta(days=2)


def busy_at(spells: list[tuple[datetime, int]], level: float = 90.0, base: Shape = office_day) -> Shape:
    """Return an office day that is busy for so many hours from these moments on."""

    def shape(moment: datetime) -> float:
        is_busy = any(start <= moment < start + hours * HOUR for start, hours in spells)
        return level if is_busy else base(moment)

    return shape


def found(shape: Shape, metric: Metric = Metric.CPU, past: float = 8, judged: float = 1) -> list[Unusual] | None:
    hours = weeks(shape, past + judged)
    return unusual_of(PC, metric, hours, after(past), after(past + judged))


def test_an_ordinary_week_has_nothing_unusual() -> None:
    assert found(noisy(office_day, 8.0)) == []


def test_hours_on_days_in_a_row_are_one_time_and_told_in_words() -> None:
    days = [(WEDNESDAY + timedelta(days=n, hours=14), 2) for n in range(3)]

    (told,) = found(busy_at(days, 88.4)) or []

    assert told.text.ja == (
        "CPU使用率：水曜14時の普段は20%。11月4日から11月6日まで3日続けて計6時間、88%以上（最高88%）"
    )
    assert told.text.en == (
        "processor use: usually 20 % at 14:00 on Wednesdays; on 3 days in a row, 4 Nov to 6 Nov, for 6 hours in all:"
        " 88 % or more, up to 88 %"
    )
    assert (told.since, told.hours, told.days) == (WEDNESDAY + 14 * HOUR, 6, 3)
    assert told.until == WEDNESDAY + timedelta(days=2, hours=16)
    assert advice(told.advice, "ja").steps


def test_the_usual_is_told_as_a_span() -> None:
    (told,) = found(busy_at([(WEDNESDAY + 14 * HOUR, 5)], base=noisy(office_day, 8.0))) or []

    assert 12 <= told.usual_low < told.usual_high <= 28
    assert f"普段は{told.usual_low:.0f}〜{told.usual_high:.0f}%" in told.text.ja
    assert "11月4日は14時から5時間" in told.text.ja


def test_one_busy_hour_or_hours_far_apart_are_nothing() -> None:
    assert found(busy_at([(WEDNESDAY + 14 * HOUR, 3)])) == []
    assert found(busy_at([(after(8) + timedelta(days=day, hours=14), 1) for day in range(7)])) == []


def test_what_lasts_at_the_end_is_told_so() -> None:
    (told,) = found(busy_at([(after(9) - 6 * HOUR, 6)])) or []

    assert told.lasts
    assert told.text.ja.endswith("。期間の終わりも続いています")


def test_a_machine_that_was_switched_off_when_it_was_busy_still_lasts() -> None:
    shape = busy_at([(after(9) - 10 * HOUR, 6)])
    off: Shape = lambda moment: np.nan if moment >= after(9) - 4 * HOUR else shape(moment)  # noqa: E731

    (told,) = found(off) or []

    assert told.lasts


def test_the_weekly_backup_is_usual_and_the_same_on_another_day_is_not() -> None:
    backup: Shape = lambda moment: 85.0 if moment.weekday() == 6 and 1 <= moment.hour < 7 else 4.0  # noqa: E731

    assert found(backup) == []

    (told,) = found(busy_at([(WEDNESDAY + 1 * HOUR, 12)], 85.0, backup)) or []
    assert told.hours >= 4


def test_the_end_of_a_month_is_usual_once_it_was_seen() -> None:
    month_end: Shape = lambda moment: 70.0 if moment.day >= 28 and 9 <= moment.hour < 21 else office_day(moment)  # noqa: E731

    assert found(month_end, past=12, judged=1) == []


def test_holidays_with_the_machine_off_change_nothing() -> None:
    def shape(moment: datetime) -> float:
        return np.nan if moment.day in (21, 22, 23) else office_day(moment)

    assert found(shape) == []
    assert len(found(busy_at([(WEDNESDAY + 9 * HOUR, 9)], base=shape)) or []) == 1


def test_what_stays_becomes_usual() -> None:
    since = after(8)
    shape: Shape = lambda moment: 75.0 if moment >= since else office_day(moment)  # noqa: E731

    assert len(found(shape, judged=1) or []) == 1
    assert found(shape, past=18, judged=1) == []


def test_a_long_job_that_is_run_on_any_day_is_usual_after_two_times_and_told_after_one() -> None:
    job = (WEDNESDAY + 13 * HOUR, 5)
    once, twice = (
        [(after(week) + timedelta(days=week % 5, hours=10), 6) for week in those] for those in ((3,), (3, 6))
    )

    (told,) = found(busy_at([*once, job])) or []
    assert told.before == 1
    assert told.text.ja.endswith("。それまでの12週間にも1回ありました")
    assert found(busy_at([*twice, job])) == []
    assert len(found(busy_at([*twice, (WEDNESDAY, 30)])) or []) == 1  # so long it never was


def test_a_slow_leak_is_found_before_memory_is_full() -> None:
    def shape(moment: datetime) -> float:
        days = max(0.0, (moment - after(8)).total_seconds() / 86_400)
        return min(95.0, 55.0 + 5.0 * days)

    (told,) = found(shape, Metric.MEMORY) or []

    assert told.since < after(8) + timedelta(days=4)
    assert told.highest <= 90


def test_a_hot_room_is_told_in_degrees() -> None:
    shape = busy_at([(WEDNESDAY, 5)], 66.0, lambda moment: 38.0 + 0.1 * office_day(moment))

    (told,) = found(shape, Metric.TEMPERATURE) or []

    assert "普段は38℃" in told.text.ja
    assert "66 °C or more" in told.text.en


@pytest.mark.parametrize("past", [0, 1, 2, 2.75])
def test_below_three_weeks_it_refuses_and_says_so(past: float) -> None:
    hours = weeks(busy_at([(after(past) + 20 * HOUR, 30)]), past + 1)

    assert unusual_of(PC, Metric.CPU, hours, after(past), after(past + 1)) is None
    told = not_compared(PC, (Metric.CPU,), hours, after(past))
    assert f"過去が{int(past)}週間分しかありません" in told.why.ja


def test_weeks_in_which_the_machine_was_off_do_not_count() -> None:
    off: Shape = lambda moment: np.nan if moment < after(6) else office_day(moment)  # noqa: E731

    assert found(off) is None
    assert weeks_told(weeks(off, 8)) == 2


def test_the_longer_the_period_the_more_of_it_can_be_judged() -> None:
    shape = busy_at([(after(4) + timedelta(days=2, hours=9), 9)])

    assert len(found(shape, past=1, judged=5) or []) == 1


def test_a_constant_machine_has_a_past_of_its_own() -> None:
    assert found(lambda _moment: 42.0) == []
    assert found(lambda _moment: 0.0) == []
    assert len(found(busy_at([(WEDNESDAY, 6)], base=lambda _moment: 0.0)) or []) == 1


def test_hours_at_which_the_machine_was_never_on_are_not_judged() -> None:
    office: Shape = lambda moment: office_day(moment) if office_day(moment) == 20.0 else np.nan  # noqa: E731
    night = WEDNESDAY + 1 * HOUR

    assert found(busy_at([(night, 6)], base=office)) == []


def test_a_year_without_numbers_is_no_past() -> None:
    assert found(lambda _moment: np.nan) is None


def test_a_few_odd_weeks_do_not_carry_the_usual_away() -> None:
    odd = [(after(week) + timedelta(days=2, hours=13), 4) for week in (1, 4, 6)]

    (told,) = found(busy_at([*odd, (WEDNESDAY + 9 * HOUR, 9)])) or []

    assert told.usual_low == 20
    usual = baseline(weeks(busy_at(odd), 8), 4.0)
    assert usual is not None
    assert usual.middle[2 * 24 + 14] == 20


def test_few_weeks_are_drawn_towards_days_alike() -> None:
    strange: Shape = lambda moment: 60.0 if moment.weekday() == 2 and moment.hour == 14 else office_day(moment)  # noqa: E731
    few, many = (baseline(weeks(strange, count), 4.0) for count in (3, 12))

    assert few is not None
    assert many is not None
    assert few.middle[62] == pytest.approx(40)
    assert many.middle[62] == pytest.approx(52)


@given(st.lists(st.one_of(st.just(np.nan), st.floats(0, 100)), min_size=168, max_size=168), st.integers(0, 5))
def test_an_hour_that_is_unusual_lies_above_all_that_is_claimed(values: list[float], shift: int) -> None:
    past = weeks(noisy(office_day, 4.0), 6, MONDAY + shift * HOUR)
    hours = Hourly(past.start, np.concatenate([past.values, np.array(values)]))
    limit = THRESHOLDS[Metric.CPU]

    for told in unusual_of(PC, Metric.CPU, hours, past.end, hours.end) or []:
        assert told.hours >= limit.hours
        assert limit.matters <= told.lowest <= told.highest <= 100
        assert told.usual_high + limit.above / 2 < told.highest
        assert past.end <= told.since < (told.until or hours.end) <= hours.end
