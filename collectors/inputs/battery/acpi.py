"""`acpi -V` and `acpi -b -i`, the command-line tool over /proc and /sys."""

import re

from collectors.inputs.battery.cell import Battery, capacity, percent

_CHARGE = re.compile(r"Battery (?P<at>\d{1,3}): (?P<status>[A-Za-z ]+), (?P<percent>\d{1,3})%(?P<rest>,.*)?")
_CAPACITY = re.compile(
    r"Battery (?P<at>\d{1,3}): design capacity (?P<design>\d{1,7}) (?P<unit>mAh|mWh), "
    r"last full capacity (?P<full>\d{1,7}) (?:mAh|mWh) = (?P<health>\d{1,3})%"
)
_ADAPTER = re.compile(r"Adapter \d{1,3}: (?P<line>on-line|off-line)")
_THERMAL = re.compile(r"Thermal (?P<at>\d{1,3}): ok, (?P<celsius>\d{1,3}\.\d+) degrees C")
_STATUS = {
    "charging": "charging",
    "discharging": "discharging",
    "full": "fully-charged",
    "not charging": "not-charging",
}


def is_acpi(text: str) -> bool:
    """Tell whether a text is the output of acpi."""
    return re.match(r"(Battery|Adapter|Thermal) \d+: ", text.lstrip("\ufeff \r\n")) is not None


def read(text: str) -> list[Battery]:
    """Return the batteries; a slot that tells 0 % and no capacity holds none."""
    lines = [line.strip() for line in text.split("\n")]
    charges = {found["at"]: found for line in lines if (found := _CHARGE.fullmatch(line))}
    capacities = {found["at"]: found for line in lines if (found := _CAPACITY.fullmatch(line))}
    adapters = [found["line"] for line in lines if (found := _ADAPTER.fullmatch(line))]
    on_mains = "on-line" in adapters if adapters else None
    names = sorted(charges.keys() | capacities.keys(), key=int)
    return [_battery(at, charges.get(at), capacities.get(at), on_mains) for at in names]


def temperatures(text: str) -> list[tuple[str, float]]:
    """Return the ACPI thermal zones (number and °C) that the tool prints besides."""
    found = (_THERMAL.fullmatch(line.strip()) for line in text.split("\n"))
    return [(each["at"], float(each["celsius"])) for each in found if each]


def _battery(at: str, charge: re.Match[str] | None, full: re.Match[str] | None, on_mains: bool | None) -> Battery:
    design, now = (capacity(int(full["design"])), capacity(int(full["full"]))) if full else (None, None)
    in_mah = full is not None and full["unit"] == "mAh"
    return Battery(
        name=f"BAT{at}",
        status=_STATUS.get(charge["status"].lower()) if charge else None,
        charge_percent=percent(int(charge["percent"])) if charge else None,
        design_mah=design if in_mah else None,
        full_mah=now if in_mah else None,
        design_mwh=None if in_mah else design,
        full_mwh=None if in_mah else now,
        on_mains=on_mains,
    )
