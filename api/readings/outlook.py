"""Forecasts as they were stored: how long disks, supplies, batteries and SSDs will last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.forecasts.trend import State
from api.readings.reader import Reader, Row
from api.readings.scope import Source

FORECAST = Source(
    "forecast",
    ("state", "days_left", "days_left_low", "days_left_high", "confidence", "span_days", "description"),
    ("kind", "device", "asset", "path", "index", "type", "color", "name", "block_device", "serial_no"),
    {},
)

_GONE_AFTER = timedelta(days=2)
"""Forecasts are made every six hours of everything that there still is."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was last forecast of one thing.

    Attributes:
        kind: "disk_full", "supply_empty", "battery_worn" or "ssd_worn".
        subject: public id of the device, or id of the equipment.
        part: which part of it: a path, the index of a supply, the name of a battery or drive.
        name: of a supply, as the device tells it; "" else.
        state: what can be said; only `ok` means days that one may count on.
        at: when it was forecast.
        days_left: days from `at`; None where it cannot be told.
        low: the same at the earliest.
        high: the same at the latest; None where there is no limit.
        confidence: how sure it is that it is running out, 0 to 1; None if not told.
    """

    kind: str
    subject: str
    part: str
    name: str
    state: str
    at: datetime
    days_left: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether days may be counted on."""
        return self.state == State.OK and self.days_left is not None


def read_forecasts(reader: Reader) -> tuple[Forecast, ...]:
    """Return the newest forecast of everything that there still is at the window's end; one query.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    return to_forecasts(reader.latest(FORECAST))


def to_forecasts(rows: Sequence[Row]) -> tuple[Forecast, ...]:
    """Return forecasts by kind, subject and part."""
    newest: dict[tuple[str, str, str], Forecast] = {}
    last = max((row.time for row in rows), default=None)
    for row in rows:
        found = _forecast(row)
        if found is None or last is None or last - row.time > _GONE_AFTER:
            continue
        key = (found.kind, found.subject, found.part)
        if key not in newest or found.at > newest[key].at:
            newest[key] = found
    return tuple(newest[key] for key in sorted(newest))


def _forecast(row: Row) -> Forecast | None:
    subject = row.tags.get("asset") or row.tags.get("device")
    state = row.text("state")
    if not subject or not state or "kind" not in row.tags:
        return None
    return Forecast(
        kind=row.tags["kind"],
        subject=subject,
        part=next((row.tags[tag] for tag in ("path", "index", "name", "block_device") if tag in row.tags), ""),
        name=row.text("description") or "",
        state=state,
        at=row.time,
        days_left=row.number("days_left"),
        low=row.number("days_left_low"),
        high=row.number("days_left_high"),
        confidence=row.number("confidence"),
    )
