"""TermsDocument: one version of a legal text that binds contracts."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, event, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from api.identity.identifiers import public_id
from api.models.base import Base, UtcDateTime, service_day, word
from api.plaintext import one_line
from collectors.text import Text

if TYPE_CHECKING:
    from api.models.contract import Contract

TITLE_LENGTH, WHO_LENGTH = 200, 255
_SHARED, _OWN = text("contract_id IS NULL"), text("contract_id IS NOT NULL")


class TermsKind(StrEnum):
    """What a text governs. The order is that of precedence: where two differ, the earlier one holds."""

    INDIVIDUAL = "individual"
    """Agreed with one customer."""

    SERVICE = "service"
    """The terms of this service."""

    BASIC = "basic"
    """The basic terms of the provider's services."""

    COMMON = "common"
    """What is common to all that the provider sells."""

    @property
    def rank(self) -> int:
        """Its place in the order of precedence, from 0."""
        return PRECEDENCE.index(self)


PRECEDENCE = tuple(TermsKind)
"""All kinds, the one that holds before the others first."""

TERMS_WORDS: Mapping[str, Text] = {
    TermsKind.INDIVIDUAL: Text("個別契約", "Individual terms"),
    TermsKind.SERVICE: Text("本サービス利用規約", "Terms of this service"),
    TermsKind.BASIC: Text("基本規約", "Basic terms"),
    TermsKind.COMMON: Text("共通規約", "Common terms"),
}
"""Kind -> its name for people."""


class TermsFixed(Exception):
    """Something tried to change a text that was published; a change is a new version."""


class TermsDocument(Base):
    """One version of one text. It never changes once it is stored.

    Attributes:
        public_id: `t-…`.
        kind: what it governs.
        contract_id: whose it is, of individual terms; None for those of everybody.
        version: 1 for the first of its kind, or of the contract's individual terms.
        title: one line, in Japanese.
        title_en: and in English.
        body: its text in the Markdown of `api.terms.markdown`, in Japanese, which is what binds.
        body_en: and in English.
        effective_on: first day in Japan on which it holds, until a later version does.
        announced_at: when it was published.
        announced_by: who published it.
        content_hash: SHA-256 of its titles and texts; an acceptance names it.
    """

    __tablename__ = "terms_document"
    __table_args__ = (
        CheckConstraint("(kind = 'individual') = (contract_id IS NOT NULL)", name="individual_has_contract"),
        CheckConstraint("version > 0", name="version_positive"),
        Index(
            "uq_terms_document_shared", "kind", "version", unique=True, sqlite_where=_SHARED, postgresql_where=_SHARED
        ),
        Index("uq_terms_document_own", "contract_id", "version", unique=True, sqlite_where=_OWN, postgresql_where=_OWN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=lambda: public_id("t"))
    kind: Mapped[TermsKind] = mapped_column(word(TermsKind))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    title_en: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    body: Mapped[str] = mapped_column(LongText)
    body_en: Mapped[str] = mapped_column(LongText)
    effective_on: Mapped[date]
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    announced_by: Mapped[str] = mapped_column(String(WHO_LENGTH))
    content_hash: Mapped[str] = mapped_column(String(64))

    contract: Mapped["Contract | None"] = relationship()

    @validates("title", "title_en")
    def _one_line(self, _key: str, title: str) -> str:
        return one_line(title, TITLE_LENGTH, Text("規約の題名", "the title of the terms"))

    @property
    def name(self) -> Text:
        """Its title."""
        return Text(self.title, self.title_en)

    @property
    def was_announced_before(self) -> bool:
        """Whether it was published on a day before it holds, so that people could read it."""
        return service_day(self.announced_at) < self.effective_on


def content_hash(title: Text, body: Text) -> str:
    """Return what an acceptance names a text by."""
    return hashlib.sha256("\0".join((title.ja, title.en, body.ja, body.en)).encode()).hexdigest()


@event.listens_for(TermsDocument, "before_update")
def _refuse_change(_mapper: Any, _connection: Any, document: TermsDocument) -> None:
    raise TermsFixed(f"terms {document.public_id} were published; a change is a new version")
