"""Series keys as SHOW SERIES lists them: `measurement,tag=value,…` with commas, spaces and = escaped.

Source: "Line protocol", https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/
"""

import re
from dataclasses import dataclass

_PART = re.compile(r"((?:[^,\\]|\\.)*),?", re.DOTALL)
_TAG = re.compile(r"((?:[^=\\]|\\.)*)=(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([,= \\])")


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """A series.

    Attributes:
        measurement: its name.
        tags: tag keys and values, in the key's order.
    """

    measurement: str
    tags: tuple[tuple[str, str], ...]


def read_key(text: str) -> SeriesKey:
    """Return the parts of a series key, without their escapes."""
    measurement, *tags = _split(text)
    found = (_TAG.fullmatch(tag) for tag in tags)
    return SeriesKey(_plain(measurement), tuple((_plain(tag[1]), _plain(tag[2])) for tag in found if tag))


def without_tag(text: str, name: str) -> str:
    """Return a series key without one tag, otherwise as it was."""
    measurement, *tags = _split(text)
    return ",".join([measurement, *(tag for tag in tags if not tag.startswith(f"{name}="))])


def _split(text: str) -> list[str]:
    parts, position = [], 0
    while position < len(text):
        found = _PART.match(text, position)
        if found is None or found.end() == position:
            parts.append(text[position:])
            break
        parts.append(found[1])
        position = found.end()
    return parts or [""]


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
