"""A report gets into the archive whole or not at all, is found by its name, and comes out the same again."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from api.archive import index
from api.archive.entry import Added, decode, sha256, still_there
from api.archive.journal import Chain
from api.archive.removal import entries_of
from api.archive.verify import verify
from api.config import Config
from api.db import Database
from api.models import RemovedWhy, Report
from api.reports import filing, store
from api.reports.cabinet import Cabinet, open_cabinet
from api.reports.errors import ReportError
from api.reports.filing import Filed, file_report
from api.reports.inputs import ReportInputs, freeze
from api.reports.pdf import Limits
from api.reports.rebuild import rebuild
from api.reports.store import MEDIA_TYPES, StoredReport, write_report
from api.reports.versions import differences, versions
from tests.api.archive.bucket import Bucket, serving
from tests.api.archive.conftest import chain_of, overwritten
from tests.api.office import Office
from tests.api.reports import office as sample
from tests.api.reports.fonts import needs_font


@pytest.fixture
def chain(database: Database, office: Office) -> Chain:
    return chain_of(database, office.contract)


@pytest.fixture
def cabinet(config: Config, database: Database) -> Cabinet:
    return open_cabinet(config, database)


def quick_draft(made_of: ReportInputs, directory: Path, _limits: Limits) -> StoredReport:
    """Make files as the real one does, but for the rendering."""
    made = StoredReport(made_of.contract.id, made_of.period.name, made_of.lang, directory)
    for kind in MEDIA_TYPES:
        made.path(kind).write_bytes(b"<p>")
    made.path("json").write_bytes(freeze(made_of))
    made.path("pdf").write_bytes(b"%PDF" + os.urandom(50_000))
    return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "draft", quick_draft)


def inputs(chain: Chain) -> ReportInputs:
    """A small report of the contract at hand."""
    made = sample.empty()
    return replace(made, contract=replace(made.contract, id=chain.contract))


def filed(cabinet: Cabinet, chain: Chain) -> Filed:
    return file_report(cabinet, chain, inputs(chain), "tests")


def faults(cabinet: Cabinet, chain: Chain) -> list[str]:
    """Return what is wrong with the archive and the names that lead into it."""
    with cabinet.database.reading() as session:
        newest = tuple(index.newest(session, chain.contract_id))
    found = [*verify(cabinet.database, cabinet.blobs, chain), *cabinet.shelf(chain.contract).faults(newest)]
    return [each.text.en for each in found if not each.is_harmless]


def reports(cabinet: Cabinet, chain: Chain) -> list[Report]:
    with cabinet.database.reading() as session:
        return list(index.editions(session, chain.contract_id))


@needs_font
def test_it_is_archived_and_found_by_its_name(cabinet: Cabinet, chain: Chain, config: Config) -> None:
    done = filed(cabinet, chain)

    name = f"karte_{chain.contract}_2026-11_ja"
    assert done.stored.path("pdf") == config.report_dir / chain.contract / f"{name}.pdf"
    assert done.stored.path("pdf").read_bytes().startswith(b"%PDF")
    assert done.stored.path("pdf").readlink() == Path(
        "../archive", chain.contract, "objects", str(done.report.files["pdf"][0])
    )
    assert done.stored.is_finished
    assert faults(cabinet, chain) == []
    with cabinet.database.reading() as session:
        (added,) = still_there(entries_of(session, chain.contract_id)).values()
    assert set(added.files) == set(MEDIA_TYPES)
    assert added.versions == dict(versions())
    assert not [name for name, version in added.versions.items() if version == "unknown"]


@pytest.mark.usefixtures("quick")
def test_the_whole_directory_can_be_moved(cabinet: Cabinet, chain: Chain, config: Config, tmp_path: Path) -> None:
    filed(cabinet, chain)

    shutil.move(config.report_dir, tmp_path / "elsewhere")

    moved = open_cabinet(replace(config, report_dir=tmp_path / "elsewhere"), cabinet.database)
    assert faults(moved, chain) == []


@pytest.mark.usefixtures("quick")
def test_made_again_the_earlier_one_stays_as_an_edition(cabinet: Cabinet, chain: Chain) -> None:
    first = filed(cabinet, chain)
    before = first.stored.path("json").read_bytes()
    again = replace(inputs(chain), version="0.2.0")

    second = file_report(cabinet, chain, again, "tests")

    assert [(each.edition, each.number) for each in reports(cabinet, chain)] == [(2, 2), (1, 1)]
    assert second.stored == first.stored
    assert second.stored.path("json").read_bytes() != before
    assert cabinet.content(first.report, chain.contract, "json") == before
    assert faults(cabinet, chain) == []


@needs_font
def test_it_comes_out_the_same_again(cabinet: Cabinet, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    filed(cabinet, chain)
    with cabinet.database.reading() as session:
        (added,) = still_there(entries_of(session, chain.contract_id)).values()

    assert rebuild(cabinet, chain.contract, added).is_same

    monkeypatch.setattr(store, "render_html", lambda _inputs, _diagnosis: "<html><body>other</body></html>")
    other = rebuild(cabinet, chain.contract, _of_another_version(added))
    assert other.differing == ("html", "pdf")
    assert other.other_versions == (f"weasyprint 1.0 → {versions()['weasyprint']}",)


def _of_another_version(added: Added) -> Added:
    return msgspec.structs.replace(added, versions={**versions(), "weasyprint": "1.0"})


@needs_font
def test_inputs_that_were_changed_are_not_rendered(cabinet: Cabinet, chain: Chain) -> None:
    stored = filed(cabinet, chain).stored
    overwritten(stored.path("json").resolve(), b"{}")
    with cabinet.database.reading() as session:
        (added,) = still_there(entries_of(session, chain.contract_id)).values()

    failed = rebuild(cabinet, chain.contract, added).failed

    assert failed is not None
    assert "were changed" in failed.en


def test_it_says_which_versions_differ() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == ("b 2 → 3", "c unknown → 4")


@pytest.mark.usefixtures("quick")
def test_a_name_that_leads_elsewhere_is_found_and_mended(cabinet: Cabinet, chain: Chain) -> None:
    stored = filed(cabinet, chain).stored
    stored.path("pdf").unlink()
    stored.path("pdf").write_bytes(b"%PDF forged")
    (stored.directory / "note.txt").write_text("x", encoding="utf-8")

    assert sorted(faults(cabinet, chain)) == [
        "is a file that does not belong there",
        "is not the newest edition of the report that it names",
    ]
    cabinet.tidy(chain)
    assert faults(cabinet, chain) == ["is a file that does not belong there"]


@pytest.mark.usefixtures("quick")
def test_what_is_erased_is_found_by_no_name(cabinet: Cabinet, chain: Chain) -> None:
    first, second = filed(cabinet, chain), filed(cabinet, chain)

    cabinet.erase(chain, second.report, RemovedWhy.ERASED, "asked for", "tests")
    assert first.stored.path("json").resolve().name == first.report.files["json"][0]
    cabinet.erase(chain, first.report, RemovedWhy.ERASED, "asked for", "tests")

    assert [path.name for path in first.stored.directory.iterdir()] == []
    assert faults(cabinet, chain) == []


def _plain(directory: Path, contract: str, period: str, lang: str = "ja") -> dict[str, bytes]:
    directory.mkdir(parents=True, exist_ok=True)
    contents = {kind: f"{kind} {period} {lang}".encode() for kind in ("json", "html", "pdf")}
    for kind, content in contents.items():
        (directory / f"karte_{contract}_{period}_{lang}.{kind}").write_bytes(content)
    return contents


def test_plain_files_of_before_are_taken_in(cabinet: Cabinet, chain: Chain, config: Config) -> None:
    directory = config.report_dir / chain.contract
    contents = _plain(directory, chain.contract, "2026-10")
    _plain(directory, chain.contract, "2026-09", "en")
    (directory / ".lock").touch()
    (directory / f"karte_{chain.contract}_2026-08_ja.pdf").write_bytes(b"half")

    cabinet.settle(chain)
    cabinet.settle(chain)

    assert [(each.period, each.lang, each.edition) for each in reports(cabinet, chain)] == [
        ("2026-10", "ja", 1),
        ("2026-09", "en", 1),
    ]
    pdf = directory / f"karte_{chain.contract}_2026-10_ja.pdf"
    assert pdf.is_symlink()
    assert pdf.read_bytes() == contents["pdf"]
    assert faults(cabinet, chain) == ["is a file that does not belong there"]


@pytest.mark.usefixtures("quick")
def test_plain_files_that_come_later_are_not_taken_in(cabinet: Cabinet, chain: Chain, config: Config) -> None:
    filed(cabinet, chain)
    _plain(config.report_dir / chain.contract, chain.contract, "2026-10")

    cabinet.settle(chain)

    assert [each.period for each in reports(cabinet, chain)] == ["2026-11"]
    assert len(faults(cabinet, chain)) == 3


@needs_font
def test_a_report_that_fails_is_not_listed(cabinet: Cabinet, chain: Chain, config: Config) -> None:
    with pytest.raises(ReportError, match="not ready"):
        file_report(cabinet, chain, inputs(chain), "tests", Limits(time_s=0.05))

    assert reports(cabinet, chain) == []
    assert list((config.report_dir / ".drafts").iterdir()) == []


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("call", range(1, 13))
def test_a_disk_that_is_full_at_any_write_lists_nothing(
    cabinet: Cabinet, chain: Chain, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    calls, real = 0, os.fsync

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ReportError, match="No space left on device"):
            filed(cabinet, chain)

    assert reports(cabinet, chain) == []
    filed(cabinet, chain)
    assert [each.edition for each in reports(cabinet, chain)] == [1]
    assert faults(cabinet, chain) == []


BUILDER = """
import sys
from pathlib import Path
from api.archive.local import LocalBlobs
from api.db import open_database
from api.reports.cabinet import Cabinet
from tests.api.archive.conftest import chain_of
from api.reports import filing
from tests.api.reports.test_filing import filed, quick_draft
filing.draft = quick_draft
database = open_database(sys.argv[1])
cabinet = Cabinet(database, LocalBlobs(Path(sys.argv[2]) / "archive"), Path(sys.argv[2]))
chain = chain_of(database, sys.argv[3])
print("ready", flush=True)
while True:
    filed(cabinet, chain)
