"""/sys/class/power_supply of Linux.

Source: kernel, Documentation/ABI/testing/sysfs-class-power and Documentation/power/power_supply_class.rst: capacities
are µWh (`energy_*`) or µAh (`charge_*`); `scope` is Device for batteries of mice, keyboards and the like.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from collectors.inputs.battery.cell import Battery, capacity, cycles, percent
from collectors.scalar import as_int, as_text

ROOT = Path("/sys/class/power_supply")

_ENTRY = re.compile(r"(?:/?sys/class/power_supply/)?(?P<supply>[^/]+)/(?P<file>\w+)")
_FILES = (
    "type", "scope", "present", "status", "capacity", "cycle_count", "model_name", "online",
    "energy_full", "energy_full_design", "energy_now", "charge_full", "charge_full_design", "charge_now",
)  # fmt: skip
_STATUS = {
    "charging": "charging",
    "discharging": "discharging",
    "full": "fully-charged",
    "not charging": "not-charging",
}

Tree = Mapping[str, object]
"""Path ("BAT0/capacity", with or without /sys/class/power_supply before it) to the file's content."""


def is_tree(names: Tree) -> bool:
    """Tell whether these are paths of such a tree."""
    supplies = [found for name in names if (found := _ENTRY.fullmatch(name))]
    return any(found["file"] in ("type", "capacity", "online") for found in supplies)


def from_tree(tree: Tree) -> list[Battery]:
    """Return the computer's batteries in a tree."""
    supplies: dict[str, dict[str, str]] = {}
    for path, content in tree.items():
        found = _ENTRY.fullmatch(path)
        if found and isinstance(content, str):
            supplies.setdefault(found["supply"], {})[found["file"]] = content.strip()
    mains = [files["online"] for files in supplies.values() if _is_mains(files) and files.get("online") in ("0", "1")]
    on_mains = "1" in mains if mains else None
    return [_battery(name, files, on_mains) for name, files in sorted(supplies.items()) if _is_battery(files)]


def _is_mains(files: Mapping[str, str]) -> bool:
    kind = files.get("type", "")
    return kind in ("Mains", "USB", "Wireless") or (not kind and "online" in files and "capacity" not in files)


def _is_battery(files: Mapping[str, str]) -> bool:
    return files.get("type") == "Battery" and files.get("scope") != "Device" and files.get("present") != "0"


def _battery(name: str, files: Mapping[str, str], on_mains: bool | None) -> Battery:
    return Battery(
        name=name,
        model=_model(files.get("model_name")),
        status=_STATUS.get(files.get("status", "").lower()),
        charge_percent=percent(as_int(files.get("capacity"))) if "capacity" in files else _charge(files),
        design_mwh=_milli(files.get("energy_full_design")),
        full_mwh=_milli(files.get("energy_full")),
        design_mah=_milli(files.get("charge_full_design")),
        full_mah=_milli(files.get("charge_full")),
        cycles=cycles(as_int(files.get("cycle_count"))),
        on_mains=on_mains,
    )


def _model(text: str | None) -> str | None:
    # Firmware that writes rubbish behind the name is common; what cannot be read is left out.
    return as_text((text or "").replace("\ufffd", " "), limit=60)


def _milli(micro: str | None) -> int | None:
    number = as_int(micro)
    return capacity(number / 1000) if number is not None else None


def _charge(files: Mapping[str, str]) -> float | None:
    for now, full in (("energy_now", "energy_full"), ("charge_now", "charge_full")):
        filled, most = as_int(files.get(now)), as_int(files.get(full))
        if filled is not None and most:
            return percent(100.0 * filled / most)
    return None


def read_tree(root: Path = ROOT) -> dict[str, str]:
    """Return this machine's tree; what cannot be read is left out."""
    tree: dict[str, str] = {}
    for supply in sorted(root.glob("*"))[:32]:
        for name in _FILES:
            try:
                tree[f"{supply.name}/{name}"] = (supply / name).read_text("utf-8", errors="replace")
            except OSError:
                continue
    return tree
