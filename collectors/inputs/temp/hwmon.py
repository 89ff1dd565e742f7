"""Linux: sensors under `/sys/class/hwmon`, or thermal zones where there are none.

Source: kernel, Documentation/hwmon/sysfs-interface.rst and Documentation/driver-api/thermal/sysfs-api.rst; both give
millidegrees Celsius.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from collectors.inputs.temp.reading import Reading

SYS = Path("/sys/class")
SLEEPERS = frozenset({"drivetemp"})
"""Chips that are disks: reading them every minute may keep a disk from spinning down (kernel,
Documentation/hwmon/drivetemp.rst). Their temperature comes with the SMART data."""

_FILES = re.compile(r"temp\d+_(input|label|crit|fault)")
_ENTRY = re.compile(r"(?P<node>(?:hwmon|thermal_zone)\d+)/(?:device/)?(?P<file>\w+)")
_NODE_SORT = re.compile(r"\d+")

Tree = Mapping[str, str]
"""Path below the class folder ("hwmon0/temp1_input", "thermal_zone0/temp") to the file's content."""


def looks_like_tree(names: Mapping[str, object]) -> bool:
    """Tell whether these are paths of such a tree."""
    return any(_ENTRY.fullmatch(name) for name in names)


def from_tree(tree: Tree) -> list[Reading]:
    """Return the readings in a tree; thermal zones count only where there is no hwmon sensor."""
    nodes: dict[str, dict[str, str]] = {}
    for path, content in tree.items():
        match = _ENTRY.fullmatch(path)
        if match:
            nodes.setdefault(match["node"], {})[match["file"]] = content.strip()
    ordered = sorted(nodes.items(), key=lambda item: (item[0].startswith("thermal"), _number(item[0])))
    readings = [reading for node, files in ordered for reading in _hwmon(node, files)]
    return readings or [reading for node, files in ordered for reading in _zone(node, files)]


def _hwmon(node: str, files: Mapping[str, str]) -> Iterator[Reading]:
    features = sorted({name.removesuffix("_input") for name in files if _is_input(name)}, key=_number)
    for feature in features:
        yield Reading(
            chip=files.get("name") or files.get("device") or node,
            where=files.get("device", node),
            feature=feature,
            label=files.get(f"{feature}_label", ""),
            celsius=_celsius(files.get(f"{feature}_input")),
            critical=_celsius(files.get(f"{feature}_crit")),
            fault=files.get(f"{feature}_fault") == "1",
        )


def _zone(node: str, files: Mapping[str, str]) -> Iterator[Reading]:
    if "temp" in files:
        yield Reading(files.get("type") or node, node, "temp1", "", _celsius(files["temp"]))


def _is_input(name: str) -> bool:
    return name.endswith("_input") and _FILES.fullmatch(name) is not None


def _number(name: str) -> int:
    match = _NODE_SORT.search(name)
    return int(match[0]) if match else 0


def _celsius(millidegrees: str | None) -> float | None:
    try:
        return int(millidegrees or "") / 1000.0
    except ValueError:
        return None


def read_tree(root: Path = SYS) -> dict[str, str]:
    """Return this machine's tree; what cannot be read is left out.

    `hwmonN/device` stands for the name of the device that the chip belongs to (a link in sysfs).
    """
    tree: dict[str, str] = {}
    for node in sorted(root.glob("hwmon/hwmon*")):
        # Old kernels keep the files one level below.
        folder = node if (node / "name").exists() else node / "device"
        name = _read(folder / "name").strip()
        if name in SLEEPERS:
            continue
        tree[f"{node.name}/name"] = name
        if (node / "device").is_symlink():
            tree[f"{node.name}/device"] = (node / "device").readlink().name
        for file in sorted(folder.glob("temp*_*")):
            if _FILES.fullmatch(file.name):
                tree[f"{node.name}/{file.name}"] = _read(file)
    for node in sorted(root.glob("thermal/thermal_zone*")):
        tree |= {f"{node.name}/{name}": _read(node / name) for name in ("type", "temp")}
    return tree


def _read(path: Path) -> str:
    # A sensor that sleeps or hangs answers EAGAIN at once instead of holding the reader up.
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return ""
    try:
        return os.read(handle, 256).decode("utf-8", errors="replace")
    except OSError:
        return ""
    finally:
        os.close(handle)
