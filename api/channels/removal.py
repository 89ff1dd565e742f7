"""A channel leaves with what was sent and is still to be sent through it."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.models import Channel, Delivery, DeliveryItem, ReportMail


def remove(session: Session, channel: Channel) -> None:
    """Delete a channel with its deliveries and mails; a worker that is sending one finds it gone, and drops it."""
    deliveries = select(Delivery.id).where(Delivery.channel_id == channel.id)
    session.execute(delete(DeliveryItem).where(DeliveryItem.delivery_id.in_(deliveries)))
    session.execute(delete(Delivery).where(Delivery.channel_id == channel.id))
    session.execute(delete(ReportMail).where(ReportMail.channel_id == channel.id))
    session.delete(channel)
