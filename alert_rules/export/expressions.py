"""A rule as a row of Grafana's queries and expressions: data → one value a series → beyond its threshold or not."""

from typing import Any

from alert_rules.export.queries import contract_query, subject_query, value_query
from alert_rules.rule import Compare, Rule, seconds

Json = dict[str, Any]

VALUE, LIMIT, OVER, FIRES = "value", "limit", "over", "fires"
"""refIDs; the webhook's receiver reads the numbers of the first two by these names."""

EXPRESSIONS = "__expr__"
"""Grafana's data source of expressions."""

_INTERVAL_MS, _MOST_POINTS = 1000, 43_200
"""Grafana adds these to each query that lacks them, after which it would not be as it was sent."""

_BEYOND = {Compare.ABOVE: "gt", Compare.AT_LEAST: "gte", Compare.BELOW: "lt", Compare.AT_MOST: "lte"}
_WITHIN = {Compare.ABOVE: "lte", Compare.AT_LEAST: "lt", Compare.BELOW: "gte", Compare.AT_MOST: "gt"}
"""When a series that is beyond its threshold has come back; the opposite of `_BEYOND`, at the recovery threshold."""


def nodes(rule: Rule, source: str) -> list[Json]:
    """Return the queries and expressions of a rule; `source` is the uid of the data source.

    Values are compared by how far they are beyond the threshold: Grafana's own are constants, and ours can be set.
    """
    asked = [_query("A", value_query(rule), rule, source), _reduced(VALUE, "A")]
    if rule.parameter is None:
        return [*asked, _math(OVER, f"${VALUE} - ({rule.limit!r})"), _threshold(rule, OVER)]
    deltas = {"contract": contract_query(rule), "subject": subject_query(rule)}
    limit = f"{rule.limit!r}"
    for number, (name, query) in enumerate(deltas.items()):
        if query is not None:
            ref_id = "BC"[number]
            asked += [_query(ref_id, query, rule, source), _reduced(name, ref_id)]
            limit += f" + ${name}"
    return [*asked, _math(LIMIT, limit), _math(OVER, f"${VALUE} - ${LIMIT}"), _threshold(rule, OVER)]


def _query(ref_id: str, query: str, rule: Rule, source: str) -> Json:
    model = {
        "datasource": {"type": "influxdb", "uid": source},
        "query": query,
        "rawQuery": True,
        "resultFormat": "time_series",
    }
    return _node(ref_id, source, seconds(rule.window), model)


def _reduced(ref_id: str, of: str) -> Json:
    # The engine has reduced each series to one point already; what is left is to take it out of its series.
    return _expression(ref_id, "reduce", of, {"reducer": "last", "settings": {"mode": "dropNN"}})


def _math(ref_id: str, expression: str) -> Json:
    return _expression(ref_id, "math", expression, {})


def _threshold(rule: Rule, of: str) -> Json:
    condition: Json = {"evaluator": {"type": _BEYOND[rule.compare], "params": [0.0]}}
    if rule.margin:
        back = -rule.margin if rule.compare.upward else rule.margin
        condition["unloadEvaluator"] = {"type": _WITHIN[rule.compare], "params": [back]}
    return _expression(FIRES, "threshold", of, {"conditions": [condition]})


def _expression(ref_id: str, kind: str, expression: str, more: Json) -> Json:
    model = {"datasource": {"type": EXPRESSIONS, "uid": EXPRESSIONS}, "type": kind, "expression": expression, **more}
    return _node(ref_id, EXPRESSIONS, 0, model)


def _node(ref_id: str, source: str, window_s: int, model: Json) -> Json:
    return {
        "refId": ref_id,
        "datasourceUid": source,
        "relativeTimeRange": {"from": window_s, "to": 0},
        "model": {"refId": ref_id, "intervalMs": _INTERVAL_MS, "maxDataPoints": _MOST_POINTS, **model},
    }
