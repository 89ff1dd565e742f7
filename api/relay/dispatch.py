"""The loop that plans and sends. One runs in every worker; any number of them may run at once."""

import logging
import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from alert_rules.registry import Entry
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.db import Database
from api.models import Channel, Delivery, DeliveryState
from api.models.base import utc_now
from api.relay.claim import Claimed, claim, settle
from api.relay.compose import Addresses, compose
from api.relay.plan import BATCH, plan
from api.relay.remind import remind
from collectors.text import Text

LOOKS_EVERY_S = 2.0
SENDERS = 8
"""Messages that are under way at once: a channel that hangs keeps one of them, not all."""

_BREATH_S = 0.05
"""Between two batches: who else wants to write gets to it."""

_REMINDS_EVERY = timedelta(minutes=1)

_log = logging.getLogger(__name__)

Send = Callable[[Channel, Message], Outcome]
"""Sends a message through a channel."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the relay works with.

    Attributes:
        database: where transitions and deliveries are.
        rules: all rules by id.
        addresses: where links lead.
        send: sends a message through a channel.
        now: tells this moment.
    """

    database: Database
    rules: Mapping[str, Entry]
    addresses: Addresses
    send: Send
    now: Callable[[], datetime] = utc_now


class Relay:
    """Plans what is to be told, and sends it.

    Args:
        tools: what it works with.
        senders: how many messages are under way at once.
    """

    def __init__(self, tools: Tools, senders: int = SENDERS) -> None:
        self._tools = tools
        self._senders = senders
        self._reminded: datetime | None = None
        self._under_way: set[Future[DeliveryState | None]] = set()

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set. What fails for a moment, e.g. the database, is tried again."""
        with ThreadPoolExecutor(self._senders, thread_name_prefix="relay") as pool:
            while not stop.is_set():
                try:
                    busy = self.step(pool)
                except SQLAlchemyError as error:
                    _log.warning("relay: the database failed: %s", str(error).splitlines()[0])
                    busy = False
                if busy:
                    stop.wait(_BREATH_S)
                else:
                    self._rest(stop)

    def step(self, pool: Executor) -> bool:
        """Plan a batch, remind, and begin to send what is due; tell whether there may be more to do at once."""
        tools = self._tools
        now = tools.now()
        planned = plan(tools.database, tools.rules, now)
        if self._reminded is None or now - self._reminded >= _REMINDS_EVERY or now < self._reminded:
            remind(tools.database, tools.rules, now)
            self._reminded = now
        self._under_way = {each for each in self._under_way if not each.done()}
        free = self._senders - len(self._under_way)
        claimed = claim(tools.database, free, now) if free else []
        self._under_way |= {pool.submit(self._deliver, each) for each in claimed}
        return planned.looked_at == BATCH

    def _rest(self, stop: threading.Event) -> None:
        """Wait a while, or until a message that is under way is settled."""
        if self._under_way:
            wait(self._under_way, LOOKS_EVERY_S, FIRST_COMPLETED)
        else:
            stop.wait(LOOKS_EVERY_S)

    def _deliver(self, claimed: Claimed) -> DeliveryState | None:
        tools = self._tools
        try:
            outcome = self._attempt(claimed)
            state = settle(tools.database, claimed, outcome, tools.now(), random.random())  # noqa: S311  # spreads retries
        except SQLAlchemyError as error:
            # It stays claimed until the lease runs out, and is then sent again: a duplicate beats a miss.
            _log.warning("relay: the outcome of a message could not be stored: %s", str(error).splitlines()[0])
            return None
        if not isinstance(outcome, Sent):
            _log.warning("relay: message %d: %s (%s)", claimed.id, outcome.why.en, state)
        return state

    def _attempt(self, claimed: Claimed) -> Outcome:
        tools = self._tools
        with tools.database.reading() as session:
            delivery = session.get_one(Delivery, claimed.id)
            channel = session.get_one(Channel, claimed.channel_id)
            if not channel.enabled:
                return Refused(Text("通知先が無効になっています", "the channel is switched off"))
            message = compose(session, delivery, tools.rules, tools.addresses, tools.now())
            session.expunge(channel)
        if message is None:
            return Sent(None)
        try:
            return tools.send(channel, message)
        except Exception:
            # A fault of our own must not stop all other messages; it is tried again and stays to be seen.
            _log.exception("relay: message %d could not be sent", claimed.id)
            return Later(None, Text("内部エラー（ログを確認してください）", "an internal error; see the log"))
