"""Every kind that speaks HTTP with the service that it speaks to, for tests of what all of them have in common."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from api.channels.connect import Patience
from api.channels.guard import Allowance, Guard, Resolved
from api.channels.kind import Tools, tools_of
from api.channels.message import Message
from api.channels.outcome import Outcome
from api.channels.registry import send
from tests.api.channels.pki import HOSTS, Pki
from tests.api.channels.services import chatwork, google_chat, line, line_works, slack, teams, webhook
from tests.api.channels.services.server import Contract, Service, serving

PATIENT = Patience(connect_s=20, silence_s=30, whole_s=60)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A kind, its settings, and what its service demands.

    Attributes:
        kind: its name.
        settings: that may be shown.
        secret: that may not.
        services: host -> contract; the one that takes messages comes last.
    """

    kind: str
    settings: Mapping[str, object]
    secret: Mapping[str, object]
    services: Mapping[str, Contract]


def _line_works() -> Spoken:
    speaks = line_works.LineWorks()
    return Spoken(
        "line_works",
        {
            "client_id": line_works.CLIENT_ID,
            "service_account": line_works.ACCOUNT,
            "bot_id": line_works.BOT,
            "channel_id": line_works.ROOM,
        },
        {"client_secret": line_works.CLIENT_SECRET, "private_key": line_works.PRIVATE_KEY},
        {"auth.worksmobile.com": speaks.sign_in, "www.worksapis.com": speaks.bots},
    )


SPOKEN: Mapping[str, Callable[[], Spoken]] = {
    "slack": lambda: Spoken("slack", {}, {"url": slack.URL}, {"hooks.slack.com": slack.contract}),
    "teams": lambda: Spoken("teams", {}, {"url": teams.URL}, {"flows.example.com": teams.contract}),
    "google_chat": lambda: Spoken(
        "google_chat", {}, {"url": google_chat.URL}, {"chat.googleapis.com": google_chat.contract}
    ),
    "chatwork": lambda: Spoken(
        "chatwork", {"room_id": chatwork.ROOM}, {"token": chatwork.TOKEN}, {"api.chatwork.com": chatwork.Chatwork()}
    ),
    "line_works": _line_works,
    "line": lambda: Spoken("line", {"to": line.TO}, {"token": line.TOKEN}, {"api.line.me": line.Line()}),
    "webhook": lambda: Spoken(
        "webhook", {}, {"url": webhook.URL, "key": webhook.KEY}, {"hooks.example.jp": webhook.Receiver()}
    ),
}
"""Kind -> its service, made anew for every test."""


@dataclass
class Place:
    """A kind and its running service.

    Attributes:
        spoken: the kind and its settings.
        services: host -> what runs there.
        tools: what it is sent with; names lead to the running services.
    """

    spoken: Spoken
    services: Mapping[str, Service]
    tools: Tools
    secret: Mapping[str, object] = field(default_factory=dict)

    @property
    def service(self) -> Service:
        """The one that takes messages."""
        return list(self.services.values())[-1]

    def send(self, message: Message, patience: Patience | None = None, **secret: object) -> Outcome:
        """Send a message, with another secret or less patience if given."""
        tools = self.tools
        if patience:
            tools = replace(tools_of(tools.guard, tools.tls, patience), memory=tools.memory, now=tools.now)
        return send(self.spoken.kind, self.spoken.settings, {**self.spoken.secret, **secret}, message, tools)


def leading_to(ports: Mapping[str, int]) -> Guard:
    """Return a guard for which hosts are on this machine at certain ports, as if their names were in its resolver."""

    def resolve(host: str, _port: int) -> list[Resolved]:
        import socket

        if host not in ports:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, ("127.0.0.1", ports[host]))]

    return Guard(Allowance(frozenset(HOSTS)), resolve)


@contextmanager
def place(kind: str, pki: Pki, tls: ssl.SSLContext | None = None) -> Iterator[Place]:
    """Run the services of a kind."""
    spoken = SPOKEN[kind]()
    with ExitStack() as running:
        services = {
            host: running.enter_context(serving(contract, tls or pki.server))
            for host, contract in spoken.services.items()
        }
        guard = leading_to({host: service.port for host, service in services.items()})
        yield Place(spoken, services, tools_of(guard, pki.trusting, PATIENT))
