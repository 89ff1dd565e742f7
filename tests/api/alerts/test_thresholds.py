from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.registry import entries
from alert_rules.rule import Rule
from api.alerts.thresholds import (
    Author,
    Scope,
    ThresholdRefused,
    Thresholds,
    checked,
    history,
    in_force,
    parameter_of,
    set_threshold,
    undo,
)
from api.db import Database
from api.models import Contract, RuleThreshold
from api.told import ToldError
from tests.api.alerts.conftest import NOON
from tests.api.office import Office

BOSS = Author("boss", "この機器は大きな図面を扱うため")


@pytest.fixture
def disk(rule: Callable[[str], Rule]) -> Rule:
    return rule("disk_nearly_full")


@pytest.fixture
def scope(session: Session, office: Office) -> Scope:
    return Scope(session.scalars(select(Contract.id).where(Contract.public_id == office.contract)).one())


def put(database: Database, rule: Rule, scope: Scope, value: float | None) -> None:
    with database.writing.begin() as session:
        set_threshold(session, rule, scope, value, BOSS, NOON)


def force(database: Database) -> Thresholds:
    with database.reading() as session:
        return in_force(session)


def test_the_narrowest_one_that_is_set_is_in_force(
    database: Database, disk: Rule, scope: Scope, office: Office, other_office: Office
) -> None:
    put(database, disk, scope, 80)
    put(database, disk, Scope(scope.contract_id, "d-2"), 95)

    limit = force(database).limits(disk)

    assert limit((office.contract, "s", "d-1", "PC-1", "C:")) == 80
    assert limit((office.contract, "s", "d-2", "PC-2", "C:")) == 95
    assert limit((other_office.contract, "s", "d-2", "PC-2", "C:")) == disk.limit


def test_equipment_is_told_by_its_asset_id(
    database: Database, rule: Callable[[str], Rule], scope: Scope, office: Office
) -> None:
    toner = rule("toner_low")
    put(database, toner, Scope(scope.contract_id, "MFP1"), 20)

    limit = force(database).limits(toner)

    assert [limit((office.contract, "s", asset, "toner", "black", "1")) for asset in ("MFP1", "MFP2")] == [20, 10]


def test_taking_it_back_lets_the_wider_one_hold_again(
    database: Database, disk: Rule, scope: Scope, office: Office
) -> None:
    put(database, disk, scope, 80)
    put(database, disk, scope, None)

    assert force(database).limits(disk)((office.contract, "s", "d-1", "PC-1", "C:")) == disk.limit


def test_an_undo_is_a_change_of_its_own(database: Database, disk: Rule, scope: Scope) -> None:
    put(database, disk, scope, 80)
    put(database, disk, scope, 70)
    with database.writing.begin() as session:
        undo(session, disk, scope, BOSS, NOON)

    with database.reading() as session:
        kept = history(session, disk, scope.contract_id)
        assert [(each.value, each.set_by, each.reason) for each in kept] == [
            (80, "boss", BOSS.reason),
            (70, "boss", BOSS.reason),
            (80, "boss", BOSS.reason),
        ]
        assert all(each.set_at == NOON for each in kept)


@pytest.mark.parametrize(
    ("value", "reason", "said"),
    [
        (49, "x", "49 is out of bounds: rule disk_nearly_full takes 50 to 99"),
        (float("nan"), "x", "out of bounds"),
        (80, " ", "is empty"),
        (None, "x", "nothing is set there"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    database: Database, disk: Rule, scope: Scope, value: float | None, reason: str, said: str
) -> None:
    with database.writing.begin() as session, pytest.raises(ToldError, match=said) as caught:
        set_threshold(session, disk, scope, value, Author("boss", reason), NOON)

    assert "\n" not in caught.value.text.ja
    with database.reading() as session:
        assert session.scalars(select(RuleThreshold)).all() == []


def test_setting_what_is_set_already_is_refused(database: Database, disk: Rule, scope: Scope) -> None:
    put(database, disk, scope, 80)

    with database.writing.begin() as session, pytest.raises(ThresholdRefused, match="its value already"):
        set_threshold(session, disk, scope, 80, BOSS, NOON)


def test_there_must_be_something_to_undo(database: Database, disk: Rule, scope: Scope) -> None:
    with database.writing.begin() as session, pytest.raises(ThresholdRefused, match="no change to undo"):
        undo(session, disk, scope, BOSS, NOON)


def test_a_parameter_must_be_the_rule_s_own(disk: Rule, rule: Callable[[str], Rule]) -> None:
    assert parameter_of(disk, "limit").default == 90
    with pytest.raises(ThresholdRefused, match="has no parameter top; it has limit"):
        parameter_of(disk, "top")
    with pytest.raises(ThresholdRefused, match="rule firewall_off has nothing that can be set"):
        parameter_of(rule("firewall_off"), "limit")


def test_a_value_of_a_rule_without_parameter_is_out_of_bounds(rule: Callable[[str], Rule]) -> None:
    with pytest.raises(ThresholdRefused):
        checked(rule("firewall_off"), 1)


def test_a_tried_value_does_what_setting_it_would(disk: Rule) -> None:
    before = Thresholds({(disk.id, "c-1", "d-2"): 95, (disk.id, "c-2", ""): 60})
    series = [(contract, "s", device, "PC", "C:") for contract in ("c-1", "c-2") for device in ("d-1", "d-2")]

    wide = before.tried(disk, "c-1", 75).limits(disk)
    narrow = before.tried(disk, "c-1", 75, "d-2").limits(disk)

    assert list(map(wide, series)) == [75, 95, 60, 60]
    assert list(map(narrow, series)) == [90, 75, 60, 60]


def test_a_contracts_threshold_and_how_many_have_their_own_are_told() -> None:
    rule = entries()["disk_nearly_full"].rule
    values = {
        (rule.id, "c-1", ""): 85.0,
        (rule.id, "c-1", "d-1"): 80.0,
        (rule.id, "c-1", "d-2"): 97.0,
        (rule.id, "c-2", "d-3"): 70.0,
        ("disk_full", "c-1", "d-4"): 99.0,
    }
    told = Thresholds(values)
    assert told.of_contract(rule, "c-1") == (85.0, 2)
    assert told.of_contract(rule, "c-2") == (rule.limit, 1)
    assert told.of_contract(rule, "c-3") == (rule.limit, 0)
