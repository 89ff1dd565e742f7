"""How values went day by day within a window; days are those of Asia/Tokyo."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.display.tokyo import TOKYO
from api.readings.device import CPU, DISK, MEMORY
from api.readings.reader import Reader, Row
from api.readings.scope import Source, Window

PAGES = Source("printer", ("page_count",), ("asset",), {})


@dataclass(frozen=True, slots=True)
class Daily:
    """One value over the days of a window.

    Attributes:
        values: one for each day of the window, in order; None where nothing was measured.
    """

    values: tuple[float | None, ...]

    @property
    def known(self) -> tuple[float, ...]:
        """The values of the days on which something was measured."""
        return tuple(value for value in self.values if value is not None)


@dataclass(frozen=True, slots=True)
class DeviceHistory:
    """How a device went.

    Attributes:
        cpu_percent: processors in use, mean of each day, %.
        memory_percent: memory in use, mean of each day, %.
        disks: path -> share in use at the end of each day, %.
    """

    cpu_percent: Daily
    memory_percent: Daily
    disks: dict[str, Daily]


@dataclass(frozen=True, slots=True)
class History:
    """How the devices and printers of a contract went.

    Attributes:
        days: the days, first to last.
        devices: public id -> history, for those with data.
        pages: asset -> pages printed each day; None where it is not known.
    """

    days: tuple[date, ...]
    devices: dict[str, DeviceHistory]
    pages: dict[str, Daily]


def read_history(reader: Reader) -> History:
    """Return how values went within the reader's window.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    days = days_of(reader.scope.window)
    cpu = _split(reader.daily(CPU, ("mean",)), "device")
    memory = _split(reader.daily(MEMORY, ("mean",)), "device")
    disk = _split(reader.daily(DISK, ("last",)), "device")
    pages = _split(reader.daily(PAGES, ("first", "last")), "asset")
    return History(
        days=days,
        devices={
            device: DeviceHistory(
                cpu_percent=_busy(cpu[device], days),
                memory_percent=_daily(memory[device], days, "mean_used_percent"),
                disks={
                    path: _daily(rows, days, "last_used_percent")
                    for path, rows in sorted(_split(disk[device], "path").items())
                },
            )
            for device in sorted({*cpu, *memory, *disk})
        },
        pages={asset: Daily(pages_by_day(rows, days)) for asset, rows in sorted(pages.items())},
    )


def days_of(window: Window) -> tuple[date, ...]:
    """Return the days in Tokyo that a window touches."""
    first = window.start.astimezone(TOKYO).date()
    last = (window.end - timedelta(microseconds=1)).astimezone(TOKYO).date()
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def pages_by_day(rows: Sequence[Row], days: Sequence[date]) -> tuple[float | None, ...]:
    """Return the pages printed each day from the first and last reading of the page counter of each day.

    Pages between the last reading of a day and the first of the next known day belong to the latter. A counter that
    goes back was reset or belongs to a replaced device; what is printed until the next reading is then not known.
    """
    by_day = {row.time.astimezone(TOKYO).date(): row for row in rows}
    found: list[float | None] = []
    before: float | None = None
    for day in days:
        row = by_day.get(day)
        first, last = (row.number("first_page_count"), row.number("last_page_count")) if row else (None, None)
        if first is None or last is None:
            found.append(None)
            continue
        found.append(max(0.0, first - before if before is not None else 0.0) + max(0.0, last - first))
        before = last
    return tuple(found)


def _split(rows: Sequence[Row], tag: str) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if tag in row.tags:
            found[row.tags[tag]].append(row)
    return found


def _daily(rows: Sequence[Row], days: Sequence[date], column: str) -> Daily:
    by_day = {row.time.astimezone(TOKYO).date(): row.number(column) for row in rows}
    return Daily(tuple(by_day.get(day) for day in days))


def _busy(rows: Sequence[Row], days: Sequence[date]) -> Daily:
    idle = _daily(rows, days, "mean_usage_idle")
    return Daily(tuple(None if value is None else 100.0 - value for value in idle.values))
