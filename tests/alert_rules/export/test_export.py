"""Rules as Grafana's: every one has a whole and valid form, and means what the evaluator makes of it."""

import re
from typing import Any

import msgspec
import pytest
import yaml

from alert_rules.check import field_of
from alert_rules.export.expressions import FIRES, LIMIT, OVER, VALUE, nodes
from alert_rules.export.files import files
from alert_rules.export.notify import CONTACT_POINT, POLICY, contact_point, has_policy, with_policy
from alert_rules.export.queries import contract_query, subject_query, value_query
from alert_rules.export.rules import Group, Target, duration, groups, rule_uid
from alert_rules.machine import Bounds, Phase
from alert_rules.registry import Entry, entries
from alert_rules.rule import Category, Compare, Rule, seconds
from api.influxql.parser import parse
from api.influxql.tokens import scan
from collectors.catalogue import measurements

TARGET = Target(1, "karte", "https://karte.example.jp/advice")
ALL = list(entries().values())
GROUPS = groups(ALL, TARGET)
RULES = {uid: rule for group in GROUPS for uid, rule in group.rules.items()}

each_rule = pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.rule.id)


def exported(entry: Entry) -> dict[str, Any]:
    return dict(RULES[rule_uid(entry.rule.id)])


def node(rule: dict[str, Any], ref_id: str) -> dict[str, Any]:
    (found,) = (each["model"] for each in rule["data"] if each["refId"] == ref_id)
    return dict(found)


def test_every_rule_is_there_once_in_the_folder_of_its_category_and_the_group_of_its_interval() -> None:
    assert len(RULES) == len(ALL)
    for entry in ALL:
        (group,) = (group for group in GROUPS if rule_uid(entry.rule.id) in group.rules)
        assert group.folder == f"alerts-karte-{entry.category}"
        assert group.interval_s == seconds(entry.rule.every)
    assert len({(group.folder, group.name) for group in GROUPS}) == len(GROUPS)


@each_rule
def test_ids_and_titles_are_such_as_grafana_takes(entry: Entry) -> None:
    rule = exported(entry)

    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", rule["uid"])
    assert 1 <= len(rule["title"]) <= 190
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", rule["folderUID"])
    titles = [each["title"] for each in RULES.values() if each["folderUID"] == rule["folderUID"]]
    assert len(set(titles)) == len(titles)


def test_a_long_id_is_cut_without_falling_together_with_another() -> None:
    long, other = "a" * 40, "a" * 39 + "b"

    assert len(rule_uid(long)) == 40
    assert rule_uid(long) != rule_uid(other)


@each_rule
def test_each_expression_names_only_what_is_there_before_it(entry: Entry) -> None:
    rule = exported(entry)
    seen: set[str] = set()
    for each in rule["data"]:
        model = each["model"]
        if model.get("type"):
            named = set(re.findall(r"\$\{?([a-zA-Z]+)", model["expression"])) or {model["expression"]}
            assert named <= seen
        seen.add(each["refId"])
    assert rule["condition"] == FIRES == rule["data"][-1]["refId"]
    assert len(seen) == len(rule["data"])


@each_rule
def test_the_gateway_understands_what_it_asks(entry: Entry) -> None:
    rule = entry.rule
    asked = [value_query(rule), contract_query(rule), *filter(None, [subject_query(rule)])]
    for query in asked:
        filled = query.replace("$timeFilter", "time >= 0ms and time <= 1000ms")
        assert len(parse(scan(filled))) == 1


@each_rule
def test_times_and_states_are_the_evaluators(entry: Entry) -> None:
    rule, bounds = exported(entry), Bounds.of(entry.rule)

    assert in_seconds(rule["for"]) == bounds.pending_s
    assert in_seconds(rule["keep_firing_for"]) == bounds.keep_s
    assert rule["missingSeriesEvalsToResolve"] * seconds(entry.rule.every) == bounds.missing_s
    assert rule["noDataState"] == "NoData"
    assert rule["data"][0]["relativeTimeRange"] == {"from": seconds(entry.rule.window), "to": 0}


