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
    return _deltas(rule, ("contract",), "\"device\" = '' AND \"asset\" = ''")


def subject_query(rule: Rule) -> str | None:
    """Return the question how far single devices' thresholds are from their contract's; None where none can be."""
    tag = subject_tag(rule)
    return None if tag is None else _deltas(rule, ("contract", tag), f"\"{tag}\" != ''")


def _deltas(rule: Rule, tags: tuple[str, ...], which: str) -> str:
    """Return a question that is answered for all that there is: 0 where nothing was set.

    Grafana's expressions leave out what has no partner, so that a series without a threshold would never be looked at.
    For that, there are points of no rule, which say 0 of every contract, device and piece of equipment. They are of the
    same measurement, as InfluxQL adds up no values of different ones.
    """
    grouped = "GROUP BY " + ", ".join(f'"{tag}"' for tag in tags)
    return (
        f'SELECT sum("{DELTA}") AS "{DELTA}" FROM (SELECT last("{DELTA}") AS "{DELTA}" FROM "rule_threshold"'
        f" WHERE (\"rule\" = '{rule.id}' OR \"rule\" = '') AND {which} AND time > now() - {THRESHOLDS_WITHIN}"
        f' {grouped}, "rule") {grouped}'
    )
