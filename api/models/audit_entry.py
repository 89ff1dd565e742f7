"""AuditEntry: one thing that somebody did. Rows are added and never changed."""

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime

ACTION_LENGTH, NAME_LENGTH, TARGET_LENGTH = 64, 255, 100


class AuditEntry(Base):
    """One link of the chain; `api.audit.log` makes it.

    Attributes:
        at: when.
        actor_kind: value of `api.audit.actor.ActorKind`.
        actor_id: public id of the person; "" where there is none.
        actor_name: the user name.
        action: what was done, e.g. "contract.suspend".
        contract: public id of the contract that it concerns; "" if none or many. It is text and no key, as entries
            outlive what they speak of.
        target: public id or name of what was acted upon; "" if that is the contract.
        details: what the action calls for; no personal data besides names of staff and users.
        previous: hash of the entry before; 64 zeros for the first.
        hash: SHA-256 of `previous` and of all above.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_contract_id", "contract", "id"),
        Index("ix_audit_entry_actor_id_id", "actor_id", "id"),
        Index("ix_audit_entry_actor_name_id", "actor_name", "id"),
        Index("ix_audit_entry_action_id", "action", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(16))
    actor_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    action: Mapped[str] = mapped_column(String(ACTION_LENGTH))
    contract: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(TARGET_LENGTH))
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
