"""What a mail says, and where its links lead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.models import ServiceMail


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's text in its reader's language.

    Attributes:
        subject: one line.
        body: plain text.
    """

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Links:
    """Where links lead, and what signs them.

    Attributes:
        public_url: of this service, without a slash at its end.
        secret_key: signs links.
    """

    public_url: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """How mails of one purpose are written, and what follows.

    Attributes:
        compose: returns the text of a mail, or None where there is nothing to be said any more.
        sent: called in the transaction that notes a mail as sent.
    """

    compose: Callable[[Session, ServiceMail, Links], Letter | None]
    sent: Callable[[Session, ServiceMail, datetime], None] = lambda _session, _mail, _now: None
