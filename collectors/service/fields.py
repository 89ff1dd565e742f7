"""Forms that the service's declarations have in common."""

from collectors.declaration import Field, FieldType, Rollup
from collectors.text import Text


def count(name: str, ja: str, en: str) -> Field:
    """Return how many there were in the span of a point, or are at its time."""
    return Field(name, FieldType.INTEGER, Text(ja, en))


def number(name: str, ja: str, en: str, unit: str = "") -> Field:
    """Return a measured number."""
    return Field(name, FieldType.FLOAT, Text(ja, en), unit)


def state(name: str, kind: FieldType, ja: str, en: str) -> Field:
    """Return what holds until the next point."""
    return Field(name, kind, Text(ja, en), rollup=Rollup.STATE)
