"""Many lines at once: what of a body is forwarded, and which lines are refused.

Three ways, each exact, from fast to slow:

1. *Bulk*: if every line belongs to a series that this sender wrote before, lines are sorted into their series, each
   series' lines are checked by one expression in one call and stamped by one join. All or nothing.
2. *Known*: line by line, one expression a line; this is where fields are left out and bad lines are found.
3. *Judged*: `judge` decides, and its verdict is remembered for the next time.

A measurement of the catalogue may bring tags and fields that the catalogue lacks, as Telegraf does: they are left out
and counted, the rest of the line is stored. Refused are a measurement that is not in the catalogue, a declared field of
another type, and a line of which nothing is left. A line without a time gets the engine's own on arrival, as InfluxDB
does; sending such a line twice stores two points, so senders that retry should set times.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from api.gateway.grant import WriteGrant
from api.gateway.judge import Verdict, judge
from api.gateway.lineprotocol import BadLine, content, line_at
from api.gateway.schema import Schema
from api.gateway.series import Series, SeriesTable
from api.gateway.window import Window

MAX_LINES = 250_000
"""More lines than this in one request are not taken: each costs an object, however short it is."""

MAX_REFUSED = 10_000
"""A request with more refused lines than this is not taken at all: judging them costs more than it is worth."""

_HEAD = re.compile(rb"([^\\ ]*+(?:\\.[^\\ ]*+)*) ")


class TooLarge(Exception):
    """A limit is exceeded and nothing of the request is stored; the message names the limit."""


@dataclass(slots=True)
class Batch:
    """What became of a body.

    Attributes:
        stored: the lines to forward; there may be a line break before the first.
        lines: how many there are.
        refused: line number (from 1) and reason of each refused line.
        dropped_tags: undeclared tags left out of stored lines.
        dropped_fields: undeclared fields left out of stored lines.
        oldest: time of the oldest stored line, in the precision in which it is forwarded; None where none has a time.
    """

    stored: bytes = b""
    lines: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    dropped_tags: int = 0
    dropped_fields: int = 0
    oldest: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What a request's lines are judged by.

    Attributes:
        schema: the allow-list.
        grant: whose lines they are.
        window: which times are accepted.
        max_line_bytes: largest line.
    """

    schema: Schema
    grant: WriteGrant
    window: Window
    max_line_bytes: int


def read_batch(body: bytes, rules: Rules, table: SeriesTable) -> Batch:
    """Return what of a body is stored.

    Raises:
        TooLarge: a line is longer than the limit, or there are too many lines or too many bad ones.
    """
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n")
    if body.count(b"\n") > MAX_LINES:
        raise TooLarge(f"the body has more than {MAX_LINES} lines; send less at once")
    lines = body.split(b"\n")
    longest = max(map(len, lines))
    if longest > rules.max_line_bytes:
        number = next(i for i, line in enumerate(lines, 1) if len(line) == longest)
        raise TooLarge(f"line {number} has {longest} bytes; the limit is {rules.max_line_bytes} bytes a line")
    times = _plain_times(rules.window) if _is_utf8(body) else None
    if times is not None:
        batch = _bulk(lines, table, times)
        if batch is not None:
            return batch
    return _Careful(body, lines, rules, table, times).read()


@dataclass(frozen=True, slots=True)
class _Times:
    """The accepted times as bytes; of equal length, so they compare like numbers."""

    digits: int
    oldest: bytes
    newest: bytes


def _plain_times(window: Window) -> _Times | None:
    oldest, newest = b"%d" % window.oldest, b"%d" % window.newest
    if window.factor != 1 or window.oldest <= 0 or len(oldest) != len(newest):
        return None
    return _Times(len(oldest), oldest, newest)


def _is_utf8(body: bytes) -> bool:
    if body.isascii():
        return True
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _split_head(line: bytes) -> tuple[bytes, bytes]:
    """Return a line's head and what follows its first space that is not escaped."""
    head, _space, rest = line.partition(b" ")
    if head.endswith(b"\\"):
        found = _HEAD.match(line)
        return (found[1], line[found.end() :]) if found else (line, b"")
    return head, rest


