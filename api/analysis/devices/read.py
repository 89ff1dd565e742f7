"""Reading what the analysis of a contract's devices is made from: seven queries of the hourly rollup.

The rollup reaches back years where raw points are gone after weeks; the hours since its end are not looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from api.analysis.devices.history import DriveHistory, DriveToday
from api.analysis.devices.hourly import Hourly, Values, hour_before, hourly
from api.analysis.devices.signs import SIGNS
from api.analysis.devices.unusual import PAST_WEEKS
from api.analysis.devices.usage import Load
from api.display.tokyo import TOKYO
from api.forecasts.kinds import KINDS
from api.forecasts.tracks import Track, read_tracks
from api.influx.chunks import read_chunks
from api.influx.engine import Series
from api.influx.influxql import quote_identifier
from api.readings.hours import HourReader, SplicedReader
from api.readings.reader import Row
from api.readings.scope import DAY_OFFSET, Scope, Source, Window
from api.rollup.fields import stored_name
from collectors.inputs.smart.drive import Access, Kind
from collectors.text import Text

LONGEST = timedelta(days=92)
"""Of a longer period only the last quarter is looked at, so that what is read is bounded."""

_COUNTERS = tuple(dict.fromkeys(sign.field for sign in SIGNS))
_NEWEST = Source(
    "smart_device",
    (
        *("state", "reason", "reason_en", "access", "kind", "health_ok", "critical_warning", "power_on_hours"),
        "endurance_used_percent",
    ),
    ("device", "block_device", "model", "serial_no"),
    {},
)
_DRIVE_TAGS = ("device", "block_device", "model", "serial_no")
_DISK_TAGS = ("device", "disk", "model")
_FROM_WINDOWS = {"read_errors": "uncorrected_read_errors", "write_errors": "uncorrected_write_errors"}
"""Field of `physical_disk` -> the name under which `smart_device` has the same."""

_DAY_NS = 86_400 * 10**9
_TOKYO_NS = 9 * 3600 * 10**9
_BROKEN_SENSOR = 120.0
"""°C. Sensors that are not wired tell 127 or 255."""


@dataclass(frozen=True, slots=True, eq=False)
class DeviceData:
    """What is known of the devices of a contract.

    Attributes:
        window: what is judged, from a start to an end of hours.
        loads: public id -> processor and memory, with the past before the window.
        temperature: public id -> the hottest sensor of each hour, °C, with the past.
        drives: what drives told day by day, by device and name.
        disks: what was used of volumes day by day.
    """

    window: Window
    loads: Mapping[str, Load]
    temperature: Mapping[str, Hourly]
    drives: tuple[DriveHistory, ...]
    disks: tuple[Track, ...]


def read_devices(reader: SplicedReader) -> DeviceData:
    """Return what is known of the devices of the reader's contract, for its window.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    window = _judged(reader)
    # From midnight in Tokyo on, so that days are whole.
    past = window.start.astimezone(TOKYO).replace(hour=0, minute=0, second=0, microsecond=0)
    scope = replace(reader.scope, window=Window(past - timedelta(weeks=PAST_WEEKS), window.end))
    hours = HourReader(reader.engine, reader.rollup, scope)
    disk_full = next(kind for kind in KINDS if kind.name == "disk_full")
    return DeviceData(
        window=window,
        loads=_loads(hours),
        temperature=_temperature(hours),
        drives=tuple(_drives(hours)),
        disks=tuple(read_tracks(reader.engine, reader.rollup, scope.contract, disk_full, window.end)),
    )


def _judged(reader: SplicedReader) -> Window:
    asked = reader.scope.window
    end = asked.end if reader.rolled_until is None else min(asked.end, reader.rolled_until)
    end = max(hour_before(end), hour_before(asked.start))
    return Window(max(hour_before(asked.start), end - LONGEST), end)


def _loads(reader: HourReader) -> dict[str, Load]:
    window = reader.scope.window
    cpu, memory, total = (defaultdict[str, list[tuple[int, float]]](list) for _ in range(3))
    for series in _chunks(reader, _plain("cpu", reader.scope, ("usage_idle_mean",), {"cpu": "cpu-total"})):
        cpu[_device(series)] += [(at, 100.0 - idle) for at, idle in _numbers(series, "usage_idle_mean")]
    for series in _chunks(reader, _plain("mem", reader.scope, ("used_percent_mean", "total_last"), {})):
        memory[_device(series)] += _numbers(series, "used_percent_mean")
        total[_device(series)] += _numbers(series, "total_last")
    return {
        device: Load(hourly(window, cpu[device]), hourly(window, memory[device]), _last(total[device]))
        for device in sorted({*cpu, *memory} - {""})
    }


