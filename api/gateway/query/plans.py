"""From a query's text to statements that may be run; what depends on a query's shape only is worked out once.

A dashboard sends the same shapes with other times and values. The plan of a shape (parsed, scoped, written in pieces)
is kept; a query then costs a scan and a join.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from api.gateway.query.rollup_join import Join
from api.gateway.query.rollup_route import Adapt, Route, Span, parts, route, span, unadapted
from api.gateway.query.scope import CONTRACT_SLOT, Scope, scope_statement
from api.influx.engine import Series
from api.influx.influxql import quote_string
from api.influxql.errors import QueryRefused
from api.influxql.literals import duration_ns
from api.influxql.parser import parse
from api.influxql.shapes import glance
from api.influxql.timerange import Comparison, NotTold, TimeRange, comparisons, time_range
from api.influxql.tokens import Bound, Scan, scan
from api.influxql.tree import Call, Literal, Select, Show, Statement, Subquery
from api.influxql.writer import Piece, fill, pieces
from collectors.declaration import Measurement as Declared

MAX_PLANS = 2_000
"""Shapes that are remembered; all our dashboards and rules have a few hundred."""

MAX_STATEMENTS = 50
"""Statements in one query."""

Router = Callable[[Select, Scope], Route | None]
"""Tells how the rollup answers a SELECT, if it does."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one SELECT, or one of its subqueries, reads.

    Attributes:
        times: its own and its outer SELECTs' comparisons with time.
        zone: slot of `tz()`; None for UTC.
        interval: slot of the length of its buckets; None where it has none.
    """

    times: tuple[Comparison, ...]
    zone: int | None
    interval: int | None


@dataclass(frozen=True, slots=True)
class SelectPlan:
    """A SELECT's plan.

    Attributes:
        template: the scoped text.
        readings: what it reads, for the bounds.
        route: how the rollup answers it; None where that is not exact.
    """

    template: tuple[Piece, ...]
    readings: tuple[Reading, ...]
    route: Route | None


@dataclass(frozen=True, slots=True)
class ShowPlan:
    """A SHOW's plan.

    Attributes:
        show: the scoped tree.
        asked: the tree as sent.
    """

    show: Show
    asked: Show


Plan = SelectPlan | ShowPlan


@dataclass(frozen=True, slots=True)
class Query:
    """A query that may be run.

    Attributes:
        plans: one a statement.
        literals: its literals.
    """

    plans: Sequence[Plan]
    literals: Sequence[str]


_Key = tuple[bool, str | tuple[str, ...]]
"""Whether the token is scoped, and the shape: at a glance, or as the scanner tells it."""


class Planner:
    """Makes plans and keeps them, by shape."""

    def __init__(self, scopes: Mapping[bool, Scope], router: Router, adapt: Adapt = unadapted) -> None:
        """Take what plans depend on.

        Args:
            scopes: for customers' tokens (True) and the staff's (False).
            router: tells how the rollup answers a SELECT.
            adapt: the engine's.
        """
        self._adapt = adapt
        self._scopes = scopes
        self._router = router
        self._kept: OrderedDict[_Key, tuple[Plan, ...]] = OrderedDict()
        self._lock = Lock()

    def plan(self, text: str, parameters: Mapping[str, Bound], *, scoped: bool) -> Query:
        """Return a query's plans.

        Raises:
            QueryRefused: it cannot be run; the message says why and where.
        """
        if parameters:
            return self._scanned(scan(text, parameters), scoped)
        seen = glance(text)
        found = self._known((scoped, seen.shape))
        if found is not None:
            return Query(found, seen.literals())
        scanned = scan(text)
        query = self._scanned(scanned, scoped)
        if seen.agrees(scanned):
            self._keep((scoped, seen.shape), tuple(query.plans))
        return query

    def _scanned(self, scanned: Scan, scoped: bool) -> Query:
        key = (scoped, scanned.shape)
        found = self._known(key)
        if found is None:
            statements = parse(scanned)
            if len(statements) > MAX_STATEMENTS:
                raise QueryRefused(f"the query has {len(statements)} statements; the limit is {MAX_STATEMENTS}")
            found = tuple(self._plan(statement, self._scopes[scoped]) for statement in statements)
            self._keep(key, found)
        return Query(found, scanned.literals)

    def _known(self, key: _Key) -> tuple[Plan, ...] | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found

    def _keep(self, key: _Key, plans: tuple[Plan, ...]) -> None:
        with self._lock:
            self._kept[key] = plans
            while len(self._kept) > MAX_PLANS:
                self._kept.popitem(last=False)

    def _plan(self, statement: Statement, scope: Scope) -> Plan:
        scoped = scope_statement(statement, scope)
        if isinstance(scoped, Show):
            assert isinstance(statement, Show)  # noqa: S101  # a SHOW is scoped to a SHOW
            return ShowPlan(scoped, statement)
        assert isinstance(statement, Select)  # noqa: S101  # and a SELECT to a SELECT
        readings = tuple(_readings(statement, (), None))
        return SelectPlan(pieces(self._adapt(scoped)), readings, self._router(statement, scope))


def _readings(select: Select, outer: tuple[Comparison, ...], zone: int | None) -> list[Reading]:
    times = (*outer, *comparisons(select.condition))
    zone = select.zone.slot if select.zone is not None else zone
    inner = [source.select for source in select.sources if isinstance(source, Subquery)]
    found = [reading for each in inner for reading in _readings(each, times, zone)]
    if len(inner) < len(select.sources):
        found.append(Reading(times, zone, _interval(select)))
    return found


def _interval(select: Select) -> int | None:
    for dimension in select.dimensions:
        if isinstance(dimension, Call) and dimension.name == "time" and dimension.arguments:
            length = dimension.arguments[0]
            if isinstance(length, Literal) and length.kind == "DURATION":
                return length.slot
    return None


def range_of(reading: Reading, literals: Sequence[str], now_ns: int) -> TimeRange | None:
    """Return the span that is read; None where the engine alone can tell."""
    zone = None if reading.zone is None else literals[reading.zone][1:-1]
    try:
        return time_range(reading.times, literals, now_ns, zone)
    except NotTold:
        return None


def bucket_ns(reading: Reading, literals: Sequence[str]) -> int | None:
    """Return the length of the buckets; None where there are none."""
    return None if reading.interval is None else duration_ns(literals[reading.interval])


@dataclass(frozen=True, slots=True)
class Moment:
    """What a text depends on besides the query.

    Attributes:
        contract: whose points are read; None for staff.
        now_ns: what `now()` is, Unix nanoseconds.
        rolled_until_ns: until when the rollup has all; 0 where it is not to be used.
        unites_sources: the engine's.
    """

    contract: str | None
    now_ns: int
    rolled_until_ns: int
    unites_sources: bool = True


@dataclass(frozen=True, slots=True)
class Parts:
    """Statements whose answers are joined here.

    Attributes:
        text: the statements.
        join: takes their answers, the earlier first, and returns the whole one, its times in Unix nanoseconds.
    """

    text: str
    join: Callable[[Sequence[Sequence[Series]]], list[Series]]


def ready(plan: SelectPlan, literals: Sequence[str], moment: Moment, *, may_join: bool) -> tuple[str | Parts, bool]:
    """Return a SELECT as it is run at a moment, and whether the rollup answers it.

    Args:
        plan: of the SELECT.
        literals: of the query.
        moment: when, and for whom.
        may_join: whether its answer may be made here.
    """
    own = {} if moment.contract is None else {CONTRACT_SLOT: quote_string(moment.contract)}
    route = plan.route
    if route is not None:
        found = _span(route, plan.readings[0], literals, moment)
        if found is not None and may_join and route.join is not None:
            return _parts(route.join, duration_ns(literals[route.interval]), literals, own, found), True
        if found is not None and moment.unites_sources:
            return route.text(literals, own, found), True
    return fill(plan.template, literals, own), False


def _span(route: Route, reading: Reading, literals: Sequence[str], moment: Moment) -> Span | None:
    """Return what of a SELECT's range the rollup answers, if any."""
    if not moment.rolled_until_ns or not route.fits(literals):
        return None
    asked = range_of(reading, literals, moment.now_ns)
    if asked is None or asked.start is None:
        return None
    return span(asked.start - route.before_ns(literals), asked.end, moment.now_ns, moment.rolled_until_ns)


def _parts(join: Join, interval_ns: int, literals: Sequence[str], own: Mapping[int, str], span: Span) -> Parts:
    return Parts(
        "; ".join(parts(join, literals, own, span)),
        lambda answers: join.joined(answers, literals, interval_ns, span.low, span.high),
    )


def router_for(declared: Mapping[str, Declared], raw: str, rolled: str, adapt: Adapt = unadapted) -> Router:
    """Return the function that tells how the rollup answers a SELECT."""
    return lambda select, scope: route(select, declared, scope, raw, rolled, adapt)
