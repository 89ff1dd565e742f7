"""One month as it is graded: the reported one, or the one before it, by the same rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.readings.device import DeviceReading
from api.readings.equipment import EquipmentReading
from api.readings.presence import Presence
from api.readings.printer import PrinterReading
from api.readings.scope import Window
from api.reports.inputs import ReportInputs

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Month:
    """What was known at the end of a month.

    Attributes:
        window: its span.
        devices: public id -> newest values within it.
        printers: asset -> newest values.
        equipment: asset -> newest values.
        presence: when devices were heard of.
    """

    window: Window
    devices: Mapping[str, DeviceReading]
    printers: Mapping[str, PrinterReading]
    equipment: Mapping[str, EquipmentReading]
    presence: Presence

    @property
    def end(self) -> datetime:
        """Its end."""
        return self.window.end

    @property
    def hours(self) -> float:
        """How long it is, hours."""
        return (self.window.end - self.window.start) / _HOUR


def this_month(inputs: ReportInputs) -> Month:
    """Return the reported month."""
    return Month(
        window=inputs.period.window,
        devices=inputs.reading.devices,
        printers={each.asset: each for each in inputs.reading.printers},
        equipment={each.asset: each for each in inputs.equipment},
        presence=inputs.presence,
    )


def last_month(inputs: ReportInputs) -> Month | None:
    """Return the month before; None where nothing is known of it."""
    before = inputs.before
    if before is None:
        return None
    return Month(
        window=Window(before.start, before.end),
        devices=before.reading.devices,
        printers={each.asset: each for each in before.reading.printers},
        equipment={each.asset: each for each in before.equipment},
        presence=before.presence,
    )
