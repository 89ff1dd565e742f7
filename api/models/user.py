"""User: a person who may sign in."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.plaintext import one_line
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract import Contract


class Role(StrEnum):
    """What a person may see: staff all contracts, a customer the one."""

    STAFF = "staff"
    CUSTOMER = "customer"


ROLE_WORDS: Mapping[str, Text] = {
    Role.STAFF: Text("スタッフ", "staff"),
    Role.CUSTOMER: Text("お客様", "customer"),
}
"""Role -> its name for people."""


class Position(StrEnum):
    """What a customer's person is to the customer; the terms let nobody else have an ID."""

    REPRESENTATIVE = "representative"
    IT_STAFF = "it_staff"


POSITION_WORDS: Mapping[str, Text] = {
    Position.REPRESENTATIVE: Text("代表者", "representative"),
    Position.IT_STAFF: Text("IT担当者", "IT staff"),
}
"""Position -> its name for people."""

_NAME_LENGTH = 100
EMAIL_LENGTH = 254
"""The longest mail address (RFC 5321, 4.5.3.1.3)."""


class User(Base):
    """One person, one ID.

    Attributes:
        public_id: `u-…`.
        username: what the person signs in with (a name or a mail address), as `normal_username` makes it.
        person_name: who it is; "" where nobody said.
        email: where mail about the account goes, as `normal_username` makes it; None if nowhere.
        password_hash: argon2id, in PHC form.
        must_change_password: whether the person has to choose a password of their own before anything else.
        contract_id: a customer's contract; None for staff.
        position: of a customer's person; None for staff.
        language: of pages and mail, "ja" or "en".
        session_epoch: counted up to end every session of this person at once.
        second_factor_at: since when signing in takes a code as well; None while it does not.
        last_signed_in_at: when the person last signed in.
        disabled_at: since when the person may not sign in; None while they may.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("(role = 'staff') = (contract_id IS NULL)", name="customer_has_contract"),
        CheckConstraint("(role = 'staff') = (position IS NULL)", name="customer_has_position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("u"))
    username: Mapped[str] = mapped_column(String(254), unique=True)
    person_name: Mapped[str] = mapped_column(String(_NAME_LENGTH), default="")
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    role: Mapped[Role] = mapped_column(word(Role))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    position: Mapped[Position | None] = mapped_column(word(Position))
    language: Mapped[str] = mapped_column(String(2), default="ja")
    session_epoch: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    contract: Mapped["Contract | None"] = relationship(back_populates="users")

    @validates("username")
    def _normal(self, _key: str, name: str) -> str:
        return normal_username(name)

    @validates("email")
    def _normal_email(self, _key: str, email: str | None) -> str | None:
        return normal_username(email) if email else None

    @validates("person_name")
    def _one_line(self, _key: str, name: str) -> str:
        return one_line(name, _NAME_LENGTH, Text("氏名", "the person's name")) if name else ""

    @property
    def mail_address(self) -> str:
        """Where mails to the person go; "" if no address is known."""
        return self.email or (self.username if "@" in self.username else "")

    def set_password_hash(self, password_hash: str, must_change: bool = False) -> None:
        """Replace the password and end every session.

        Args:
            password_hash: of the new one.
            must_change: whether somebody else chose it, so that the person has to choose another one.
        """
        self.password_hash = password_hash
        self.must_change_password = must_change
        self.end_sessions()

    def end_sessions(self) -> None:
        """Sign the person out everywhere."""
        self.session_epoch = (self.session_epoch or 0) + 1

    def disable(self, at: datetime) -> None:
        """Refuse the person from now on."""
        self.disabled_at = self.disabled_at or at
        self.end_sessions()

    def enable(self) -> None:
        """Let the person sign in again; sessions from before stay ended."""
        self.disabled_at = None


def normal_username(entered: str) -> str:
    """Return a username as stored: full-width letters and capitals name the same person.

    PostgreSQL takes no NUL, not even to look for it: another control character, which no name has, stands for it.
    """
    return unicodedata.normalize("NFKC", entered.replace("\0", "\1")).strip().casefold()
