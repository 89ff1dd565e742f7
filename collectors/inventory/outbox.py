"""Documents that wait on the disk for their way to the service: one file each, in the order in which they were made.

Inputs put documents in; the sender takes the oldest, and removes it once the service has confirmed it. Limits of age
and size are the sender's to apply, so that there is one counter of what was dropped. The newest document of a kind is
kept whatever its age: without it the service would show an old list until the next change.
"""

import contextlib
import gzip
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from collectors.atomic import replace_file
from collectors.inventory.document import Document, encode_document, kind_of
from collectors.scalar import as_int
from collectors.text import Text

MAX_AGE_S = 7 * 86400.0
MAX_BYTES = 32 * 1024**2
REJECTED_KEPT = 5
"""Refused documents that are kept for people to look at."""

_SUFFIX = ".json.gz"
_REJECTED = ".rejected"
_COUNTS = "counts.json"
_GZIP_LEVEL = 6

_log = logging.getLogger(__name__)

_DROPPED = Text(
    "未送信の一覧が上限（期間または容量）を超えたため、古い{count}件を捨てました",
    "unsent lists are beyond their limit of age or size: dropped the oldest {count}",
)


@dataclass(slots=True)
class Counts:
    """What was lost on the way, over the outbox's life.

    Attributes:
        dropped: documents dropped because of age or size.
        rejected: documents that the service refused.
    """

    dropped: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document in the outbox.

    Attributes:
        path: its file.
        kind: the document's kind.
        made_s: when it was put in, Unix seconds.
        size: of the file, bytes.
    """

    path: Path
    kind: str
    made_s: float
    size: int

    def read(self) -> bytes:
        """Return the document as gzip, the way it is sent.

        Raises:
            OSError: it cannot be read.
        """
        return self.path.read_bytes()


class Outbox:
    """A directory of documents. `put` may be called by any thread, all else by the one that sends."""

    def __init__(self, directory: Path, wall_ns: Callable[[], int] = time.time_ns) -> None:
        self._directory, self._wall_ns = directory, wall_ns

    def put(self, document: Document) -> None:
        """Add a document; it is on the disk when this returns.

        Raises:
            OSError: it could not be written.
        """
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{self._wall_ns():020d}-{kind_of(document).name}{_SUFFIX}"
        # Time 0, so that the same document gives the same bytes.
        replace_file(self._directory / name, gzip.compress(encode_document(document), _GZIP_LEVEL, mtime=0))

    def waiting(self) -> list[Waiting]:
        """Return all documents, the oldest first."""
        found = (_described(path) for path in sorted(self._directory.glob(f"*{_SUFFIX}")))
        return [each for each in found if each is not None]

    def done(self, sent: Waiting) -> None:
        """Remove a document that the service has."""
        with contextlib.suppress(OSError):
            sent.path.unlink()

    def reject(self, refused: Waiting) -> None:
        """Set a document aside that the service refused for good."""
        with contextlib.suppress(OSError):
            refused.path.replace(refused.path.with_name(f"{refused.path.name}{_REJECTED}"))
        for old in sorted(self._directory.glob(f"*{_REJECTED}"))[:-REJECTED_KEPT]:
            old.unlink(missing_ok=True)
        self._count(rejected=1)

    def trim(self, max_age_s: float = MAX_AGE_S, max_bytes: int = MAX_BYTES) -> None:
        """Drop what is beyond the limits, the oldest first, and count it."""
        documents = self.waiting()
        newest = {each.kind: each.path for each in documents}
        oldest_s, size = self._wall_ns() / 1e9 - max_age_s, sum(each.size for each in documents)
        dropped = 0
        for each in documents:
            if each.path == newest[each.kind] or (each.made_s >= oldest_s and size <= max_bytes):
                continue
            self.done(each)
            size -= each.size
            dropped += 1
        if dropped:
            _log.warning(Text(_DROPPED.ja.format(count=dropped), _DROPPED.en.format(count=dropped)))
            self._count(dropped=dropped)

    def counts(self) -> Counts:
        """Return what was lost so far; a damaged or missing file counts from 0."""
        try:
            told = json.loads((self._directory / _COUNTS).read_bytes())
            return Counts(as_int(told["dropped"]) or 0, as_int(told["rejected"]) or 0)
        except (OSError, ValueError, TypeError, KeyError):
            return Counts()

    def _count(self, dropped: int = 0, rejected: int = 0) -> None:
        counts = self.counts()
        counts.dropped += dropped
        counts.rejected += rejected
        with contextlib.suppress(OSError):
            replace_file(self._directory / _COUNTS, json.dumps(asdict(counts)).encode())


def _described(path: Path) -> Waiting | None:
    made, _dash, kind = path.name.removesuffix(_SUFFIX).partition("-")
    try:
        return Waiting(path, kind, int(made) / 1e9, path.stat().st_size) if made.isdecimal() else None
    except OSError:  # sent and gone in the meantime
        return None
