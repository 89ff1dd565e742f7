"""What stands first in a report, for the mail that brings it."""

from api.analysis.diagnosis import diagnose
from api.reports.errors import ReportError
from api.reports.inputs import thaw
from collectors.text import Text


def headline_of(frozen: bytes) -> Text | None:
    """Return it, or None where the report is of another version, whose inputs this one cannot read."""
    try:
        return diagnose(thaw(frozen)).summary
    except ReportError:
        return None
