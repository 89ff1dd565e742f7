import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db import Database
from api.identity.enrolment import EnrolmentRefused
from api.models import AuditEntry, ContractEvent, Device, DeviceKind, InstallId, Site
from tests.api.office import Office
from tests.api.queries import counted
from tests.api.signed_in import Api

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def boss(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


@pytest.fixture
def taro(app: Flask, customer: str) -> Api:
    return Api(app.test_client(), customer)


@pytest.fixture
def path(office: Office) -> str:
    return f"/contracts/{office.contract}"


def rename(database: Database, device: str, hostname: str) -> None:
    with database.writing.begin() as session:
        session.scalars(select(Device).where(Device.public_id == device)).one().hostname = hostname


def hosts(api: Api, path: str, **asked: str) -> list[str]:
    answer = api.client.get(f"/api/v1{path}", query_string=asked)
    assert answer.status_code == 200, answer.text
    return [row["hostname"] for row in answer.get_json()]


def test_it_lists_devices_with_how_they_stand(taro: Api, path: str, office: Office, database: Database) -> None:
    running, stopped, revoked = (office.enrol(name) for name in ("a", "b", "c"))
    office.enrol("p", DeviceKind.PROBE)
    office.revoke(revoked.device)
    with database.writing.begin() as session:
        session.execute(
            update(Device).where(Device.public_id == stopped.device).values(stopped_at=Device.first_seen_at)
        )
    rows = taro("GET", f"{path}/devices")[1]
    assert [(row["id"], row["state"], row["kind"]) for row in rows[:3]] == [
        (running.device, "enrolled", "pc"),
        (stopped.device, "stopped", "pc"),
        (revoked.device, "revoked", "pc"),
    ]
    assert (rows[0]["site"]["name"], rows[0]["os"], rows[3]["kind"]) == ("本社", "Windows 11 Pro", "probe")
    assert rows[2]["revoked_at"] is not None
    assert rows[1]["state_text"] == "stopped, as the quota has no place for it"
    assert hosts(taro, f"{path}/devices", state="enrolled") == ["host-a", "host-p"]
    assert hosts(taro, f"{path}/devices", state="stopped") == ["host-b"]
    assert hosts(taro, f"{path}/devices", state="revoked") == ["host-c"]
    assert hosts(taro, f"{path}/devices", kind="probe") == ["host-p"]
    assert hosts(taro, f"{path}/devices", q="ＨＯＳＴ-Ａ") == ["host-a"]
    assert hosts(taro, f"{path}/devices", q="%") == hosts(taro, f"{path}/devices", site="s-x") == []
    assert len(hosts(taro, f"{path}/devices", site=office.site)) == 4
    assert taro("GET", f"{path}/devices?state=eaten")[0] == 422
    assert taro("GET", f"{path}/devices/{running.device}")[1] == rows[0]


def test_a_name_is_told_as_it_is_and_is_no_markup(taro: Api, path: str, office: Office, database: Database) -> None:
    rename(database, office.enrol("a").device, HOSTILE)
    answer = taro.client.get(f"/api/v1{path}/devices")
    assert answer.get_json()[0]["hostname"] == HOSTILE
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_both_sides_revoke_a_device_and_it_is_refused_from_then_on(
    app: Flask, taro: Api, boss: Api, path: str, office: Office, session: Session, customer: str
) -> None:
    one, other = office.enrol("a"), office.enrol("b")
    status, revoked = taro("POST", f"{path}/devices/{one.device}/revoke")
    assert (status, revoked["state"]) == (200, "revoked")
    assert taro("POST", f"{path}/devices/{one.device}/revoke") == (200, revoked)
    assert boss("POST", f"{path}/devices/{other.device}/revoke")[0] == 200
    denied = app.test_client().post("/api/v1/inventory", headers={"Authorization": f"Token {one.token}"})
    assert denied.status_code in (401, 403)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "device.revoke")).all()
    assert [(each.actor_name, each.target) for each in entries] == [(customer, one.device), ("boss", other.device)]


def test_a_place_that_gets_free_goes_to_a_device_that_was_stopped(
    taro: Api, path: str, office: Office, database: Database, session: Session
) -> None:
    devices = [office.enrol(f"{number:02}").device for number in range(10)]
    with database.writing.begin() as writing:
        last = writing.scalars(select(Device).where(Device.public_id == devices[9])).one()
        last.stopped_at = last.first_seen_at
    taro("POST", f"{path}/devices/{devices[0]}/revoke")
    assert session.scalars(select(Device.stopped_at).where(Device.public_id == devices[9])).one() is None


def test_devices_of_others_are_not_there(taro: Api, path: str, office: Office, other_office: Office) -> None:
    theirs, foreign = other_office.enrol("x"), f"/contracts/{other_office.contract}"
    for place in (f"{path}/devices/{theirs.device}", f"{foreign}/devices/{theirs.device}", f"{foreign}/devices"):
        assert taro("GET", place)[0] == 404
    for place in (f"{path}/devices/{theirs.device}/revoke", f"{foreign}/devices/{theirs.device}/revoke"):
        assert taro("POST", place)[0] == 404
    assert hosts(taro, "/devices", q="host-x") == []


