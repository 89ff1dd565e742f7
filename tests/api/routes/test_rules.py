"""The rules over the API: what they say, how thresholds are tried, set, undone and logged, and for whom."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.registry import entries
from api.models import RuleThreshold
from tests.api.office import Office
from tests.api.routes.tuned import RULE, Tuned

WHY = "図面を扱うため"


@pytest.fixture
def staffed(tuned: Tuned, staff: str) -> Tuned:
    return tuned.sign_in(staff)


@pytest.fixture
def path(staffed: Tuned) -> str:
    return f"/api/v1/contracts/{staffed.contract}/rules/{RULE}/thresholds"


def test_it_lists_every_rule_with_how_often_it_fired(staffed: Tuned) -> None:
    status, told = staffed.call("GET", "/api/v1/rules")

    assert status == 200
    assert [each["id"] for each in told] == list(entries())
    disk = next(each for each in told if each["id"] == RULE)
    assert disk == {
        "id": RULE,
        "category": "capacity",
        "severity": "warning",
        "name": "A disk is nearly full",
        "advice": RULE,
        "unit": "%",
        "limit": 90.0,
        "parameter": {"id": "limit", "default": 90.0, "min": 50.0, "max": 99.0, "text": "highest share in use"},
        "open": 0,
        "opened": 0,
        "contracts": 0,
    }


def test_it_shows_a_rule_as_it_is_written(staffed: Tuned) -> None:
    status, told = staffed.call("GET", f"/api/v1/rules/{RULE}")

    assert status == 200
    assert told["definition"]["for"] == "1h"
    assert 'mean("used_percent")' in told["influxql"]
    assert staffed.call("GET", "/api/v1/rules/disc_full")[0] == 404


def test_a_backtest_tells_what_a_value_would_have_done(staffed: Tuned) -> None:
    asked = f"/api/v1/rules/{RULE}/backtest?contract={staffed.contract}&days=2&value=80&budget=0"

    status, told = staffed.call("GET", asked)

    assert status == 200
    assert (told["read"], told["exact"], told["devices"]) == ("raw", True, 2)
    assert (told["today"]["findings"], told["tried"]["findings"]) == (1, 2)
    assert [each["tags"]["device"] for each in told["today"]["spells"]] == [staffed.full]
    assert told["missed"] == []
    assert [each["tags"]["device"] for each in told["gained"]] == [staffed.other]
    assert told["today"]["spells"][0]["end"] == "recovered"
    assert 6 * 3600 < told["today"]["open_s"] < 8 * 3600
    assert sum(told["tried"]["weekly"]) == 2
    # At 93 the fuller disk is on the threshold, and no value below leaves both alone.
    assert told["proposed"] == 93


def test_a_value_for_one_device_leaves_the_others_as_they_are(staffed: Tuned) -> None:
    asked = f"/api/v1/rules/{RULE}/backtest?contract={staffed.contract}&days=2&value=80&subject={staffed.full}"

    told = staffed.call("GET", asked)[1]

    assert [each["tags"]["device"] for each in told["tried"]["spells"]] == [staffed.full]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("value=20", 422, "threshold_refused"),
        ("value=nan", 422, "threshold_refused"),
        ("value=many", 422, "invalid_request"),
        ("days=0", 422, "invalid_request"),
        ("value=80&subject=d-none", 422, "threshold_refused"),
        ("budget=-1", 422, "invalid_request"),
        ("read=tea", 422, "invalid_request"),
    ],
)
def test_a_backtest_that_cannot_be_is_refused(staffed: Tuned, query: str, status: int, code: str) -> None:
    got, told = staffed.call("GET", f"/api/v1/rules/{RULE}/backtest?contract={staffed.contract}&{query}")

    assert (got, told["error"]["code"]) == (status, code)


def test_a_threshold_is_set_undone_taken_back_and_logged(staffed: Tuned, path: str, session: Session) -> None:
    for value in (80, 85):
        status, told = staffed.call("PUT", path, {"value": value, "reason": WHY})
        assert (status, [each["value"] for each in told["set"]]) == (200, [value])
    staffed.call("PUT", path, {"value": 95, "reason": "容量が大きい", "subject": staffed.full})
    told = staffed.call("POST", f"{path}/undo", {"reason": "戻す"})[1]
    assert [(each["subject"], each["name"], each["value"]) for each in told["set"]] == [
        ("", "", 80),
        (staffed.full, "host-full", 95),
    ]
    told = staffed.call("DELETE", f"{path}?reason=reset")[1]
    assert [each["subject"] for each in told["set"]] == [staffed.full]
    assert staffed.call("GET", path)[1] == told
    assert told["subjects"] == {staffed.full: "host-full", staffed.other: "host-other"}

    log = staffed.call("GET", f"{path}/log")[1]
    assert [(each["subject"], each["value"], each["set_by"], each["reason"]) for each in log] == [
        ("", None, "boss", "reset"),
        ("", 80, "boss", "戻す"),
        (staffed.full, 95, "boss", "容量が大きい"),
        ("", 85, "boss", WHY),
        ("", 80, "boss", WHY),
    ]
    assert len(session.scalars(select(RuleThreshold)).all()) == 5


def test_what_was_set_is_what_a_backtest_calls_today(staffed: Tuned, path: str) -> None:
    staffed.call("PUT", path, {"value": 80, "reason": WHY})

    told = staffed.call("GET", f"/api/v1/rules/{RULE}/backtest?contract={staffed.contract}&days=2")[1]

    assert (told["today"]["findings"], told["tried"]) == (2, None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"value": 49, "reason": "x"}, 422, "threshold_refused"),
        ({"value": 80, "reason": " "}, 422, "threshold_refused"),
        ({"value": 80}, 422, "invalid_request"),
        ({"reason": "x"}, 422, "invalid_request"),
        ({"value": 80, "reason": "x", "subject": "d-none"}, 422, "threshold_refused"),
        ({"value": 80, "reason": "x", "whom": "y"}, 422, "invalid_request"),
        ({"value": 80, "reason": "x" * 501}, 422, "invalid_request"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    staffed: Tuned, path: str, session: Session, body: Any, status: int, code: str
) -> None:
    got, told = staffed.call("PUT", path, body)

    assert (got, told["error"]["code"]) == (status, code)
    assert session.scalars(select(RuleThreshold)).all() == []


def test_nothing_to_undo_and_nothing_to_take_back_is_said(staffed: Tuned, path: str) -> None:
    assert staffed.call("POST", f"{path}/undo", {"reason": "x"})[1]["error"]["message"] == "there is no change to undo"
    assert staffed.call("DELETE", f"{path}?reason=x")[1]["error"]["message"] == "nothing is set there"


def test_a_rule_without_a_parameter_cannot_be_tuned(staffed: Tuned) -> None:
    fixed = f"/api/v1/contracts/{staffed.contract}/rules/firewall_off/thresholds"

    assert staffed.call("GET", fixed)[1]["parameter"] is None
    assert staffed.call("PUT", fixed, {"value": 1, "reason": "x"})[0] == 422


def test_a_forged_request_changes_nothing(staffed: Tuned, path: str, session: Session) -> None:
    for method, where in (("PUT", path), ("POST", f"{path}/undo"), ("DELETE", f"{path}?reason=x")):
        status, told = staffed.call(method, where, {"value": 80, "reason": "x"}, token="forged")
        assert (status, told["error"]["code"]) == (400, "csrf_token_missing")
    assert session.scalars(select(RuleThreshold)).all() == []


def test_only_the_staff_may(tuned: Tuned, customer: str, office: Office) -> None:
    paths = [
        "/api/v1/rules",
        f"/api/v1/rules/{RULE}",
        f"/api/v1/rules/{RULE}/backtest?contract={office.contract}",
        f"/api/v1/contracts/{office.contract}/rules/{RULE}/thresholds",
        f"/api/v1/contracts/{office.contract}/rules/{RULE}/thresholds/log",
    ]
    assert {tuned.call("GET", each)[0] for each in paths} == {401}
    tuned.sign_in(customer)
    assert {tuned.call("GET", each)[0] for each in paths} == {403}
    assert tuned.call("PUT", paths[3], {"value": 80, "reason": "x"})[0] == 403


def test_a_contract_or_rule_that_there_is_none_of_is_not_found(staffed: Tuned) -> None:
    assert staffed.call("GET", f"/api/v1/contracts/c-none/rules/{RULE}/thresholds")[0] == 404
    assert staffed.call("GET", f"/api/v1/contracts/{staffed.contract}/rules/none_such/thresholds")[0] == 404
    assert staffed.call("GET", f"/api/v1/rules/{RULE}/backtest?contract=c-none")[0] == 404
