"""What came of an attempt to send."""

from dataclasses import dataclass

from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took it.

    Attributes:
        reference: what the channel names the message; None if it does not tell.
        note: what else is to be known, e.g. which of several recipients were refused.
    """

    reference: str | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """It did not go through, and may later.

    Attributes:
        after_s: the channel asked to wait so many seconds; None if it did not ask.
        why: what went wrong.
    """

    after_s: float | None
    why: Text


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not go through, however often it is tried: an address or a password is wrong.

    Attributes:
        why: what is wrong.
    """

    why: Text


Outcome = Sent | Later | Refused