def test_an_install_id_shows_its_code_once_and_enrols(
    taro: Api, path: str, office: Office, session: Session, customer: str
) -> None:
    body = {"valid_days": 3, "max_uses": 1}
    status, made = taro("POST", f"{path}/install-ids", body, Idempotency_Key="k")
    assert (status, made["max_uses"], made["usable"], made["site"]["id"]) == (201, 1, True, office.site)
    assert taro("POST", f"{path}/install-ids", body, Idempotency_Key="k")[1]["code"] == made["code"]
    assert office.enrol("a", code=made["code"]).is_new
    (shown,) = taro("GET", f"{path}/install-ids")[1]
    assert (shown["id"], shown["uses"], shown["usable"], "code" in shown) == (made["id"], 1, False, False)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "install_id.create")).one()
    assert (entry.actor_name, entry.target) == (customer, made["id"])
    assert made["code"] not in json.dumps(entry.details)
    assert made["code"] not in session.scalars(select(InstallId.code_hash)).one()


def test_an_install_id_that_was_let_expire_enrols_nothing(taro: Api, path: str, office: Office) -> None:
    made = taro("POST", f"{path}/install-ids", {})[1]
    status, ended = taro("POST", f"{path}/install-ids/{made['id']}/expire")
    assert (status, ended["usable"]) == (200, False)
    assert taro("POST", f"{path}/install-ids/{made['id']}/expire")[1]["expires_at"] == ended["expires_at"]
    with pytest.raises(EnrolmentRefused, match="install_id_expired"):
        office.enrol("a", code=made["code"])


def test_an_install_id_is_for_a_site_of_the_contract(
    taro: Api, boss: Api, path: str, office: Office, other_office: Office, database: Database
) -> None:
    status, told = taro("POST", f"{path}/install-ids", {"site": other_office.site})
    assert (status, told["error"]["code"]) == (422, "site_unknown")
    with database.writing.begin() as session:
        first = session.scalars(select(Site).where(Site.public_id == office.site)).one()
        first.contract.sites.append(Site(name="支店", prefecture="27"))
    status, told = taro("POST", f"{path}/install-ids", {})
    assert (status, len(told["error"]["details"]["sites"])) == (422, 2)
    assert taro("POST", f"{path}/install-ids", {"site": office.site, "kind": "probe"})[1]["kind"] == "probe"
    foreign = f"/contracts/{other_office.contract}/install-ids"
    theirs = boss("POST", foreign, {})[1]["id"]
    assert taro("GET", foreign)[0] == taro("POST", foreign, {})[0] == 404
    assert (
        taro("POST", f"{foreign}/{theirs}/expire")[0] == taro("POST", f"{path}/install-ids/{theirs}/expire")[0] == 404
    )


@pytest.mark.parametrize(
    "body",
    [
        {"valid_days": 0},
        {"valid_days": 91},
        {"valid_days": "7"},
        {"max_uses": 0},
        {"max_uses": 10**9},
        {"kind": "toaster"},
        {"code": "7K2M9-X4TQA-0ZV3R-H8CNM"},
        {"contract": "c-0000000000"},
        {"uses": -5},
        {"expires_at": "2099-01-01T00:00:00Z"},
        {"site": 5},
    ],
)
def test_it_refuses_an_install_id_that_cannot_be(taro: Api, path: str, body: dict[str, Any]) -> None:
    assert taro("POST", f"{path}/install-ids", body)[0] == 422
    assert taro("GET", f"{path}/install-ids") == (200, [])


def test_a_contract_that_has_ended_gets_none(boss: Api, path: str, office: Office) -> None:
    office.apply(ContractEvent.TERMINATE, "解約")
    status, told = boss("POST", f"{path}/install-ids", {})
    assert (status, told["error"]["code"]) == (409, "contract_ended")


def test_staff_find_a_device_of_any_contract_by_how_its_name_or_id_begins(
    boss: Api, taro: Api, office: Office, other_office: Office, database: Database
) -> None:
    mine, theirs = office.enrol("a").device, other_office.enrol("b").device
    rename(database, mine, "ＫＥＩＲＩ-PC1")
    rename(database, theirs, "keiri-pc2")
    answer = boss("GET", "/devices?q=Keiri")[1]
    assert [(row["id"], row["contract"]["name"]) for row in answer] == [
        (mine, "山田商事株式会社"),
        (theirs, "鈴木医院"),
    ]
    assert [row["id"] for row in taro("GET", "/devices?q=keiri")[1]] == [mine]
    assert [row["id"] for row in boss("GET", f"/devices?q={theirs[:7].upper()}")[1]] == [theirs]
    for nothing in ("eiri", "k%25", "keiri_pc", "d-", "pc1", "keiri*"):
        assert boss("GET", f"/devices?q={nothing}")[1] == []
    assert boss("GET", "/devices")[0] == boss("GET", "/devices?q=%00")[0] == 422


def test_lists_cost_as_many_queries_with_many_rows_as_with_few(
    app: Flask, taro: Api, boss: Api, path: str, office: Office
) -> None:
    def asked() -> list[int]:
        found = []
        for api, place in ((taro, f"{path}/devices"), (taro, f"{path}/install-ids"), (boss, "/devices?q=host")):
            with counted(app) as statements:
                assert api("GET", place)[1]
            found.append(len(statements))
        return found

    office.enrol("a")
    asked()
    few = asked()
    for number in range(8):
        office.enrol(f"{number}")
    assert asked() == few
