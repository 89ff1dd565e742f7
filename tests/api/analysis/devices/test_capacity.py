"""Disks and memory by quarter, on series whose answer is known."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_rules.advice import advice
from api.analysis.days import last_day
from api.analysis.devices.capacity import busy_days, disk_capacity, memory_capacity
from api.analysis.devices.tree import Capacity
from api.analysis.tree import Quarter
from api.display.tokyo import TOKYO
from api.forecasts.kinds import KINDS
from api.forecasts.tracks import Track
from tests.api.analysis.devices.made import PC, SERVER, Shape, noisy, weeks

DISK = next(kind for kind in KINDS if kind.name == "disk_full")
TODAY = datetime(2026, 11, 30, 15, tzinfo=UTC)
"""Midnight in Tokyo at the end of November."""

NOW = TODAY.timestamp() / 86_400
TB = 1e12


def track(used_percent: list[float], ends: list[float] | None = None, days: list[float] | None = None) -> Track:
    """Return a volume of 1 TB with a reading at the end of each day until now."""
    end = np.array(ends or [TB] * len(used_percent))
    at = np.array(days) if days else NOW - np.arange(len(used_percent), dtype=np.float64)[::-1]
    return Track(
        kind=DISK,
        tags={"device": SERVER.id, "path": "\\D:"},
        days=at,
        used=np.array(used_percent) / 100.0 * end,
        end=end,
        heard=float(at[-1]) if len(at) else 0.0,
        step=None,
        name="",
    )


def disk(used_percent: list[float]) -> Capacity:
    return disk_capacity(SERVER, track(used_percent), NOW)


def rising(pace: float, last: float, noise: float = 0.1, days: int = 90) -> list[float]:
    random = np.random.default_rng(3)
    ago = np.arange(days, dtype=np.float64)[::-1]
    return [float(each) for each in last - pace * ago + random.normal(0, noise, days)]


def test_a_disk_that_fills_is_told_by_quarter_with_the_first_in_which_room_is_short() -> None:
    found = disk(rising(0.2, 70.0))

    quarters = [each.quarter for each in found.quarters]
    assert quarters == [Quarter(2026, 4), Quarter(2027, 1), Quarter(2027, 2), Quarter(2027, 3)]
    december, march = found.quarters[:2]
    assert december.percent == pytest.approx(70 + 0.2 * 31, abs=1)
    assert march.percent == pytest.approx(70 + 0.2 * 121, abs=3)
    assert march.low < march.percent < march.high
    assert march.high - march.low > december.high - december.low
    assert found.act_in == Quarter(2027, 1)
    assert "ディスク D:は現在70%。30日に6.0ポイント増え" in found.text.ja
    assert "早ければ2027年1〜3月に90%に達します" in found.text.ja
    assert advice(found.advice, "ja").steps


def test_a_disk_that_does_not_grow_needs_nothing() -> None:
    found = disk(rising(0.0, 55.0))

    assert (found.act_in, found.advice, found.is_reached) == (None, "", False)
    assert found.text.ja == "ディスク D:は現在55%。増える傾向はありません"


def test_a_disk_that_is_nearly_full_is_due_now() -> None:
    found = disk(rising(0.01, 93.0))

    assert found.is_reached
    assert found.act_in == Quarter(2026, 4)
    assert found.text.en == "disk D: is at 93 %, the limit of 90 % is reached"


def test_a_disk_that_is_nearly_full_and_grows_is_told_when_it_is_full() -> None:
    assert disk(rising(0.1, 93.0)).text.ja.endswith("目安の90%に達しています。このペースなら2027年1〜3月に満杯")


def test_it_stays_within_a_full_disk() -> None:
    found = disk(rising(1.0, 85.0))

    assert all(0 <= each.low <= each.percent <= each.high <= 100 for each in found.quarters)


def test_two_weeks_are_needed_and_they_reach_two_months_ahead() -> None:
    short, enough = disk(rising(0.5, 50.0, days=12)), disk(rising(0.5, 50.0, days=20))

    assert short.quarters == ()
    assert short.percent == pytest.approx(50, abs=1)
    assert "まだ11日分だけです" in short.text.ja
    assert [each.quarter for each in enough.quarters] == [Quarter(2026, 4)]


def test_a_cleanup_begins_anew() -> None:
    found = disk([*rising(0.3, 80.0, days=50), *rising(0.1, 43.0, days=30)])

    assert found.percent == pytest.approx(43, abs=1)
    assert found.quarters[0].percent == pytest.approx(43 + 0.1 * 31, abs=1.5)


def test_a_volume_that_was_made_larger_is_the_emptier_for_it() -> None:
    grown = track([80.0] * 30 + [40.0] * 30, [TB] * 30 + [2 * TB] * 30)

    assert disk_capacity(SERVER, grown, NOW).percent == pytest.approx(40)


def test_days_without_a_reading_change_little() -> None:
    days = [NOW - ago for ago in range(89, -1, -1) if ago % 7 not in (0, 6) or ago == 0]
    found = disk_capacity(SERVER, track([70 - 0.2 * (NOW - day) for day in days], days=days), NOW)

    assert found.quarters[1].percent == pytest.approx(70 + 0.2 * 121, abs=1)


def test_a_volume_that_told_nothing_lately_is_not_foreseen() -> None:
    old = track([50.0] * 30, days=[NOW - 40 + day for day in range(30)])

    assert "最近の値が届いていません" in disk_capacity(SERVER, old, NOW).text.ja
    assert disk_capacity(SERVER, track([]), NOW).percent is None


def memory(shape: Shape, count: float = 13) -> Capacity:
    start = (TODAY - timedelta(weeks=count)).astimezone(TOKYO)
    return memory_capacity(PC, weeks(shape, count, start), NOW)


def test_memory_that_is_needed_more_each_week_is_told() -> None:
    found = memory(noisy(lambda moment: 88.0 - 0.2 * (TODAY - moment).total_seconds() / 86_400, 2.0))

    assert found.percent is not None
    assert 86 < found.percent < 90
    assert found.act_in == Quarter(2026, 4)
    assert found.part == ""
    assert "30日に" in found.text.ja
    assert advice(found.advice, "ja").steps


def test_memory_of_busy_hours_counts_and_nights_and_weekends_do_not() -> None:
    office: Shape = lambda moment: 70.0 if moment.weekday() < 5 and 9 <= moment.hour < 18 else 30.0  # noqa: E731
    found = memory(office)

    assert found.percent == 70
    assert found.act_in is None


def test_memory_that_goes_up_and_down_has_no_trend() -> None:
    found = memory(noisy(lambda moment: 60.0 + 10.0 * np.sin(moment.timestamp() / 86_400 / 5), 3.0))

    assert found.act_in is None
    assert "増える傾向はありません" in found.text.ja


def test_constant_memory_is_not_carried_on() -> None:
    found = memory(lambda _moment: 40.0)

    assert (found.percent, found.quarters, found.act_in) == (40.0, (), None)


def test_memory_of_one_week_is_not_foreseen() -> None:
    assert "予測できません" in memory(lambda _moment: 40.0, 1).text.ja
    assert memory(lambda _moment: np.nan).percent is None


def test_days_on_which_a_machine_was_hardly_on_say_nothing() -> None:
    hours = weeks(lambda moment: 50.0 if moment.hour < 3 else np.nan, 2)

    assert len(busy_days(hours)[0]) == 0


@pytest.mark.parametrize("known", [30, 60, 90])
@pytest.mark.parametrize("shape", [400.0, 4.0, 1.0], ids=["even", "irregular", "wild"])
def test_the_range_of_a_quarter_holds_what_came(known: int, shape: float) -> None:
    held: list[bool] = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        right = 20.0 + np.cumsum(random.gamma(shape, 0.1 / shape, 600))
        read = right[:known] + random.normal(0, 0.1, known)
        for each in disk([float(value) for value in read]).quarters:
            place = known - 1 + round((last_day(each.quarter) - TODAY.date()).days)
            held.append(each.low - 0.5 <= min(100.0, right[place]) <= each.high + 0.5)

    assert len(held) > 50
    assert np.mean(held) >= 0.75


@pytest.mark.parametrize("kind", ["walk", "still"])
def test_it_is_seldom_sure_of_growth_that_there_is_not(kind: str) -> None:
    random = np.random.default_rng(1)
    steps = random.normal(0, 0.3, (60, 60))
    series = 50.0 + (np.cumsum(steps, axis=1) if kind == "walk" else steps)

    grown = sum(disk([float(value) for value in each]).act_in is not None for each in series)

    assert grown <= 6


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_whatever_is_read_it_answers_within_bounds(values: list[float]) -> None:
    found = disk(values)

    assert found.percent is not None
    assert 0 <= found.percent <= 100
    assert all(0 <= each.low <= each.percent <= each.high <= 100 for each in found.quarters)
