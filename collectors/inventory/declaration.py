"""How an inventory declares what its lists hold, as `Measurement` does for points.

The public page of what is collected, the API's description and the cleaning of texts are derived from here.
"""

from dataclasses import dataclass
from enum import StrEnum

from collectors.declaration import PersonalData, is_forbidden
from collectors.text import Text


class ItemType(StrEnum):
    """Types of an item's values, as JSON has them."""

    TEXT = "text"
    TEXTS = "texts"
    """A list of texts, as a set: the order says nothing."""

    INTEGER = "integer"
    DATE = "date"
    """`YYYY-MM-DD`."""

    TIME = "time"
    """RFC 3339 with a zone."""


@dataclass(frozen=True, slots=True)
class ItemField:
    """A value of an item.

    Attributes:
        name: key in the document.
        type: type of the value.
        text: what it tells, for people.
        unit: unit symbol; "" where the value has none.
        limit: most characters of a text; what is longer is cut.
        personal: personal-data class of its values.
        is_content: False where the value changes with every look (last seen), so that it makes no list a new one.
    """

    name: str
    type: ItemType
    text: Text
    unit: str = ""
    limit: int = 200
    personal: PersonalData = PersonalData.NONE
    is_content: bool = True


@dataclass(frozen=True, slots=True)
class Inventory:
    """A kind of list that may be stored.

    Attributes:
        name: the document's `kind`.
        text: what it lists, for people.
        fields: what an item may hold, in the order of its class.
    """

    name: str
    text: Text
    fields: tuple[ItemField, ...]

    def __post_init__(self) -> None:
        refused = sorted(name for name in (self.name, *(f.name for f in self.fields)) if is_forbidden(name))
        if refused:
            raise ValueError(f"inventory {self.name!r} declares {refused}, which the terms forbid to collect")
