"""Which span of time a condition leaves, as the engines work it out.

Source: `ConditionExpr` of InfluxQL's reference implementation: comparisons with `time` are taken out of a condition
wherever they stand, and intersected, even across OR.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.influxql.literals import duration_ns
from api.influxql.tree import Binary, Call, Expression, Group, Literal, Reference, Sign

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOWEST_NS, _HIGHEST_NS = -(2**63), 2**63 - 1
_SWAPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")


class NotTold(Exception):
    """A time cannot be worked out here; the engine may know better."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A span, Unix nanoseconds, both ends included; None where it is open."""

    start: int | None = None
    end: int | None = None

    def within(self, other: "TimeRange") -> "TimeRange":
        """Return what two spans share."""
        starts = [start for start in (self.start, other.start) if start is not None]
        ends = [end for end in (self.end, other.end) if end is not None]
        return TimeRange(max(starts, default=None), min(ends, default=None))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison with `time`: `time` `operator` `value`."""

    operator: str
    value: Expression


def is_time(expression: Expression) -> bool:
    """Tell whether an expression is the time of a point."""
    return isinstance(expression, Reference) and expression.name.lower() == "time"


def comparisons(condition: Expression | None) -> Iterator[Comparison]:
    """Yield the comparisons with time in a condition."""
    match condition:
        case Group(inner=inner):
            yield from comparisons(inner)
        case Binary(operator="AND" | "OR", left=left, right=right):
            yield from comparisons(left)
            yield from comparisons(right)
        case Binary(operator=operator, left=left, right=right) if is_time(left):
            yield Comparison(operator, right)
        case Binary(operator=operator, left=left, right=right) if is_time(right):
            yield Comparison(_SWAPPED.get(operator, operator), left)


def begun_earlier(condition: Expression, by: Expression) -> Expression:
    """Return a condition whose span of time begins earlier by a duration."""
    match condition:
        case Group(inner=inner):
            return Group(begun_earlier(inner, by))
        case Binary(operator="AND" | "OR" as operator, left=left, right=right):
            return Binary(operator, begun_earlier(left, by), begun_earlier(right, by))
        case Binary(operator=">" | ">=" as operator, left=left, right=right) if is_time(left):
            return Binary(operator, left, Binary("-", right, by))
        case Binary(operator="<" | "<=" as operator, left=left, right=right) if is_time(right):
            return Binary(operator, Binary("-", left, by), right)
        case _:
            return condition


def time_range(found: Sequence[Comparison], literals: Sequence[str], now_ns: int, zone: str | None) -> TimeRange:
    """Return the span that comparisons leave.

    Args:
        found: the comparisons.
        literals: the query's, by slot.
        now_ns: what `now()` is, Unix nanoseconds.
        zone: of `tz()`, which says what a written time without a zone means; None for UTC.

    Raises:
        NotTold: a time is written in a way that is not known here.
    """
    span = TimeRange()
    for each in found:
        value = _Evaluation(literals, now_ns, zone).of(each.value)
        match each.operator:
            case ">":
                span = span.within(TimeRange(start=value + 1))
            case ">=":
                span = span.within(TimeRange(start=value))
            case "<":
                span = span.within(TimeRange(end=value - 1))
            case "<=":
                span = span.within(TimeRange(end=value))
            case "=":
                span = span.within(TimeRange(value, value))
            case _:
                raise NotTold
    return span


@dataclass(frozen=True, slots=True)
class _Evaluation:
    literals: Sequence[str]
    now_ns: int
    zone: str | None

    def of(self, expression: Expression) -> int:
        value = self._of(expression)
        if not _LOWEST_NS <= value <= _HIGHEST_NS:
            raise NotTold  # the engines' sums of 64 bits wrap around
        return value

    def _of(self, expression: Expression) -> int:
        match expression:
            case Literal(kind="STRING"):
                return self._written(self.literals[expression.slot][1:-1])
            case Literal(kind="INTEGER"):
                return int(self.literals[expression.slot])
            case Literal(kind="DURATION"):
                return duration_ns(self.literals[expression.slot])
            case Literal(kind="NUMBER"):
                return _whole(float(self.literals[expression.slot]))
            case Call(name="now", arguments=()):
                return self.now_ns
            case Group(inner=inner):
                return self.of(inner)
            case Sign(sign=sign, operand=operand):
                return -self.of(operand) if sign == "-" else self.of(operand)
            case Binary(operator="+", left=left, right=right):
                return self.of(left) + self.of(right)
            case Binary(operator="-", left=left, right=right):
                return self.of(left) - self.of(right)
            case _:
                raise NotTold

    def _written(self, text: str) -> int:
        if "T" in text:
            moment = _iso(text)
            return _ns(moment if moment.tzinfo else moment.replace(tzinfo=self._zone()))
        for form in _FORMATS:
            try:
                return _ns(datetime.strptime(text, form).replace(tzinfo=self._zone()))  # zone follows
            except ValueError:
                continue
        raise NotTold

    def _zone(self) -> tzinfo:
        if self.zone is None:
            return UTC
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder, or a name too long for a file's
            raise NotTold from None


def _whole(value: float) -> int:
    if not _LOWEST_NS <= value <= _HIGHEST_NS:
        raise NotTold
    return int(value)


def _iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NotTold from None


def _ns(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1_000
