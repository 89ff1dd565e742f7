"""Thresholds that differ from the rules' own, as points."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from alert_rules.export.queries import DELTA, subject_tag
from alert_rules.registry import Entry
from alert_rules.rule import Rule
from api.alerts.thresholds import Scoped, Thresholds
from api.readings.scope import to_ns
from collectors.point import Point
from collectors.service.threshold import RULE_THRESHOLD


def threshold_points(
    thresholds: Thresholds, taken_back: Iterable[Scoped], rules: Mapping[str, Entry], at: datetime
) -> Iterator[Point]:
    """Yield a point of each threshold; those of rules that there are none of any more are left out.

    Args:
        thresholds: all in force.
        taken_back: scopes whose threshold is gone; whoever looks for the newest must not find the last one.
        rules: all rules.
        at: the time of the points.
    """
    for (name, contract, subject), value in thresholds.values.items():
        entry = rules.get(name)
        if entry is not None:
            own = entry.rule.limit
            wider = thresholds.values.get((name, contract, ""), own) if subject else own
            fields = {"value": value, "own": own, DELTA: distance(value, wider)}
            yield Point(RULE_THRESHOLD.name, _tags(entry.rule, contract, subject), fields, to_ns(at))
    for name, contract, subject in taken_back:
        entry = rules.get(name)
        if entry is not None:
            yield Point(RULE_THRESHOLD.name, _tags(entry.rule, contract, subject), {DELTA: 0.0}, to_ns(at))


def zero_points(contracts: Iterable[str], subjects: Iterable[Mapping[str, str]], at: datetime) -> Iterator[Point]:
    """Yield points that say that no threshold differs; those that do are added to them.

    Args:
        contracts: public ids.
        subjects: `contract`, and `device` or `asset`, of all that there is.
        at: the time of the points.
    """
    for tags in ({"contract": contract} for contract in contracts), subjects:
        yield from (Point(RULE_THRESHOLD.name, each, {DELTA: 0.0}, to_ns(at)) for each in tags)


def distance(value: float, wider: float) -> float:
    """Return what added to the wider threshold gives the narrower one, exactly where there is such a number.

    A device may report exactly the threshold that somebody set: 21.3 must not become 21.299999999999997.
    """
    apart = value - wider
    near = (apart, math.nextafter(apart, math.inf), math.nextafter(apart, -math.inf))
    return next((each for each in near if wider + each == value), apart)


def _tags(rule: Rule, contract: str, subject: str) -> dict[str, str]:
    tags = {"contract": contract, "rule": rule.id, "subject": subject}
    tag = subject_tag(rule)
    return {**tags, tag: subject} if tag is not None else tags
