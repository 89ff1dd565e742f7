"""What can go wrong with a report, as one line for a person."""


class ReportError(Exception):
    """The report cannot be built or found; the message says why and what to do."""
