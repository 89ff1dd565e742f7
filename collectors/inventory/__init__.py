"""Lists of what a device has or a probe has found: documents, what changed between two, and their way to the service.

A producer (an input) hands the items that it read to a `Register`, which keeps the last list beside the agent's data,
tells what changed, and puts a document into the outbox where the list is new or the kind's heartbeat is due.
"""

from collectors.inventory.assets import ASSETS, AssetItem
from collectors.inventory.declaration import Inventory, ItemField, ItemType
from collectors.inventory.document import (
    KINDS,
    MAX_ITEMS,
    AssetsDocument,
    DeviceFacts,
    Document,
    InvalidDocument,
    InventoryDocument,
    SoftwareDocument,
    content_hash,
    decode_document,
    encode_document,
    kind_of,
    make_document,
)
from collectors.inventory.kind import Item, Kind
from collectors.inventory.software import SOFTWARE, SoftwareItem

__all__ = [
    "ASSETS",
    "KINDS",
    "MAX_ITEMS",
    "SOFTWARE",
    "AssetItem",
    "AssetsDocument",
    "DeviceFacts",
    "Document",
    "InvalidDocument",
    "Inventory",
    "InventoryDocument",
    "Item",
    "ItemField",
    "ItemType",
    "Kind",
    "SoftwareDocument",
    "SoftwareItem",
    "content_hash",
    "decode_document",
    "encode_document",
    "kind_of",
    "make_document",
]
