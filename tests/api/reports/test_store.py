"""A report is there whole or not at all, and a name opens only what it names."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.reports import store
from api.reports.errors import ReportError
from api.reports.inputs import freeze
from api.reports.pdf import Limits
from api.reports.store import MEDIA_TYPES, Named, StoredReport, contract_directory, read_name, write_report
from tests.api.reports import office
from tests.api.reports.fonts import needs_font

CONTRACT = "c-7k2m9x4tqa"
NAME = f"karte_{CONTRACT}_2026-11_ja.pdf"


def test_it_leaves_its_files_and_nothing_else(built: StoredReport) -> None:
    names = {path.name for path in built.directory.iterdir()}

    stem = f"karte_{CONTRACT}_2026-11_ja"
    assert names == {".lock", *(f"{stem}.{kind}" for kind in MEDIA_TYPES)}
    assert built.path("json").read_bytes() == freeze(office.inputs(4))
    assert built.is_finished


def test_it_can_be_read_by_its_owner_only(built: StoredReport) -> None:
    assert {built.path(kind).stat().st_mode & 0o077 for kind in MEDIA_TYPES} == {0}


@needs_font
def test_what_a_killed_build_left_behind_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".draft-old").mkdir()
    (tmp_path / ".draft-old" / "half.pdf").write_bytes(b"x")

    write_report(office.empty(), tmp_path)

    assert not (tmp_path / ".draft-old").exists()


@needs_font
def test_a_build_that_fails_leaves_the_earlier_report_as_it_was(built: StoredReport, tmp_path: Path) -> None:
    shutil.copytree(built.directory, tmp_path, dirs_exist_ok=True)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    with pytest.raises(ReportError, match="not ready"):
        write_report(office.inputs(10), tmp_path, Limits(time_s=0.1))

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    # RLIMIT_FSIZE makes writes fail in the middle, as a full disk does.
    script = (
        "import resource, pathlib, sys\n"
        "from api.reports.store import write_report\n"
        "from api.reports.errors import ReportError\n"
        "from tests.api.reports import office\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n    write_report(office.inputs(10), pathlib.Path(sys.argv[1]))\n"
        "except ReportError as error:\n    print(error)\n"
    )

    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)

    assert "cannot be written" in done.stdout
    assert "nothing was changed" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(ReportError, match=str(tmp_path)):
        write_report(office.inputs(1), tmp_path / "reports")


def test_a_place_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_bytes(b"")

    with pytest.raises(ReportError, match="cannot be written"):
        write_report(office.inputs(1), tmp_path / "reports")


@pytest.mark.parametrize(("period", "kind"), [("2026-11", "pdf"), ("2026-W48", "json")])
def test_a_name_says_what_it_names(period: str, kind: str) -> None:
    stored = StoredReport(CONTRACT, period, "en", Path())

    assert read_name(stored.name(kind)) == Named(CONTRACT, period, "en", kind)


@pytest.mark.parametrize(
    "name",
    [
        "../secret_key",
        f"../{CONTRACT}/{NAME}",
        f"{NAME}\n",
        f"{NAME}\x00.txt",
        ".lock",
        NAME.replace("2026-11", "2026-W1"),
        NAME.replace("2026", "２０２６"),
        NAME.replace(CONTRACT, ".."),
        NAME.replace(CONTRACT, ""),
        NAME.replace("pdf", "exe"),
    ],
)
def test_no_other_name_names_anything(name: str) -> None:
    assert read_name(name) is None


@pytest.mark.parametrize("contract", ["", "..", "a/b", "a\\b", "-x", "a" * 65, "a\n"])
def test_an_id_that_could_name_a_place_elsewhere_is_refused(tmp_path: Path, contract: str) -> None:
    with pytest.raises(ReportError, match="not the id"):
        contract_directory(tmp_path, contract)


def test_a_process_that_is_killed_while_files_are_put_in_place_leaves_no_mixed_report(
    built: StoredReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(built.directory, old)
    shutil.copytree(built.directory, new)
    draft, report = (StoredReport(built.contract, built.period, built.lang, each) for each in (new, old))

    class Killed(BaseException):
        pass

    done = 0

    def replace(self: Path, target: Path) -> None:
        nonlocal done
        done += 1
        if done == 2:
            raise Killed
        self.rename(target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(Killed):
        store._put_in_place(draft, report)

    assert not report.is_finished
