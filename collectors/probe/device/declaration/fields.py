"""Short forms for the fields that equipment has in common."""

from typing import Final

from collectors.declaration import Field, FieldType, PersonalData, Rollup, Tag
from collectors.probe.printer.declaration import ASSET
from collectors.text import Text

__all__ = ["ASSET", "STATUS", "boolean", "count", "counter", "gauge", "kind_tag", "size", "told", "word"]


def word(name: str, ja: str, en: str, personal: PersonalData = PersonalData.NONE) -> Field:
    """Declare a state or a name."""
    return Field(name, FieldType.STRING, Text(ja, en), rollup=Rollup.STATE, personal=personal)


def told(name: str, ja: str, en: str) -> Field:
    """Declare a text that identifies one device."""
    return word(name, ja, en, PersonalData.DEVICE)


def boolean(name: str, ja: str, en: str) -> Field:
    """Declare a yes or no."""
    return Field(name, FieldType.BOOLEAN, Text(ja, en), rollup=Rollup.STATE)


def gauge(name: str, ja: str, en: str, unit: str) -> Field:
    """Declare a measured value."""
    return Field(name, FieldType.FLOAT, Text(ja, en), unit)


def count(name: str, ja: str, en: str, unit: str = "") -> Field:
    """Declare a whole number that goes up and down."""
    return Field(name, FieldType.INTEGER, Text(ja, en), unit)


def size(name: str, ja: str, en: str) -> Field:
    """Declare an amount of bytes."""
    return count(name, ja, en, "B")


def counter(name: str, ja: str, en: str, unit: str = "") -> Field:
    """Declare a number that only grows until it wraps or starts again."""
    return Field(name, FieldType.INTEGER, Text(ja, en), unit, Rollup.COUNTER)


def kind_tag(ja: str, en: str) -> Tag:
    """Declare the tag `kind`."""
    return Tag("kind", Text(ja, en))


STATUS: Final = word("status", "機器自身が示す状態の語", "the device's own word for its state")
