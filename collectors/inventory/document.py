"""A document: one whole list as it was at one moment, the way it goes to `POST /api/v1/inventory`.

    {"kind": "software", "taken_at": "2026-10-01T00:00:00Z", "hash": "…", "total": 2,
     "device": {"host": "keiri-pc1", "os": "Windows 11 Pro", "arch": "AMD64"},
     "items": [{"name": "7-Zip 24.08 (x64)", "version": "24.08", …}, …]}

Changes are not sent: whoever holds the last list works them out (`collectors.inventory.changes`), so a document that
is lost on its way costs nothing but the time of a change.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

from collectors.inventory.assets import ASSETS, AssetItem, Moment
from collectors.inventory.kind import Item, ItemT, Kind
from collectors.inventory.software import SOFTWARE, SoftwareItem

MAX_ITEMS = 20_000
"""A list is cut to this length; `total` tells how long it was."""

_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


class InvalidDocument(ValueError):
    """The bytes are no document; the message says where and why."""


class DeviceFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device tells of itself with a list.

    Attributes:
        host: its name.
        os: name and version of the operating system.
        arch: architecture of the processor as the system calls it.
    """

    host: str = ""
    os: str = ""
    arch: str = ""


class InventoryDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """A list and when it was taken; the class of its kind has the items.

    Attributes:
        taken_at: when the list was read; of two lists the later one is the newer.
        hash: `content_hash` of the items.
        total: how many there are, where the list had to be cut; otherwise the number of items.
        device: the device that sends it.
    """

    taken_at: Moment
    hash: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
    total: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    device: DeviceFacts


class SoftwareDocument(
    InventoryDocument, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="software"
):
    """Installed software of the device that sends it."""

    items: Annotated[tuple[SoftwareItem, ...], msgspec.Meta(max_length=MAX_ITEMS)]


class AssetsDocument(
    InventoryDocument, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="assets"
):
    """What the probe that sends it has found on its site's LAN."""

    items: Annotated[tuple[AssetItem, ...], msgspec.Meta(max_length=MAX_ITEMS)]


Document = SoftwareDocument | AssetsDocument

KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (SOFTWARE, ASSETS)}
"""Every kind of inventory. A new one is a class of items, a class of documents and a line here."""

_CLASSES: dict[str, type[Document]] = {SOFTWARE.name: SoftwareDocument, ASSETS.name: AssetsDocument}
_DECODER: msgspec.json.Decoder[Document] = msgspec.json.Decoder(Document)


def make_document(kind: Kind[ItemT], items: Iterable[ItemT], taken_ns: int, device: DeviceFacts) -> Document:
    """Return the document of a list: items cleaned, ordered, each once, at most `MAX_ITEMS`.

    Args:
        kind: what is listed.
        items: as they were read, in any order.
        taken_ns: when they were read, Unix nanoseconds.
        device: the device that read them.
    """
    listed = kind.listed(items)
    kept = listed[:MAX_ITEMS]
    return _CLASSES[kind.name](
        taken_at=datetime.fromtimestamp(taken_ns // 10**9, UTC) + timedelta(microseconds=taken_ns % 10**9 // 1000),
        hash=content_hash(kind, kept),
        total=len(listed),
        device=device,
        items=tuple(kept),  # type: ignore[arg-type]  # the table pairs each kind with the class of its items
    )


def content_hash(kind: Kind[ItemT], items: Iterable[ItemT]) -> str:
    """Return SHA-256, in hexadecimal, of what counts of items, whatever their order: one sorted JSON line for each."""
    lines = sorted(kind.content(item) for item in items)
    return hashlib.sha256("\n".join(lines).encode("utf-8", errors="surrogatepass")).hexdigest()


def kind_of(document: Document) -> Kind[Any]:
    """Return the kind of a document."""
    return KINDS[str(document.__struct_config__.tag)]


def encode_document(document: Document) -> bytes:
    """Return a document as JSON."""
    return msgspec.json.encode(document)


def decode_document(data: bytes) -> Document:
    """Read a document strictly: nothing that is not declared, every value of its type, the hash that of the items.

    Raises:
        InvalidDocument: it is none.
    """
    try:
        document = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise InvalidDocument(str(error)) from None
    if document.taken_at >= _LATEST:
        raise InvalidDocument("`taken_at` is beyond the year 9000")
    if document.total < len(document.items):
        raise InvalidDocument("`total` is less than the number of items")
    items: tuple[Item, ...] = document.items
    if content_hash(kind_of(document), items) != document.hash:
        raise InvalidDocument("`hash` is not that of the items")
    return document
