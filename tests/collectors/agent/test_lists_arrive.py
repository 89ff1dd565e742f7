"""Lists on their whole way: a package manager, the agent, HTTP, the real service, its database."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.local.influxd import Influxd
from api.models import ContractEvent, Device, InventoryList, Software, SoftwareChange
from collectors.registry import INPUTS
from tests.api.office import make_office
from tests.serving import Served, serving

ENABLED = ("mem", "software")


@pytest.fixture(scope="module")
def served(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("lists") / "data", influxd.url) as running:
        yield running


class Pc:
    """An enrolled machine whose packages the test decides: its `dpkg-query` prints a file."""

    def __init__(self, folder: Path, served: Served) -> None:
        self.folder, self.served = folder, served
        self.config = folder / "agent.toml"
        off = "".join(f"[inputs.{each.name}]\nenabled = false\n" for each in INPUTS if each.name not in ENABLED)
        self.config.write_text(f'[agent]\ndata_dir = "{folder}/data"\nlang = "en"\n{off}')
        tool = folder / "bin" / "dpkg-query"
        tool.parent.mkdir()
        tool.write_text(f'#!/bin/sh\ncat "{folder}/packages"\n')
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
        self.install()
        self.device = ""
        self.enrol(served.office.issue())

    def enrol(self, code: str) -> None:
        enrolled = self.agent("enroll", self.served.url, code, "--kind", "pc")
        assert enrolled.returncode == 0, enrolled.stderr
        self.device = json.loads((self.folder / "data" / "credentials.json").read_text())["device"]

    def install(self, *packages: str) -> None:
        pairs = (package.split() for package in packages)
        lines = [f"{name}\tall\t{version}\t1\tmisc\tinstall ok installed\n" for name, version in pairs]
        (self.folder / "packages").write_text("".join(lines))

    def agent(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "api.cli", "agent", *arguments, "--config", str(self.config)]
        environment = {**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        return subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment)

    def listed(self) -> list[str]:
        with self.served.office.database.reading() as session:
            query = select(Software).join(Device, Device.id == Software.device_id)
            rows = session.scalars(query.where(Device.public_id == self.device, Software.source == "dpkg"))
            return sorted(f"{row.name} {row.version}" for row in rows)

    def log(self) -> list[str]:
        with self.served.office.database.reading() as session:
            query = select(SoftwareChange).join(Device, Device.id == SoftwareChange.device_id)
            rows = session.scalars(query.where(Device.public_id == self.device).order_by(SoftwareChange.name))
            return [f"{row.change} {row.name}" for row in rows]

    def lists(self) -> int:
        with self.served.office.database.reading() as session:
            query = select(InventoryList).join(Device, Device.id == InventoryList.device_id)
            return len(session.scalars(query.where(Device.public_id == self.device)).all())

    def waiting(self) -> list[Path]:
        return list((self.folder / "data" / "spool" / "inventory").glob("*.json.gz"))


@pytest.fixture
def pc(served: Served, tmp_path: Path) -> Pc:
    return Pc(tmp_path, served)


def test_a_list_arrives_then_only_its_changes_are_news(pc: Pc) -> None:
    pc.install("bash 5.1", "old 1.0")
    first = pc.agent("once")
    assert first.returncode == 0, first.stderr
    assert (pc.listed(), pc.log(), pc.waiting()) == (["bash 5.1", "old 1.0"], [], [])

    pc.install("bash 5.2", "new 2.0")
    assert pc.agent("once").returncode == 0
    assert pc.listed() == ["bash 5.2", "new 2.0"]
    assert pc.log() == ["updated bash", "added new", "removed old"]
    assert pc.lists() == 1


def test_what_a_suspended_contract_holds_back_arrives_after_it_is_resumed(pc: Pc, served: Served) -> None:
    pc.install("bash 5.1")
    assert pc.agent("once").returncode == 0
    pc.install("bash 5.2")
    served.office.apply(ContractEvent.SUSPEND, "料金未払い")
    try:
        held = pc.agent("once")
    finally:
        served.office.apply(ContractEvent.RESUME)

    assert held.returncode == 1
    assert (pc.listed(), len(pc.waiting())) == (["bash 5.1"], 1)
    assert pc.agent("once").returncode == 0
    assert (pc.listed(), pc.waiting()) == (["bash 5.2"], [])


def test_collecting_to_a_file_notes_nothing_as_sent(pc: Pc) -> None:
    pc.install("bash 5.1")
    shown = pc.agent("once", "--output", "-")

    assert "software_summary," in shown.stdout
    assert pc.waiting() == []
    assert pc.agent("once").returncode == 0
    assert pc.listed() == ["bash 5.1"]


def test_a_machine_that_becomes_another_contracts_device_sends_its_whole_list(pc: Pc, served: Served) -> None:
    pc.install("bash 5.1")
    assert pc.agent("once").returncode == 0
    before, other = pc.device, make_office(served.office.database, "鈴木医院")
    pc.enrol(other.issue())

    assert pc.device != before
    assert pc.listed() == []
    assert pc.agent("once").returncode == 0
    assert (pc.listed(), pc.log()) == (["bash 5.1"], [])
