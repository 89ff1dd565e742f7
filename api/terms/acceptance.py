"""Acceptance of terms: at application, on paper, and by use after an announced change took effect."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.actor import Actor, actor_of
from api.audit.log import record
from api.models import (
    AcceptanceWay,
    Contract,
    ContractState,
    TermsAcceptance,
    TermsAnnouncement,
    TermsDocument,
    User,
)
from api.models.acceptance import NAME_LENGTH
from api.models.base import service_day
from api.plaintext import one_line
from api.terms import documents
from api.terms.publishing import BOUND
from api.told import ToldError
from collectors.text import Text


class AcceptanceRefused(ToldError, ValueError):
    """The terms cannot be accepted.

    Attributes:
        rule: name of what stands against it, for programs.
    """

    def __init__(self, text: Text, rule: str) -> None:
        super().__init__(text)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Acceptor:
    """Who accepts, and how that is known.

    Attributes:
        way: how.
        name: of the user, or the name on the paper.
        user_id: public id of the user; "" on paper.
        actor: who enters it into the log.
    """

    way: AcceptanceWay
    name: str
    user_id: str
    actor: Actor


def by_user(user: User) -> Acceptor:
    """Return a user of the contract who says so."""
    return Acceptor(AcceptanceWay.EXPLICIT, _name(user), user.public_id, actor_of(user))


def on_paper(name: str, actor: Actor) -> Acceptor:
    """Return somebody who signed on paper, as staff record it.

    Raises:
        InvalidText: the name cannot be used.
    """
    who = one_line(name, NAME_LENGTH, Text("同意した方の名前", "the name of who accepted"))
    return Acceptor(AcceptanceWay.PAPER, who, "", actor)


def missing(session: Session, contract: Contract, on: date) -> list[TermsDocument]:
    """Return what holds for a contract on a day and was not accepted, in the order of precedence."""
    accepted = set(
        session.scalars(select(TermsAcceptance.document_id).where(TermsAcceptance.contract_id == contract.id))
    )
    return [each for each in documents.in_force(session, contract, on) if each.id not in accepted]


def accept(
    session: Session, contract: Contract, document: TermsDocument, acceptor: Acceptor, now: datetime
) -> TermsAcceptance:
    """Record that terms were accepted. The first acceptance of a version stands.

    Args:
        session: one that writes.
        contract: whose customer accepts.
        document: a version that holds, or is to.
        acceptor: who.
        now: this moment.

    Raises:
        AcceptanceRefused: the version concerns somebody else or was replaced, or the contract has ended.
    """
    # Who else accepts the same waits here, and then finds it done.
    session.get_one(Contract, contract.id, with_for_update=True)
    known = session.scalar(
        select(TermsAcceptance).where(
            TermsAcceptance.contract_id == contract.id, TermsAcceptance.document_id == document.id
        )
    )
    if known is not None:
        return known
    _check(session, contract, document, service_day(now))
    made = TermsAcceptance(
        contract_id=contract.id,
        document=document,
        content_hash=document.content_hash,
        way=acceptor.way,
        accepted_by=acceptor.name[:NAME_LENGTH],
        user_id=acceptor.user_id,
        recorded_by=acceptor.actor.name[:NAME_LENGTH] if acceptor.way is AcceptanceWay.PAPER else "",
        accepted_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session,
        acceptor.actor,
        "terms.accept",
        at=now,
        contract=contract.public_id,
        target=document.public_id,
        details={
            "kind": document.kind.value,
            "version": document.version,
            "way": made.way.value,
            "accepted_by": made.accepted_by,
            "content_hash": made.content_hash,
        },
    )
    return made


def accept_by_use(session: Session, contract: Contract, user: User, now: datetime) -> Sequence[TermsAcceptance]:
    """Record that a contract accepted changes by using the service, where that is so; return what was recorded.

    A change is accepted by use if its notice was written before the day on which it took effect. What a customer must
    accept at application is not: a draft is not in use.

    Args:
        session: one that writes.
        contract: theirs.
        user: who uses the service.
        now: this moment.
    """
    acceptor = Acceptor(AcceptanceWay.BY_USE, _name(user), user.public_id, actor_of(user))
    due = due_by_use(session, contract, service_day(now))
    return [accept(session, contract, document, acceptor, now) for document in due]


def due_by_use(session: Session, contract: Contract, on: date) -> list[TermsDocument]:
    """Return what whoever uses the service on a day accepts by it."""
    if contract.state not in BOUND:
        return []
    return _announced(session, contract, missing(session, contract, on))


def acceptances(session: Session, contract: Contract, these: Iterable[TermsDocument]) -> dict[int, TermsAcceptance]:
    """Return a contract's acceptances of versions, by the row id of the version."""
    wanted = [each.id for each in these]
    asked = select(TermsAcceptance).where(
        TermsAcceptance.contract_id == contract.id, TermsAcceptance.document_id.in_(wanted)
    )
    return {each.document_id: each for each in session.scalars(asked)}


def _name(user: User) -> str:
    return user.person_name or user.username


def _announced(session: Session, contract: Contract, these: Sequence[TermsDocument]) -> list[TermsDocument]:
    if not these:
        return []
    told = dict(
        session.execute(
            select(TermsAnnouncement.document_id, TermsAnnouncement.told_at).where(
                TermsAnnouncement.contract_id == contract.id,
                TermsAnnouncement.document_id.in_([each.id for each in these]),
            )
        ).all()
    )
    return [each for each in these if each.id in told and service_day(told[each.id]) < each.effective_on]


def _check(session: Session, contract: Contract, document: TermsDocument, today: date) -> None:
    if document.contract_id not in (None, contract.id):
        raise AcceptanceRefused(
            Text("この規約は別の契約のものです", "these terms are those of another contract"),
            "terms_of_another_contract",
        )
    if contract.state is ContractState.TERMINATED:
        raise AcceptanceRefused(
            Text(f"契約 {contract.public_id} は終了しています", f"contract {contract.public_id} has ended"),
            "contract_ended",
        )
    if document.effective_on > today:
        return
    holds = {each.id for each in documents.in_force(session, contract, today)}
    if document.id not in holds:
        raise AcceptanceRefused(
            Text(
                f"「{document.title}」第{document.version}版は、新しい版に替わっています",
                f'version {document.version} of "{document.title_en}" was replaced by a later one',
            ),
            "terms_replaced",
        )
