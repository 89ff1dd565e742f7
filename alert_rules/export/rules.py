"""Rules as Grafana's alert rules, by folder and group, in the form of its provisioning API."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from alert_rules.export.expressions import FIRES, Json, nodes
from alert_rules.export.texts import annotations, both
from alert_rules.registry import Entry
from alert_rules.rule import Category, OnError, Rule, seconds

UID_PREFIX = "karte-"
"""With this begin the uids of our rules and the names of our groups, and of no others."""

FOLDER_PREFIX = "alerts-karte-"
"""With this begin the uids of our folders of rules. Dashboards have folders of their own."""

_LONGEST_UID = 40

_ON_ERROR = {OnError.KEEP: "KeepLast", OnError.UNKNOWN: "OK"}

NO_DATA = "NoData"
"""Where nothing at all is told, Grafana makes an alert of its own for that and lets the series count as missing, as the
evaluator does. Any other choice would put the same state on every series at once."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the rules go.

    Attributes:
        org: Grafana's number of the staff's organisation.
        source: uid of its data source, which reads across contracts.
        advice_url: where pages of advice are, without the page's name.
    """

    org: int
    source: str
    advice_url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that Grafana evaluates together.

    Attributes:
        folder: uid of its folder.
        folder_title: of the folder.
        name: of the group.
        interval_s: how often.
        rules: by uid, in the order in which they are evaluated.
    """

    folder: str
    folder_title: str
    name: str
    interval_s: int
    rules: Mapping[str, Json]


def folder_uid(category: Category) -> str:
    """Return the uid of a category's folder."""
    return f"{FOLDER_PREFIX}{category}"


def rule_uid(rule_id: str) -> str:
    """Return the uid of a rule; Grafana takes 40 characters at most."""
    uid = f"{UID_PREFIX}{rule_id}"
    if len(uid) <= _LONGEST_UID:
        return uid
    return UID_PREFIX + hashlib.sha256(rule_id.encode()).hexdigest()[: _LONGEST_UID - len(UID_PREFIX)]


def groups(entries: Iterable[Entry], target: Target) -> list[Group]:
    """Return all rules by category and by how often they are evaluated."""
    ordered = sorted(entries, key=lambda entry: (list(Category).index(entry.category), seconds(entry.rule.every)))
    return [
        Group(
            folder=folder_uid(category),
            folder_title=both(category.text),
            name=f"{UID_PREFIX}{every}s",
            interval_s=every,
            rules={rule_uid(entry.rule.id): alert_rule(entry, target, f"{UID_PREFIX}{every}s") for entry in together},
        )
        for (category, every), together in groupby(ordered, lambda entry: (entry.category, seconds(entry.rule.every)))
    ]


def alert_rule(entry: Entry, target: Target, group: str) -> Json:
    """Return a rule as the provisioning API takes it."""
    rule = entry.rule
    return {
        "uid": rule_uid(rule.id),
        "orgID": target.org,
        "folderUID": folder_uid(entry.category),
        "ruleGroup": group,
        "title": both(rule.name.text),
        "condition": FIRES,
        "data": nodes(rule, target.source),
        "noDataState": NO_DATA,
        "execErrState": _ON_ERROR[rule.error],
        "for": duration(seconds(rule.pending)),
        "keep_firing_for": duration(seconds(rule.keep_firing)),
        "missingSeriesEvalsToResolve": rule.missing_evaluations,
        "labels": _labels(rule, entry.category),
        "annotations": annotations(rule, target.advice_url),
        "isPaused": False,
    }


def _labels(rule: Rule, category: Category) -> dict[str, str]:
    # A rule's label takes the place of a series' own of the same name, and two series would become one: rules tell
    # software apart by its `category`, for instance.
    return {"rule": rule.id, "severity": rule.severity.value, "rule_category": category.value}


def duration(whole_s: int) -> str:
    """Return a span as Prometheus writes it, in its largest whole units: 1d, 1h30m, 0s."""
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        number, whole_s = divmod(whole_s, size)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"
