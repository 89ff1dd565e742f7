"""What a kind of channel is, and what it works with."""

import ssl
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.channels.connect import Patience
from api.channels.fields import NoSecret, Secret, Settings
from api.channels.guard import Guard
from api.channels.http import Client
from api.channels.message import Message
from api.channels.outcome import Outcome
from api.models.base import utc_now
from collectors.text import Text

_REMEMBERED = 1000


class Memory:
    """What channels remember between messages, in this process only: access tokens, who has a message already.

    Bounded, as what is forgotten costs a request more, or a mail that comes twice.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> Any:
        """Return what is remembered, or None."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: tuple[str, ...], value: object) -> None:
        """Remember something; None forgets it."""
        with self._lock:
            self._kept.pop(key, None)
            if value is not None:
                self._kept[key] = value
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Tools:
    """What kinds send with.

    Attributes:
        guard: says which addresses may be connected to.
        client: sends HTTP requests.
        tls: how certificates are verified where HTTP is not what is spoken.
        patience: how long is waited.
        memory: what is remembered between messages.
        now: tells this moment.
    """

    guard: Guard
    client: Client
    tls: ssl.SSLContext
    patience: Patience = field(default_factory=Patience)
    memory: Memory = field(default_factory=Memory)
    now: Callable[[], datetime] = utc_now


def tools_of(guard: Guard, tls: ssl.SSLContext | None = None, patience: Patience | None = None) -> Tools:
    """Return tools that share a guard, the trusted certificates and patience."""
    trusted = tls or ssl.create_default_context()
    wait = patience or Patience()
    return Tools(guard, Client(guard, trusted, wait), trusted, wait)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel.

    Attributes:
        name: in the database, on the command line and in the API.
        text: for people.
        about: where its settings come from, in a line.
        settings: the type of what may be shown.
        secret: the type of what must not.
        check: what the types cannot say of settings and secret; raises InvalidSettings.
        send: sends a message.
    """

    name: str
    text: Text
    about: Text
    settings: type[Settings]
    send: Callable[[Any, Any, Message, Tools], Outcome]
    check: Callable[[Any, Any, Guard], None]
    secret: type[Secret] = NoSecret


Given = Mapping[str, object]
"""Settings or secrets as they were entered, or as they are stored."""
