"""A measured point and its line protocol.

Source: InfluxDB line protocol reference,
https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

FieldValue = bool | int | float | str

_ESCAPE_MEASUREMENT = str.maketrans({",": r"\,", " ": r"\ ", "\n": r"\ ", "\r": ""})
_ESCAPE_KEY = str.maketrans({",": r"\,", " ": r"\ ", "=": r"\=", "\n": r"\ ", "\r": ""})
_ESCAPE_STRING = str.maketrans({'"': r"\"", "\\": r"\\", "\r": ""})


@dataclass(frozen=True, slots=True)
class Point:
    """One point: what was measured, on what, and when.

    Attributes:
        measurement: InfluxDB measurement name.
        tags: what identifies the thing measured; an empty value means "no such tag" and is left out.
        fields: the values. A value that is not known is absent, never 0 and never NaN.
        time_ns: Unix time in nanoseconds; None until the runner stamps it.
    """

    measurement: str
    tags: Mapping[str, str]
    fields: Mapping[str, FieldValue]
    time_ns: int | None = None

    def to_line(self) -> str:
        """Return the point as one line of line protocol, without a line end.

        Raises:
            ValueError: the point has no field, or a field is NaN or infinite, which InfluxDB cannot store.
        """
        if not self.fields:
            raise ValueError(f"point of {self.measurement!r} has no fields")
        head = self.measurement.translate(_ESCAPE_MEASUREMENT)
        tags = "".join(f",{escape_key(name)}={escape_key(value)}" for name, value in sorted(self.tags.items()) if value)
        fields = ",".join(
            f"{escape_key(name)}={_encode(self.measurement, name, value)}" for name, value in self.fields.items()
        )
        tail = "" if self.time_ns is None else f" {self.time_ns}"
        return f"{head}{tags} {fields}{tail}"


def to_lines(points: Iterable[Point]) -> str:
    """Return points as line protocol, one a line, with a line end after each."""
    return "".join(f"{point.to_line()}\n" for point in points)


# Keys and tag values repeat from point to point; escaping them anew takes half of the time of writing a line.
@lru_cache(maxsize=4096)
def escape_key(value: str) -> str:
    """Return a tag key, tag value or field key as line protocol spells it."""
    # A trailing backslash would escape the separator that follows it.
    return value.rstrip("\\").translate(_ESCAPE_KEY)


def _encode(measurement: str, name: str, value: FieldValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}i"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"field {name!r} of {measurement!r} is {value}, which InfluxDB cannot store")
        return repr(value)
    return quote_string(value)


def quote_string(value: str) -> str:
    """Return a field value that is text as line protocol spells it."""
    return f'"{value.translate(_ESCAPE_STRING)}"'
