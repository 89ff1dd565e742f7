"""The files of a report: what they are called, and how they are made.

They are made in a directory that nobody lists, and get to their place when all of them are whole.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from api.analysis.diagnosis import diagnose
from api.reports.errors import ReportError
from api.reports.exports import to_csv, to_json
from api.reports.html import render_html, render_summary
from api.reports.inputs import ReportInputs, freeze
from api.reports.pdf import DEFAULT_LIMITS, Limits, write_pdfs
from collectors.text import Lang, Text

MEDIA_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "diagnosis.json": "application/json",
    "csv": "text/csv",
    "html": "text/html",
    "summary.pdf": "application/pdf",
    "pdf": "application/pdf",
}
"""Kind -> media type, in the order in which files are put in place: first what the report is made from."""

CORE = ("json", "html", "pdf")
"""Kinds that every report has, also one that an earlier version made."""

_CONTRACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAME = re.compile(
    r"karte_(?P<contract>[A-Za-z0-9_-]+)_(?P<period>[0-9]{4}-(?:W?[0-9]{2}))_(?P<lang>ja|en)\.(?P<kind>"
    + "|".join(map(re.escape, MEDIA_TYPES))
    + ")"
)
_DRAFT = ".draft-"


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A finished report.

    Attributes:
        contract: public id of the contract.
        period: YYYY-MM or YYYY-Www.
        lang: its language.
        directory: where its files are.
    """

    contract: str
    period: str
    lang: Lang
    directory: Path

    def path(self, kind: str) -> Path:
        """Return the file of a kind: "pdf", "summary.pdf" (its first page by itself), "html", "csv" (what was found),
        "diagnosis.json" (all that the report says) or "json" (the frozen inputs).
        """
        return self.directory / self.name(kind)

    def name(self, kind: str) -> str:
        """Return the name of the file of a kind."""
        return f"karte_{self.contract}_{self.period}_{self.lang}.{kind}"

    @property
    def is_finished(self) -> bool:
        """Whether all of it is in place that a report cannot do without."""
        return all(self.path(kind).is_file() for kind in CORE)


@dataclass(frozen=True, slots=True)
class Named:
    """What the name of a file says.

    Attributes:
        contract: public id of the contract.
        period: YYYY-MM or YYYY-Www.
        lang: its language.
        kind: see `MEDIA_TYPES`.
    """

    contract: str
    period: str
    lang: Lang
    kind: str


def read_name(name: str) -> Named | None:
    """Return what the name of a file says, or None if it is no report's."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return Named(match["contract"], match["period"], "en" if match["lang"] == "en" else "ja", match["kind"])


def contract_directory(root: Path, contract: str) -> Path:
    """Return where the reports of a contract are found.

    Raises:
        ReportError: the id could name a place elsewhere.
    """
    if not _CONTRACT.fullmatch(contract):
        raise ReportError(Text(f"{contract!r} は契約のIDではありません", f"{contract!r} is not the id of a contract"))
    return root / contract


def draft(inputs: ReportInputs, directory: Path, limits: Limits) -> StoredReport:
    """Make the files of a report in a directory that is there.

    Raises:
        ReportError: a font is missing, or rendering failed.
        OSError: the directory cannot be written.
    """
    made = StoredReport(inputs.contract.id, inputs.period.name, inputs.lang, directory)
    diagnosis = diagnose(inputs)
    made.path("json").write_bytes(freeze(inputs))
    made.path("diagnosis.json").write_bytes(to_json(diagnosis))
    made.path("csv").write_bytes(to_csv(diagnosis, inputs.lang))
    made.path("html").write_text(render_html(inputs, diagnosis), encoding="utf-8")
    summary = directory / ".summary.html"
    summary.write_text(render_summary(inputs, diagnosis), encoding="utf-8")
    write_pdfs([(made.path("html"), made.path("pdf")), (summary, made.path("summary.pdf"))], limits)
    summary.unlink()
    return made


def write_report(inputs: ReportInputs, directory: Path, limits: Limits = DEFAULT_LIMITS) -> StoredReport:
    """Build a report into a directory of somebody's choice; an earlier one of the period and language is replaced.

    Raises:
        ReportError: a font is missing, the disk is full, the directory cannot be written, or rendering failed; what was
            there before stands then.
    """
    report = StoredReport(inputs.contract.id, inputs.period.name, inputs.lang, directory)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_writer(directory), TemporaryDirectory(prefix=_DRAFT, dir=directory) as name:
            _put_in_place(draft(inputs, Path(name), limits), report)
    except OSError as error:
        raise not_written(directory, error) from None
    return report


def not_written(directory: Path, error: OSError) -> ReportError:
    """Return the error of a directory that cannot be written."""
    return ReportError(
        Text(
            f"レポートを {directory} に書き込めません: {error.strerror}。何も変更していません",
            f"the report cannot be written to {directory}: {error.strerror}; nothing was changed",
        )
    )


def _put_in_place(made: StoredReport, report: StoredReport) -> None:
    for kind in MEDIA_TYPES:
        made.path(kind).chmod(0o600)
        _sync(made.path(kind))
    # Taken away first: an old PDF beside new inputs would be a report that says one thing and rests on another.
    report.path("pdf").unlink(missing_ok=True)
    for kind in MEDIA_TYPES:
        made.path(kind).replace(report.path(kind))
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
