"""What a temperature sensor said, whether it can be true, and the points made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.point import Point
from collectors.text import Text
from collectors.verdict import State, Verdict

LOWEST_C, HIGHEST_C = -30.0, 125.0
"""Outside this no office machine runs. Unconnected inputs of board chips read 127, -60 or -128; silicon is specified
to 125 at most; 65261.85 is the NVMe way to say "no value" (65535 K)."""

NO_READING_C = (0.0, -273.15)
"""What firmware writes into a sensor it does not have: 0 °C or 0 K, give or take the rounding of kelvins."""

FIRMWARE_CHIPS = frozenset({"acpitz"})
LOWEST_TRIP_C = 45.0
"""An ACPI thermal zone whose critical trip lies below this would have switched the machine off: its table is invented,
and so is its reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sensor at one time.

    Attributes:
        chip: kind of chip, as the driver calls it ("coretemp", "nvme").
        where: which of several such chips ("coretemp.0", "nvme-pci-0500"); "" if the source does not tell.
        feature: the sensor's number on the chip ("temp1").
        label: the sensor's name on the chip; "" if it has none.
        celsius: what it reads; None if it gave nothing.
        critical: critical limit in °C; None if it has none.
        fault: whether the chip itself calls the sensor faulty.
    """

    chip: str
    where: str
    feature: str
    label: str
    celsius: float | None
    critical: float | None = None
    fault: bool = False

    @property
    def sensor(self) -> str:
        """Telegraf's name of the sensor (`temp` plugin, metric format v2): `coretemp_package_id_0`."""
        label = self.label.lower().replace(" ", "_")
        if not label and self.feature != "temp1":
            label = self.feature  # Telegraf would give several unnamed sensors of a chip one and the same name
        return f"{self.chip}_{label}" if label else self.chip

    def is_plausible(self) -> bool:
        """Tell whether the value can be a temperature of this machine."""
        if self.celsius is None or self.fault or any(abs(self.celsius - none) < 0.1 for none in NO_READING_C):
            return False
        if self.chip in FIRMWARE_CHIPS and self.critical is not None and 0 < self.critical < LOWEST_TRIP_C:
            return False
        return LOWEST_C <= self.celsius <= HIGHEST_C


READ = Verdict(State.OK, "read", Text("温度を読み取れました。", "temperatures were read"))
NO_SENSOR = Verdict(
    State.UNKNOWN,
    "no_sensor",
    Text(
        "温度センサーが見つかりません（仮想マシンなど）。",
        "no temperature sensor found (a virtual machine, for example)",
    ),
)
IMPLAUSIBLE = Verdict(
    State.UNKNOWN,
    "implausible",
    Text(
        "センサーはありますが、値が現実の温度ではありません。",
        "there are sensors, but no reading can be a real temperature",
    ),
)


def to_points(readings: Sequence[Reading], missing: Verdict = NO_SENSOR) -> list[Point]:
    """Return a `temp` point for each plausible reading, and one `temp_status` point that says how it went.

    `missing` is the verdict where the source had no sensor at all.
    """
    plausible = [reading for reading in readings if reading.is_plausible()]
    points = [
        Point("temp", {"sensor": reading.sensor, "chip": reading.where}, {"temp": float(reading.celsius or 0.0)})
        for reading in plausible
    ]
    verdict = READ if plausible else IMPLAUSIBLE if readings else missing
    counts = {"sensors": len(plausible), "dropped": len(readings) - len(plausible)}
    return [*points, Point("temp_status", {}, {**verdict.fields(), **counts})]
