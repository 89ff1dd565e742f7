"""Which terms there are, and which hold on a day. What is listed comes without the texts themselves."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, defer

from api.models import Contract, TermsDocument, TermsKind
from api.models.terms import PRECEDENCE


def in_force(session: Session, contract: Contract | None, on: date) -> Sequence[TermsDocument]:
    """Return what holds on a day, in the order of precedence.

    Args:
        session: what is read.
        contract: for which; None for the terms of everybody alone.
        on: the day in Japan.
    """
    newest = (
        select(TermsDocument.kind, func.max(TermsDocument.version).label("version"))
        .where(_of(contract), TermsDocument.effective_on <= on)
        .group_by(TermsDocument.kind)
        .subquery()
    )
    asked = listed(contract).join(
        newest, and_(TermsDocument.kind == newest.c.kind, TermsDocument.version == newest.c.version)
    )
    return _in_order(session.scalars(asked).all())


def upcoming(session: Session, contract: Contract | None, on: date) -> Sequence[TermsDocument]:
    """Return what was announced and holds later than a day, the order of precedence first."""
    return _in_order(session.scalars(listed(contract).where(TermsDocument.effective_on > on)).all())


def versions(session: Session, contract: Contract | None) -> Sequence[TermsDocument]:
    """Return all that was ever published, in the order of precedence, the newest version of each first."""
    return _in_order(session.scalars(listed(contract)).all())


def listed(contract: Contract | None) -> Select[TermsDocument]:
    """Return the query of all versions that concern a contract, or everybody, without their texts."""
    return select(TermsDocument).where(_of(contract)).options(defer(TermsDocument.body), defer(TermsDocument.body_en))


def document_of(session: Session, contract: Contract | None, public_id: str) -> TermsDocument | None:
    """Return a version by its public id; None if there is none that concerns the contract."""
    asked = select(TermsDocument).where(_of(contract), TermsDocument.public_id == public_id)
    return session.scalar(asked)


def version_of(session: Session, contract: Contract | None, kind: TermsKind, version: int) -> TermsDocument | None:
    """Return a version by its number; None if there is none."""
    asked = select(TermsDocument).where(_of(contract), TermsDocument.kind == kind, TermsDocument.version == version)
    return session.scalar(asked)


def latest(session: Session, contract: Contract | None, kind: TermsKind) -> TermsDocument | None:
    """Return the highest version of a kind, whether it holds already or not."""
    asked = select(TermsDocument).where(_of(contract), TermsDocument.kind == kind)
    return session.scalars(asked.order_by(TermsDocument.version.desc()).limit(1)).first()


def _of(contract: Contract | None) -> ColumnElement[bool]:
    shared = TermsDocument.contract_id.is_(None)
    return shared if contract is None else or_(shared, TermsDocument.contract_id == contract.id)


def _in_order(documents: Sequence[TermsDocument]) -> Sequence[TermsDocument]:
    return sorted(documents, key=lambda each: (PRECEDENCE.index(each.kind), -each.version))
