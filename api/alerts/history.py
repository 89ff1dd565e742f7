"""A rule over stored history: from the hourly rollup where that is exact or the span is long, else from raw points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec
import numpy as np

from alert_rules.backtest import Past
from alert_rules.evaluation import Limits, beyond
from alert_rules.query import HOUR_S, bucket_query, glance_query, hour_query, hour_window
from alert_rules.rule import Rule, seconds
from alert_rules.series import NS, Grid, Key, readings
from api.influx.engine import Engine, Series
from api.influx.influxql import quote_identifier, quote_string
from collectors.text import Text

DAY_S = 86_400
RAW_DAYS = 7
"""Up to how many days a rule that is evaluated more often than hourly is tried on raw points by itself."""


class Resolution(StrEnum):
    """What a backtest reads."""

    RAW = "raw"
    HOURS = "hours"

    @property
    def text(self) -> Text:
        """It for people."""
        return _RESOLUTION_TEXT[self]


_RESOLUTION_TEXT = {
    Resolution.RAW: Text("測定値そのもの", "the raw points"),
    Resolution.HOURS: Text("1時間ごとの集計", "the hourly rollup"),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """A rule's past in a contract.

    Attributes:
        past: what it would have seen.
        resolution: what was read.
        is_exact: True where every evaluation is as it would have been live; else findings are dated by the hour, and
            what is over within an hour may be missed or seem longer.
    """

    past: Past
    resolution: Resolution
    is_exact: bool

    @property
    def since(self) -> int:
        """Unix seconds at which the span begins."""
        return self.past.grid.start

    @property
    def until(self) -> int:
        """Unix seconds at which it ends."""
        return self.past.grid.start + self.past.grid.steps * self.past.grid.step_s

    @property
    def weeks(self) -> float:
        """The span's length in weeks."""
        return (self.until - self.since) / (7 * DAY_S)


@dataclass(frozen=True, slots=True)
class Span:
    """A span of the past, Unix seconds; `rolled_until` is where the rollup ends, None where there is none."""

    since: int
    until: int
    rolled_until: int | None = None


@dataclass(frozen=True, slots=True)
class Databases:
    """Names of the databases with raw points and with the hourly rollup."""

    raw: str
    hours: str


def choose(rule: Rule, span: Span) -> Resolution:
    """Return what a rule is best tried on: the rollup where it is as exact, or where raw points would be too many."""
    if span.rolled_until is None or span.rolled_until <= span.since:
        return Resolution.RAW
    if seconds(rule.every) >= HOUR_S or span.until - span.since > RAW_DAYS * DAY_S:
        return Resolution.HOURS
    return Resolution.RAW


def look_back(
    engine: Engine,
    databases: Databases,
    rule: Rule,
    contract: str,
    span: Span,
    resolution: Resolution,
    limits: Sequence[Limits] = (),
) -> Looked:
    """Return what a rule would have seen in a contract.

    Args:
        engine: what is asked.
        databases: its databases.
        rule: the rule.
        contract: public id of the contract.
        span: which part of the past.
        resolution: what is read.
        limits: where only these thresholds are of interest, series that are never beyond any of them are not read;
            they are there without values. Empty: everything is read.

    Raises:
        EngineError: the engine refused or did not answer.
    """
    scope = f'"contract" = {quote_string(contract)}'
    is_hourly = seconds(rule.every) >= HOUR_S
    if resolution is Resolution.HOURS:
        until = span.until if span.rolled_until is None else min(span.until, span.rolled_until)
        seen, step, window = _hourly(rule), HOUR_S, hour_window(rule)
    else:
        until, seen, step = span.until, rule, seconds(rule.every)
        window = seconds(rule.window) // step
    start = span.since // step * step
    grid = Grid(start, step, max(0, (until - start) // step), window)
    when = f"time >= {start * NS} AND time < {(start + grid.steps * step) * NS}"
    hours = databases.hours if resolution is Resolution.HOURS else None
    asked = _Asked(engine, databases.raw, rule, when, scope, hours)
    quiet: list[Key] = []
    if grid.steps and limits:
        asked, quiet = asked.narrowed(limits)
    past = Past.of(seen, asked.answers() if grid.steps else [], grid)
    known = {key for key, _values in past.series}
    past.series.extend((key, _NOTHING) for key in quiet if key not in known)
    return Looked(past, resolution, is_exact=is_hourly or resolution is Resolution.RAW)


_NOTHING = np.empty(0)

_NAMED = 30
"""So many series at most are asked for by name."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is read of a rule's past; `scope` None stands for nothing of it."""

    engine: Engine
    database: str
    rule: Rule
    when: str
    scope: str | None
    hours: str | None

    def answers(self) -> list[Series]:
        if self.scope is None:
            return []
        if self.hours is None:
            query = bucket_query(self.rule, self.when, scope=self.scope)
        else:
            query = hour_query(self.rule, self.when, scope=self.scope, database=self.hours)
        return self.engine.query(self.database, query)

    def narrowed(self, limits: Sequence[Limits]) -> tuple["_Asked", list[Key]]:
        """Return the same for series that may be beyond a threshold only, and the keys of the others."""
        query = glance_query(self.rule, self.when, scope=self.scope or "", database=self.hours)
        if query is None:
            return self, []
        worst = readings(self.rule, self.engine.query(self.database, query))
        hot = [each.key for each in worst if any(self._is_beyond(each.value, limit(each.key)) for limit in limits)]
        quiet = [each.key for each in worst if each.key not in set(hot)]
        scope = self.scope
        if not hot:
            scope = None
        elif len(hot) <= _NAMED:
            scope = f"({' OR '.join(f'({self._named(key)})' for key in hot)})"
        return replace(self, scope=scope), quiet

    def _is_beyond(self, value: float, limit: float) -> bool:
        return bool(beyond(self.rule.compare, np.full(1, value), np.full(1, limit))[0])

    def _named(self, key: Key) -> str:
        pairs = zip(self.rule.tags, key, strict=True)
        return " AND ".join(f"{quote_identifier(tag)} = {quote_string(value)}" for tag, value in pairs)


def _hourly(rule: Rule) -> Rule:
    """The rule in whole hours: times of less than an hour are none, as they cannot be told in hours."""
    hourly: Rule = msgspec.structs.replace(
        rule,
        every="1h",
        pending=f"{seconds(rule.pending) // HOUR_S}h",
        keep_firing=f"{-(-seconds(rule.keep_firing) // HOUR_S)}h",
    )
    return hourly
