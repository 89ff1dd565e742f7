"""Where people find the newest edition of a report by its name; the archive behind it knows files by content only.

Names lead into a local archive (symbolic links, so that nothing is there twice); of an archive elsewhere they are
copies.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from api.archive.blobs import Blobs
from api.archive.compare import Fault
from api.archive.entry import object_key, sha256
from api.archive.local import LocalBlobs
from api.models import Report
from api.reports.store import MEDIA_TYPES, StoredReport, contract_directory, not_written, read_name
from collectors.text import Text

_NEW = ".new-"


class Shelf:
    """The directory with a contract's reports by name.

    Args:
        root: of all contracts' reports.
        contract: public id.
        blobs: the archive.
    """

    def __init__(self, root: Path, contract: str, blobs: Blobs) -> None:
        self.directory = contract_directory(root, contract)
        self._contract = contract
        self._blobs = blobs

    def stored(self, report: Report) -> StoredReport:
        """Return a report under its name."""
        return StoredReport(self._contract, report.period, "en" if report.lang == "en" else "ja", self.directory)

    def show(self, report: Report) -> StoredReport:
        """Let the names of a period and language lead to an edition, and return it.

        Raises:
            ReportError: the directory cannot be written.
            ArchiveError: the archive does not give the files.
        """
        shown = self.stored(report)
        wanted = {kind: str(report.files[kind][0]) for kind in MEDIA_TYPES if kind in report.files}
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if all(self._leads_to(shown.path(kind), digest) for kind, digest in wanted.items()):
                return shown
            # Taken away first, so that no old PDF ever lies beside new inputs.
            shown.path("pdf").unlink(missing_ok=True)
            for kind, digest in wanted.items():
                self._place(shown.path(kind), digest)
        except OSError as error:
            raise not_written(self.directory, error) from None
        return shown

    def hide(self, report: Report) -> None:
        """Take away the names of a period and language.

        Raises:
            ReportError: the directory cannot be written.
        """
        try:
            for kind in ("pdf", *MEDIA_TYPES):
                self.stored(report).path(kind).unlink(missing_ok=True)
        except OSError as error:
            raise not_written(self.directory, error) from None

    def faults(self, newest: Iterator[Report] | tuple[Report, ...]) -> Iterator[Fault]:
        """Yield names that do not lead to what they say.

        Args:
            newest: the highest edition of each of the contract's reports.
        """
        wanted = {
            self.stored(report).path(kind).name: str(digest)
            for report in newest
            for kind, (digest, _size) in report.files.items()
        }
        for path in sorted(self.directory.iterdir()) if self.directory.is_dir() else ():
            if path.name.startswith("."):
                continue
            if read_name(path.name) is None or path.name not in wanted:
                yield Fault(str(path), Text("余分なファイルです", "is a file that does not belong there"))
            elif not self._leads_to(path, wanted[path.name]):
                yield Fault(
                    str(path), Text("最新の版とは別のものです", "is not the newest edition of the report that it names")
                )

    def _target(self, digest: str) -> Path | None:
        if not isinstance(self._blobs, LocalBlobs):
            return None
        path = self._blobs.path(object_key(self._contract, digest))
        return Path(os.path.relpath(path.absolute(), self.directory.absolute()))

    def _leads_to(self, path: Path, digest: str) -> bool:
        target = self._target(digest)
        if target is not None:
            return path.is_symlink() and path.readlink() == target
        return path.is_file() and not path.is_symlink() and sha256(path.read_bytes()) == digest

    def _place(self, path: Path, digest: str) -> None:
        new = path.with_name(f"{_NEW}{uuid4().hex}")
        target = self._target(digest)
        if target is not None:
            new.symlink_to(target)
        else:
            new.write_bytes(self._blobs.get(object_key(self._contract, digest)) or b"")
            new.chmod(0o600)
        new.replace(path)