def _temperature(reader: HourReader) -> dict[str, Hourly]:
    condition = f"{reader.scope.condition({})} AND {quote_identifier('temp_mean')} < {_BROKEN_SENSOR:g}"
    statement = (
        f'SELECT max({quote_identifier("temp_mean")}) AS "celsius" FROM {quote_identifier("temp")}'  # noqa: S608  # quoted
        f" WHERE {condition} GROUP BY time(1h), {quote_identifier('device')} fill(none)"
    )
    found = defaultdict[str, list[tuple[int, float]]](list)
    for series in _chunks(reader, statement):
        found[_device(series)] += _numbers(series, "celsius")
    return {device: hourly(reader.scope.window, rows) for device, rows in sorted(found.items()) if device}


def _drives(reader: HourReader) -> Iterator[DriveHistory]:
    newest = _by_drive(reader.latest(_NEWEST))
    smart = _daily(reader, "smart_device", (*_COUNTERS, "access"), "temp_c", _DRIVE_TAGS)
    told = [to_drive(tags, rows, newest.get(_key(tags))) for tags, rows in _joined(smart)]
    yield from sorted(told, key=_place)
    fields = ("read_errors", "write_errors", "wear_percent", "power_on", "serial_no", "media_type")
    # What SMART reads is told better there, and Windows writes serial numbers in another way.
    read = {each.device for each in told if each.told}
    disks = _by_tags(_daily(reader, "physical_disk", fields, "temp_c", _DISK_TAGS))
    for values, rows in sorted(disks.items()):
        found = to_windows_drive(dict(zip(_DISK_TAGS, values, strict=True)), rows)
        if found.device not in read:
            yield found


def to_drive(tags: Mapping[str, str], rows: Sequence[Mapping[str, Any]], newest: Row | None) -> DriveHistory:
    """Return a drive that SMART reads.

    Args:
        tags: its device, name, model and serial number.
        rows: a row for each day, in order of time: `time` in Unix nanoseconds, `temp_c`, and what counters said last.
        newest: what it told last; None if not known.
    """
    today = _today(newest)
    kind = newest.text("kind") if newest else None
    return DriveHistory(
        device=tags.get("device", ""),
        name=tags.get("block_device", ""),
        model=tags.get("model", ""),
        serial=tags.get("serial_no", ""),
        kind=Kind(kind) if kind in set(Kind) else Kind.UNKNOWN,
        days=_days(rows),
        counts={name: _column(rows, name) for name in _COUNTERS if any(row.get(name) is not None for row in rows)},
        celsius=_column(rows, "temp_c"),
        today=today,
    )


