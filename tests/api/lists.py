"""Inventory documents for tests of what the service does with them."""

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from collectors.inventory import (
    ASSETS,
    SOFTWARE,
    AssetItem,
    DeviceFacts,
    Document,
    SoftwareItem,
    encode_document,
    make_document,
)

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
FACTS = DeviceFacts(host="keiri-pc1", os="Windows 11 Pro", arch="AMD64")


def ns(hours: float) -> int:
    return int((START + timedelta(hours=hours)).timestamp()) * 10**9


def software(*items: SoftwareItem | str, hours: float = 0) -> Document:
    listed = (item if isinstance(item, SoftwareItem) else product(item) for item in items)
    return make_document(SOFTWARE, listed, ns(hours), FACTS)


def product(text: str) -> SoftwareItem:
    """Return the product that "name version" tells."""
    name, _space, version = text.partition(" ")
    return SoftwareItem(name=name, version=version, publisher="例示ソフト", arch="x64", source="registry")


def assets(items: Iterable[AssetItem], hours: float = 0) -> Document:
    return make_document(ASSETS, items, ns(hours), FACTS)


def packed(document: Document) -> bytes:
    return gzip.compress(encode_document(document))
