"""Lockout: who fails again and again has to wait longer and longer, on all workers and whether the name exists or not.

A try is counted before anything is compared, so that a hundred tries at once are a hundred. Some are free; then each
further one closes the name for twice as long as the one before, up to a bound, and while it is closed nothing is
compared and nothing counted: nobody can hold a name closed by more than one try for each of these times.
Source: OWASP Authentication Cheat Sheet, "Account Lockout"; NIST SP 800-63B-4, 3.2.2.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.db import Database
from api.models import FailedTries

FORGOTTEN_AFTER = timedelta(days=1)
"""Failures so long ago do not count any more."""


@dataclass(frozen=True, slots=True)
class Lockout:
    """How failures of one kind close.

    Attributes:
        kind: names it, so that one kind's failures are not another's.
        free: so many in a row close nothing.
        first: for how long the next one closes; each further one for twice as long.
        longest: the bound.
    """

    kind: str
    free: int
    first: timedelta
    longest: timedelta

    def closed_for(self, failures: int) -> timedelta:
        """Return how long so many failures in a row close; zero while they are free."""
        if failures <= self.free:
            return timedelta(0)
        # The exponent is bounded as well: a number of some thousand digits would be slow to make.
        return min(self.longest, self.first * (1 << min(failures - self.free - 1, 20)))


PASSWORDS = Lockout("password", 5, timedelta(seconds=30), timedelta(minutes=15))
CODES = Lockout("code", 5, timedelta(seconds=30), timedelta(minutes=15))
CONFIRMATIONS = Lockout("confirmation", 5, timedelta(seconds=30), timedelta(minutes=15))
"""Of the password, asked again of who is signed in: a session in other hands must not find it out."""

RESETS = Lockout("reset", 3, timedelta(minutes=5), timedelta(hours=1))
"""Of mails with a link; the requests count, there is nothing to fail."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Counts tries.

    Attributes:
        database: where.
        secret_key: makes of what was tried what is stored: who reads the table learns no names.
    """

    database: Database
    secret_key: str

    def begin(self, lockout: Lockout, tried: str, now: datetime) -> bool:
        """Count a try; False where it must not be made now.

        Args:
            lockout: of which kind it is.
            tried: whose, e.g. a user name.
            now: this moment.
        """
        subject = self._subject(lockout, tried)
        for _ in range(2):
            try:
                with self.database.writing.begin() as session:
                    return _begin(session, lockout, subject, now)
            except IntegrityError:  # the same name for the first time in another process
                continue
        return False

    def succeeded(self, session: Session, lockout: Lockout, tried: str) -> None:
        """Forget the failures, within the session's transaction."""
        session.execute(delete(FailedTries).where(FailedTries.subject == self._subject(lockout, tried)))

    def closed_until(self, session: Session, lockout: Lockout, tried: str) -> datetime | None:
        """Return until when further tries are refused; None if they never were."""
        query = select(FailedTries.closed_until).where(FailedTries.subject == self._subject(lockout, tried))
        return session.scalar(query)

    def _subject(self, lockout: Lockout, tried: str) -> str:
        text = f"{lockout.kind}\n{tried}".encode("utf-8", errors="surrogatepass")
        return hmac.new(self.secret_key.encode(), text, hashlib.sha256).hexdigest()


def _begin(session: Session, lockout: Lockout, subject: str, now: datetime) -> bool:
    session.execute(delete(FailedTries).where(FailedTries.last_at < now - FORGOTTEN_AFTER))
    row = session.scalar(select(FailedTries).where(FailedTries.subject == subject).with_for_update())
    if row is None:
        session.add(FailedTries(subject=subject, failures=1, last_at=now))
        return True
    if row.closed_until is not None and now < row.closed_until:
        return False
    row.failures, row.last_at = row.failures + 1, now
    closed_for = lockout.closed_for(row.failures)
    row.closed_until = now + closed_for if closed_for else None
    return True
