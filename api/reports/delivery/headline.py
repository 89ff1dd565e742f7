"""The sentence that stands first in a report, for the mail that brings it."""

from api.reports.errors import ReportError
from api.reports.inputs import thaw
from api.reports.view import headline, view_of
from collectors.text import Text


def headline_of(frozen: bytes) -> Text | None:
    """Return it, or None where the report is of another version, whose inputs this one cannot read."""
    try:
        view = view_of(thaw(frozen))
    except ReportError:
        return None
    return headline(view.device_counts, len(view.devices))
