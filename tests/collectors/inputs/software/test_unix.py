import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from collectors.command import Output
from collectors.input import InputError, NoPermission, ToolMissing
from collectors.inputs.software import dpkg
from collectors.inputs.software.reading import Reading
from collectors.inputs.software.unix import LINUX, MACOS, Manager, Unix

NOW_NS = 1_790_000_000 * 10**9
INSTALLED_S = 1_780_000_000
DPKG = Output(
    b"bash\tamd64\t5.2-1\t100\tshells\tinstall ok installed\nlibc6\tamd64\t2.41\t9\tlibs\tinstall ok installed\n",
    b"",
    0,
)
SNAP = Output(b"Name  Version  Rev  Tracking  Publisher  Notes\nlxd   5.21     1    stable    canonical  -\n", b"", 0)
NO_SNAPS = Output(b"", b"No snaps are installed yet. Try 'snap install hello-world'.\n", 0)
FAILED = Output(b"", b"error: cannot list snaps: cannot communicate with server\nmore\n", 1)


class Machine:
    def __init__(
        self, root: Path, answers: dict[str, Output | InputError], managers: tuple[Manager, ...] = LINUX
    ) -> None:
        self.root, self.answers, self.managers = root, answers, managers

    def __call__(self, program: str, arguments: Sequence[str], timeout_s: float) -> Output:
        answer = self.answers[program]
        if isinstance(answer, InputError):
            raise answer
        return answer

    def read(self) -> Reading:
        return Unix(self, lambda name: name in self.answers, self.root, self.managers).read(NOW_NS)


def test_it_reads_every_manager_that_is_there(tmp_path: Path) -> None:
    reading = Machine(tmp_path, {"dpkg-query": DPKG, "rpm": Output(b"", b"", 0), "snap": SNAP}).read()

    assert [(item.name, item.source) for item in reading.items] == [
        ("bash", "dpkg"),
        ("libc6", "dpkg"),
        ("lxd", "snap"),
    ]
    assert (reading.source, reading.unread, reading.unseen) == ("dpkg, snap", (), frozenset())


def test_it_takes_the_day_from_what_dpkg_left_on_disk(tmp_path: Path) -> None:
    info = tmp_path / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    for name in ("bash.list", "libc6:amd64.list"):
        (info / name).touch()
        os.utime(info / name, (INSTALLED_S, INSTALLED_S))

    items = Machine(tmp_path, {"dpkg-query": DPKG}).read().items

    assert {item.installed_on for item in items} == {datetime.fromtimestamp(INSTALLED_S).astimezone().date()}


def test_a_machine_without_snaps_is_no_fault(tmp_path: Path) -> None:
    reading = Machine(tmp_path, {"dpkg-query": DPKG, "snap": NO_SNAPS}).read()

    assert (reading.source, reading.unread) == ("dpkg", ())


@pytest.mark.parametrize(
    "answer",
    [
        FAILED,
        NoPermission("no permission to run snap"),
        Output(b"something else\n", b"", 0),
        Output(b"Name  Ver", b"", 0),
    ],
)
def test_what_cannot_be_read_is_unseen_and_not_gone(tmp_path: Path, answer: Output | InputError) -> None:
    reading = Machine(tmp_path, {"dpkg-query": DPKG, "snap": answer}).read()

    assert len(reading.items) == 2
    assert len(reading.unread) == 1
    assert "snap" in reading.unread[0].en
    assert reading.unseen == {("snap", "machine")}


def test_it_says_why_nothing_could_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dpkg-query failed \(exit code 2\): database is locked"):
        Machine(tmp_path, {"dpkg-query": Output(b"", b"database is locked\n", 2)}).read()
    with pytest.raises(InputError, match="lists nothing"):
        Machine(tmp_path, {"dpkg-query": Output(b"", b"", 0)}).read()
    with pytest.raises(ToolMissing, match="none of dpkg-query, rpm, snap, flatpak"):
        Machine(tmp_path, {}).read()


def test_it_takes_no_half_lists(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a form that is not known"):
        Machine(tmp_path, {"dpkg-query": Output(DPKG.stdout[:-9], b"", 0)}).read()
    with pytest.raises(InputError, match="a form that is not known"):
        Machine(tmp_path, {"dpkg-query": Output(DPKG.stdout + b"#!?\n", b"", 0)}).read()


def test_it_reads_macos(tmp_path: Path) -> None:
    told = {"SPApplicationsDataType": [{"_name": "Safari", "version": "18.5", "obtained_from": "apple"}]}
    profiler = Output(json.dumps(told).encode(), b"", 0)

    (item,) = Machine(tmp_path, {"system_profiler": profiler}, MACOS).read().items

    assert (item.name, item.version, item.source) == ("Safari", "18.5", "macos")
    with pytest.raises(InputError, match="a form that is not known"):
        Machine(tmp_path, {"system_profiler": Output(b"[]", b"", 0)}, MACOS).read()


def test_its_own_query_names_what_the_reader_expects() -> None:
    assert dpkg.QUERY[-1].count(r"\t") == 5
