"""Publishing terms: a new version, long enough before it holds, and a notice to every contract that it binds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.audit.actor import Actor
from api.audit.log import record
from api.db import Database
from api.models import Contract, ContractState, TermsAnnouncement, TermsDocument, TermsKind
from api.models.base import service_day
from api.models.terms import TERMS_WORDS, WHO_LENGTH, content_hash
from api.notices.writing import write_notice
from api.terms import documents, markdown
from api.terms.periods import PublicationRefused, check_announcement
from collectors.text import Text

BOUND = (ContractState.ACTIVE, ContractState.SUSPENDED)
"""States of contracts whose customers must be told of a change. A draft's customer accepts what holds on applying."""

BATCH = 100
"""Notices written in one transaction: the database's one writer is soon free again for the gateway."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Terms to be published.

    Attributes:
        kind: what they govern.
        title: one line.
        body: Markdown; see `api.terms.markdown`.
        effective_on: first day in Japan on which they hold.
        contract: whose, of individual terms; None of others.
    """

    kind: TermsKind
    title: Text
    body: Text
    effective_on: date
    contract: Contract | None = None


def publish(session: Session, draft: Draft, actor: Actor, now: datetime) -> TermsDocument:
    """Publish a new version; it can be read from now on. `announce` then tells those whom it binds.

    Args:
        session: one that writes.
        draft: what.
        actor: who publishes it.
        now: this moment.

    Raises:
        PublicationRefused: a rule is broken; `rule` names it.
        InvalidTerms, InvalidText: the text or the title cannot be used.
    """
    _check_contract(draft)
    title, body = draft.title, Text(markdown.checked(draft.body.ja), markdown.checked(draft.body.en))
    before = documents.latest(session, draft.contract, draft.kind)
    _check_days(session, draft, before, service_day(now))
    made = TermsDocument(
        kind=draft.kind,
        contract_id=draft.contract.id if draft.contract else None,
        version=before.version + 1 if before else 1,
        title=title.ja,
        title_en=title.en,
        body=body.ja,
        body_en=body.en,
        effective_on=draft.effective_on,
        announced_at=now,
        announced_by=actor.name[:WHO_LENGTH],
    )
    made.content_hash = content_hash(made.name, body)
    if before and before.content_hash == made.content_hash:
        raise PublicationRefused(
            Text(
                f"「{made.title}」は第{before.version}版と同じ内容です",
                f'"{made.title_en}" says the same as version {before.version}',
            ),
            "terms_unchanged",
        )
    session.add(made)
    try:
        session.flush()
    except IntegrityError:
        raise PublicationRefused(
            Text(
                f"第{made.version}版が同時に公開されました。内容を確認してください",
                f"version {made.version} was published by somebody else at the same moment; look at it first",
            ),
            "terms_order",
        ) from None
    record(
        session,
        actor,
        "terms.publish",
        at=now,
        contract=draft.contract.public_id if draft.contract else "",
        target=made.public_id,
        details={
            "kind": made.kind.value,
            "version": made.version,
            "effective_on": made.effective_on.isoformat(),
            "content_hash": made.content_hash,
        },
    )
    return made


def announce(database: Database, now: datetime, most: int | None = None) -> int:
    """Tell contracts of terms that are to take effect and that they were not told of yet; return how many notices.

    It may be begun twice at once and be killed at any moment: a notice and the record of it are one transaction, and
    the next run goes on where this one ended. Contracts that begin after the publication are told by a later run.

    Args:
        database: where contracts are kept.
        now: this moment.
        most: at most so many notices; None for all.
    """
    told = 0
    while most is None or told < most:
        with database.writing.begin() as session:
            due = _untold(session, service_day(now), BATCH if most is None else min(BATCH, most - told))
            for document, contract in due:
                _tell(session, document, contract, now)
        told += len(due)
        if not due:
            break
    return told


def _untold(session: Session, today: date, most: int) -> Sequence[tuple[TermsDocument, Contract]]:
    # Whoever announces at the same time waits here (PostgreSQL), and then finds it done.
    session.scalars(select(TermsDocument.id).where(TermsDocument.effective_on > today).with_for_update()).all()
    told = exists().where(
        TermsAnnouncement.document_id == TermsDocument.id, TermsAnnouncement.contract_id == Contract.id
    )
    asked = (
        select(TermsDocument, Contract)
        .join(
            Contract,
            TermsDocument.contract_id.is_(None) | (TermsDocument.contract_id == Contract.id),
        )
        .where(TermsDocument.effective_on > today, Contract.state.in_(BOUND), ~told)
        .order_by(TermsDocument.id, Contract.id)
        .limit(most)
    )
    return [(document, contract) for document, contract in session.execute(asked)]


def _tell(session: Session, document: TermsDocument, contract: Contract, now: datetime) -> None:
    facts = {"terms": document.kind.value, "version": document.version}
    facts |= {"title": document.title, "title_en": document.title_en}
    notice = write_notice(
        session,
        contract,
        "terms_change",
        facts,
        document.announced_by,
        now,
        effective_on=document.effective_on,
    )
    session.add(TermsAnnouncement(document_id=document.id, contract_id=contract.id, notice_id=notice.id, told_at=now))
    session.flush()


def _check_contract(draft: Draft) -> None:
    word = TERMS_WORDS[draft.kind]
    if (draft.kind is TermsKind.INDIVIDUAL) != (draft.contract is not None):
        raise PublicationRefused(
            Text(
                f"個別契約には契約が必要で、それ以外の規約には指定できません（種類: {word.ja}）",
                f"individual terms are those of a contract, and no others are (kind: {word.en})",
            ),
            "individual_has_contract",
        )
    if draft.contract is not None and draft.contract.state is ContractState.TERMINATED:
        raise PublicationRefused(
            Text(f"契約 {draft.contract.public_id} は終了しています", f"contract {draft.contract.public_id} has ended"),
            "contract_ended",
        )


def _check_days(session: Session, draft: Draft, before: TermsDocument | None, today: date) -> None:
    if draft.effective_on < today:
        raise PublicationRefused(
            Text(f"適用日 {draft.effective_on} は過ぎています", f"{draft.effective_on} is past"),
            "terms_in_the_past",
            today,
        )
    if before and draft.effective_on < before.effective_on:
        raise PublicationRefused(
            Text(
                f"第{before.version}版の適用日 {before.effective_on} より前にはできません",
                f"version {before.version} holds from {before.effective_on} on; a later version cannot hold before it",
            ),
            "terms_order",
            before.effective_on,
        )
    if _binds(session, draft.contract):
        check_announcement(today, draft.effective_on)


def _binds(session: Session, contract: Contract | None) -> bool:
    """Tell whether there is a contract for which the new version is a change."""
    if contract is not None:
        return contract.state in BOUND
    return session.scalar(select(Contract.id).where(Contract.state.in_(BOUND)).limit(1)) is not None
