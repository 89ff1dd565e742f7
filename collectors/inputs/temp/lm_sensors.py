"""Output of lm-sensors: `sensors -j`, `sensors -u` and plain `sensors` (sensors(1))."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from collectors.inputs.temp.reading import Reading

_CHIP = re.compile(r"[A-Za-z0-9_]+-(?:isa|pci|i2c|spi|hid|mdio|scsi|acpi|virtual|\*)-[\w*]+(?:-[\w*]+)?")
_FEATURE = re.compile(r"temp\d+")
_VALUE = re.compile(r"\s+(?P<name>temp\d+_(?:input|crit|fault)):\s+(?P<value>-?\d+(?:\.\d+)?)\s*")
_PLAIN = re.compile(r"(?P<label>[^:]+):\s+(?P<value>[+-]\d+(?:\.\d+)?)\s*(?:°|\xb0|\ufffd)?C\b(?P<rest>.*)")
_PLAIN_CRITICAL = re.compile(r"crit\s*=\s*\+?(-?\d+(?:\.\d+)?)")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")


def without_trailing_commas(text: str) -> str:
    """Return the text of `sensors -j` as JSON: versions before 3.6.2 leave a comma behind a value they cannot read."""
    return _TRAILING_COMMA.sub("", text)


def is_chip(name: str) -> bool:
    """Tell whether this is a chip name such as `coretemp-isa-0000`."""
    return _CHIP.fullmatch(name) is not None


def from_json(chips: Mapping[str, object]) -> list[Reading]:
    """Return the readings in what `sensors -j` printed."""
    return [
        reading
        for chip, features in chips.items()
        if is_chip(chip) and isinstance(features, dict)
        for label, values in features.items()
        if isinstance(values, dict)
        for reading in _reading(chip, label, {k: float(v) for k, v in values.items() if isinstance(v, int | float)})
    ]


def _reading(chip: str, label: str, values: Mapping[str, float]) -> Iterator[Reading]:
    for name, value in values.items():
        feature = name.removesuffix("_input")
        if name.endswith("_input") and _FEATURE.fullmatch(feature):
            yield Reading(
                chip=chip.split("-", 1)[0],
                where=chip,
                feature=feature,
                label="" if label == feature else label,  # lm-sensors puts the number where there is no label
                celsius=value,
                critical=values.get(f"{feature}_crit"),
                fault=values.get(f"{feature}_fault") == 1.0,
            )


@dataclass
class _Chip:
    name: str
    features: dict[str, dict[str, float]] = field(default_factory=dict)


def from_text(text: str) -> list[Reading] | None:
    """Return the readings in what `sensors -u` or `sensors` printed; None if it is not such text."""
    chips: list[_Chip] = []
    label = ""
    for line in text.splitlines():
        value, plain = _VALUE.fullmatch(line), _PLAIN.match(line)
        if is_chip(line.strip()):
            chips.append(_Chip(line.strip()))
        elif not chips:
            continue
        elif value:
            chips[-1].features.setdefault(label, {})[value["name"]] = float(value["value"])
        elif plain:
            chips[-1].features[plain["label"].strip()] = _plain_values(plain, len(chips[-1].features) + 1)
        elif line.endswith(":") and not line.startswith(" "):
            label = line[:-1]
    if not chips:
        return None
    return [r for chip in chips for name, values in chip.features.items() for r in _reading(chip.name, name, values)]


def _plain_values(match: re.Match[str], number: int) -> dict[str, float]:
    values = {f"temp{number}_input": float(match["value"])}
    critical = _PLAIN_CRITICAL.search(match["rest"])
    if critical:
        values[f"temp{number}_crit"] = float(critical[1])
    return values
