"""What all kinds of inventory share: items, what makes two of them the same, and their form in JSON."""

import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Generic, TypeVar

import msgspec

from collectors.inventory.declaration import Inventory, ItemField, ItemType
from collectors.scalar import as_text

MAX_TEXTS = 32
"""Values of one list of texts; a machine with more names than this has none that matters."""


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing of a list. A value that is not known is its default: "" or None."""


ItemT = TypeVar("ItemT", bound=Item)


@dataclass(frozen=True, slots=True)
class Kind(Generic[ItemT]):
    """One kind of inventory.

    Attributes:
        declaration: what its items hold.
        item: class of its items.
        key: what is unique in a list; an item of the same key is the same thing.
        product: what stays the same when the thing is updated to another version.
        version: what an update changes; "" where the kind has no versions.
        heartbeat_s: seconds after which a list is sent again though it has not changed.
    """

    declaration: Inventory
    item: type[ItemT]
    key: Callable[[ItemT], tuple[str, ...]]
    product: Callable[[ItemT], Hashable]
    version: Callable[[ItemT], str]
    heartbeat_s: float

    @property
    def name(self) -> str:
        """The document's `kind`."""
        return self.declaration.name

    def clean(self, item: ItemT) -> ItemT:
        """Return an item whose texts are single lines of printable characters within their limits."""
        values = {field.name: _clean(field, getattr(item, field.name)) for field in self.declaration.fields}
        return self.item(**values)

    def content(self, item: ItemT) -> str:
        """Return what counts of an item as one line of JSON: two items that differ in nothing else are equal."""
        counted = {f.name: getattr(item, f.name) for f in self.declaration.fields if f.is_content}
        # Unknown values are left out, so that a field that is declared later does not make every list a new one.
        told = {name: value for name, value in counted.items() if value not in ("", None, ())}
        return json.dumps(msgspec.to_builtins(told), ensure_ascii=False)

    def listed(self, items: Iterable[ItemT]) -> list[ItemT]:
        """Return items cleaned, in order, and each key once; items without a name or id are left out."""
        cleaned = sorted((self.clean(item) for item in items), key=self.content)
        return list({key: item for item in reversed(cleaned) if (key := self.key(item))[0]}.values())[::-1]


def _clean(field: ItemField, value: Any) -> Any:
    if field.type is ItemType.TEXT:
        return as_text(value, field.limit) or ""
    if field.type is ItemType.TEXTS:
        return tuple(sorted({text for each in value if (text := as_text(each, field.limit))})[:MAX_TEXTS])
    if field.type is ItemType.TIME and value is not None:
        return value.astimezone(UTC).replace(microsecond=0)
    return value
