"""What can go wrong with the archive, as one line for a person."""

from api.told import ToldError


class ArchiveError(ToldError):
    """The archive cannot be used or does not hold what was asked for; the message says why and what to do."""


class ArchiveUnavailable(ArchiveError):
    """The store does not take or give now: it is full or away. Nothing is half done, and it may work later."""


class ArchiveChanged(ArchiveError):
    """What the archive holds is not what was put into it."""
