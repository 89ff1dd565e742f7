"""Findings and deliveries as they are listed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from alert_rules.registry import Entry
from api.alerts.message import Found, message, part, subject
from api.models import Channel, Contract, Delivery, DeliveryItem, DeliveryState, Finding, FindingTransition
from collectors.text import Lang, Text

MOST = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding and the public id of its contract."""

    finding: Finding
    contract: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery, its channel and the public id of its contract."""

    delivery: Delivery
    channel: Channel
    contract: str


def findings(session: Session, contract: str | None, *, also_over: bool) -> list[Listed]:
    """Return findings, the newest first, at most `MOST`.

    Args:
        session: what is read.
        contract: public id of the contract whose findings are wanted; None for all.
        also_over: also those that are over.
    """
    asked = (
        select(Finding, Contract.public_id)
        .join(Contract, Contract.id == Finding.contract_id)
        .order_by(Finding.opened_at.desc(), Finding.id.desc())
        .limit(MOST)
    )
    if contract is not None:
        asked = asked.where(Contract.public_id == contract)
    if not also_over:
        asked = asked.where(Finding.closed_at.is_(None))
    return [Listed(*row) for row in session.execute(asked)]


def finding_of(session: Session, public_id: str) -> Listed | None:
    """Return a finding by its public id, or None."""
    asked = (
        select(Finding, Contract.public_id)
        .join(Contract, Contract.id == Finding.contract_id)
        .where(Finding.public_id == public_id)
    )
    row = session.execute(asked).first()
    return Listed(*row) if row else None


def transitions_of(session: Session, finding: Finding) -> Sequence[FindingTransition]:
    """Return what happened to a finding, and what became of telling it."""
    asked = select(FindingTransition).where(FindingTransition.finding_id == finding.id).order_by(FindingTransition.id)
    return session.scalars(asked).all()


def deliveries(
    session: Session, contract: str | None, state: DeliveryState | None, finding: Finding | None = None
) -> list[Sending]:
    """Return deliveries, the newest first, at most `MOST`."""
    asked = _sendings().order_by(Delivery.id.desc()).limit(MOST)
    if contract is not None:
        asked = asked.where(Contract.public_id == contract)
    if state is not None:
        asked = asked.where(Delivery.state == state)
    if finding is not None:
        told = select(DeliveryItem.delivery_id).where(DeliveryItem.finding_id == finding.id)
        asked = asked.where(Delivery.id.in_(told))
    return [Sending(*row) for row in session.execute(asked)]


def deliveries_of(session: Session, public_ids: Sequence[str]) -> list[Sending]:
    """Return deliveries by their public ids."""
    return [Sending(*row) for row in session.execute(_sendings().where(Delivery.public_id.in_(public_ids)))]


def _sendings() -> Select[Delivery, Channel, str]:
    return (
        select(Delivery, Channel, Contract.public_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(Contract, Contract.id == Channel.contract_id)
    )


def headline(entry: Entry | None, finding: Finding, lang: Lang) -> str:
    """Return what a finding is."""
    return entry.rule.name.text.in_(lang) if entry else finding.rule


def sentence(entry: Entry | None, finding: Finding, lang: Lang) -> str:
    """Return what was found; "" for a rule that there is none of any more."""
    if entry is None:
        return ""
    reason = Text(finding.reason, finding.reason_en) if finding.reason else None
    return message(entry.rule, Found(finding.tags, finding.value, finding.threshold, reason), lang)


def about(entry: Entry | None, finding: Finding) -> str:
    """Return what a finding is about: the device or equipment, and which part of it."""
    return " ".join(filter(None, (subject(finding.tags), part(entry.rule, finding.tags) if entry else "")))
