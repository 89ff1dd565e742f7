"""What was listed last, kept in a file, and what to do about a new list."""

import gzip
import logging
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, cast

from collectors.atomic import replace_file
from collectors.inventory.changes import Change, compare
from collectors.inventory.document import (
    DeviceFacts,
    Document,
    InvalidDocument,
    decode_document,
    encode_document,
    kind_of,
    make_document,
)
from collectors.inventory.kind import ItemT, Kind
from collectors.inventory.outbox import Outbox
from collectors.text import Text

_log = logging.getLogger(__name__)

_DAMAGED = Text(
    "{path}が壊れています。次の一覧を初回として全部送ります", "{path} is damaged: the next list is sent as the first"
)
_NOT_KEPT = Text(
    "一覧を{path}に保存できません: {why}。次回もう一度試します",
    "cannot keep the list in {path}: {why}; the next run tries again",
)


@dataclass(frozen=True, slots=True)
class Listed(Generic[ItemT]):
    """What became of a list.

    Attributes:
        document: the list.
        changes: what is different from the list before; None where there is none to compare with.
        is_kept: False where a document was due and could not be written.
    """

    document: Document
    changes: list[Change[ItemT]] | None
    is_kept: bool = True


class Register(Generic[ItemT]):
    """The last list of one kind, and the outbox that new ones go to.

    The file holds the document that was put into the outbox last. It is written after the outbox, so a process that
    ends in between sends the same list once more, and none is lost. It is read at every run: whoever removes it, as
    the agent does for a new device, has the whole list sent again.
    """

    def __init__(self, kind: Kind[ItemT], path: Path | None, outbox: Outbox | None) -> None:
        """Prepare.

        Args:
            kind: what is listed.
            path: the file; None to remember nothing.
            outbox: where documents go; None to send nothing, and to leave the file as it is.
        """
        self._kind, self._path, self._outbox = kind, path, outbox

    def note(
        self,
        items: Iterable[ItemT],
        taken_ns: int,
        device: DeviceFacts,
        misses: Callable[[ItemT], bool] = lambda _item: False,
    ) -> Listed[ItemT]:
        """Take up a list: compare it with the last one, and put it into the outbox where it is due.

        Args:
            items: what was read.
            taken_ns: when it was read, Unix nanoseconds.
            device: the machine that read it.
            misses: tells of an item of the last list whether it may still be there, in a part that could not be read
                this time. It stays in the list, unless another version of it was read.
        """
        last = self._last()
        read = list(items)
        stays = self._staying(last, read, misses) if last else []
        document = make_document(self._kind, [*read, *stays], taken_ns, device)
        changes = None if last is None else self._compare(last, document)
        return Listed(document, changes, is_kept=not self._is_due(last, document) or self._send(document))

    def _staying(self, last: Document, read: list[ItemT], misses: Callable[[ItemT], bool]) -> list[ItemT]:
        old = [item for item in cast(tuple[ItemT, ...], last.items) if misses(item)]
        if not old:
            return []
        products = {self._kind.product(self._kind.clean(item)) for item in read}
        return [item for item in old if self._kind.product(item) not in products]

    def _compare(self, last: Document, document: Document) -> list[Change[ItemT]]:
        if last.hash == document.hash:
            return []
        # `_last` gives documents of this kind only.
        old, new = cast(tuple[ItemT, ...], last.items), cast(tuple[ItemT, ...], document.items)
        return compare(self._kind, old, new)

    def _is_due(self, last: Document | None, document: Document) -> bool:
        if last is None or last.hash != document.hash or last.device != document.device:
            return True
        # A clock that was set back would otherwise keep the list from being sent for as long.
        return not 0 <= (document.taken_at - last.taken_at).total_seconds() < self._kind.heartbeat_s

    def _send(self, document: Document) -> bool:
        if self._outbox is None:
            return True
        try:
            self._outbox.put(document)
            if self._path is not None:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                replace_file(self._path, gzip.compress(encode_document(document), mtime=0))
        except OSError as error:
            _log.warning(Text(*(t.format(path=self._path, why=error.strerror) for t in (_NOT_KEPT.ja, _NOT_KEPT.en))))
            return False
        return True

    def _last(self) -> Document | None:
        if self._path is None:
            return None
        try:
            document = decode_document(gzip.decompress(self._path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, zlib.error, InvalidDocument):
            _log.warning(Text(_DAMAGED.ja.format(path=self._path), _DAMAGED.en.format(path=self._path)))
            return None
        return document if kind_of(document) is self._kind else None
