"""What printers printed, by type, and how their supplies went down, day by day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from api.display.tokyo import TOKYO
from api.readings.history import Daily, days_of, pages_by_day
from api.readings.reader import Reader, Row
from api.readings.scope import Source

COUNTERS = (
    *("page_count", "count_mono", "count_color", "count_duplex", "count_print", "count_print_mono"),
    *("count_print_color", "count_copy", "count_copy_mono", "count_copy_color", "count_scan", "count_fax"),
)
"""Life counters of `printer`, of which a device has those that it tells."""

PRINTED = Source("printer", COUNTERS, ("asset",), {})
LEVEL = Source("printer_supply", ("percent", "description"), ("asset", "index", "type", "color", "class"), {})


@dataclass(frozen=True, slots=True)
class Counted:
    """What a counter counted within a window.

    Attributes:
        pages: how many, without what was printed while the counter was set back; None where no two readings are.
        resets: how often the counter went back: it was set back, or the device was replaced.
    """

    pages: int | None
    resets: int = 0


@dataclass(frozen=True, slots=True)
class SupplyHistory:
    """How a supply went down.

    Attributes:
        index: its number in the printer.
        type: e.g. "toner"; "" if not told.
        color: "" if it has none.
        is_receptacle: True for a box that fills up; `percent` is then the room that is left.
        description: as the printer names it; "" if it does not.
        percent: what was left at the end of each day, %; None where it was not told.
    """

    index: str
    type: str
    color: str
    is_receptacle: bool
    description: str
    percent: Daily


@dataclass(frozen=True, slots=True)
class Consumption:
    """What one printer printed and used within a window.

    Attributes:
        pages: counter, as in `COUNTERS`, -> what it counted; only those that the printer tells.
        supplies: by index.
    """

    pages: dict[str, Counted]
    supplies: tuple[SupplyHistory, ...]


def read_consumption(reader: Reader) -> dict[str, Consumption]:
    """Return what each printer printed and used within the reader's window, by asset; two queries.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    days = days_of(reader.scope.window)
    return to_consumption(reader.daily(PRINTED, ("first", "last")), reader.daily(LEVEL, ("last",)), days)


def to_consumption(printed: Sequence[Row], levels: Sequence[Row], days: Sequence[date]) -> dict[str, Consumption]:
    """Return what each printer printed and used, from a row for every series and day."""
    counters: defaultdict[str, list[Row]] = defaultdict(list)
    supplies: defaultdict[str, dict[tuple[str, ...], list[Row]]] = defaultdict(dict)
    for row in printed:
        if "asset" in row.tags:
            counters[row.tags["asset"]].append(row)
    for row in levels:
        if "asset" in row.tags:
            key = tuple(row.tags.get(tag, "") for tag in LEVEL.tags[1:])
            supplies[row.tags["asset"]].setdefault(key, []).append(row)
    return {
        asset: Consumption(
            pages=dict(_pages(counters[asset], days)),
            supplies=tuple(_supply(key, rows, days) for key, rows in sorted(supplies[asset].items(), key=_by_index)),
        )
        for asset in sorted({*counters, *supplies})
    }


def _pages(rows: Sequence[Row], days: Sequence[date]) -> list[tuple[str, Counted]]:
    return [(name, counted) for name in COUNTERS if (counted := _counted(rows, name, days)) is not None]


def _counted(rows: Sequence[Row], counter: str, days: Sequence[date]) -> Counted | None:
    """Return what a counter counted; None where it was never told."""
    columns = (f"first_{counter}", f"last_{counter}")
    named = [Row(row.time, row.tags, dict(zip(_PAGE_COLUMNS, map(row.number, columns), strict=True))) for row in rows]
    told = sorted((row for row in named if row.number("last_page_count") is not None), key=lambda row: row.time)
    if not told:
        return None
    first, last = told[0].number("first_page_count"), told[-1].number("last_page_count")
    readings = [value for row in told for value in map(row.number, _PAGE_COLUMNS) if value is not None]
    resets = sum(1 for before, after in pairwise(readings) if after < before)
    if len(told) == 1 and first == last:
        # One reading, or a day on which nothing was printed: nobody can tell which.
        return Counted(None, resets)
    pages = sum(value for value in pages_by_day(told, days) if value is not None)
    return Counted(int(pages), resets)


_PAGE_COLUMNS = ("first_page_count", "last_page_count")


def _supply(key: tuple[str, ...], rows: Sequence[Row], days: Sequence[date]) -> SupplyHistory:
    index, kind, color, class_ = key
    by_day = {row.time.astimezone(TOKYO).date(): row for row in sorted(rows, key=lambda row: row.time)}
    named = [name for row in by_day.values() if (name := row.text("last_description"))]
    return SupplyHistory(
        index=index,
        type=kind,
        color=color,
        is_receptacle=class_ == "receptacle",
        description=named[-1] if named else "",
        percent=Daily(tuple(by_day[day].number("last_percent") if day in by_day else None for day in days)),
    )


def _by_index(item: tuple[tuple[str, ...], list[Row]]) -> tuple[int, tuple[str, ...]]:
    index = item[0][0]
    return (int(index) if index.isdecimal() else 0, item[0])
