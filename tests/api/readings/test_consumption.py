"""What printers printed and used, from rows of days."""

from datetime import date, datetime

import pytest

from api.display.tokyo import TOKYO
from api.readings.consumption import Counted, to_consumption
from api.readings.reader import Row

DAYS = tuple(date(2026, 11, day) for day in range(1, 6))


def _row(day: int, tags: dict[str, str] | None = None, **values: object) -> Row:
    return Row(datetime(2026, 11, day, tzinfo=TOKYO), {"asset": "mfp-1", **(tags or {})}, values)


def _pages(day: int, first: int, last: int, counter: str = "page_count") -> Row:
    values = {f"first_{counter}": first, f"last_{counter}": last}
    return Row(datetime(2026, 11, day, tzinfo=TOKYO), {"asset": "mfp-1"}, values)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([_pages(1, 100, 120), _pages(2, 120, 150)], Counted(50)),
        ([_pages(1, 100, 120), _pages(4, 160, 160)], Counted(60)),
        ([_pages(1, 100, 120), _pages(2, 5, 25)], Counted(40, 1)),
        ([_pages(1, 100, 3)], Counted(0, 1)),
        ([_pages(1, 9000, 9010), _pages(2, 5, 25), _pages(3, 3, 4)], Counted(31, 2)),
        ([_pages(1, 100, 100)], Counted(None)),
        ([_pages(1, 100, 100), _pages(2, 100, 100)], Counted(0)),
    ],
)
def test_it_counts_pages_and_how_often_a_counter_went_back(rows: list[Row], expected: Counted) -> None:
    assert to_consumption(rows, (), DAYS)["mfp-1"].pages == {"page_count": expected}


def test_it_knows_only_counters_that_are_told() -> None:
    rows = [_pages(1, 10, 20, "count_color"), _pages(2, 20, 40, "count_color")]

    assert to_consumption(rows, (), DAYS)["mfp-1"].pages == {"count_color": Counted(30)}


def test_levels_are_told_by_day_and_by_index() -> None:
    black = {"index": "2", "type": "toner", "color": "black", "class": "consumed"}
    box = {"index": "10", "type": "waste_toner", "class": "receptacle"}
    rows = [
        _row(1, box, last_percent=40.0, last_description="Box"),
        _row(1, black, last_percent=50.0),
        _row(3, black, last_percent=48.0, last_description="Toner"),
        _row(4, black, last_description="Toner"),
    ]

    first, second = to_consumption((), rows, DAYS)["mfp-1"].supplies

    assert (first.index, first.description, first.is_receptacle) == ("2", "Toner", False)
    assert first.percent.values == (50.0, None, 48.0, None, None)
    assert (second.index, second.is_receptacle, second.percent.known) == ("10", True, (40.0,))
