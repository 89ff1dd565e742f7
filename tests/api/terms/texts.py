"""Terms for tests of what is done with them."""

from datetime import timedelta

from sqlalchemy import select

from api.audit.actor import SERVICE
from api.db import Database
from api.models import Contract, TermsDocument, TermsKind
from api.models.base import service_day, utc_now
from api.terms.publishing import Draft, announce, publish
from collectors.text import Text

PERIOD = 14
"""Days that a change is told before; written out, so that a test tells when somebody changes it."""


def publish_text(
    database: Database,
    kind: TermsKind,
    *,
    ago: int = 30,
    ahead: int = PERIOD,
    contract: str | None = None,
    word: str = "目的",
    tell: bool = True,
) -> str:
    """Publish terms some days ago, to hold some days after that, tell contracts then, and return their public id."""
    now = utc_now() - timedelta(days=ago)
    with database.writing.begin() as session:
        whose = session.scalars(select(Contract).where(Contract.public_id == contract)).one() if contract else None
        draft = Draft(
            kind,
            Text(f"{kind}規約", f"Terms {kind}"),
            Text(f"## 第1条（{word}）\n\n本文", f"## Article 1 ({word})\n\nText"),
            service_day(now) + timedelta(days=ahead),
            whose,
        )
        made = publish(session, draft, SERVICE, now).public_id
    if tell:
        announce(database, now)
    return made


def document(database: Database, public_id: str) -> TermsDocument:
    with database.reading() as session:
        return session.scalars(select(TermsDocument).where(TermsDocument.public_id == public_id)).one()
