"""What a Grafana rule asks the data source: for the values, and how far thresholds are from the rule's own."""

from alert_rules.query import moment_query
from alert_rules.rule import Rule, Subject

TIME_FILTER = "$timeFilter"
"""Grafana puts the window there; both ends of it count."""

THRESHOLDS_WITHIN = "3h"
"""How old a stored threshold may be: the job that stores them may be away for a while without all going back."""

DELTA = "delta"
"""Field of `rule_threshold`: how far the threshold is from the next wider one."""

_SUBJECT_TAG = {Subject.DEVICE: "device", Subject.EQUIPMENT: "asset"}


def subject_tag(rule: Rule) -> str | None:
    """Return the tag by which a rule's thresholds of single subjects are told; None where it has none."""
    return _SUBJECT_TAG.get(rule.subject)


def value_query(rule: Rule) -> str:
    """Return the question for the values."""
    return moment_query(rule, TIME_FILTER)


def contract_query(rule: Rule) -> str:
    """Return the question how far each contract's threshold is from the rule's own."""
    return _deltas(rule, ("contract",), "\"subject\" = ''")


def subject_query(rule: Rule) -> str | None:
    """Return the question how far single devices' thresholds are from their contract's; None where none can be."""
    tag = subject_tag(rule)
    return None if tag is None else _deltas(rule, ("contract", tag), "\"subject\" != ''")


def _deltas(rule: Rule, tags: tuple[str, ...], which: str) -> str:
    """Return a question that is answered for all that has values in the window: 0 where nothing was set.

    Grafana's expressions leave out what has no partner, so that a series without a threshold would never be looked at.
    """
    grouped = "GROUP BY " + ", ".join(f'"{tag}"' for tag in tags)
    where = f"({rule.where}) AND {TIME_FILTER}" if rule.where else TIME_FILTER
    return (
        f'SELECT sum("{DELTA}") AS "{DELTA}" FROM'
        f' (SELECT last("{DELTA}") AS "{DELTA}" FROM "rule_threshold" WHERE "rule" = \'{rule.id}\' AND {which}'
        f" AND time > now() - {THRESHOLDS_WITHIN} {grouped}),"
        f' (SELECT count("{rule.field}") * 0.0 AS "{DELTA}" FROM "{rule.measurement}" WHERE {where} {grouped})'
        f" {grouped}"
    )
