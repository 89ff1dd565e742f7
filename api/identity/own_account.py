"""What people do with their own account. Each asks for the password again, as a session may be in other hands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.audit.actor import actor_of
from api.audit.log import record
from api.channels.vault import Vault
from api.db import Database
from api.identity import second_factor
from api.identity.accounts import reset_password
from api.identity.passwords import PasswordRefused, password_matches
from api.identity.second_factor import Offer
from api.identity.tries import CODES, CONFIRMATIONS, PASSWORDS, Lockout, Tries
from api.models import User
from api.told import ToldError
from collectors.text import Text


class NotConfirmed(ToldError):
    """The password is not the person's."""


class NeedsSecondFactor(ToldError):
    """The person may not do without a second factor."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One person's own account.

    Attributes:
        database: where it is.
        secret_key: of the service.
        vault: encrypts second factors.
        user: whose.
    """

    database: Database
    secret_key: str
    vault: Vault
    user: User

    @property
    def _tries(self) -> Tries:
        return Tries(self.database, self.secret_key)

    def change_password(self, current: str, new: str, now: datetime) -> User:
        """Set a new password, which ends all sessions; return the person as they are then.

        Raises:
            NotConfirmed: `current` is not the password.
            PasswordRefused: `new` cannot be used, or is the one there is.
        """
        self._confirm(current, now)
        if new == current:
            raise PasswordRefused(
                Text("今と同じパスワードです。別のものにしてください", "it is the same password; take another one")
            )
        with self.database.writing.begin() as session:
            user = session.get_one(User, self.user.id)
            reset_password(user, new)
            self._tries.succeeded(session, PASSWORDS, user.username)
            record(session, actor_of(user), "user.password", at=now, target=user.public_id)
        return user

    def offer_second_factor(self, password: str, now: datetime) -> Offer:
        """Make a secret for an authenticator.

        Raises:
            NotConfirmed: it is not the password.
        """
        self._confirm(password, now)
        with self.database.writing.begin() as session:
            return second_factor.offer(session, self.vault, session.get_one(User, self.user.id), now)

    def offered(self, now: datetime) -> Offer | None:
        """Return the secret that waits to be confirmed."""
        with self.database.reading() as session:
            return second_factor.offered(session, self.vault, self.user, now)

    def confirm_second_factor(self, code: str, now: datetime) -> tuple[User, list[str]]:
        """Let the offered secret count, which ends all sessions; return the person as they are then and recovery codes.

        Raises:
            CodeRefused: the code is not right.
            NotConfirmed: there were too many wrong ones.
        """
        self._begin(CODES, now)
        with self.database.writing.begin() as session:
            user = session.get_one(User, self.user.id)
            codes = second_factor.confirm(session, self.vault, user, code, now)
            user.end_sessions()
            self._tries.succeeded(session, CODES, user.public_id)
            record(session, actor_of(user), "user.second_factor_on", at=now, target=user.public_id)
        return user, codes

    def renew_recovery_codes(self, password: str, now: datetime) -> list[str]:
        """Return new recovery codes in the place of the former ones; none where there is no second factor.

        Raises:
            NotConfirmed: it is not the password.
        """
        self._confirm(password, now)
        with self.database.writing.begin() as session:
            user = session.get_one(User, self.user.id)
            if user.second_factor_at is None:
                return []
            record(session, actor_of(user), "user.recovery_codes", at=now, target=user.public_id)
            return second_factor.new_recovery_codes(session, user)

    def remove_second_factor(self, password: str, is_required: bool, now: datetime) -> None:
        """Do without the second factor.

        Args:
            password: the person's.
            is_required: whether this person may not.
            now: this moment.

        Raises:
            NotConfirmed: it is not the password.
            NeedsSecondFactor: this person may not.
        """
        self._confirm(password, now)
        if is_required:
            raise NeedsSecondFactor(
                Text(
                    "スタッフには2段階認証が必要なため、解除できません。新しい端末に替えるときは登録し直してください",
                    "staff need a second factor; for a new device, set it up anew",
                )
            )
        with self.database.writing.begin() as session:
            user = session.get_one(User, self.user.id)
            second_factor.remove(session, user)
            record(session, actor_of(user), "user.second_factor_off", at=now, target=user.public_id)

    def end_sessions(self, now: datetime) -> User:
        """Sign the person out everywhere; return them as they are then."""
        with self.database.writing.begin() as session:
            user = session.get_one(User, self.user.id)
            user.end_sessions()
            record(session, actor_of(user), "user.end_sessions", at=now, target=user.public_id)
        return user

    def recovery_codes_left(self, session: Session) -> int:
        """Return how many recovery codes are good."""
        return second_factor.recovery_codes_left(session, self.user)

    def _begin(self, lockout: Lockout, now: datetime) -> None:
        if not self._tries.begin(lockout, self.user.public_id, now):
            raise NotConfirmed(
                Text(
                    "続けて失敗したため、しばらく受け付けません。時間をおいてやり直してください（長くて15分）",
                    "there were too many failures in a row; wait a while, 15 minutes at most, and try again",
                )
            )

    def _confirm(self, password: str, now: datetime) -> None:
        self._begin(CONFIRMATIONS, now)
        if not password_matches(self.user.password_hash, password):
            raise NotConfirmed(Text("今のパスワードが正しくありません", "the password is not right"))
        with self.database.writing.begin() as session:
            self._tries.succeeded(session, CONFIRMATIONS, self.user.public_id)
