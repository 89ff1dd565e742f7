"""Deliveries are claimed for a while: two workers never have one at once, and a dead worker's come free again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from api.channels.outcome import Later, Outcome, Refused, Sent
from api.db import Database
from api.models import Delivery, DeliveryState
from api.models.delivery import WHY_LENGTH
from api.relay.backoff import is_given_up, next_try
from collectors.text import Text

LEASE = timedelta(minutes=5)
"""Longer than any channel takes to answer or to be given up on."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker has."""

    id: int
    channel_id: int
    until: datetime


def claim(database: Database, most: int, now: datetime, channel_id: int | None = None) -> list[Claimed]:
    """Claim deliveries that are due, at most one of each channel: what a channel gets keeps its order.

    Args:
        database: where they are.
        most: how many at most.
        now: this moment.
        channel_id: of this channel only; None for all.
    """
    asked = _due(most * 4, now)
    if channel_id is not None:
        asked = asked.where(Delivery.channel_id == channel_id)
    with database.writing.begin() as session:
        found = session.scalars(asked).all()
        first: dict[int, Delivery] = {}
        for delivery in found:
            first.setdefault(delivery.channel_id, delivery)
        taken = list(first.values())[:most]
        for delivery in taken:
            delivery.claimed_until = now + LEASE
            delivery.attempts += 1
        return [Claimed(each.id, each.channel_id, now + LEASE) for each in taken]


def _due(most: int, now: datetime) -> Select[Delivery]:
    other = aliased(Delivery)
    busy = exists().where(
        and_(
            other.channel_id == Delivery.channel_id,
            other.state == DeliveryState.WAITING,
            other.claimed_until > now,
        )
    )
    return (
        select(Delivery)
        .where(
            Delivery.state == DeliveryState.WAITING,
            Delivery.due_at <= now,
            or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= now),
            ~busy,
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(most)
        .with_for_update(of=Delivery, skip_locked=True)
    )


def settle(database: Database, claimed: Claimed, outcome: Outcome, now: datetime, share: float) -> DeliveryState:
    """Store what came of an attempt, and return the state that the delivery is in now.

    Args:
        database: where it is.
        claimed: what was tried.
        outcome: what the channel answered.
        now: this moment.
        share: a random number from 0 to 1, for the time of the next attempt.
    """
    with database.writing.begin() as session:
        delivery = session.get_one(Delivery, claimed.id)
        if delivery.state is not DeliveryState.WAITING:
            return delivery.state  # the lease had run out, and another worker was done first
        delivery.claimed_until = None
        match outcome:
            case Sent(reference, note):
                _say(delivery, note or Text("", ""))
                delivery.state, delivery.settled_at = DeliveryState.SENT, now
                delivery.reference = (reference or "")[:200]
            case Refused(why):
                _say(delivery, why)
                delivery.state, delivery.settled_at = DeliveryState.DEAD, now
            case Later(after_s, why):
                _say(delivery, why)
                _later(session, delivery, after_s, now, share)
        return delivery.state


def _later(session: Session, delivery: Delivery, after_s: float | None, now: datetime, share: float) -> None:
    delivery.due_at = now + next_try(delivery.attempts, after_s, share)
    if is_given_up(delivery.created_at, delivery.due_at):
        delivery.state, delivery.settled_at = DeliveryState.DEAD, now
    elif after_s:
        # The service asked for a rest: it means the channel, not this message.
        rest = now + timedelta(seconds=after_s)
        session.execute(
            update(Delivery)
            .where(
                Delivery.channel_id == delivery.channel_id,
                Delivery.state == DeliveryState.WAITING,
                Delivery.due_at < rest,
            )
            .values(due_at=rest)
            .execution_options(synchronize_session=False)
        )


def _say(delivery: Delivery, why: Text) -> None:
    delivery.why, delivery.why_en = why.ja[:WHY_LENGTH], why.en[:WHY_LENGTH]


def try_again(session: Session, deliveries: Sequence[Delivery], now: datetime) -> None:
    """Let deliveries that were given up begin anew."""
    for delivery in deliveries:
        delivery.state, delivery.settled_at = DeliveryState.WAITING, None
        delivery.attempts, delivery.created_at, delivery.due_at = 0, now, now
    session.flush()
