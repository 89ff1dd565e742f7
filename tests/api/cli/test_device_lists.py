from datetime import timedelta
from pathlib import Path

import pytest

from api.db import open_database
from api.gateway.grant import WriteGrant
from api.identity.enrolment import Machine, enrol
from api.inventory import store
from api.models import DeviceKind
from api.models.base import utc_now
from collectors.inventory import AssetItem, Document
from tests.api.cli.conftest import Run, RunJson
from tests.api.lists import START, assets, software


class Lists:
    """A device of the contract at hand, and its way to the service."""

    def __init__(self, tmp_path: Path, code: str, kind: DeviceKind) -> None:
        self.url = f"sqlite:///{tmp_path / 'data' / 'karte.db'}"
        database = open_database(self.url)
        enrolled = enrol(database, code, Machine("keiri-pc1", "machine-0001", kind), utc_now())
        database.close()
        self.device = enrolled.device
        self.grant = WriteGrant(enrolled.contract, enrolled.site, enrolled.device)

    def send(self, *documents: Document) -> None:
        database = open_database(self.url)
        for each in documents:
            store(database, self.grant, each, START + timedelta(days=9))
        database.close()


@pytest.fixture
def pc(run_json: RunJson, contract: str, tmp_path: Path) -> Lists:
    return Lists(tmp_path, run_json("device", "issue-id", contract)["code"], DeviceKind.PC)


@pytest.fixture
def probe(run_json: RunJson, contract: str, tmp_path: Path) -> Lists:
    code = run_json("device", "issue-id", contract, "--kind", "probe")["code"]
    return Lists(tmp_path, code, DeviceKind.PROBE)


def test_it_says_where_no_list_has_come(run: Run, run_json: RunJson, pc: Lists) -> None:
    assert run("device", "software", pc.device).stdout == "no list has come yet\n"
    assert run_json("device", "software", pc.device, "--changes") == []


def test_it_shows_the_software_of_a_device(run: Run, run_json: RunJson, pc: Lists) -> None:
    pc.send(software("Chrome 1.0", "会計 25.1"))

    table = run("device", "software", pc.device, lang="ja").stdout.splitlines()
    rows = run_json("device", "software", pc.device)

    assert table[0] == f"keiri-pc1 ({pc.device}): 2 件、2026-03-01 18:00 現在（日本時間）"
    assert table[1].startswith("名前    バージョン  発行元")
    assert "機器全体" in table[2]
    assert [(row["name"], row["version"], row["publisher"]) for row in rows] == [
        ("Chrome", "1.0", "例示ソフト"),
        ("会計", "25.1", "例示ソフト"),
    ]


def test_it_shows_changes_newest_first(run: Run, run_json: RunJson, pc: Lists) -> None:
    pc.send(software("Chrome 1.0"))
    assert "no change is recorded" in run("device", "software", pc.device, "--changes").stdout
    pc.send(software("Chrome 1.1", hours=1), software("Chrome 1.1", "New 2.0", hours=2))

    rows = run_json("device", "software", pc.device, "--changes")
    assert [(row["change"], row["name"], row["version_before"], row["version_after"]) for row in rows] == [
        ("added", "New", None, "2.0"),
        ("updated", "Chrome", "1.0", "1.1"),
    ]
    assert len(run_json("device", "software", pc.device, "--changes", "--limit", "1")) == 1
    assert "updated  Chrome  1.0" in run("device", "software", pc.device, "--changes").stdout


def test_it_shows_what_a_probe_has_found(run: Run, run_json: RunJson, probe: Lists) -> None:
    printer = AssetItem(asset="AB12345", kind="printer", ip=("192.0.2.7",), last_seen=START)
    moved = AssetItem(asset="AB12345", kind="printer", ip=("192.0.2.8",), last_seen=START)
    probe.send(assets([printer]), assets([moved], hours=1))

    assert [(row["asset"], row["ip"]) for row in run_json("device", "assets", probe.device)] == [
        ("AB12345", "192.0.2.8")
    ]
    (change,) = run_json("device", "assets", probe.device, "--changes")
    assert (change["change"], change["before"], change["after"]) == ("changed", "ip=192.0.2.7", "ip=192.0.2.8")
    assert "AB12345" in run("device", "assets", probe.device).stdout


def test_an_unknown_device_is_one_line(run: Run, contract: str) -> None:
    result = run("device", "software", "d-x")

    assert result.exit_code == 1
    assert result.stderr == "Error: there is no device d-x; `karte device list` names them\n"
