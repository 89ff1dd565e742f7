"""What a drive told day by day: the facts that its risk is judged from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from api.analysis.devices.hourly import Values
from collectors.inputs.smart.drive import Access, Kind
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class DriveToday:
    """What a drive told last. None or empty: not told.

    Attributes:
        access: how far it could be read, as `collectors.inputs.smart.drive.Access` names it.
        state: the state that its agent judged it to be in.
        reason: why.
        healthy: the drive's own verdict.
        critical_warning: NVMe's critical warning, a bit mask.
        power_on_hours: hours of running.
        endurance_used: share of the rated writes used, %.
    """

    access: str = Access.OK
    state: str = ""
    reason: Text = field(default_factory=lambda: Text("", ""))
    healthy: bool | None = None
    critical_warning: int | None = None
    power_on_hours: float | None = None
    endurance_used: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DriveHistory:
    """A drive over days.

    Attributes:
        device: public id of the device that it is in.
        name: its name there.
        model: model name; "" if not told.
        serial: serial number; "" if not told.
        kind: what sort of drive it is.
        days: on which days it told anything, days since 1970 in Tokyo, rising.
        counts: field of `smart_device` -> what it said last on each of these days; NaN where it did not.
        celsius: highest temperature of each of these days, °C; NaN where it was not told.
        today: what it told last.
    """

    device: str
    name: str
    model: str
    serial: str
    kind: Kind
    days: Values
    counts: Mapping[str, Values]
    celsius: Values
    today: DriveToday

    @property
    def span(self) -> int:
        """Days between the first and the last reading."""
        return int(self.days[-1] - self.days[0]) if len(self.days) else 0

    @property
    def told(self) -> frozenset[str]:
        """Fields that were told at all."""
        return frozenset(name for name, values in self.counts.items() if np.isfinite(values).any())
