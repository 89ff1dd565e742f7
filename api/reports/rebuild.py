"""Whether archived reports come out the same when they are made again from their frozen inputs."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from api.archive.entry import Added, object_key, sha256
from api.archive.errors import ArchiveError
from api.reports.cabinet import Cabinet
from api.reports.errors import ReportError
from api.reports.inputs import thaw
from api.reports.pdf import DEFAULT_LIMITS, Limits
from api.reports.store import MEDIA_TYPES, draft
from api.reports.versions import differences, versions
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it.

    Attributes:
        differing: kinds of files that came out differently.
        other_versions: what is of another version now, e.g. "weasyprint 66.0 → 67.1"; it may be why.
        failed: why it could not be made again; None where it could.
    """

    differing: tuple[str, ...] = ()
    other_versions: tuple[str, ...] = ()
    failed: Text | None = None

    @property
    def is_same(self) -> bool:
        """Whether the same bytes came out."""
        return not self.differing and self.failed is None


def rebuild(cabinet: Cabinet, contract: str, added: Added, limits: Limits = DEFAULT_LIMITS) -> Rebuilt:
    """Make a report again from its frozen inputs, and compare; nothing is kept.

    Args:
        cabinet: where it is.
        contract: public id.
        added: its entry.
        limits: what rendering may use.
    """
    others = differences(added.versions, versions()) if added.versions else ()
    try:
        frozen = cabinet.blobs.get(object_key(contract, added.files["json"].sha256))
        if frozen is None or sha256(frozen) != added.files["json"].sha256:
            reason = Text("元データがないか、書き換えられています", "its frozen inputs are gone or were changed")
            return Rebuilt(other_versions=others, failed=reason)
        inputs = thaw(frozen)
        with TemporaryDirectory(prefix="karte-rebuild-") as name:
            made = draft(inputs, Path(name), limits)
            again = {kind: sha256(made.path(kind).read_bytes()) for kind in MEDIA_TYPES if kind in added.files}
    except (ReportError, ArchiveError) as error:
        return Rebuilt(other_versions=others, failed=error.text)
    differing = tuple(kind for kind, digest in again.items() if added.files[kind].sha256 != digest)
    return Rebuilt(differing, others)
