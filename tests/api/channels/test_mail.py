"""Mail, through a real SMTP server."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage

import pytest

from api.channels.connect import Patience
from api.channels.guard import Allowance, Guard
from api.channels.kind import Tools, tools_of
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.channels.registry import send
from api.models.delivery import Happening
from tests.api.channels.pki import Pki
from tests.api.channels.places import PATIENT, leading_to
from tests.api.channels.samples import item, message
from tests.api.channels.services.mail import PASSWORD, USER, Mailbox, mailing

TARO, HANAKO = "taro@example.jp", "hanako@example.jp"


def tools(pki: Pki, port: int, patience: Patience = PATIENT) -> Tools:
    return tools_of(leading_to({"smtp.example.jp": port}), pki.trusting, patience)


def settings(**changes: object) -> dict[str, object]:
    return {"host": "smtp.example.jp", "sender": "karte@example.jp", "to": [TARO], **changes}


def part_of(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert isinstance(found, EmailMessage)
    content: str = found.get_content()
    return content


@pytest.mark.parametrize("how", ["starttls", "tls", "none"])
def test_it_is_sent(pki: Pki, how: str) -> None:
    with mailing(Mailbox(), pki.server, how) as mailbox:
        outcome = send("mail", settings(tls=how), {}, message(), tools(pki, mailbox.port))
    assert outcome == Sent("<m-0123456789@example.jp>")
    ((recipients, mail),) = mailbox.envelopes
    assert recipients == [TARO]
    assert mail["Subject"] == "[要対応] PC-1: ディスクの空きがほとんどありません"
    assert mail["From"] == "Office Karte <karte@example.jp>"
    assert mail["To"] == TARO
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Wed, 25 Nov 2026 12:00:00 +0900"
    assert mail.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        body = part_of(mail, kind)
        for words in (
            "98% です",
            "山田商事株式会社 本社",
            "ごみ箱を空にします。",
            "2026年11月25日 11:30",
            "/advice/disk",
        ):
            assert words in body


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the server does not see that it is within TLS
@pytest.mark.parametrize("how", ["starttls", "tls"])
def test_it_signs_in(pki: Pki, how: str) -> None:
    with mailing(Mailbox(), pki.server, how, asks=True) as mailbox:
        given = settings(tls=how, user=USER)
        there = tools(pki, mailbox.port)
        wrong = send("mail", given, {"password": "wrong"}, message(), there)
        right = send("mail", given, {"password": PASSWORD}, message(), there)
        without = send("mail", settings(tls=how), {}, message(id_="m-2"), there)
    assert isinstance(wrong, Refused)
    assert "535" in wrong.why.en
    assert "ログイン" in wrong.why.ja
    assert isinstance(right, Sent)
    assert isinstance(without, Refused)
    assert mailbox.logins == [USER.encode()]
    assert len(mailbox.envelopes) == 1


def test_recovery_belongs_to_the_conversation_of_the_opening(pki: Pki) -> None:
    opened, closed = message(item(7)), message(item(7, Happening.CLOSED), id_="m-closed")
    with mailing(Mailbox(), pki.server, "starttls") as mailbox:
        for each in (opened, closed, opened):
            send("mail", settings(), {}, each, tools(pki, mailbox.port))
        send("mail", settings(), {}, message(item(1), item(2)), tools(pki, mailbox.port))
    first, second, again, digest = [mail for _recipients, mail in mailbox.envelopes]
    assert first["References"] == second["References"] == second["In-Reply-To"] == "<f-0000000007@example.jp>"
    assert first["Message-ID"] != second["Message-ID"]
    assert again["Message-ID"] == first["Message-ID"]
    assert digest["References"] is None


def test_a_server_that_greylists_is_asked_again(pki: Pki) -> None:
    box = Mailbox(replies={TARO: ["451 4.7.1 Greylisted, try again later"]})
    with mailing(box, pki.server, "starttls") as mailbox:
        there = tools(pki, mailbox.port)
        first = send("mail", settings(), {}, message(), there)
        assert mailbox.envelopes == []
        second = send("mail", settings(), {}, message(), there)
    assert isinstance(first, Later)
    assert "Greylisted" in first.why.ja
    assert isinstance(second, Sent)
    assert len(mailbox.envelopes) == 1


def test_who_has_it_does_not_get_it_again_when_others_were_greylisted(pki: Pki) -> None:
    box = Mailbox(replies={HANAKO: ["450 4.2.0 Mailbox busy", "450 4.2.0 Mailbox busy"]})
    with mailing(box, pki.server, "starttls") as mailbox:
        there = tools(pki, mailbox.port)
        outcomes = [send("mail", settings(to=[TARO, HANAKO]), {}, message(), there) for _ in range(3)]
    assert [type(each) for each in outcomes] == [Later, Later, Sent]
    assert [recipients for recipients, _mail in mailbox.envelopes] == [[TARO], [HANAKO]]
    assert isinstance(outcomes[0], Later)
    assert HANAKO in outcomes[0].why.en
    assert TARO not in outcomes[0].why.en


def test_a_refused_recipient_is_told_and_the_others_get_it(pki: Pki) -> None:
    box = Mailbox(replies={HANAKO: ["550 5.1.1 No such user"]})
    with mailing(box, pki.server, "starttls") as mailbox:
        outcome = send("mail", settings(to=[TARO, HANAKO]), {}, message(), tools(pki, mailbox.port))
    assert isinstance(outcome, Sent)
    assert outcome.note is not None
    assert "hanako@example.jp 550 5.1.1 No such user" in outcome.note.ja
    assert mailbox.envelopes[0][0] == [TARO]


def test_it_is_refused_where_nobody_can_get_it(pki: Pki) -> None:
    box = Mailbox(replies={TARO: ["550 5.1.1 No such user"]})
    with mailing(box, pki.server, "starttls") as mailbox:
        outcome = send("mail", settings(), {}, message(), tools(pki, mailbox.port))
    assert isinstance(outcome, Refused)
    assert "No such user" in outcome.why.ja


@pytest.mark.parametrize(
    ("said", "expected"),
    [("452 4.3.1 Insufficient system storage", Later), ("554 5.7.1 Message refused as spam", Refused)],
)
def test_what_the_server_says_of_the_whole_mail_counts(pki: Pki, said: str, expected: type) -> None:
    with mailing(Mailbox(data=[said]), pki.server, "starttls") as mailbox:
        outcome = send("mail", settings(to=[TARO, HANAKO]), {}, message(), tools(pki, mailbox.port))
    assert isinstance(outcome, expected)
    assert not isinstance(outcome, Sent)
    assert said in outcome.why.en


def test_a_server_that_hangs_up_on_a_recipient_has_given_nobody_the_mail(pki: Pki) -> None:
    box = Mailbox(replies={HANAKO: ["421 4.3.2 Shutting down"]})
    with mailing(box, pki.server, "starttls") as mailbox:
        there = tools(pki, mailbox.port)
        first = send("mail", settings(to=[TARO, HANAKO]), {}, message(), there)
        second = send("mail", settings(to=[TARO, HANAKO]), {}, message(), there)
    assert isinstance(first, Later)
    assert isinstance(second, Sent)
    assert [recipients for recipients, _mail in mailbox.envelopes] == [[TARO, HANAKO]]


def test_a_server_without_encryption_gets_nothing_when_it_is_asked_for(pki: Pki) -> None:
    with mailing(Mailbox(), None, "none") as mailbox:
        outcome = send("mail", settings(), {}, message(), tools(pki, mailbox.port))
    assert isinstance(outcome, Refused)
    assert "tls" in outcome.why.en
    assert mailbox.envelopes == []


@pytest.mark.parametrize("how", ["starttls", "tls"])
def test_a_certificate_of_nobody_known_gets_nothing(pki: Pki, how: str) -> None:
    with mailing(Mailbox(), pki.server, how) as mailbox:
        there = tools_of(leading_to({"smtp.example.jp": mailbox.port}), None, PATIENT)
        outcome = send("mail", settings(tls=how), {}, message(), there)
    assert isinstance(outcome, Later)
    assert mailbox.envelopes == []


def test_nothing_goes_unencrypted_to_a_public_server(pki: Pki) -> None:
    public = Guard(Allowance(), lambda _host, port: [(socket.AF_INET, ("8.8.8.8", port))])

    class Diverted(Guard):
        def targets(self, host: str, port: int):  # type: ignore[no-untyped-def]
            return [replace(each, address=("127.0.0.1", mailbox.port)) for each in public.targets(host, port)]

    with mailing(Mailbox(), None, "none") as mailbox:
        there = tools_of(Diverted(Allowance()), pki.trusting, PATIENT)
        outcome = send("mail", settings(tls="none"), {}, message(), there)
    assert isinstance(outcome, Refused)
    assert "KARTE_CHANNEL_ALLOW" in outcome.why.ja
    assert mailbox.envelopes == []


def test_a_server_on_a_private_address_must_be_allowed(pki: Pki) -> None:
    with mailing(Mailbox(), None, "none") as mailbox:
        given = settings(host="localhost", port=mailbox.port, tls="none")
        outcome = send("mail", given, {}, message(), tools_of(Guard(Allowance()), pki.trusting, PATIENT))
    assert isinstance(outcome, Refused)
    assert mailbox.envelopes == []


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that speaks to one client as a test wants."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        ending = threading.Event()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                speak(connection)
                ending.wait(10)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ending.set()
            thread.join()


def _says(words: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(words)


def _trickles(connection: socket.socket) -> None:
    for _ in range(100):
        try:
            connection.sendall(b"220-still here\r\n")
        except OSError:
            return
        threading.Event().wait(0.05)


@pytest.mark.parametrize(
    ("speak", "expected"),
    [
        (_says(b""), Later),
        (_says(b"421 4.3.2 not now\r\n"), Later),
        (_says(b"554 5.7.1 you are on a list\r\n"), Refused),
        (_says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Later),
        (_trickles, Later),
        (lambda connection: connection.shutdown(socket.SHUT_RDWR), Later),
    ],
    ids=["silent", "busy", "listed", "web-server", "trickling", "hanging-up"],
)
def test_a_server_that_is_out_of_order_is_left_in_time(
    pki: Pki, speak: Callable[[socket.socket], None], expected: type
) -> None:
    with speaking(speak) as port:
        outcome: Outcome = send("mail", settings(), {}, message(), tools(pki, port, Patience(2, 0.4, 1)))
    assert isinstance(outcome, expected)
    assert not isinstance(outcome, Sent)
    assert "smtp.example.jp" in outcome.why.en


def test_nothing_of_a_finding_becomes_a_header(pki: Pki) -> None:
    hostile = "x\r\nBcc: everybody@example.com\r\n\r\n<script>alert(1)</script>"
    told: Message = message(
        item(1, headline=hostile, finding="f-1\r\nX: y"), subject=hostile, id_="m-1\r\nBcc: a@b", thread="f\r\nX: y"
    )
    with mailing(Mailbox(), pki.server, "starttls") as mailbox:
        outcome = send("mail", settings(sender_name='経理 "部" <x@y>\t'), {}, told, tools(pki, mailbox.port))
    assert isinstance(outcome, Sent)
    ((recipients, mail),) = mailbox.envelopes
    assert recipients == [TARO]
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert "<script>" not in part_of(mail, "html")
    assert "&lt;script&gt;" in part_of(mail, "html")
    assert mail["From"].addresses[0].addr_spec == "karte@example.jp"


def test_old_addresses_of_mobile_carriers_get_it(pki: Pki) -> None:
    odd = "taro..yamada.@docomo.example.jp"
    with mailing(Mailbox(), pki.server, "starttls") as mailbox:
        outcome = send("mail", settings(to=[odd]), {}, message(), tools(pki, mailbox.port))
    assert isinstance(outcome, Sent)
    assert mailbox.envelopes[0][0] == [odd]