def _bulk(lines: list[bytes], table: SeriesTable, times: _Times) -> Batch | None:
    """Return the batch if every line is good and of a known series, else None."""
    if lines[-1] == b"":
        lines = lines[:-1]
    series = table.series
    groups: list[tuple[Series, list[bytes]]] = []
    append_to: dict[bytes, Callable[[bytes], None]] = {}
    for line in lines:
        head, _space, rest = line.partition(b" ")
        try:
            append_to[head](rest)
        except KeyError:
            if head.endswith(b"\\"):
                head, rest = _split_head(line)
            if head in append_to:
                append_to[head](rest)
                continue
            known = series.get(head)
            if known is None or not known.plain:
                return None
            group = [b"", rest]  # joined, every line begins with the separator
            groups.append((known, group))
            append_to[head] = group.append
    if len({known.key for known, _group in groups}) < len(groups):
        # One series in two spellings: their order matters where times are equal.
        return None
    return _stamped(groups, table, times, len(lines))


def _stamped(groups: list[tuple[Series, list[bytes]]], table: SeriesTable, times: _Times, count: int) -> Batch | None:
    parts = []
    firsts = []
    dropped_tags = 0
    digits = -times.digits
    for known, rests in groups:
        if not table.book.block(known.shapes, times.digits).holds(b"\n".join(rests)):
            return None
        stamps = {rest[digits:] for rest in rests}
        stamps.remove(b"")
        first = min(stamps)
        if first < times.oldest or max(stamps) > times.newest:
            return None
        firsts.append(first)
        parts.append((b"\n%b " % known.key).join(rests))
        dropped_tags += known.dropped_tags * (len(rests) - 1)
    return Batch(b"".join(parts), count, dropped_tags=dropped_tags, oldest=_oldest(firsts))


def _oldest(stamps: Iterable[bytes]) -> int | None:
    return min(map(int, stamps), default=None)


class _Careful:
    """Reads a body line by line, in order."""

    def __init__(self, body: bytes, lines: list[bytes], rules: Rules, table: SeriesTable, times: _Times | None) -> None:
        self._body = body
        self._lines = lines
        self._rules = rules
        self._table = table
        self._times = times
        self._batch = Batch()
        self._out: list[bytes] = []
        self._stamps: set[bytes] = set()

    def read(self) -> Batch:
        position = resume = 0
        for number, line in enumerate(self._lines, 1):
            if position >= resume and not self._known(line):
                whole = line_at(self._body, position, self._rules.max_line_bytes)
                resume = position + len(whole)
                self._judge(number, content(whole))
            position += len(line) + 1
        self._batch.stored = b"\n".join(self._out)
        self._batch.lines = len(self._out)
        self._batch.oldest = _oldest(filter(None, self._stamps))
        return self._batch

    def _known(self, line: bytes) -> bool:
        """Store a line if its series and shape are known and its time is good."""
        times = self._times
        if times is None:
            return False
        head, rest = _split_head(line)
        known = self._table.series.get(head)
        if known is None:
            return False
        fields, _space, time = rest.rpartition(b" ")
        if len(time) != times.digits or not time.isdigit() or not times.oldest <= time <= times.newest:
            return False
        for shape in known.shapes:
            kept = shape.keep(fields)
            if kept is not None:
                self._out.append(b"%b %b %b" % (known.key, kept, time))
                self._stamps.add(time)
                self._batch.dropped_tags += known.dropped_tags
                self._batch.dropped_fields += shape.dropped
                return True
        return False

    def _judge(self, number: int, line: bytes) -> None:
        if not line:
            return
        try:
            verdict = judge(line, self._rules.schema, self._rules.grant, self._rules.window)
        except BadLine as reason:
            self._batch.refused.append((number, str(reason)))
            if len(self._batch.refused) > MAX_REFUSED:
                raise TooLarge(f"more than {MAX_REFUSED} lines are bad, nothing is stored; send less at once") from None
            return
        self._out.append(verdict.stored)
        self._stamps.add(verdict.time)
        self._batch.dropped_tags += verdict.dropped_tags
        self._batch.dropped_fields += verdict.dropped_fields
        self._learn(line, verdict)

    def _learn(self, line: bytes, verdict: Verdict) -> None:
        if self._times is not None:
            self._table.learn(_split_head(line)[0], verdict)
