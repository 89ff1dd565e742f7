"""What the gateway remembers of each sender's series, so that a line is parsed in full only when it is new.

Each sender's memory is a table of its own, found by its grant. A stamped key is never looked up by anything that the
sender wrote alone, so no contract can get another's stamp. A change of grant (a device moved to another site) is
another table.
"""

import time
from collections import OrderedDict
from threading import Lock

from api.gateway.grant import WriteGrant
from api.gateway.judge import Verdict
from api.gateway.patterns import Shape, ShapeBook

_MAX_CACHED_HEAD = 1024
_MAX_SHAPES = 4
_MAX_LESSONS_AN_HOUR = 512
_ENTRY_BYTES = 230
"""Cost of one entry besides the text of its two keys, as measured on CPython 3.11 (64 bit)."""

MEMORY_BYTES = 160 * 1024 * 1024
"""Enough for 10,000 devices with 35 series each, which take 128 MiB; beyond, each line costs 0.1 ms more."""


class Series:
    """One series of one sender.

    Attributes:
        key: stamped series key.
        dropped_tags: undeclared tags that the sender writes on it.
        shapes: the field sequences that it was seen with, newest first.
        plain: True if none of these has fields to be left out, so that taking lines as they are is worth a try.
    """

    __slots__ = ("dropped_tags", "key", "plain", "shapes")

    def __init__(self, key: bytes, dropped_tags: int, shape: Shape) -> None:
        self.key = key
        self.dropped_tags = dropped_tags
        self.shapes: tuple[Shape, ...] = (shape,)
        self.plain = not shape.dropped

    def add(self, shape: Shape) -> None:
        """Remember one more field sequence, forgetting the oldest beyond a few."""
        self.shapes = (shape, *self.shapes)[:_MAX_SHAPES]
        self.plain = not any(each.dropped for each in self.shapes)


class SeriesTable:
    """The series of one sender, by the head of a line as sent.

    Attributes:
        book: where shapes are compiled.
        series: head as sent -> series.
        cost: memory in use, bytes, about.
    """

    def __init__(self, book: ShapeBook) -> None:
        self.book = book
        self.series: dict[bytes, Series] = {}
        self.cost = 0
        self._lessons = 0
        self._lessons_since = time.monotonic()

    def learn(self, head: bytes, verdict: Verdict) -> None:
        """Remember what a good line looked like.

        A sender that keeps showing new shapes is not learnt from for a while: its new lines are judged one by one.
        """
        known = self.series.get(head)
        shape = self.book.find(verdict.allowed, verdict.names)
        if shape is None or (known is not None and shape not in known.shapes):
            if len(head) > _MAX_CACHED_HEAD or not self._may_compile():
                return
            shape = shape or self.book.compile(verdict.allowed, verdict.names)
        if known is None:
            self.series[head] = Series(verdict.key, verdict.dropped_tags, shape)
            self.cost += len(head) + len(verdict.key) + _ENTRY_BYTES
        elif shape not in known.shapes:
            known.add(shape)

    def forget(self) -> None:
        """Start afresh, keeping count of lessons."""
        self.series = {}
        self.cost = 0

    def _may_compile(self) -> bool:
        now = time.monotonic()
        if now - self._lessons_since > 3600:
            self._lessons, self._lessons_since = 0, now
        self._lessons += 1
        return self._lessons <= _MAX_LESSONS_AN_HOUR


class SeriesMemory:
    """The tables of all senders within a bound; the sender that was quiet longest is forgotten first."""

    def __init__(self, max_bytes: int = MEMORY_BYTES) -> None:
        self._max_bytes = max_bytes
        self._book = ShapeBook()
        self._lock = Lock()
        self._tables: OrderedDict[WriteGrant, SeriesTable] = OrderedDict()

    def table(self, grant: WriteGrant) -> SeriesTable:
        """Return the table of one sender."""
        with self._lock:
            table = self._tables.get(grant)
            if table is None:
                self._trim()
                table = self._tables[grant] = SeriesTable(self._book)
            elif table.cost > self._max_bytes // 4:
                # One sender with endless new series must not push the others out.
                table.forget()
            self._tables.move_to_end(grant)
            return table

    def _trim(self) -> None:
        total = sum(table.cost for table in self._tables.values())
        while self._tables and total > self._max_bytes:
            _grant, oldest = self._tables.popitem(last=False)
            total -= oldest.cost
