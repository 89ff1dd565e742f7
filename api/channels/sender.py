"""Sends messages through stored channels: what the worker and a test of a channel use."""

import logging

from api.channels.guard import Guard, read_allowance
from api.channels.kind import Tools, tools_of
from api.channels.message import Message
from api.channels.outcome import Outcome, Refused, Sent
from api.channels.registry import send
from api.channels.vault import SecretUnreadable, vault_of
from api.config import Config
from api.models import Channel

_log = logging.getLogger(__name__)


class Sender:
    """Sends messages; several threads may use one at a time.

    Args:
        config: names the keys and what is allowed.
        tools: what is sent with; made by the settings if None.

    Raises:
        InvalidAllowance: `KARTE_CHANNEL_ALLOW` cannot be read.
    """

    def __init__(self, config: Config, tools: Tools | None = None) -> None:
        self._vault = vault_of(config)
        self._tools = tools or tools_of(Guard(read_allowance(config.channel_allow)))

    def __call__(self, channel: Channel, message: Message) -> Outcome:
        """Send a message through a channel once.

        Args:
            channel: of any kind; may be detached from its session.
            message: what is sent.
        """
        try:
            secret = self._vault.open(channel.contract_id, channel.kind, channel.secret)
        except SecretUnreadable as error:
            return Refused(error.text)
        outcome = send(channel.kind, channel.settings, secret, message, self._tools)
        if isinstance(outcome, Sent) and outcome.note:
            _log.warning("channel %s: %s", channel.public_id, outcome.note.en)
        return outcome
