"""What is known of one battery of the computer, and how it is judged."""

from dataclasses import dataclass

from collectors.reasons import Reasons
from collectors.text import Text
from collectors.verdict import State, Verdict

WORN_BELOW_PERCENT = 50.0
"""Below this share of its design capacity a battery counts as worn out."""

_MOST_MILLI = 1_000_000
"""1 kWh or 1 kAh: no computer's battery holds more."""
_MOST_HEALTH = 130.0
"""A new battery may hold a little more than its design; one that claims more than this does not tell the truth."""
_AGREE_PERCENT = 3.0
_MOST_CYCLES = 20_000

_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN

REASONS = Reasons(
    {
        "ok": (_OK, Text("満充電容量は設計の {health} % です", "holds {health} % of its design capacity")),
        "worn": (
            _BAD,
            Text(
                "劣化しています。満充電容量は設計の {health} % です",
                "worn: holds only {health} % of its design capacity",
            ),
        ),
        "no_capacity": (
            _UNKNOWN,
            Text("設計容量または満充電容量が分かりません", "its design or full capacity is not told"),
        ),
        "implausible": (
            _UNKNOWN,
            Text("満充電容量が設計容量と合いません", "its full capacity does not fit its design capacity"),
        ),
        "disagreement": (
            _UNKNOWN,
            Text(
                "容量から求めた値（{health} %）と報告値（{told} %）が食い違っています",
                "its capacities say {health} %, its own figure says {told} %",
            ),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Battery:
    """One battery.

    Attributes:
        name: as the system names it ("BAT0"), or its model.
        model: model; None if not known.
        status: charging, discharging, fully-charged, not-charging or empty; None if not known.
        charge_percent: how full it is.
        design_mwh: capacity when new, in milliwatt hours.
        full_mwh: capacity now.
        design_mah: the same where the battery counts in milliampere hours.
        full_mah: the same where the battery counts in milliampere hours.
        told_health_percent: the share of its design capacity that the source itself states.
        cycles: charge cycles that the battery counted.
        on_mains: whether the computer runs from the mains.
    """

    name: str
    model: str | None = None
    status: str | None = None
    charge_percent: float | None = None
    design_mwh: int | None = None
    full_mwh: int | None = None
    design_mah: int | None = None
    full_mah: int | None = None
    told_health_percent: float | None = None
    cycles: int | None = None
    on_mains: bool | None = None

    @property
    def is_empty_slot(self) -> bool:
        """Whether this is a slot without a battery: a charge of 0, and no capacity."""
        known = (self.design_mwh, self.full_mwh, self.design_mah, self.full_mah, self.told_health_percent)
        return not any(known) and self.charge_percent == 0

    @property
    def health_percent(self) -> float | None:
        """Share of the design capacity that it still holds, at most 100; None if not known or contradicted."""
        found = _ratio(self.full_mwh, self.design_mwh) or _ratio(self.full_mah, self.design_mah)
        told = self.told_health_percent
        if found is None or found > _MOST_HEALTH:
            return None
        if told is not None and abs(min(found, 100.0) - told) > _AGREE_PERCENT:
            return None
        return round(min(found, 100.0), 2)


def _ratio(full: int | None, design: int | None) -> float | None:
    return 100.0 * full / design if full and design else None


def judge(battery: Battery, worn_below_percent: float = WORN_BELOW_PERCENT) -> Verdict:
    """Return whether a battery is worn."""
    health = battery.health_percent
    if health is not None:
        return REASONS.verdict("worn" if health < worn_below_percent else "ok", health=f"{health:.0f}")
    found = _ratio(battery.full_mwh, battery.design_mwh) or _ratio(battery.full_mah, battery.design_mah)
    if found is None:
        return REASONS.verdict("no_capacity")
    if found > _MOST_HEALTH or battery.told_health_percent is None:
        return REASONS.verdict("implausible")
    return REASONS.verdict("disagreement", health=f"{min(found, 100.0):.0f}", told=f"{battery.told_health_percent:.0f}")


def capacity(milli: float | None) -> int | None:
    """Return a capacity in mWh or mAh; None where no battery has it."""
    return round(milli) if milli is not None and 0 < milli <= _MOST_MILLI else None


def percent(value: float | None) -> float | None:
    """Return a percentage; None where it is none. Some batteries say 101 when they are full."""
    return round(min(float(value), 100.0), 2) if value is not None and 0 <= value <= 110 else None


def cycles(value: int | None) -> int | None:
    """Return a number of cycles; None where no battery has it."""
    return value if value is not None and 0 <= value <= _MOST_CYCLES else None