def in_seconds(text: str) -> int:
    return sum(int(number) * {"d": 86400, "h": 3600, "m": 60, "s": 1}[unit] for number, unit in parts(text))


def parts(text: str) -> list[tuple[str, str]]:
    found = re.findall(r"(\d+)([dhms])", text)
    assert "".join(number + unit for number, unit in found) == text
    return found


@pytest.mark.parametrize(
    ("whole_s", "text"), [(0, "0s"), (90, "1m30s"), (3600, "1h"), (90_000, "1d1h"), (1_209_600, "14d")]
)
def test_a_span_is_written_as_prometheus_does(whole_s: int, text: str) -> None:
    assert duration(whole_s) == text


_TYPES = {
    "gt": lambda value, limit: value > limit,
    "gte": lambda value, limit: value >= limit,
    "lt": lambda value, limit: value < limit,
    "lte": lambda value, limit: value <= limit,
}
"""Grafana's predicates (pkg/expr/threshold.go)."""


def grafana_says(condition: dict[str, Any], value: float, loaded: bool) -> bool:
    """What Grafana's hysteresis makes of a value; a loaded series is active until its recovery threshold is met."""
    back = condition.get("unloadEvaluator") if loaded else None
    test = back or condition["evaluator"]
    return (back is not None) != bool(_TYPES[test["type"]](value, test["params"][0]))


@pytest.mark.parametrize("compare", list(Compare))
@pytest.mark.parametrize("margin", [0.0, 2.5])
@pytest.mark.parametrize("settable", [True, False])
def test_beyond_and_back_are_the_evaluators(compare: Compare, margin: float, settable: bool) -> None:
    some = entries()["disk_full"].rule
    parameter = some.parameter if settable else None
    threshold = None if settable else some.limit
    rule = msgspec.structs.replace(some, compare=compare, margin=margin, parameter=parameter, threshold=threshold)
    (condition,) = nodes(rule, "karte")[-1]["model"]["conditions"]
    limit = rule.limit
    for value in (limit + each for each in (-10.0, -2.5, -2.0, 0.0, 2.0, 2.5, 10.0)):
        for phase in Phase:
            shown = value - limit
            loaded = phase in (Phase.PENDING, Phase.FIRING)
            assert grafana_says(condition, shown, loaded) == Bounds.of(rule).active(phase, value, limit), (value, phase)


@each_rule
def test_only_a_threshold_that_can_be_set_is_looked_up(entry: Entry) -> None:
    rule = exported(entry)
    refs = [each["refId"] for each in rule["data"]]

    assert (LIMIT in refs) == (entry.rule.parameter is not None)
    if entry.rule.parameter is not None:
        assert node(rule, LIMIT)["expression"].startswith(repr(entry.rule.limit))
        assert node(rule, OVER)["expression"] == f"${VALUE} - ${LIMIT}"
    else:
        assert node(rule, OVER)["expression"] == f"${VALUE} - ({entry.rule.limit!r})"


@each_rule
def test_its_sentence_names_what_its_alerts_carry(entry: Entry) -> None:
    rule = exported(entry)
    texts = rule["annotations"]
    refs = {each["refId"] for each in rule["data"]}
    for text in (texts["summary"], texts["summary_en"]):
        assert text
        assert set(re.findall(r"\$labels\.(\w+)", text)) <= set(entry.rule.tags)
        assert set(re.findall(r"\$values\.(\w+)", text)) <= refs
        assert not re.search(r"(?<!\{)\{(?!\{)", text)
    assert texts["runbook_url"] == f"https://karte.example.jp/advice/{entry.rule.advice_id}"
    assert rule["labels"] == {
        "rule": entry.rule.id,
        "severity": entry.rule.severity.value,
        "rule_category": entry.category.value,
    }
    assert not set(rule["labels"]) & set(entry.rule.tags)


