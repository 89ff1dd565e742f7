"""Channel: where messages about a contract go."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from alert_rules.rule import Severity
from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, utc_now, word
from api.plaintext import one_line
from collectors.text import Text

NAME_LENGTH, KIND_LENGTH, OUTCOME_LENGTH = 100, 32, 500


class Channel(Base):
    """Where messages about a contract go: a mailbox, a room of a chat service, a program.

    Attributes:
        public_id: `ch-…`.
        kind: name of the kind in `api.channels.registry`.
        name: for people, e.g. "総務部のメール".
        lang: of its messages, "ja" or "en".
        min_severity: it is told of this severity and graver ones.
        digest_from: this severity and lower ones wait for the daily summary.
        escalation_min: it is told only of what is still open, and of what nobody has taken up, after so many minutes;
            0: it is told at once.
        enabled: whether it is told anything.
        settings: what is no secret, by field of the kind, e.g. host and addresses.
        secret: the secret fields, encrypted; b"" where the kind has none.
        tested_at: when a test message was last tried; None if never.
        outcome: what came of the last test, in Japanese; "" if there was none.
        outcome_en: and in English.
    """

    __tablename__ = "channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("ch"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    lang: Mapped[str] = mapped_column(String(2), default="ja")
    min_severity: Mapped[Severity] = mapped_column(word(Severity), default=Severity.INFO)
    digest_from: Mapped[Severity] = mapped_column(word(Severity), default=Severity.INFO)
    escalation_min: Mapped[int] = mapped_column(Integer, default=0)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    settings: Mapped[dict[str, object]] = mapped_column(JSON)
    secret: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    tested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(OUTCOME_LENGTH), default="")
    outcome_en: Mapped[str] = mapped_column(String(OUTCOME_LENGTH), default="")

    @validates("name")
    def _one_line(self, _key: str, name: str) -> str:
        return one_line(name, NAME_LENGTH, Text("通知先の名前", "the channel's name"))
