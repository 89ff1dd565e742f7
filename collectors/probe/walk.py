"""The state of a table that is being read: what is still to ask, what came, and the guards against broken agents.

Columns that lie side by side in one table are read as one range, because GETBULK then returns nothing that is not
wanted; columns apart are read side by side in the same question. Real agents send rows out of order, rows twice, or
start again from the top: what is new is taken, and a question whose answer brings nothing new ends the reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collectors.probe.exchange import Binding
from collectors.probe.snmp import Oid, SnmpError, Table, Value, format_oid

MAX_PER_BULK = 36
"""Variables in one GETBULK answer. At about 35 bytes each this stays within one frame of 1,500 bytes: fragments are
what office firewalls and weak agents lose."""


@dataclass(slots=True)
class Range:
    """Columns that lie side by side.

    Attributes:
        names: column OID to the caller's name for it, in ascending order.
        depth: length of a column OID; what follows it in a variable's name is the index.
        cursor: what to ask for the next variable after.
        column: the column that the last variable was of.
        seen: variables read.
        done: True if the end was reached.
    """

    names: dict[Oid, str]
    depth: int
    cursor: Oid
    column: Oid
    seen: int = 0
    done: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names)


def split(columns: Mapping[str, Oid], merge: bool) -> list[Range]:
    """Return columns as ranges; `merge` joins neighbours."""
    found: list[Range] = []
    last: Oid = ()
    for column, name in sorted((column, name) for name, column in columns.items()):
        if merge and found and last == (*column[:-1], column[-1] - 1):
            found[-1].names[column] = name
        else:
            found.append(Range({column: name}, len(column), column, column))
        last = column
    return found


class Reading:
    """One table on its way in.

    Attributes:
        rows: what came so far.
        problem: what is missing and why; "" while all is well.
        stopped: True if nothing more is to be asked because of the problem.
    """

    def __init__(self, columns: Mapping[str, Oid], expect_rows: int, max_rows: int, merge: bool) -> None:
        self.rows: dict[Oid, dict[str, Value]] = {}
        self.problem = ""
        self.stopped = False
        self._ranges = split(columns, merge=merge)
        self._expect_rows = max(1, expect_rows)
        self._rows_known = False
        self._max_rows = max_rows
        self._most = MAX_PER_BULK
        self._one_by_one = False
        self._max_variables = max_rows * len(columns)
        self._variables = 0
        self._without_value: set[Oid] = set()

    @property
    def unfinished(self) -> bool:
        """Whether there is more to ask."""
        return not self.stopped and any(not each.done for each in self._ranges)

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

    def skip_column(self, each: Range, problem: str) -> None:
        """Go on with a range's next column, because the device errs in this one."""
        self.problem = self.problem or problem
        columns = list(each.names)
        following = columns.index(each.column) + 1
        if following == len(columns):
            each.done = True
        else:
            each.cursor = each.column = columns[following]

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
        if len(self.rows) > self._max_rows or self._variables > self._max_variables:
            self._fail(f"stopped after {self._max_rows} rows")

    def _take_one(self, each: Range, bound: Oid, value: Value | None) -> bool:
        """Take one variable; tell whether it is new."""
        column, index = bound[: each.depth], bound[each.depth :]
        name = each.names.get(column)
        if name is None or not index or (value is None and bound == each.cursor):
            self._finish(each, bound, value)
            return False
        if not self._keep(name, index, bound, value):
            return False
        if column != each.column:
            if each.seen and not self._rows_known:
                # The first column is through: so many rows there are.
                self._expect_rows, self._rows_known = each.seen, True
            each.column = column
        each.cursor = bound
        each.seen += 1
        self._variables += 1
        return True

    def _keep(self, name: str, index: Oid, bound: Oid, value: Value | None) -> bool:
        """Keep one variable; tell whether it is new."""
        if value is None:
            is_new = bound not in self._without_value
            self._without_value.add(bound)
            return is_new
        row = self.rows.get(index)
        if row is None:
            self.rows[index] = {name: value}
            return True
        if name in row:
            return False
        row[name] = value
        return True

    def _finish(self, each: Range, bound: Oid, value: Value | None) -> None:
        each.done = True
        # The end of the MIB is told by the name that was asked for, without a value.
        if bound < each.cursor or (bound == each.cursor and value is not None):
            self._fail(f"the device went from {format_oid(each.cursor)} back to {format_oid(bound)}")
        elif each.width == 1 and each.seen and not self._rows_known:
            self._expect_rows, self._rows_known = each.seen, True

    def _fail(self, problem: str) -> None:
        self.problem = self.problem or problem
        self.stopped = True
