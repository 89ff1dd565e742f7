"""RuleThreshold: a rule's threshold as somebody set it for a contract, a device or equipment. Rows are only added."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, UtcDateTime, utc_now

RULE_LENGTH, SUBJECT_LENGTH, REASON_LENGTH, WHO_LENGTH = 40, 200, 500, 255


class RuleThreshold(Base):
    """One change of a threshold; the newest of a rule, contract and subject is in force.

    Attributes:
        rule: id of the rule.
        subject: public id of the device, or id of the equipment; "" for the whole contract.
        value: the threshold; None where the change took it back, so that the next wider one holds again.
        reason: why, in the words of who set it.
        set_by: who set it: a user's name, or "command line".
    """

    __tablename__ = "rule_threshold"
    __table_args__ = (Index("ix_rule_threshold_newest", "contract_id", "rule", "subject", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(RULE_LENGTH))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH), default="")
    value: Mapped[float | None] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    set_by: Mapped[str] = mapped_column(String(WHO_LENGTH))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
