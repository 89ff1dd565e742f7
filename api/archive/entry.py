"""The entries of a contract's chain: what they say, and the bytes that are hashed. No I/O.

Each entry names the SHA-256 of the one before it, so that none can be changed, taken out or moved without all later
ones telling.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from api.models.report import RemovedWhy

FORM = 1
"""Of an entry's JSON."""

NO_PREVIOUS = "0" * 64
"""What the first entry names."""

_ENTRY_KEY = re.compile(r"([^/]+)/chain/(\d{8})\.json")
_OBJECT_KEY = re.compile(r"([^/]+)/objects/([0-9a-f]{64})")


class File(msgspec.Struct, frozen=True):
    """A file of a report.

    Attributes:
        sha256: of its content, and its name in the store.
        size: bytes.
    """

    sha256: str
    size: int


class Added(msgspec.Struct, frozen=True, tag="added"):
    """A report was added.

    Attributes:
        period: YYYY-MM or YYYY-Www.
        lang: its language.
        edition: 1 for the first of its period and language.
        supersedes: number of the entry of the edition before; None for the first.
        starts_at: first moment that it covers.
        ends_at: where it stops.
        built_at: when it was made.
        files: kind -> file.
        versions: program, library or font -> version that made it; what the bytes depend on.
        origin: "built", or "adopted" from the files of an earlier version.
    """

    period: str
    lang: str
    edition: int
    supersedes: int | None
    starts_at: datetime
    ends_at: datetime
    built_at: datetime
    files: dict[str, File]
    versions: dict[str, str]
    origin: str = "built"


class Removed(msgspec.Struct, frozen=True, tag="removed"):
    """The files of a report were taken away; this stays in their place.

    Attributes:
        added: number of the entry that added it.
        why: because somebody asked, or by its age.
        reason: what was said to it; "" if nothing.
    """

    added: int
    why: RemovedWhy
    reason: str = ""


Event = Added | Removed


class Entry(msgspec.Struct, frozen=True):
    """One entry.

    Attributes:
        contract: public id.
        number: 1 for the first.
        previous: hash of the entry before.
        at: when it was written.
        by: who, e.g. "schedule" or "command line".
        event: what happened.
        form: form of the JSON.
    """

    contract: str
    number: int
    previous: str
    at: datetime
    by: str
    event: Event
    form: int = FORM


def encode(entry: Entry) -> bytes:
    """Return the bytes of an entry; the same entry gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(entry, order="deterministic"), indent=1) + b"\n"


def decode(body: bytes) -> Entry:
    """Return the entry of its bytes.

    Raises:
        ValueError: they are none of this form.
    """
    entry = msgspec.json.decode(body, type=Entry)
    if entry.form != FORM:
        raise ValueError(f"an entry of form {entry.form}")
    return entry


def sha256(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def entry_key(contract: str, number: int) -> str:
    """Return where an entry is kept."""
    return f"{contract}/chain/{number:08d}.json"


def object_key(contract: str, digest: str) -> str:
    """Return where a file is kept. Contracts share none, so that one can be erased without looking at the others."""
    return f"{contract}/objects/{digest}"


def number_of(contract: str, key: str) -> int | None:
    """Return which entry of a contract a key names, or None if it names none."""
    match = _ENTRY_KEY.fullmatch(key)
    return int(match[2]) if match and match[1] == contract else None


def digest_of(contract: str, key: str) -> str | None:
    """Return which file of a contract a key names, or None if it names none."""
    match = _OBJECT_KEY.fullmatch(key)
    return match[2] if match and match[1] == contract else None


def still_there(entries: Mapping[int, Entry]) -> dict[int, Added]:
    """Return the reports whose files must be there: those that were added and not removed; by entry number."""
    removed = {entry.event.added for entry in entries.values() if isinstance(entry.event, Removed)}
    return {
        number: entry.event
        for number, entry in entries.items()
        if isinstance(entry.event, Added) and number not in removed
    }
