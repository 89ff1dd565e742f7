"""Mail, by SMTP.

Plain text and HTML say the same. Messages of one finding refer to a mail that was never sent but whose id they share,
so that mail programs show them as one conversation, whichever of them came first. `Auto-Submitted` keeps holiday
notices from answering (RFC 3834).

Where some recipients are refused for now and others are not (RFC 5321, section 4.2.1: 4xx), those get it at once, and
only the rest is tried again: this process remembers who has it. After a restart it could come twice, which is better
than not.
"""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.channels.checks import check_host
from api.channels.connect import Deadline, connect, not_reached
from api.channels.fields import InvalidSettings, Secret, Settings, entry
from api.channels.guard import Forbidden, Guard, Target
from api.channels.kind import Kind, Tools
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.channels.plaintext import clean, cut
from api.channels.render import Part, dashboard, fitted, headline, more_text, notes, plain
from api.display.tokyo import TOKYO
from api.models.delivery import Happening
from collectors.text import Text

MAX_PART = 100_000
_MOST = 50
ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$"
_PRINTABLE = r"^[\x20-\x7e]*$"
_HOST = r"^[A-Za-z0-9._:-]{1,253}$"


class Tls(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class MailSettings(Settings, frozen=True):
    """The server that takes the mail, from whom and to whom."""

    host: Annotated[
        str,
        entry(
            Text("メールサーバー", "mail server"),
            Text(
                "smtp.example.jp のようなホスト名を指定してください",
                "give a host name such as smtp.example.jp",
            ),
            pattern=_HOST,
        ),
    ]
    sender: Annotated[
        str,
        entry(
            Text("差出人アドレス", "sender address"),
            Text("karte@example.jp のように指定してください", "give an address such as karte@example.jp"),
            pattern=ADDRESS,
        ),
    ]
    to: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=ADDRESS)], ...],
        entry(
            Text("宛先", "recipients"),
            Text(
                "1〜20件のメールアドレスを指定してください",
                "give 1 to 20 mail addresses",
            ),
            min_length=1,
            max_length=20,
        ),
    ]
    port: Annotated[
        int,
        entry(
            Text("ポート", "port"),
            Text(
                "1〜65535の数字を指定してください（starttls は587、tls は465が一般的です）",
                "give a number from 1 to 65535; usual are 587 for starttls and 465 for tls",
            ),
            ge=1,
            le=65535,
        ),
    ] = 587
    tls: Annotated[
        Tls,
        entry(
            Text("暗号化", "encryption"),
            Text("starttls・tls・none のどれかを指定してください", "give one of starttls, tls, none"),
        ),
    ] = Tls.STARTTLS
    user: Annotated[
        str,
        entry(
            Text("ユーザー名", "user name"),
            Text("メールサーバーのユーザー名を指定してください", "give the user name at the mail server"),
            pattern=_PRINTABLE,
            max_length=254,
        ),
    ] = ""
    sender_name: Annotated[
        str,
        entry(
            Text("差出人の表示名", "sender's name"),
            Text("100文字までで指定してください", "give at most 100 characters"),
            max_length=100,
        ),
    ] = "Office Karte"


class MailSecret(Secret, frozen=True):
    """For servers that ask who sends."""

    password: Annotated[
        str,
        entry(
            Text("パスワード", "password"),
            Text("メールサーバーのパスワードを指定してください", "give the password at the mail server"),
            pattern=_PRINTABLE,
            max_length=1000,
        ),
    ] = ""


def check(settings: MailSettings, secret: MailSecret, guard: Guard) -> None:
    """Refuse what cannot be sent with, or would show a password to everybody on the way."""
    check_host(settings.host, guard, "host")
    if bool(settings.user) != bool(secret.password):
        raise InvalidSettings(
            Text(
                "ユーザー名（user）とパスワード（password）は両方指定するか、両方省略してください",
                "give both user and password, or neither",
            ),
            "password" if settings.user else "user",
        )
    if settings.tls is Tls.NONE and settings.user:
        raise InvalidSettings(
            Text(
                "暗号化なし（tls=none）ではパスワードを送れません。starttls か tls にしてください",
                "no password is sent without encryption (tls=none); use starttls or tls",
            ),
            "tls",
        )


