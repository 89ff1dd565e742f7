"""SHOW, answered for one contract.

Not every SHOW can be scoped by a condition. Engines keep tag keys and fields for a whole measurement, and InfluxDB
evaluates the condition of SHOW MEASUREMENTS one comparison at a time over measurements: `"host" = 'x' AND "contract" =
'c'` finds a measurement in which anybody has host x, which would let a customer guess at others' names. So:

- measurements and tag keys under a condition on tags are taken from SHOW SERIES, which evaluates it series by series;
- the measurements that the contract has are those with a value of its tag, as openGemini's SHOW MEASUREMENTS takes no
  condition at all;
- field keys come from the catalogue, for the measurements that the contract has;
- databases and retention policies are those that every contract sees;
- numbers (CARDINALITY) are counted, never estimated over all contracts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from api.gateway.query.plans import Moment, ShowPlan
from api.gateway.query.scope import CONTRACT_SLOT, Scope
from api.gateway.query.serieskey import SeriesKey, read_key, without_tag
from api.gateway.query.vocabulary import CONTRACT_TAG, Vocabulary, matching
from api.influx.engine import Series
from api.influx.influxql import quote_string
from api.influxql.errors import QueryRefused
from api.influxql.literals import compiled_regex
from api.influxql.timerange import is_time
from api.influxql.tree import (
    Binary,
    Expression,
    Limits,
    Literal,
    Measurement,
    Reference,
    Regex,
    Show,
    Shown,
    conjuncts,
    operands,
)
from api.influxql.writer import fill, pieces

Item = TypeVar("Item")

Ask = Callable[[str, str], Sequence[Series]]
"""(database in the engine, statement) -> the engine's answer."""


@dataclass(frozen=True, slots=True)
class Shower:
    """Answers SHOW statements.

    Attributes:
        scope: which names there are for this kind of token.
        names: the names of each database, by its name in the engine.
        retention: how long the points of each database are kept, by its name in the engine.
        ask: asks the engine.
    """

    scope: Scope
    names: Mapping[str, Vocabulary]
    retention: Mapping[str, timedelta]
    ask: Ask

    def answer(self, plan: ShowPlan, literals: Sequence[str], moment: Moment, database: str) -> list[Series]:
        """Return what is shown.

        Args:
            plan: of the statement.
            literals: of the query.
            moment: whose data.
            database: the request's, in the engine; "" where it names none.

        Raises:
            QueryRefused: no database is named.
            EngineError: the engine refused.
        """
        call = _Call(self, plan, literals, moment, plan.show.database or database)
        return call.counted() if plan.show.cardinality else call.listed()


