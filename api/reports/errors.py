"""What can go wrong with a report, as one line for a person."""

from api.told import ToldError


class ReportError(ToldError):
    """The report cannot be built or found; the message says why and what to do."""
