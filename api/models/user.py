"""User: a person who may sign in."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
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


class User(Base):
    """One person, one ID.

    Attributes:
        public_id: `u-…`.
        username: what the person signs in with (a name or a mail address), as `normal_username` makes it.
        password_hash: argon2id, in PHC form.
        contract_id: a customer's contract; None for staff.
        language: of pages and mail, "ja" or "en".
        session_epoch: counted up to end every session of this person at once.
        disabled_at: since when the person may not sign in; None while they may.
    """

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("(role = 'staff') = (contract_id IS NULL)", name="customer_has_contract"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("u"))
    username: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(word(Role))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="ja")
    session_epoch: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    contract: Mapped["Contract | None"] = relationship(back_populates="users")

    @validates("username")
    def _normal(self, _key: str, name: str) -> str:
        return normal_username(name)

    def set_password_hash(self, password_hash: str) -> None:
        """Replace the password and end every session."""
        self.password_hash = password_hash
        self.end_sessions()

    def end_sessions(self) -> None:
        """Sign the person out everywhere."""
        self.session_epoch = (self.session_epoch or 0) + 1

    def disable(self, at: datetime) -> None:
        """Refuse the person from now on."""
        self.disabled_at = self.disabled_at or at
        self.end_sessions()


def normal_username(entered: str) -> str:
    """Return a username as stored: full-width letters and capitals name the same person."""
    return unicodedata.normalize("NFKC", entered).strip().casefold()
