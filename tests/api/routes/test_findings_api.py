from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from api.models import Asset, Contract, Device, Finding
from api.models.base import utc_now
from tests.api.office import Office
from tests.api.queries import counted
from tests.api.signed_in import Api


@pytest.fixture
def taro(app: Flask, customer: str) -> Api:
    return Api(app.test_client(), customer)


@pytest.fixture
def path(office: Office) -> str:
    return f"/contracts/{office.contract}/findings"


def find(office: Office, rule: str = "disk_full", *, closed: bool = False, ago: int = 0, **tags: str) -> str:
    now = utc_now() - timedelta(hours=ago)
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        found = Finding(
            contract_id=contract.id,
            rule=rule,
            key=f'["{ago}"]',
            tags={"contract": office.contract, "site": office.site, **tags},
            since=now - timedelta(hours=1),
            opened_at=now,
            closed_at=now if closed else None,
            value=98.0,
            threshold=97.0,
        )
        session.add(found)
        session.flush()
        return found.public_id


def test_it_tells_what_was_found_and_what_to_do(taro: Api, path: str, office: Office) -> None:
    device = office.enrol("keiri").device
    made = find(office, device=device, host="keiri", path="C:")
    (shown,) = taro("GET", path)[1]
    assert (shown["id"], shown["state"], shown["severity"]) == (made, "open", "critical")
    assert (shown["device"], shown["about"]) == ({"id": device, "hostname": "host-keiri"}, "keiri C:")
    assert shown["advice"].startswith("/advice/")
    assert taro.client.get(shown["advice"]).status_code == 200
    assert shown["advice_title"]
    assert (shown["title"] != "disk_full", "98" in shown["text"], shown["unit"]) == (True, True, "%")
    assert taro("GET", f"{path}/{made}")[1] == shown


def test_it_filters(taro: Api, path: str, office: Office) -> None:
    one = office.enrol("1").device
    open_ = find(office, ago=1, device=one, host="1", path="C:")
    closed = find(office, ago=2, closed=True, device=one, host="1", path="C:")
    printer = find(office, "disk_full", ago=3, asset="mfp-1")
    gone = find(office, "no_such_rule", ago=4, device="d-0000000000")

    def ids(asked: str = "") -> list[str]:
        return [each["id"] for each in taro("GET", f"{path}?{asked}")[1]]

    assert ids() == [open_, closed, printer, gone]
    assert ids("state=open") == [open_, printer, gone]
    assert ids("state=closed") == [closed]
    assert ids(f"device={one}") == [open_, closed]
    assert ids("device=mfp-1") == [printer]
    assert ids("severity=critical") == [open_, closed, printer]
    assert ids("severity=info") == ids("device=%25") == []
    assert taro("GET", f"{path}?severity=mild")[0] == taro("GET", f"{path}?state=x")[0] == 422


def test_a_finding_of_a_rule_that_is_gone_is_told_as_far_as_it_is_known(taro: Api, path: str, office: Office) -> None:
    find(office, "no_such_rule", device="d-0000000000")
    (shown,) = taro("GET", path)[1]
    assert (shown["severity"], shown["advice"], shown["device"], shown["title"]) == (None, None, None, "no_such_rule")


def test_equipment_is_told_by_its_name(taro: Api, path: str, office: Office) -> None:
    probe = office.enrol("p")
    with office.database.writing.begin() as session:
        device = session.scalars(select(Device).where(Device.public_id == probe.device)).one()
        session.add(
            Asset(
                contract_id=device.contract_id,
                device_id=device.id,
                asset="mfp-1",
                kind="printer",
                maker="例示",
                model="MX",
                names=["<b>複合機</b>"],
                mac=[],
                ip=[],
                how=[],
                since=utc_now(),
            )
        )
    find(office, asset="mfp-1")
    assert taro("GET", path)[1][0]["equipment"] == "<b>複合機</b> [mfp-1]"


def test_findings_of_others_are_not_there(taro: Api, path: str, office: Office, other_office: Office) -> None:
    made = find(other_office)
    assert taro("GET", path) == (200, [])
    assert taro("GET", f"{path}/{made}")[0] == 404
    assert taro("GET", f"/contracts/{other_office.contract}/findings")[0] == 404
    assert taro("GET", f"/contracts/{other_office.contract}/findings/{made}")[0] == 404


def test_its_queries_do_not_grow_with_the_rows(app: Flask, taro: Api, path: str, office: Office) -> None:
    def fill(numbers: range) -> None:
        for number in numbers:
            device = office.enrol(f"{number}").device
            find(office, ago=number * 2, device=device, host="x", path="C:")
            find(office, ago=number * 2 + 1, asset=f"mfp-{number}")

    def asked() -> int:
        with counted(app) as statements:
            assert taro("GET", path)[1]
        return len(statements)

    fill(range(1, 2))
    asked()
    few = asked()
    fill(range(2, 9))
    assert asked() == few