@dataclass(frozen=True, slots=True)
class _Call:
    shower: Shower
    plan: ShowPlan
    literals: Sequence[str]
    moment: Moment
    database: str

    @property
    def _show(self) -> Show:
        return self.plan.show

    def listed(self) -> list[Series]:
        found = self._unlimited()
        return _limited(found, self._show.limits, self.literals)

    def counted(self) -> list[Series]:
        found = self._unlimited()
        if self._show.shown in (Shown.SERIES, Shown.MEASUREMENTS):
            total = sum(len(series.values) for series in found)
            return [Series("", {}, ["count"], [[total]])]
        return [Series(series.name, {}, ["count"], [[len(series.values)]]) for series in found]

    def _unlimited(self) -> list[Series]:
        match self._show.shown:
            case Shown.DATABASES:
                names = [[name] for name in self.shower.scope.databases]
                return [Series("databases", {}, ["name"], names)]
            case Shown.RETENTION_POLICIES:
                return [self._policies()]
        if not self.database:
            raise QueryRefused("database name required")
        match self._show.shown:
            case Shown.MEASUREMENTS:
                return self._measurements()
            case Shown.TAG_KEYS:
                return self._tag_keys()
            case Shown.TAG_VALUES:
                return self._ask(self._show) if self._show.keys else []
            case Shown.SERIES:
                return self._series()
            case _:
                return self._field_keys()

    def _policies(self) -> Series:
        if not self.database:
            raise QueryRefused("database name required")
        columns = ["name", "duration", "shardGroupDuration", "replicaN", "default"]
        hours = int(self.shower.retention[self.database].total_seconds()) // 3600
        return Series("", {}, columns, [["autogen", f"{hours}h0m0s", "24h0m0s", 1, True]])

    def _measurements(self) -> list[Series]:
        if self._is_conditional():
            names = sorted({key.measurement for key in self._keys()})
        else:
            names = self._names(self._show.sources)
        return [Series("measurements", {}, ["name"], [[name] for name in names])] if names else []

    def _tag_keys(self) -> list[Series]:
        found: dict[str, set[str]] = {}
        if self._is_conditional():
            for key in self._keys():
                found.setdefault(key.measurement, set()).update(name for name, _value in key.tags)
        else:
            for series in self._ask(replace(self._show, keys=(), key_operator="")):
                found[series.name] = {row[0] for row in series.values}
        # Not every engine tells a comma within a value from one between tags, so only names that there are count.
        own = set() if self.shower.scope.scoped else {CONTRACT_TAG}
        names = self.shower.names[self.database].tags
        found = {name: tags & (names.get(name, frozenset()) | own) for name, tags in found.items()}
        if self._show.keys:
            chosen = set(matching(self._show.key_operator, self._show.keys, set().union(*found.values())))
            found = {name: tags & chosen for name, tags in found.items()}
        return [
            Series(name, {}, ["tagKey"], [[t] for t in sorted(tags)]) for name, tags in sorted(found.items()) if tags
        ]

    def _series(self) -> list[Series]:
        found = self._ask(self._show)
        if not self.shower.scope.scoped:
            return found
        return [
            replace(series, values=[[without_tag(row[0], CONTRACT_TAG)] for row in series.values]) for series in found
        ]

    def _field_keys(self) -> list[Series]:
        fields = self.shower.names[self.database].fields
        names = self._names(())
        return [
            Series(name, {}, ["fieldKey", "fieldType"], [[field, str(kind)] for field, kind in sorted(kinds.items())])
            for name, kinds in sorted(fields.items())
            if name in names and _is_chosen(name, self._show.sources)
        ]

    def _names(self, sources: tuple[Measurement, ...]) -> list[str]:
        """Return the names of the measurements that have points."""
        if self._show.condition is None:
            found = self._ask(Show(Shown.MEASUREMENTS, sources=sources))
            return [row[0] for series in found for row in series.values]
        stamped = Show(Shown.TAG_VALUES, sources=sources, keys=(CONTRACT_TAG,), condition=self._show.condition)
        return [series.name for series in self._ask(stamped)]

    def _keys(self) -> list[SeriesKey]:
        asked = Show(Shown.SERIES, sources=self._show.sources, condition=self._show.condition)
        return [read_key(row[0]) for series in self._ask(asked) for row in series.values]

    def _is_conditional(self) -> bool:
        """Tell whether the condition as sent asks for more than a span of time."""
        return not all(_is_time_bound(part) for part in conjuncts(self.plan.asked.condition))

    def _ask(self, show: Show) -> list[Series]:
        """Ask the engine without limits: they hold for what is left when the contract is taken out.

        Not every engine sorts what it shows.
        """
        plain = replace(show, database=None, cardinality=False, limits=Limits())
        own = {} if self.moment.contract is None else {CONTRACT_SLOT: quote_string(self.moment.contract)}
        found = self.shower.ask(self.database, fill(pieces(plain), self.literals, own))
        ordered = sorted(found, key=lambda series: series.name)
        return [replace(series, values=sorted(series.values)) for series in ordered]


def _is_time_bound(part: Expression) -> bool:
    if not isinstance(part, Binary):
        return False
    return (is_time(part.left) and _is_value(part.right)) or (is_time(part.right) and _is_value(part.left))


def _is_value(expression: Expression) -> bool:
    """Tell whether an expression speaks of no tag."""
    return not isinstance(expression, Reference) and all(_is_value(part) for part in operands(expression))


def _is_chosen(name: str, sources: Sequence[Measurement]) -> bool:
    if not sources:
        return True
    return any(
        compiled_regex(source.name.pattern).search(name) is not None
        if isinstance(source.name, Regex)
        else source.name == name
        for source in sources
    )


def _limited(found: list[Series], limits: Limits, literals: Sequence[str]) -> list[Series]:
    def number(literal: Literal | None) -> int | None:
        return None if literal is None else int(literals[literal.slot])

    kept = _slice(found, number(limits.slimit), number(limits.soffset))
    limit, offset = number(limits.limit), number(limits.offset)
    if limit is None and offset is None:
        return kept
    return [replace(each, values=rows) for each in kept if (rows := _slice(each.values, limit, offset))]


def _slice(items: list[Item], limit: int | None, offset: int | None) -> list[Item]:
    """Return what LIMIT and OFFSET leave; a limit of 0 is none, as the engines have it."""
    rest = items[offset or 0 :]
    return rest[:limit] if limit else rest
