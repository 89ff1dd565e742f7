"""A rule over stored history: from the hourly rollup where that is exact or the span is long, else from raw points."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from alert_rules.backtest import Spell, backtest
from alert_rules.evaluation import Limits
from alert_rules.query import HOUR_S, bucket_query, hour_query, hour_window
from alert_rules.rule import Rule, seconds
from alert_rules.series import NS, Grid
from api.influx.engine import Engine
from api.influx.influxql import quote_string
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
    """What a rule would have found.

    Attributes:
        spells: the findings, the earliest first.
        since: Unix seconds at which the span begins.
        until: Unix seconds at which it ends.
        resolution: what was read.
        is_exact: True where every evaluation was as it would have been live; else spells are dated by the hour, and
            what is over within an hour may be missed or seem longer.
    """

    spells: list[Spell]
    since: int
    until: int
    resolution: Resolution
    is_exact: bool


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
    engine: Engine, databases: Databases, rule: Rule, contract: str, span: Span, limits: Limits, resolution: Resolution
) -> Looked:
    """Return what a rule would have found in a contract.

    Raises:
        EngineError: the engine refused or did not answer.
    """
    scope = f'"contract" = {quote_string(contract)}'
    until = span.until
    if resolution is Resolution.HOURS:
        if span.rolled_until is not None:
            until = min(until, span.rolled_until)
        tried, step = _hourly(rule), HOUR_S
    else:
        tried, step = rule, seconds(rule.every)
    start = span.since // step * step
    steps = max(0, (until - start) // step)
    when = f"time >= {start * NS} AND time < {(start + steps * step) * NS}"
    if resolution is Resolution.HOURS:
        window, query = hour_window(rule), hour_query(rule, when, scope=scope, database=databases.hours)
    else:
        window, query = seconds(rule.window) // step, bucket_query(rule, when, scope=scope)
    found = backtest(tried, engine.query(databases.raw, query), Grid(start, step, steps, window), limits)
    is_exact = resolution is Resolution.RAW or seconds(rule.every) >= HOUR_S
    return Looked(found, start, start + steps * step, resolution, is_exact)


def _hourly(rule: Rule) -> Rule:
    """The rule in whole hours: times of less than an hour are none, as they cannot be told in hours."""
    hourly: Rule = msgspec.structs.replace(
        rule,
        every="1h",
        pending=f"{seconds(rule.pending) // HOUR_S}h",
        keep_firing=f"{-(-seconds(rule.keep_firing) // HOUR_S)}h",
    )
    return hourly
