"""What lets a person in: the password, then a code where there is a second factor. No web in here."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import select

from api.channels.vault import Vault
from api.db import Database
from api.identity import second_factor
from api.identity.known_device import known_device
from api.identity.passwords import needs_rehash, password_matches, rehash
from api.identity.tries import CODES, PASSWORDS, Tries
from api.models import User
from api.models.user import normal_username


class Refused(Enum):
    """Why somebody is not let in. Names that do not exist are answered the same."""

    WRONG = "wrong"
    """Name, password or code is not right, or the person is disabled."""

    CLOSED = "closed"
    """There were too many failures; nothing was compared."""


@dataclass(frozen=True, slots=True)
class Door:
    """Lets people in.

    Attributes:
        database: where they are.
        secret_key: of the service.
        vault: decrypts second factors.
    """

    database: Database
    secret_key: str
    vault: Vault

    @property
    def tries(self) -> Tries:
        """Counts what fails."""
        return Tries(self.database, self.secret_key)

    def by_password(self, username: str, password: str, cookie: str | None, now: datetime) -> User | Refused:
        """Return whose name and password these are.

        Whether the name exists or not, the same is done: a try is counted, the name is looked up, a hash is computed.

        Args:
            username: as entered.
            password: as entered.
            cookie: the browser's, of `known_device`.
            now: this moment.
        """
        name = normal_username(username)
        with self.database.reading() as session:
            user = session.scalar(select(User).where(User.username == name))
        device = known_device(self.secret_key, cookie, user.public_id if user else None)
        tried = f"{name}\n{device}" if device else name
        if not self.tries.begin(PASSWORDS, tried, now):
            return Refused.CLOSED
        matched = password_matches(user.password_hash if user else None, password)
        if user is None or not matched or user.disabled_at is not None:
            return Refused.WRONG
        with self.database.writing.begin() as session:
            self.tries.succeeded(session, PASSWORDS, tried)
            if needs_rehash(user.password_hash):
                session.get_one(User, user.id).password_hash = rehash(password)
        return user

    def by_code(self, user: User, code: str, now: datetime) -> bool | Refused:
        """Tell whether a code lets a person in whose password was right, and use it up."""
        if not self.tries.begin(CODES, user.public_id, now):
            return Refused.CLOSED
        with self.database.writing.begin() as session:
            person = session.get_one(User, user.id)
            if not second_factor.check(session, self.vault, person, code, now):
                return Refused.WRONG
            self.tries.succeeded(session, CODES, user.public_id)
        return True

    def entered(self, user: User, now: datetime) -> User:
        """Note that a person has signed in, and return them as they are now."""
        with self.database.writing.begin() as session:
            person = session.get_one(User, user.id)
            person.last_signed_in_at = now
        return person
