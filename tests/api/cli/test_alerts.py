"""`karte alerts` and `karte maintenance`, run as a person runs them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.db import open_database
from api.models import Channel, Contract, Delivery, DeliveryItem, DeliveryKind, DeliveryState, Finding, Happening
from api.models.base import utc_now
from tests.api.cli.conftest import Run, RunJson


@pytest.fixture
def finding(contract: str, tmp_path: Path) -> str:
    """An open finding of which a message could not be sent."""
    database = open_database(f"sqlite:///{next((tmp_path / 'data').rglob('karte.db'))}")
    with database.writing.begin() as session:
        row = session.scalars(select(Contract).where(Contract.public_id == contract)).one()
        now = utc_now()
        found = Finding(
            contract_id=row.id,
            rule="disk_full",
            key="[]",
            tags={"contract": contract, "site": "s-1", "device": "d-1", "host": "PC-1", "path": "C:"},
            since=now - timedelta(hours=1),
            opened_at=now,
            value=98.0,
            threshold=97.0,
        )
        channel = Channel(contract_id=row.id, kind="mail", name="総務部", settings={})
        session.add_all([found, channel])
        session.flush()
        delivery = Delivery(
            channel_id=channel.id,
            kind=DeliveryKind.URGENT,
            due_at=now,
            state=DeliveryState.DEAD,
            attempts=3,
            why="宛先がありません",
            why_en="no such address",
        )
        session.add(delivery)
        session.flush()
        session.add(DeliveryItem(delivery_id=delivery.id, finding_id=found.id, happening=Happening.OPENED))
        public_id = found.public_id
    database.close()
    return public_id


def test_findings_are_listed_and_shown_with_what_to_do(run: Run, run_json: RunJson, finding: str) -> None:
    listed = run_json("alerts", "list")
    assert [(each["id"], each["severity"], each["subject"]) for each in listed] == [(finding, "critical", "PC-1 C:")]

    shown = run("alerts", "show", finding, lang="ja")
    assert shown.exit_code == 0
    assert "98" in shown.output
    assert "宛先がありません" in shown.output
    assert "\n1. " in shown.output
    assert run_json("alerts", "show", finding)["deliveries"][0]["sending"] == "dead"


def test_somebody_takes_it_up_and_wants_a_rest(run: Run, finding: str) -> None:
    assert "looked after by 佐藤" in run("alerts", "take-up", finding, "--by", "佐藤").output
    assert "already" in run("alerts", "take-up", finding).output
    assert "nothing is sent" in run("alerts", "snooze", finding, "--for", "2h").output
    assert run("alerts", "snooze", finding, "--for", "40d").exit_code == 1
    assert run("alerts", "snooze", finding, "--for", "soon").exit_code == 2


def test_a_dead_message_is_tried_again(run: Run, run_json: RunJson, finding: str) -> None:
    dead = run_json("alerts", "deliveries", "--state", "dead")
    assert [each["why"] for each in dead] == ["no such address"]

    assert run("alerts", "retry", dead[0]["id"]).exit_code == 0
    assert run_json("alerts", "deliveries", "--state", "dead") == []
    again = run("alerts", "retry", dead[0]["id"])
    assert (again.exit_code, "waits to be" in again.output) == (1, True)
    assert run("alerts", "retry").exit_code == 1
    assert run("alerts", "retry", "m-nothing").exit_code == 1
    assert "0 messages" in run("alerts", "retry", "--all-dead").output


def test_what_there_is_not_is_told(run: Run, contract: str) -> None:
    assert run("alerts", "show", "f-nothing").exit_code == 1
    assert "nothing is open" in run("alerts", "list", "--contract", contract).output
    assert run("alerts", "list", "--contract", "c-nothing").exit_code == 1


def test_maintenance_once_and_weekly(run: Run, run_json: RunJson, contract: str) -> None:
    day = (utc_now() + timedelta(days=2)).date()
    common = ("maintenance", "add", "--contract", contract, "--reason", "サーバー更新")
    made = run(*common, "--from", f"{day} 18:00", "--to", f"{day} 20:00", "--rule", "disk_full")
    assert made.exit_code == 0, made.output
    weekly = run(*common, "--weekly", "sat,sun", "--at", "22:00", "--for", "90m", "--until", f"{day}")
    assert weekly.exit_code == 0, weekly.output

    listed = run_json("maintenance", "list", "--contract", contract)
    assert [each["scope"] for each in listed] == ["disk_full", None]
    assert listed[0]["when"] == f"{day} 18:00 – {day} 20:00"
    assert "sat,sun from 22:00 for 90 min" in listed[1]["when"]

    assert run("maintenance", "cancel", listed[0]["id"]).exit_code == 0
    assert len(run_json("maintenance", "list", "--contract", contract)) == 1
    assert run("maintenance", "cancel", listed[0]["id"]).exit_code == 1


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "--weekly"),
        (("--from", "tomorrow", "--to", "2026-01-01 00:00"), 2, "no moment"),
        (("--from", "2026-01-01 00:00", "--to", "2026-01-01 01:00"), 1, "past already"),
        (("--weekly", "someday", "--at", "22:00", "--for", "1h", "--until", "2999-01-01"), 2, "no days of the week"),
        (("--weekly", "sun", "--at", "25:00", "--for", "1h", "--until", "2999-01-01"), 2, "no time of day"),
        (("--weekly", "sun", "--at", "22:00", "--for", "1h", "--until", "2999-01-01"), 1, "within a year"),
        (("--weekly", "sun", "--at", "22:00", "--for", "1h"), 2, "--weekly"),
    ],
    ids=["nothing", "no moment", "past", "no day", "no time", "for ever", "no end"],
)
def test_a_window_that_cannot_be_is_told(
    run: Run, contract: str, options: tuple[str, ...], code: int, said: str
) -> None:
    result = run("maintenance", "add", "--contract", contract, "--reason", "x", *options)

    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_a_site_or_rule_that_there_is_none_of_is_told(run: Run, contract: str) -> None:
    common = ("maintenance", "add", "--contract", contract, "--reason", "x", "--from", "2999-01-01 00:00")
    assert run(*common, "--to", "2999-01-01 01:00", "--site", "s-nothing").exit_code == 1
    assert run(*common, "--to", "2999-01-01 01:00", "--rule", "nothing").exit_code == 2
