"""Deliveries in the making: a message that still waits takes in what comes for the same channel."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.models import Channel, Delivery, DeliveryItem, DeliveryKind, DeliveryState, Finding, Happening
from api.relay.grouping import due
from api.relay.notes import after_maintenance_note

_AT_ONCE = 500


class Outbox:
    """Puts findings into deliveries, as part of the session's transaction.

    Args:
        session: whose transaction it is.
        now: this moment.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._open: dict[tuple[int, DeliveryKind, bool], Delivery] = {}
        self._items: list[tuple[Delivery, Finding, Happening, int]] = []
        self._contracts: dict[int, int] = {}

    def take_in(self, channels: Iterable[Channel]) -> None:
        """Go on with what still waits for channels and that nobody has tried yet; without this all is made new."""
        ids = [channel.id for channel in channels]
        for begin in range(0, len(ids), _AT_ONCE):
            asked = (
                select(Delivery)
                .where(
                    Delivery.channel_id.in_(ids[begin : begin + _AT_ONCE]),
                    Delivery.state == DeliveryState.WAITING,
                    Delivery.attempts == 0,
                    Delivery.claimed_until.is_(None),
                    Delivery.note == "",
                )
                .order_by(Delivery.id)
                .with_for_update(skip_locked=True)
            )
            for delivery in self._session.scalars(asked):
                self._open[delivery.channel_id, delivery.kind, False] = delivery

    def add(
        self,
        channel: Channel,
        kind: DeliveryKind,
        finding: Finding,
        happening: Happening,
        *,
        flaps: int = 0,
        after_maintenance: bool = False,
    ) -> None:
        """Let a channel be told of a finding."""
        delivery = self._delivery(channel, kind, after_maintenance=after_maintenance)
        self._items.append((delivery, finding, happening, flaps))

    def flush(self, over_in_maintenance: Mapping[int, int]) -> None:
        """Write the deliveries.

        Args:
            over_in_maintenance: contract -> how many findings were over by the end of its maintenance.
        """
        for (channel_id, _kind, after_maintenance), delivery in self._open.items():
            if after_maintenance:
                delivery.note = after_maintenance_note(over_in_maintenance.get(self._contracts[channel_id], 0))
        self._session.flush()
        told = {(delivery.id, finding.id, happening): flaps for delivery, finding, happening, flaps in self._items}
        there = self._there({delivery.id for delivery, *_ in self._items})
        rows = [
            {"delivery_id": key[0], "finding_id": key[1], "happening": key[2], "flaps": flaps}
            for key, flaps in told.items()
            if key not in there
        ]
        if rows:
            self._session.execute(insert(DeliveryItem), rows)

    def _there(self, deliveries: set[int]) -> set[tuple[int, int, Happening]]:
        in_order, found = sorted(deliveries), set()
        for begin in range(0, len(in_order), _AT_ONCE):
            asked = select(DeliveryItem.delivery_id, DeliveryItem.finding_id, DeliveryItem.happening).where(
                DeliveryItem.delivery_id.in_(in_order[begin : begin + _AT_ONCE])
            )
            found |= {(delivery, finding, happening) for delivery, finding, happening in self._session.execute(asked)}
        return found

    def _delivery(self, channel: Channel, kind: DeliveryKind, *, after_maintenance: bool) -> Delivery:
        key = (channel.id, kind, after_maintenance)
        self._contracts[channel.id] = channel.contract_id
        if key not in self._open:
            delivery = Delivery(channel_id=channel.id, kind=kind, created_at=self._now, due_at=due(kind, self._now))
            self._session.add(delivery)
            self._open[key] = delivery
        return self._open[key]
