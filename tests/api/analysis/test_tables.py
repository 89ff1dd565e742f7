"""The tables are complete, and what is wrong with one is said."""

import pytest

from alert_rules.registry import entries
from api.analysis.evidence import WORDS
from api.analysis.tables import Actions, Plan, TableError, Weights, read, tables
from api.analysis.tree import Area, Grade
from api.readings.check import CHECK_SOURCES


def test_every_rule_has_a_weight_in_exactly_one_area() -> None:
    rules = [rule for area in tables().weights.areas.values() for rule in area.rules]
    assert sorted(rules) == sorted(entries())


def test_every_rule_has_a_risk_and_an_effort() -> None:
    assert sorted(tables().actions.rules) == sorted(entries())


def test_every_page_of_advice_has_an_action() -> None:
    assert sorted(tables().actions.texts) == sorted({entry.rule.advice_id for entry in entries().values()})


def test_what_is_joined_is_advice_that_there_is() -> None:
    table = tables().actions
    assert {*table.joins, *table.joins.values()} <= set(table.texts)


def test_every_verdict_is_a_signal_or_known_not_to_be_one() -> None:
    weights = tables().weights
    assert {source.measurement for source in CHECK_SOURCES} <= {*weights.signals, *weights.not_signals}


def test_signals_and_evidence_name_what_there_is() -> None:
    weights = tables().weights
    for signal in weights.signals.values():
        assert {signal.rule, *signal.covered_by} <= set(entries())
    for area in weights.areas.values():
        for evidence in area.evidence:
            assert set(evidence.of) <= set(WORDS)
            assert evidence.at_least <= len(evidence.of)


def test_rules_for_the_staff_take_nothing_off() -> None:
    staff = [entry.rule.id for entry in entries().values() if entry.rule.staff_only]
    weights = tables().weights
    assert [weights.areas[area].rules[rule] for rule in staff if (area := weights.area_of(rule))] == [0] * len(staff)


def test_a_graver_severity_never_weighs_less_than_the_one_it_overrides() -> None:
    weights = tables().weights
    for entry in entries().values():
        over = entry.rule.overridden_by
        mine, its = weights.area_of(entry.rule.id), weights.area_of(over or entry.rule.id)
        assert mine is not None
        assert its is not None
        if over and mine is its:
            assert weights.areas[mine].rules[entry.rule.id] <= weights.areas[its].rules[over], entry.rule.id


def test_areas_and_grades_are_all_there() -> None:
    weights = tables().weights
    assert set(weights.areas) == set(Area)
    assert [weights.grade(score) for score in (100, 90, 89.9, 75, 55, 54.9, 35, 34.9, 0)] == [
        *(Grade.A, Grade.A, Grade.B, Grade.B, Grade.C, Grade.D, Grade.D, Grade.E, Grade.E)
    ]


@pytest.mark.parametrize(
    ("text", "table", "says"),
    [
        ("lead_days: 7\nlead: 3", Plan, "plan.yaml"),
        ("lead_days: -1", Plan, "lead_days"),
        ("grades: {A: ninety}", Weights, "grades"),
        ("rules: {disk_full: {risk: 6, effort: 1}}", Actions, "Actions|risk|effort"),
        ("a: [", Plan, "plan.yaml"),
        ("", Plan, "plan.yaml"),
    ],
)
def test_a_wrong_table_is_refused_with_its_name(text: str, table: type[object], says: str) -> None:
    with pytest.raises(TableError, match=says):
        read(text, table, "plan.yaml")
