"""In how many hours of each day a device was heard of: what availability and the quality of data are told from."""

from dataclasses import dataclass, field
from datetime import date

from api.display.tokyo import TOKYO
from api.readings.history import days_of
from api.readings.hours import SplicedReader
from api.readings.scope import Source

AGENT = Source("cpu", ("usage_idle",), ("device",), {"cpu": "cpu-total"})
"""What every agent sends, each minute."""

PROBE = Source("device_poll", ("ok",), ("device",), {})
"""What a probe sends of all that it asks."""

HOURS_OF_DAY = 24


@dataclass(frozen=True, slots=True)
class Presence:
    """When devices were heard of within a window.

    Attributes:
        days: the days of Asia/Tokyo, first to last.
        devices: public id -> hours with data on each day; 0 where none came. Devices of which nothing came at all are
            not in it.
        probes: the same of what probes asked of equipment.
    """

    days: tuple[date, ...] = ()
    devices: dict[str, tuple[int, ...]] = field(default_factory=dict)
    probes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def hours(self, device: str) -> int:
        """Return in how many hours a device was heard of."""
        return sum(self.devices.get(device, ()))


def read_presence(reader: SplicedReader) -> Presence:
    """Return when devices were heard of within the reader's window; one query each for agents and probes.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    days = days_of(reader.scope.window)
    return Presence(days, _hours(reader, AGENT, days), _hours(reader, PROBE, days))


def _hours(reader: SplicedReader, source: Source, days: tuple[date, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, dict[date, int]] = {}
    for row in reader.hours(source):
        hours = row.integer("hours")
        if hours and "device" in row.tags:
            day = row.time.astimezone(TOKYO).date()
            by_day = found.setdefault(row.tags["device"], {})
            # A day may be told in two parts, of the rollup and of raw points.
            by_day[day] = min(HOURS_OF_DAY, by_day.get(day, 0) + hours)
    return {device: tuple(by_day.get(day, 0) for day in days) for device, by_day in sorted(found.items())}
