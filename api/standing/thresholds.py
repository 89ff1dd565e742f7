"""Thresholds that differ from the rules' own, as points."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from alert_rules.registry import Entry
from api.alerts.thresholds import Thresholds
from api.readings.scope import to_ns
from collectors.point import Point
from collectors.service.threshold import RULE_THRESHOLD


def threshold_points(thresholds: Thresholds, rules: Mapping[str, Entry], at: datetime) -> Iterator[Point]:
    """Yield a point of each threshold; those of rules that there are none of any more are left out."""
    for (rule, contract, subject), value in thresholds.values.items():
        entry = rules.get(rule)
        if entry is not None:
            tags = {"contract": contract, "rule": rule, "subject": subject}
            yield Point(RULE_THRESHOLD.name, tags, {"value": value, "own": entry.rule.limit}, to_ns(at))
