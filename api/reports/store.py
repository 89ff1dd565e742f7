"""Where finished reports are kept: three files each, of which the PDF is put in place last.

A report counts as finished when its PDF stands beside its frozen inputs. So whatever ends the process, no half report
is ever listed.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from api.reports.errors import ReportError
from api.reports.html import render_html
from api.reports.inputs import ReportInputs, freeze
from api.reports.pdf import DEFAULT_LIMITS, Limits, write_pdf
from collectors.text import Lang, Text

_CONTRACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAME = re.compile(
    r"karte_(?P<contract>[A-Za-z0-9_-]+)_(?P<month>\d{4}-\d{2})_(?P<lang>ja|en)\.(?P<kind>pdf|html|json)"
)
_DRAFT = ".draft-"
_KINDS = ("json", "html", "pdf")
"""In the order in which they are put in place."""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A finished report.

    Attributes:
        contract: public id of the contract.
        month: YYYY-MM.
        lang: its language.
        directory: where its files are.
    """

    contract: str
    month: str
    lang: Lang
    directory: Path

    def path(self, kind: str) -> Path:
        """Return the file of a kind: "pdf", "html" or "json" (the frozen inputs)."""
        return self.directory / f"karte_{self.contract}_{self.month}_{self.lang}.{kind}"

    @property
    def is_finished(self) -> bool:
        """Whether all of it is in place."""
        return all(self.path(kind).is_file() for kind in _KINDS)


def contract_directory(root: Path, contract: str) -> Path:
    """Return where the reports of a contract are kept.

    Raises:
        ReportError: the id could name a place elsewhere.
    """
    if not _CONTRACT.fullmatch(contract):
        raise ReportError(Text(f"{contract!r} は契約のIDではありません", f"{contract!r} is not the id of a contract"))
    return root / contract


def write_report(inputs: ReportInputs, directory: Path, limits: Limits = DEFAULT_LIMITS) -> StoredReport:
    """Build a report from its inputs and put it in place; an earlier one of the same month and language is replaced.

    Raises:
        ReportError: a font is missing, the disk is full, the directory cannot be written, or rendering failed; what was
            there before stands then.
    """
    report = StoredReport(inputs.contract.id, inputs.period.name, inputs.lang, directory)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_writer(directory), TemporaryDirectory(prefix=_DRAFT, dir=directory) as name:
            draft = StoredReport(report.contract, report.month, report.lang, Path(name))
            draft.path("json").write_bytes(freeze(inputs))
            draft.path("html").write_text(render_html(inputs), encoding="utf-8")
            write_pdf(draft.path("html"), draft.path("pdf"), limits)
            _put_in_place(draft, report)
    except OSError as error:
        raise ReportError(
            Text(
                f"レポートを {directory} に書き込めません: {error.strerror}。何も変更していません",
                f"the report cannot be written to {directory}: {error.strerror}; nothing was changed",
            )
        ) from None
    return report


def list_reports(directory: Path) -> list[StoredReport]:
    """Return the finished reports of a directory, the newest month first."""
    if not directory.is_dir():
        return []
    found = {_named(path.name, directory) for path in directory.iterdir() if path.suffix == ".pdf"}
    finished = [report for report in found if report and report.is_finished]
    return sorted(sorted(finished, key=lambda report: report.lang, reverse=True), key=lambda r: r.month, reverse=True)


def find_file(root: Path, contract: str, name: str) -> Path | None:
    """Return a file of a finished report of a contract, or None if there is no such file.

    The name is taken apart and put together again, so that it can name nothing else.
    """
    match = _NAME.fullmatch(name)
    if match is None or match["contract"] != contract or not _CONTRACT.fullmatch(contract):
        return None
    report = _named(name, contract_directory(root, contract))
    return report.path(match["kind"]) if report and report.is_finished else None


def _named(name: str, directory: Path) -> StoredReport | None:
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return StoredReport(match["contract"], match["month"], "en" if match["lang"] == "en" else "ja", directory)


def _put_in_place(draft: StoredReport, report: StoredReport) -> None:
    for kind in _KINDS:
        draft.path(kind).chmod(0o600)
        _sync(draft.path(kind))
    # Taken away first: an old PDF beside new inputs would be a report that says one thing and rests on another.
    report.path("pdf").unlink(missing_ok=True)
    for kind in _KINDS:
        draft.path(kind).replace(report.path(kind))
    _sync(report.directory)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _only_writer(directory: Path) -> Iterator[None]:
    """Let one process at a time build into a directory; the others wait."""
    with (directory / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left_behind in directory.glob(f"{_DRAFT}*"):  # by a process that was killed: the lock says nobody drafts
            shutil.rmtree(left_behind)
        yield
