"""InfluxQL literals: names, strings and durations written so that nothing in them can end the literal.

Source: InfluxQL reference, "Identifiers", "Strings" and "Durations",
https://docs.influxdata.com/influxdb/v1/query_language/spec/
"""

from datetime import timedelta

_IDENTIFIER = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_STRING = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n"})


def quote_identifier(name: str) -> str:
    """Return a database, policy, measurement, tag or field name as a quoted identifier."""
    return f'"{name.translate(_IDENTIFIER)}"'


def quote_string(value: str) -> str:
    """Return a string literal, e.g. a tag value to compare with."""
    return f"'{value.translate(_STRING)}'"


def duration(length: timedelta) -> str:
    """Return a duration literal in whole seconds.

    Raises:
        ValueError: shorter than a second; InfluxDB would read 0 as "for ever".
    """
    seconds = int(length.total_seconds())
    if seconds < 1:
        raise ValueError(f"a duration of {length} cannot be written in seconds")
    return f"{seconds}s"
