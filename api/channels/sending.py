"""A stored channel and a message brought together: what the relay and a test send with."""

import logging
from collections.abc import Callable
from email.message import EmailMessage

from api.channels import registry
from api.channels.guard import Guard, read_allowance
from api.channels.kind import Tools, tools_of
from api.channels.kinds.mail import MailSettings
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Sent
from api.channels.vault import SecretUnreadable, Vault, vault_of
from api.config import Config
from api.models import Channel

Send = Callable[[Channel, Message], Outcome]
Post = Callable[[Channel, Callable[[MailSettings], EmailMessage], str], Outcome]
"""Sends a mail that the second makes of the channel's settings, known by a name when it is sent again."""

_log = logging.getLogger(__name__)


def guard_of(config: Config) -> Guard:
    """Return the guard by the service's settings.

    Raises:
        InvalidAllowance: `KARTE_CHANNEL_ALLOW` cannot be read.
    """
    return Guard(read_allowance(config.channel_allow))


def sender(config: Config) -> Send:
    """Return what sends a message through a stored channel. Threads may share it.

    Raises:
        InvalidAllowance: `KARTE_CHANNEL_ALLOW` cannot be read.
    """
    return sender_with(vault_of(config), tools_of(guard_of(config)))


def sender_with(vault: Vault, tools: Tools) -> Send:
    """Return what sends with given keys and tools."""

    def send(channel: Channel, message: Message) -> Outcome:
        try:
            secret = vault.open(channel.contract_id, channel.kind, channel.secret)
        except SecretUnreadable as error:
            # A slip in the settings, which somebody will mend: until then no message may be given up for it.
            _log.warning("channel %s: %s", channel.public_id, error)
            return Later(None, error.text)
        outcome = registry.send(channel.kind, channel.settings, secret, message, tools)
        if isinstance(outcome, Sent) and outcome.note:
            _log.warning("channel %s, message %s: %s", channel.public_id, message.id, outcome.note.en)
        return outcome

    return send


def poster(config: Config) -> Post:
    """Return what sends mails of another making than messages through stored channels of the kind mail.

    Raises:
        InvalidAllowance: `KARTE_CHANNEL_ALLOW` cannot be read.
    """
    return poster_with(vault_of(config), tools_of(guard_of(config)))


def poster_with(vault: Vault, tools: Tools) -> Post:
    """Return what sends mails with given keys and tools."""

    def post(channel: Channel, make: Callable[[MailSettings], EmailMessage], name: str) -> Outcome:
        try:
            secret = vault.open(channel.contract_id, channel.kind, channel.secret)
        except SecretUnreadable as error:
            _log.warning("channel %s: %s", channel.public_id, error)
            return Later(None, error.text)
        return registry.post(channel.settings, secret, make, name, tools)

    return post
