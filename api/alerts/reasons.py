"""Why a verdict is as it is, for series whose evaluation did not tell it."""

from collections.abc import Iterable

from alert_rules.query import reason_query
from alert_rules.rule import Rule, seconds
from alert_rules.series import NS, Key, key_of, reason_of
from api.influx.engine import Engine
from api.influx.influxql import quote_identifier, quote_string
from collectors.text import Text


def reasons_of(engine: Engine, raw: str, rule: Rule, keys: Iterable[Key], at: int) -> dict[Key, Text]:
    """Return the newest reasons of series in the window that ends at a moment.

    Args:
        engine: what is asked, once for each contract among the keys.
        raw: the database of raw points.
        rule: what was evaluated; where it explains nothing, nothing is asked.
        keys: the series.
        at: Unix seconds of the evaluation.
    """
    if not rule.explain:
        return {}
    when = f"time >= {(at - seconds(rule.window)) * NS} AND time < {at * NS}"
    place = rule.tags.index("contract")
    found: dict[Key, Text] = {}
    for contract in sorted({key[place] for key in keys}):
        scope = f"{quote_identifier('contract')} = {quote_string(contract)}"
        for series in engine.query(raw, reason_query(rule, when, scope)):
            for row in series.rows():
                reason = reason_of(row)
                if reason is not None:
                    found[key_of(rule, series.tags)] = reason
    return found
