"""Drives as SMART sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.readings.reader import Row
from api.readings.scope import Source
from collectors.inputs.smart.rules import Level
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Drive:
    """A physical drive.

    Attributes:
        name: as smartctl names it.
        model: model name; "" if not told.
        state: ok, warning, failing, or unknown where the drive tells nothing.
        reason: why, for people.
        celsius: temperature, °C.
        power_on_hours: hours.
        wear_percent: share of the rated writes used, %; only where the drive tells.
    """

    name: str
    model: str
    state: Level
    reason: Text
    celsius: float | None
    power_on_hours: int | None
    wear_percent: float | None


DRIVE_SOURCE = Source(
    "smart_device",
    ("state", "reason", "reason_en", "temp_c", "power_on_hours", "endurance_used_percent"),
    ("device", "block_device", "model", "serial_no"),
    {},
)


def to_drives(rows: Mapping[str, Sequence[Row]]) -> tuple[Drive, ...]:
    """Return a device's drives from its newest rows by measurement, by name."""
    newest: dict[str, Row] = {}
    for row in sorted(rows.get(DRIVE_SOURCE.measurement, ()), key=lambda row: row.time):
        # A drive that was replaced leaves its own series behind; the newest of a name is the one that is in.
        newest[row.tags.get("block_device", "?")] = row
    return tuple(_to_drive(name, row) for name, row in sorted(newest.items()))


def _to_drive(name: str, row: Row) -> Drive:
    state = row.text("state")
    reason = row.text("reason") or ""
    return Drive(
        name=name,
        model=row.tags.get("model", ""),
        state=Level(state) if state in set(Level) else Level.UNKNOWN,
        reason=Text(reason, row.text("reason_en") or reason),
        celsius=row.number("temp_c"),
        power_on_hours=row.integer("power_on_hours"),
        wear_percent=row.number("endurance_used_percent"),
    )
