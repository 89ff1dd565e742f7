"""What is forecast: the table of kinds."""

from dataclasses import dataclass

from api.forecasts.trend import Habits
from collectors.inputs.battery.cell import WORN_BELOW_PERCENT
from collectors.probe.printer.declaration import SUPPLY

_DEVICE = ("site", "device", "host")
_EQUIPMENT = ("site", "asset")
"""Without the probe that watches it: a new probe changes nothing about a toner."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How what is used and what there is follow from stored fields. One of three forms, by which fields are named.

    Attributes:
        used: field that rises towards the end.
        free: field of what is left, in the unit of `used`; the end is where it is 0.
        left: field that falls from 100 towards the end.
        end: value of `used` or `left` at the end; not looked at where `free` is given.
    """

    used: str = ""
    free: str = ""
    left: str = ""
    end: float = 0.0

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are read."""
        return tuple(filter(None, (self.used, self.free, self.left)))

    def of(self, *values: float) -> tuple[float, float]:
        """Return what is used, and what is used at the end, from the values of `fields`."""
        if self.free:
            return values[0], values[0] + values[1]
        return (100.0 - values[0], 100.0 - self.end) if self.left else (values[0], self.end)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of forecast.

    Attributes:
        name: tag `kind`.
        measurement: what it is made from.
        amount: of which fields.
        tags: what tells its series apart, besides the contract.
        looks_back_days: how many days count.
        habits: how things of the kind are used up, in percent of the way to the end.
        where: a condition in InfluxQL over tags.
        stepped: readings may move in steps.
        step: field that tells the steps, in percent; "" for none.
        name_field: field that tells a name; "" for none.
        sign: field that tells that the thing is there, whether or not how much is left of it; "" for none.
    """

    name: str
    measurement: str
    amount: Amount
    tags: tuple[str, ...]
    looks_back_days: int
    habits: Habits
    where: str = ""
    stepped: bool = False
    step: str = ""
    name_field: str = ""
    sign: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that are read."""
        return (*self.amount.fields, *filter(None, (self.step, self.name_field, self.sign)))


KINDS: tuple[Kind, ...] = (
    Kind(
        name="disk_full",
        measurement="disk",
        amount=Amount(used="used", free="free"),
        tags=(*_DEVICE, "path"),
        where='"fstype" !~ /^(squashfs|iso9660|udf|CDFS|UDF)$/ AND "mode" <> \'ro\'',
        looks_back_days=90,
        # A cleanup worth the name frees 3 % of the disk. Backups that are rotated free as much every week.
        habits=Habits(fall=3.0, cyclic=True),
    ),
    Kind(
        name="supply_empty",
        measurement=SUPPLY.name,
        amount=Amount(left="percent"),
        tags=(*_EQUIPMENT, "index", "type", "color"),
        looks_back_days=180,
        # A cartridge that was taken out and put in again may tell some percent more.
        habits=Habits(fall=8.0, prompt=True),
        stepped=True,
        step="step_percent",
        name_field="description",
        sign="state",
    ),
    Kind(
        name="battery_worn",
        measurement="battery",
        amount=Amount(left="health_percent", end=WORN_BELOW_PERCENT),
        tags=(*_DEVICE, "name"),
        looks_back_days=365,
        # A gauge that was calibrated anew tells some percent more of the same battery.
        habits=Habits(fall=30.0),
    ),
    Kind(
        name="ssd_worn",
        measurement="smart_device",
        amount=Amount(used="endurance_used_percent", end=100.0),
        tags=(*_DEVICE, "block_device", "serial_no"),
        looks_back_days=365,
        habits=Habits(fall=10.0),
        stepped=True,
    ),
)
