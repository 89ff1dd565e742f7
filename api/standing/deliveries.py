"""How the messages about findings stand, as a point."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models import Delivery, DeliveryState, FindingTransition
from api.readings.scope import to_ns
from collectors.point import FieldValue, Point
from collectors.service.delivery import SERVICE_DELIVERY

LATELY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """Numbers of messages; `oldest_due` is None where none is due."""

    waiting: int
    oldest_due: datetime | None
    dead: int
    sent: int
    held: int


def read_deliveries(session: Session, now: datetime) -> DeliveryFacts:
    """Return how the messages stand."""
    waiting, oldest = session.execute(
        select(func.count(), func.min(Delivery.due_at)).where(
            Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now
        )
    ).one()
    dead = select(func.count()).where(Delivery.state == DeliveryState.DEAD)
    sent = select(func.count()).where(Delivery.state == DeliveryState.SENT, Delivery.settled_at > now - LATELY)
    held = select(func.count()).where(FindingTransition.held.is_not(None), FindingTransition.relay_at.is_not(None))
    return DeliveryFacts(
        waiting, oldest, session.scalar(dead) or 0, session.scalar(sent) or 0, session.scalar(held) or 0
    )


def delivery_point(facts: DeliveryFacts, now: datetime, at: datetime) -> Point:
    """Return the point.

    Args:
        facts: how the messages stand.
        now: this moment.
        at: the time of the point.
    """
    fields: dict[str, FieldValue] = {
        "waiting": facts.waiting,
        "dead": facts.dead,
        "sent": facts.sent,
        "held": facts.held,
    }
    if facts.oldest_due is not None:
        fields["oldest_s"] = (now - facts.oldest_due).total_seconds()
    return Point(SERVICE_DELIVERY.name, {}, fields, to_ns(at))
