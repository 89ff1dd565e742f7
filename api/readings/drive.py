"""Drives as SMART sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.readings.reader import Row
from api.readings.scope import Source
from collectors.text import Text
from collectors.verdict import State


@dataclass(frozen=True, slots=True)
class Drive:
    """A physical drive.

    Attributes:
        name: as smartctl names it.
        model: model name; "" if not told.
        state: ok, bad, or unknown where the drive tells nothing.
        reason: why, for people.
        celsius: temperature, °C.
        power_on_hours: hours.
        wear_percent: share of the rated writes used, %; only where the drive tells.
    """

    name: str
    model: str
    state: State
    reason: Text
    celsius: float | None
    power_on_hours: int | None
    wear_percent: float | None


DRIVE_SOURCE = Source(
    "smart_device",
    ("health_ok", "state", "reason", "reason_en", "temp_c", "power_on_hours", "percentage_used"),
    ("device", "name", "model", "serial_no"),
    {},
)


def to_drives(rows: Mapping[str, Sequence[Row]]) -> tuple[Drive, ...]:
    """Return a device's drives from its newest rows by measurement, by name."""
    found = (_to_drive(row) for row in rows.get(DRIVE_SOURCE.measurement, ()))
    return tuple(sorted(found, key=lambda drive: drive.name))


def _to_drive(row: Row) -> Drive:
    state = row.text("state")
    reason = row.text("reason") or ""
    return Drive(
        name=row.tags.get("name", "?"),
        model=row.tags.get("model", ""),
        state=State(state) if state in set(State) else State.UNKNOWN,
        reason=Text(reason, row.text("reason_en") or reason),
        celsius=row.number("temp_c"),
        power_on_hours=row.integer("power_on_hours"),
        wear_percent=row.number("percentage_used"),
    )
