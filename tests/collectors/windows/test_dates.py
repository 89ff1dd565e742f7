from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.windows.dates import date_reader, read_instant

NOW_NS = 1_790_000_000_000_000_000  # 2026-09-21


def test_it_reads_a_year_first_without_any_help() -> None:
    reader = date_reader([], NOW_NS)
    assert reader.read("2024/03/04 0:00:00") == date(2024, 3, 4)
    assert reader.read("2024年3月4日") == date(2024, 3, 4)


def test_it_does_not_guess_the_order_of_day_and_month() -> None:
    assert date_reader(["3/4/2024"], NOW_NS).read("3/4/2024") is None


@pytest.mark.parametrize(("other", "expected"), [("8/13/2024", date(2024, 3, 4)), ("13/8/2024", date(2024, 4, 3))])
def test_it_takes_the_order_that_another_date_settles(other: str, expected: date) -> None:
    assert date_reader(["3/4/2024", other], NOW_NS).read("3/4/2024") == expected


def test_it_takes_the_order_in_which_no_date_lies_in_the_future() -> None:
    assert date_reader(["9/11/2026"], NOW_NS).read("9/11/2026") == date(2026, 9, 11)


def test_it_reads_nothing_where_dates_contradict_each_other() -> None:
    reader = date_reader(["13/1/2024", "1/13/2024"], NOW_NS)
    assert reader.read("3/4/2024") is None


@pytest.mark.parametrize("text", ["21/09/2567", "1/1/1403", "8/6/21", "R06/01/02", "32/13/2020", ""])
def test_it_refuses_other_calendars_and_short_years(text: str) -> None:
    assert date_reader(["31/01/2020"], NOW_NS).read(text) is None


@given(st.dates(date(2000, 1, 1), date(2026, 9, 1)), st.sampled_from(["%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d"]))
def test_it_never_reads_another_day_than_was_written(day: date, form: str) -> None:
    text = day.strftime(form)
    assert date_reader([text], NOW_NS).read(text) in (day, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-20T02:11:05.1234567Z", datetime(2026, 9, 20, 2, 11, 5, 123456, tzinfo=UTC)),
        ("2026-09-20T11:11:05+09:00", datetime(2026, 9, 20, 2, 11, 5, tzinfo=UTC)),
        ("/Date(1789870265000)/", datetime(2026, 9, 20, 2, 11, 5, tzinfo=UTC)),
        ("20260920111105.500000+540", datetime(2026, 9, 20, 2, 11, 5, tzinfo=UTC)),
    ],
)
def test_it_reads_times_that_are_written_without_doubt(text: str, expected: datetime) -> None:
    assert read_instant(text) == expected


@given(st.one_of(st.text(max_size=40), st.none(), st.integers(), st.from_regex(r"/Date\(-?\d{1,15}\)/")))
def test_it_gives_none_for_anything_else(value: object) -> None:
    found = read_instant(value)
    assert found is None or found.tzinfo is UTC