def send(settings: MailSettings, secret: MailSecret, message: Message, tools: Tools) -> Outcome:
    """Hand a message over to the server."""
    return post(settings, secret, mail(settings, message), message.id, tools)


def post(settings: MailSettings, secret: MailSecret, made: EmailMessage, name: str, tools: Tools) -> Outcome:
    """Hand a mail over to the server.

    Args:
        settings: the server, from whom and to whom.
        secret: for servers that ask who sends.
        made: the mail, as begun by `envelope`.
        name: by which it is known when it is sent again.
        tools: what it is sent with.
    """
    deadline = Deadline(tools.patience.whole_s)
    try:
        line, target = connect(tools.guard, settings.host, settings.port, tools.patience, deadline)
        with line, deadline.watching(line):
            _require_encryption(settings, target)
            with _Session(settings, line, tools.tls) as session:
                if settings.user:
                    session.login(settings.user, secret.password)
                return _deliver(session, settings, made, name, tools)
    except smtplib.SMTPException as error:
        return _outcome(error, settings)
    except OSError as error:
        return Later(None, not_reached(settings.host, error).text)


def _require_encryption(settings: MailSettings, target: Target) -> None:
    if settings.tls is Tls.NONE and not target.is_allowed:
        raise Forbidden(
            Text(
                f"{settings.host} へ暗号化なし（tls=none）では送りません。"
                "starttls か tls にするか、社内のサーバーなら KARTE_CHANNEL_ALLOW に加えてください",
                f"nothing is sent to {settings.host} without encryption (tls=none); use starttls or tls, or add a "
                "server of your own to KARTE_CHANNEL_ALLOW",
            )
        )


