"""The state of a table that is being read: what is still to ask, what came, and the guards against broken agents.

Columns that lie side by side in one table are read as one range, because GETBULK then returns nothing that is not
wanted; columns apart are read side by side in the same question. Real agents send rows out of order, rows twice, or
start again from the top: what is new is taken, and a question whose answer brings nothing new ends the reading.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from collectors.probe.exchange import Binding
from collectors.probe.snmp import Oid, SnmpError, Table, Value, format_oid

MAX_PER_BULK = 36
"""Variables in one GETBULK answer. At about 35 bytes each this stays within one frame of 1,500 bytes: fragments are
what office firewalls and weak agents lose."""


@dataclass(slots=True)
class Range:
    """Columns that lie side by side: `entry` + (first … last).

    Attributes:
        entry: OID of the table entry.
        first: number of the first column.
        last: number of the last column.
        cursor: what to ask for the next variable after.
        seen: variables read.
        done: True if the end was reached.
    """

    entry: Oid
    first: int
    last: int
    cursor: Oid
    seen: int = 0
    done: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.last - self.first + 1

    def holds(self, bound: Oid) -> bool:
        """Tell whether a variable belongs to these columns."""
        depth = len(self.entry)
        return len(bound) > depth + 1 and bound[:depth] == self.entry and self.first <= bound[depth] <= self.last


def split(columns: Iterable[Oid], merge: bool) -> list[Range]:
    """Return columns as ranges; `merge` joins neighbours."""
    found: list[Range] = []
    for column in sorted(set(columns)):
        entry, number = column[:-1], column[-1]
        if merge and found and found[-1].entry == entry and found[-1].last == number - 1:
            found[-1].last = number
        else:
            found.append(Range(entry, number, number, column))
    return found


class Reading:
    """One table on its way in.

    Attributes:
        rows: what came so far.
        problem: why the reading ends before its time; "" while all is well.
    """

    def __init__(self, columns: Mapping[str, Oid], expect_rows: int, max_rows: int, merge: bool) -> None:
        self.rows: dict[Oid, dict[str, Value]] = {}
        self.problem = ""
        self._names = {column: name for name, column in columns.items()}
        self._ranges = split(self._names, merge=merge)
        self._expect_rows = max(1, expect_rows)
        self._max_rows = max_rows
        self._most = MAX_PER_BULK
        self._one_by_one = False
        self._seen: set[Oid] = set()

    @property
    def unfinished(self) -> bool:
        """Whether there is more to ask."""
        return any(not each.done for each in self._ranges)

    def table(self, cause: SnmpError | None = None) -> Table:
        """Return what was read, up to an error if one ended it."""
        return Table(dict(sorted(self.rows.items())), str(cause) if cause else self.problem, cause)

    def ask_next(self, most: int) -> list[Range]:
        """Return the ranges to ask for in one question."""
        return [each for each in self._ranges if not each.done][: 1 if self._one_by_one else most]

    def repetitions(self, asked: Sequence[Range]) -> int:
        """Return GETBULK's max-repetitions: what the shortest of the ranges should still need, and one to see its end.

        Asking for much more makes a slow device look up, and this program decode, what is thrown away.
        """
        needed = min(self._still_expected(each) for each in asked)
        return max(1, min(needed, self._most // len(asked)))

    def _still_expected(self, each: Range) -> int:
        left = self._expect_rows * each.width + 1 - each.seen
        return left if left > 0 else max(8, each.seen)

    def ask_for_less(self, repetitions: int) -> None:
        """Note that an answer with so many repetitions was too much for the device."""
        self._most = max(1, repetitions // 4)

    def ask_one_by_one(self) -> None:
        """Note that the device errs when asked for several ranges at once."""
        self._one_by_one = True

    def take(self, asked: Sequence[Range], bindings: Sequence[Binding]) -> None:
        """Take in an answer: `bindings` go round the ranges in the order asked."""
        new = [0] * len(asked)
        answered = min(len(asked), len(bindings))
        for position, (bound, value) in enumerate(bindings):
            each = asked[position % len(asked)]
            if not each.done and self._take_one(each, bound, value):
                new[position % len(asked)] += 1
        stuck = [each for each, count in zip(asked[:answered], new, strict=False) if not count and not each.done]
        if stuck or not answered:
            self._fail(f"the device repeats itself after {format_oid((stuck or asked)[0].cursor)}")
        if len(self.rows) > self._max_rows or len(self._seen) > self._max_rows * len(self._names):
            self._fail(f"stopped after {self._max_rows} rows")

    def _take_one(self, each: Range, bound: Oid, value: Value | None) -> bool:
        """Take one variable; tell whether it is new."""
        if not each.holds(bound) or (value is None and bound == each.cursor):
            self._finish(each, bound)
            return False
        if bound in self._seen:
            return False
        self._seen.add(bound)
        depth = len(each.entry)
        if bound[depth] != each.first and each.cursor[depth] == each.first:
            self._expect_rows = max(1, each.seen)
        each.cursor = bound
        each.seen += 1
        if value is not None:
            self.rows.setdefault(bound[depth + 1 :], {})[self._names[bound[: depth + 1]]] = value
        return True

    def _finish(self, each: Range, bound: Oid) -> None:
        each.done = True
        if bound < each.cursor:
            self._fail(f"the device went back from {format_oid(each.cursor)} to {format_oid(bound)}")
        elif each.width == 1:
            self._expect_rows = max(1, each.seen)

    def _fail(self, problem: str) -> None:
        self.problem = self.problem or problem
