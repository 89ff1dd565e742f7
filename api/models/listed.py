"""What the rows of all kinds of inventory share: how an item is kept as JSON, and told apart."""

import hashlib
from typing import Any

import msgspec

from collectors.inventory import Item


def told(item: Item | None) -> dict[str, Any] | None:
    """Return an item as JSON has it, without what is not known; None for none."""
    if item is None:
        return None
    values: dict[str, Any] = msgspec.to_builtins(item)
    return values


def fingerprint(*parts: str) -> str:
    """Return a hash by which rows are unique where the texts themselves are too long for an index."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", errors="surrogatepass")).hexdigest()