class _Session(smtplib.SMTP):
    """A session over a connection that was made already."""

    def __init__(self, settings: MailSettings, made: socket.socket, tls: ssl.SSLContext) -> None:
        self._settings, self._made, self._tls = settings, made, tls
        # The sender's domain greets: the standard library would look this machine's name up.
        super().__init__(settings.host, settings.port, local_hostname=settings.sender.rpartition("@")[2])
        if settings.tls is Tls.STARTTLS:
            self.starttls(context=tls)

    def _get_socket(self, host: str, _port: int, _timeout: float) -> socket.socket:
        if self._settings.tls is Tls.TLS:
            return self._tls.wrap_socket(self._made, server_hostname=host)
        return self._made

    def __exit__(self, *_args: object) -> None:
        # What was sent is sent: a server that does not say goodbye changes nothing.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self.quit()
        self.close()


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a server said of a recipient."""

    recipient: str
    code: int
    said: str

    @property
    def is_final(self) -> bool:
        return self.code >= 500

    def __str__(self) -> str:
        return f"{self.recipient} {self.code} {self.said}".rstrip()


def _deliver(session: smtplib.SMTP, settings: MailSettings, made: EmailMessage, name: str, tools: Tools) -> Outcome:
    key = ("mail", settings.host, name)
    has_it: frozenset[str] = tools.memory.get(key) or frozenset()
    due = [each for each in dict.fromkeys(settings.to) if each not in has_it]
    refused = _hand_over(session, settings, due, made) if due else []
    accepted = has_it | {each for each in due if each not in {reply.recipient for reply in refused}}
    tools.memory.put(key, accepted or None)
    deferred = [reply for reply in refused if not reply.is_final]
    if deferred:
        return Later(None, _told(settings, deferred))
    if refused and not accepted:
        return Refused(_told(settings, refused))
    return Sent(made["Message-ID"], _told(settings, refused) if refused else None)


def _hand_over(session: smtplib.SMTP, settings: MailSettings, due: Sequence[str], made: EmailMessage) -> list[_Reply]:
    """Send to all that the server takes, and return what it said of the others."""
    try:
        refused = session.sendmail(settings.sender, due, made.as_bytes())
    except smtplib.SMTPRecipientsRefused as error:
        # Nobody has it, also who is not named: after a 421 the server takes no more of them.
        refused = {each: error.recipients.get(each, (421, b"")) for each in due}
    return [_Reply(each, code, _line(said)) for each, (code, said) in refused.items()]


def _told(settings: MailSettings, refused: Sequence[_Reply]) -> Text:
    listed = cut("; ".join(map(str, refused)), 350)
    return Text(f"{settings.host} が受け付けなかった宛先: {listed}", f"{settings.host} did not accept: {listed}")


def _outcome(error: smtplib.SMTPException, settings: MailSettings) -> Outcome:
    """Return what an error of the session means: only a final answer of the server is final."""
    host = settings.host
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Refused(
            Text(
                f"{host} はこの暗号化か認証に対応していません。tls の設定を確認してください",
                f"{host} does not offer this encryption or authentication; check tls",
            )
        )
    if not isinstance(error, smtplib.SMTPResponseException):
        return Later(None, Text(f"{host} との通信が途切れました", f"the connection to {host} broke off"))
    said = f"{error.smtp_code} {_line(error.smtp_error)}".rstrip()
    if isinstance(error, smtplib.SMTPAuthenticationError):
        why = Text(f"{host} にログインできません: {said}", f"{host} refuses the user or password: {said}")
    else:
        why = Text(f"{host} が {said} を返しました", f"{host} answered {said}")
    return Refused(why) if error.smtp_code >= 500 else Later(None, why)


def _line(said: bytes | str) -> str:
    return cut(clean(said.decode("utf-8", errors="replace") if isinstance(said, bytes) else said), 150)


def _id(name: str, settings: MailSettings) -> str:
    return f"<{re.sub('[^A-Za-z0-9-]', '-', name)}@{settings.sender.rpartition('@')[2]}>"


def mail(settings: MailSettings, message: Message) -> EmailMessage:
    """Return the mail of a message."""
    made = envelope(settings, message.id, headline(message, 150), message.at)
    if message.thread:
        made["In-Reply-To"] = made["References"] = _id(message.thread, settings)
    made.set_content(plain(message, MAX_PART))
    made.add_alternative(html(message), subtype="html")
    return made


def envelope(settings: MailSettings, name: str, subject: str, at: datetime) -> EmailMessage:
    """Return a mail without content yet.

    Args:
        settings: from whom and to whom.
        name: part of its id, the same when it is sent again.
        subject: one line.
        at: when it was made.
    """
    made = EmailMessage(policy=SMTP_POLICY)
    made["From"] = _named(settings)
    made["To"] = ", ".join(settings.to)
    made["Subject"] = cut(subject, 200)
    made["Date"] = format_datetime(at.astimezone(TOKYO))
    made["Message-ID"] = _id(name, settings)
    made["Auto-Submitted"] = "auto-generated"
    return made


def _named(settings: MailSettings) -> Address | str:
    user, _, domain = settings.sender.rpartition("@")
    return Address(clean(settings.sender_name), user, domain)


def html(message: Message) -> str:
    """Return the mail's HTML, in which nothing from findings is markup."""
    parts, left_out = fitted(message, lambda _some, _left: True, _MOST)
    made: str = _template().render(
        message=message,
        subject=headline(message, 200),
        notes=notes(message),
        parts=parts,
        more=more_text(left_out, message.lang),
        dashboard=dashboard(message),
        color=_color,
    )
    return made


def _color(part: Part) -> str:
    if part.happening is Happening.CLOSED:
        return "#1b7f4b"
    return {"critical": "#b3261e", "warning": "#8a5a00"}.get(part.severity, "#37536b")


@cache
def _template() -> Any:
    loader = PackageLoader("api.channels", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("mail.html")


KIND = Kind(
    name="mail",
    text=Text("メール（SMTP）", "mail (SMTP)"),
    about=Text(
        "お使いのメールサーバー（SMTP）から送ります",
        "sends through your mail server (SMTP)",
    ),
    settings=MailSettings,
    secret=MailSecret,
    check=check,
    send=send,
)