"""


@pytest.mark.usefixtures("quick")
def test_two_workers_on_one_report_and_killed_leave_no_half_report(
    cabinet: Cabinet, chain: Chain, config: Config
) -> None:
    command = [sys.executable, "-c", BUILDER, str(cabinet.database.engine.url), str(config.report_dir), chain.contract]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    try:
        for each in running:
            assert each.stdout is not None
            each.stdout.readline()
        time.sleep(1.2)
        for each in running:
            each.send_signal(signal.SIGKILL)
            time.sleep(0.031)
    finally:
        for each in running:
            each.kill()
            each.wait()
            assert each.stdout is not None
            each.stdout.close()

    cabinet.settle(chain)
    cabinet.tidy(chain)

    assert faults(cabinet, chain) == []
    for report in reports(cabinet, chain):
        for kind in report.files:
            assert sha256(cabinet.content(report, chain.contract, kind)) == report.files[kind][0]
    last = filed(cabinet, chain)
    assert last.report.edition == len(reports(cabinet, chain))


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with serving(Bucket()) as running:
        yield running


@pytest.mark.usefixtures("quick")
def test_of_an_archive_elsewhere_the_shelf_holds_copies(
    config: Config, database: Database, chain: Chain, bucket: Bucket
) -> None:
    there = replace(config, report_archive=f"s3://karte/x?endpoint={bucket.url}", report_archive_keys="key:secret")
    cabinet = open_cabinet(there, database)

    stored = filed(cabinet, chain).stored

    assert not stored.path("pdf").is_symlink()
    assert stored.path("pdf").read_bytes().startswith(b"%PDF")
    assert faults(cabinet, chain) == []
    entry = bucket.objects[f"x/{chain.contract}/chain/00000001.json"]
    assert decode(entry).contract == chain.contract
    stored.path("pdf").write_bytes(b"%PDF forged")
    assert len(faults(cabinet, chain)) == 1


@needs_font
def test_a_report_for_a_directory_of_ones_own_is_not_archived(cabinet: Cabinet, chain: Chain, tmp_path: Path) -> None:
    made = write_report(inputs(chain), tmp_path / "out")

    assert isinstance(made, StoredReport)
    assert made.is_finished
    assert reports(cabinet, chain) == []
