"""A mail server (aiosmtpd) that encrypts, asks who sends, greylists, and refuses recipients."""

import gc
import ssl
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.api.channels.services.server import free_port

USER, PASSWORD = "karte", "correct horse"


@dataclass
class Mailbox:
    """What a server does, and what it got.

    Attributes:
        replies: recipient -> what is answered, in order; then 250.
        data: what is answered to mails, in order; then 250.
        envelopes: mails that were taken: recipients and content.
        logins: of users that were let in.
    """

    replies: dict[str, list[str]] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    envelopes: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        waiting = self.replies.get(address)
        answer = waiting.pop(0) if waiting else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.envelopes.append((list(envelope.rcpt_tos), mail))
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        if good:
            self.logins.append(data.login)
        return AuthResult(success=good, handled=False)


@contextmanager
def mailing(mailbox: Mailbox, tls: ssl.SSLContext | None, how: str, *, asks: bool = False) -> Iterator[Mailbox]:
    """Run a mail server.

    Args:
        mailbox: what it does.
        tls: its certificate.
        how: "starttls", "tls" or "none".
        asks: whether it takes nothing before somebody signed in.
    """
    settings: Mapping[str, Any] = {
        "authenticator": mailbox.authenticate if asks else None,
        "auth_required": asks,
        "auth_require_tls": how == "starttls",
        "tls_context": tls if how == "starttls" else None,
        "require_starttls": how == "starttls",
    }
    # Given a port, as the controller looks in at its own server once to see it run.
    mailbox.port = free_port()
    controller = _Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        ssl_context=tls if how == "tls" else None,
        **settings,
    )
    with warnings.catch_warnings():
        # The controller looks in at its own server; such a connection may come and go while the server begins or ends,
        # and is then closed by collection, whenever that is.
        own = rf".*laddr=\('127\.0\.0\.1', {mailbox.port}\)"
        warnings.filterwarnings("ignore", message=own, category=ResourceWarning)
        controller.start()
        try:
            yield mailbox
        finally:
            controller.wait_until_nobody_is_there()
            controller.stop()
            gc.collect()


class _Controller(Controller):
    """Knows who is connected: it must not be stopped before it has seen the last one leave."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        self._there: set[SMTP] = set()
        self._changed = threading.Condition()
        super().__init__(*args, **settings)

    def factory(self) -> SMTP:
        controller = self

        class Counted(SMTP):
            def connection_made(self, transport: Any) -> None:
                with controller._changed:
                    controller._there.add(self)
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                super().connection_lost(error)
                with controller._changed:
                    controller._there.discard(self)
                    controller._changed.notify_all()

        return Counted(self.handler, **self.SMTP_kwargs)

    def wait_until_nobody_is_there(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._there, 10)
