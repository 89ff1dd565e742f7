"""Which terms there are, and which hold on a day. What is listed comes without the texts themselves."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.orm import Session, aliased, defer

from api.models import Contract, TermsDocument, TermsKind
from collectors.text import Text


class Standing(StrEnum):
    """How a version stands on a day."""

    IN_FORCE = "in_force"
    UPCOMING = "upcoming"
    EARLIER = "earlier"


STANDING_WORDS: Mapping[str, Text] = {
    Standing.IN_FORCE: Text("適用中", "in force"),
    Standing.UPCOMING: Text("適用前", "to come"),
    Standing.EARLIER: Text("以前の版", "earlier version"),
}
"""Standing -> its name for people."""


def in_force(session: Session, contract: Contract | None, on: date) -> Sequence[TermsDocument]:
    """Return what holds on a day, in the order of precedence.

    Args:
        session: what is read.
        contract: for which; None for the terms of everybody alone.
        on: the day in Japan.
    """
    return session.scalars(listed(contract).where(standing(on, Standing.IN_FORCE))).all()


def listed(contract: Contract | None) -> Select[TermsDocument]:
    """Return the query of all versions that concern a contract, or everybody, without their texts.

    They come in the order of precedence, the newest version of each first.
    """
    rank = case({kind: kind.rank for kind in TermsKind}, value=TermsDocument.kind)
    return (
        select(TermsDocument)
        .where(_of(contract))
        .order_by(rank, TermsDocument.version.desc())
        .options(defer(TermsDocument.body), defer(TermsDocument.body_en))
    )


def standing(on: date, wanted: Standing) -> ColumnElement[bool]:
    """Return the condition by which versions stand so on a day."""
    if wanted is Standing.UPCOMING:
        return TermsDocument.effective_on > on
    other = aliased(TermsDocument)
    # No later version of the same text has taken effect.
    replaced = exists().where(
        other.kind == TermsDocument.kind,
        other.contract_id.is_not_distinct_from(TermsDocument.contract_id),
        other.version > TermsDocument.version,
        other.effective_on <= on,
    )
    is_replaced = replaced if wanted is Standing.EARLIER else ~replaced
    return and_(TermsDocument.effective_on <= on, is_replaced)


def standings(
    session: Session, contract: Contract | None, these: Sequence[TermsDocument], on: date
) -> dict[int, Standing]:
    """Return how versions stand on a day, by their row ids; one query."""
    holds = set(session.scalars(select(TermsDocument.id).where(_of(contract), standing(on, Standing.IN_FORCE))))

    def one(document: TermsDocument) -> Standing:
        if document.effective_on > on:
            return Standing.UPCOMING
        return Standing.IN_FORCE if document.id in holds else Standing.EARLIER

    return {each.id: one(each) for each in these}


def documents_of(session: Session, contract: Contract | None, public_ids: Collection[str]) -> dict[str, TermsDocument]:
    """Return versions by their public ids, as far as there are any that concern the contract."""
    asked = select(TermsDocument).where(_of(contract), TermsDocument.public_id.in_(public_ids))
    return {each.public_id: each for each in session.scalars(asked)}


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