def test_units_stand_behind_numbers() -> None:
    rule = RULES["karte-disk_full"]

    assert rule["annotations"]["summary_en"] == (
        '{{ $labels.path }} is {{ printf "%.1f" $values.value.Value }}% full'
        ' (limit {{ printf "%.1f" $values.limit.Value }}%); soon nothing can be saved'
    )


@each_rule
def test_what_is_read_is_declared(entry: Entry) -> None:
    declared = measurements()
    assert field_of(entry.rule, declared[entry.rule.measurement]) is not None
    for query in filter(None, (contract_query(entry.rule), subject_query(entry.rule))):
        assert '"rule_threshold"' in query
    assert {"delta"} <= {field.name for field in declared["rule_threshold"].fields}
    assert {"rule", "subject"} <= {tag.name for tag in declared["rule_threshold"].tags}


CONTACT = contact_point("http://127.0.0.1/x", "s3cret", "X-Sign", "X-Time")


def test_another_secret_is_another_contact_point_though_none_is_shown() -> None:
    other = contact_point("http://127.0.0.1/x", "other", "X-Sign", "X-Time")

    assert CONTACT["settings"]["title"] != other["settings"]["title"]
    assert "s3cret" not in CONTACT["settings"]["title"]


OWN = {"receiver": "mail", "object_matchers": [["severity", "=", "critical"]]}


@pytest.mark.parametrize(
    "tree",
    [
        {"receiver": "root"},
        {"receiver": "root", "routes": None},
        {"receiver": "root", "routes": [OWN]},
        {"receiver": "root", "routes": [OWN, POLICY]},
        {"receiver": "root", "routes": [{**POLICY, "group_by": ["alertname"]}, OWN]},
        {"receiver": "root", "routes": [POLICY, POLICY, OWN]},
    ],
)
def test_its_policy_comes_first_and_all_others_stay(tree: dict[str, Any]) -> None:
    assert not has_policy(tree)
    after = with_policy(tree)

    assert has_policy(after)
    assert after["receiver"] == "root"
    assert after["routes"] == [POLICY, *([OWN] if OWN in (tree.get("routes") or ()) else [])]
    assert with_policy(after) == after


def test_what_grafana_adds_to_a_policy_is_no_difference() -> None:
    assert has_policy({"routes": [{**POLICY, "provenance": "api"}]})


def test_files_hold_the_same_rules_and_no_secret() -> None:
    made = files(GROUPS, CONTACT, 1)
    written = {name: yaml.safe_load(yaml.safe_dump(content, allow_unicode=True)) for name, content in made.items()}

    assert written == made
    rules = [rule for content in made.values() for group in content.get("groups", ()) for rule in group["rules"]]
    assert {rule["uid"] for rule in rules} == set(RULES)
    for rule in rules:
        assert rule["data"] == RULES[rule["uid"]]["data"]
        assert rule["missing_series_evals_to_resolve"] == RULES[rule["uid"]]["missingSeriesEvalsToResolve"]
    (point,) = made["karte-notifications.yaml"]["contactPoints"]
    assert (point["name"], point["receivers"][0]["type"]) == (CONTACT_POINT, "webhook")
    assert {name for name in made if name != "karte-notifications.yaml"} == {
        f"alerts-karte-{category}.yaml" for category in Category
    }


def test_the_order_of_rules_does_not_depend_on_the_order_in_which_they_come() -> None:
    def shape(found: list[Group]) -> list[tuple[str, set[str]]]:
        return [(f"{group.folder}/{group.name}", set(group.rules)) for group in found]

    assert shape(groups(reversed(ALL), TARGET)) == shape(GROUPS)


def test_a_rule_on_a_whole_contract_has_no_thresholds_of_single_devices() -> None:
    rule: Rule = entries()["quota_reached"].rule

    assert subject_query(rule) is None
    assert "C" not in [each["refId"] for each in nodes(rule, "karte")]