def to_windows_drive(tags: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> DriveHistory:
    """Return a drive that only Windows tells of; see `to_drive`."""
    media = str(_newest(rows, "media_type") or "").lower()
    return DriveHistory(
        device=tags.get("device", ""),
        name=tags.get("disk", ""),
        model=tags.get("model", ""),
        serial=str(_newest(rows, "serial_no") or ""),
        kind=Kind(media) if media in set(Kind) else Kind.UNKNOWN,
        days=_days(rows),
        counts={
            ours: _column(rows, theirs)
            for theirs, ours in _FROM_WINDOWS.items()
            if any(row.get(theirs) is not None for row in rows)
        },
        celsius=_column(rows, "temp_c"),
        today=DriveToday(
            power_on_hours=_number(_newest(rows, "power_on")), endurance_used=_number(_newest(rows, "wear_percent"))
        ),
    )


def _today(newest: Row | None) -> DriveToday:
    if newest is None:
        return DriveToday()
    reason = newest.text("reason") or ""
    return DriveToday(
        access=newest.text("access") or Access.OK,
        state=newest.text("state") or "",
        reason=Text(reason, newest.text("reason_en") or reason),
        healthy=newest.flag("health_ok"),
        critical_warning=newest.integer("critical_warning"),
        power_on_hours=newest.number("power_on_hours"),
        endurance_used=newest.number("endurance_used_percent"),
    )


_Rows = list[dict[str, Any]]


def _joined(series: Iterable[tuple[tuple[str, ...], _Rows]]) -> Iterator[tuple[Mapping[str, str], _Rows]]:
    """Yield drives: one that was found under another name after a restart is the same by its serial number."""
    found: defaultdict[tuple[str, str], list[tuple[dict[str, str], _Rows]]] = defaultdict(list)
    for values, rows in _by_tags(series).items():
        tags = dict(zip(_DRIVE_TAGS, values, strict=True))
        found[_key(tags)].append((tags, rows))
    for those in found.values():
        newest, _rows = max(those, key=lambda one: one[1][-1]["time"])
        by_day = {row["time"]: row for _tags, rows in those for row in rows}
        yield newest, [by_day[time] for time in sorted(by_day)]


def _key(tags: Mapping[str, str]) -> tuple[str, str]:
    serial = tags.get("serial_no", "")
    return (tags.get("device", ""), serial or f"{tags.get('block_device', '')} {tags.get('model', '')}")


def _by_drive(rows: Sequence[Row]) -> dict[tuple[str, str], Row]:
    return {_key(row.tags): row for row in sorted(rows, key=lambda row: row.time)}


def _by_tags(series: Iterable[tuple[tuple[str, ...], _Rows]]) -> dict[tuple[str, ...], _Rows]:
    found: dict[tuple[str, ...], _Rows] = {}
    for tags, rows in series:
        found.setdefault(tags, []).extend(rows)
    return {tags: rows for tags, rows in found.items() if rows}


def _place(drive: DriveHistory) -> tuple[str, str, str]:
    return (drive.device, drive.name, drive.serial)


def _daily(
    reader: HourReader, measurement: str, fields: Sequence[str], hot: str, tags: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], _Rows]]:
    """Yield pieces of series: the values of their tags, and what fields said last on each day of Tokyo."""
    columns = [f"last({quote_identifier(stored_name(name, 'last'))}) AS {quote_identifier(name)}" for name in fields]
    columns.append(f"max({quote_identifier(stored_name(hot, 'max'))}) AS {quote_identifier(hot)}")
    statement = (
        f"SELECT {', '.join(columns)} FROM {quote_identifier(measurement)} WHERE {reader.scope.condition({})}"  # noqa: S608  # quoted
        f" GROUP BY time(1d, {DAY_OFFSET}), {', '.join(map(quote_identifier, tags))} fill(none)"
    )
    for series in _chunks(reader, statement):
        rows = [dict(zip(series.columns, row, strict=True)) for row in series.values]
        yield tuple(series.tags.get(tag, "") for tag in tags), rows


def _plain(measurement: str, scope: Scope, columns: Sequence[str], where: Mapping[str, str]) -> str:
    wanted = ", ".join(map(quote_identifier, columns))
    source = quote_identifier(measurement)
    return f"SELECT {wanted} FROM {source} WHERE {scope.condition(where)} GROUP BY {quote_identifier('device')}"  # noqa: S608  # quoted


def _chunks(reader: HourReader, statement: str) -> Iterator[Series]:
    return read_chunks(reader.engine, reader.database, statement)


def _device(series: Series) -> str:
    return series.tags.get("device", "")


def _numbers(series: Series, column: str) -> list[tuple[int, float]]:
    at, place = series.columns.index("time"), series.columns.index(column)
    return [(row[at], float(row[place])) for row in series.values if row[place] is not None]


def _last(rows: Sequence[tuple[int, float]]) -> float | None:
    return max(rows)[1] if rows else None


def _days(rows: Sequence[Mapping[str, Any]]) -> Values:
    return np.array([(row["time"] + _TOKYO_NS) // _DAY_NS for row in rows], np.float64)


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> Values:
    return np.array([np.nan if (number := _number(row.get(name))) is None else number for row in rows], np.float64)


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and isinstance(value, int | float) else None


def _newest(rows: Sequence[Mapping[str, Any]], name: str) -> Any:
    return next((row[name] for row in reversed(rows) if row.get(name) is not None), None)


def moment_of(window: Window) -> float:
    """Return the end of a window in days since 1970, UTC."""
    return window.end.timestamp() / 86_400


def tokyo_day(moment: datetime) -> float:
    """Return the day of Tokyo that ends with a moment or goes on at it, in days since 1970."""
    return (moment - timedelta(microseconds=1)).astimezone(TOKYO).date().toordinal() - 719_163.0
