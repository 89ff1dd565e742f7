"""Formal notices on their way through a real mail server."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from api.audit.actor import Actor, ActorKind
from api.config import Config
from api.contracts.changes import Order, order_termination, suspend
from api.db import Database
from api.mail.letter import Links
from api.mail.sender import ServiceMails
from api.mail.server import mail_server
from api.models import (
    Contract,
    ContractState,
    DeliveryState,
    Notice,
    NoticeState,
    Reason,
    ReasonCode,
    ServiceMail,
)
from api.models.base import utc_now
from api.notices.kinds import KINDS
from api.notices.writing import text_of
from tests.api.channels.services.mail import Mailbox, mailing
from tests.api.office import Office

BOSS = Actor(ActorKind.STAFF, "u-boss", "boss")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mailing(Mailbox(), None, "none") as box:
        yield box


@pytest.fixture
def mails(config: Config, database: Database, mailbox: Mailbox) -> ServiceMails:
    served = replace(
        config, mail_host="127.0.0.1", mail_port=mailbox.port, mail_tls="none", mail_from="karte@example.jp"
    )
    return ServiceMails(database, Links("https://karte.example.jp", "key"), mail_server(served))


def ordered(office: Office) -> str:
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        contract.contact = "president@example.jp"
        notice = order_termination(Order(session, BOSS, utc_now()), contract, Reason(ReasonCode.UNREACHABLE))
        assert notice is not None
        return notice.public_id


def stored(office: Office) -> tuple[ContractState, NoticeState, DeliveryState]:
    with office.database.reading() as session:
        return (
            session.scalars(select(Contract.state)).one(),
            session.scalars(select(Notice.state)).one(),
            session.scalars(select(ServiceMail.state)).one(),
        )


def test_a_contract_ends_when_a_mail_server_takes_its_notice(
    office: Office, mails: ServiceMails, mailbox: Mailbox
) -> None:
    name = ordered(office)
    assert stored(office) == (ContractState.ACTIVE, NoticeState.WAITING, DeliveryState.WAITING)
    assert mails.step()
    assert stored(office) == (ContractState.TERMINATED, NoticeState.DISPATCHED, DeliveryState.SENT)
    ((to, mail),) = mailbox.envelopes
    assert to == ["president@example.jp"]
    assert mail["Subject"] == "[重要なお知らせ] 契約の終了について"
    text = mail.get_content()
    assert "お客様と連絡が取れないため" in text
    assert f"https://karte.example.jp/portal/notices/{name}" in text


def test_a_refused_mail_ends_nothing_and_stays_to_be_seen(
    office: Office, mails: ServiceMails, mailbox: Mailbox
) -> None:
    mailbox.replies["president@example.jp"] = ["550 no such user"]
    ordered(office)
    assert mails.step()
    assert stored(office) == (ContractState.ACTIVE, NoticeState.WAITING, DeliveryState.DEAD)
    with office.database.reading() as session:
        assert "550" in session.scalars(select(ServiceMail.why_en)).one()


def test_a_busy_server_is_tried_again(office: Office, mails: ServiceMails, mailbox: Mailbox) -> None:
    mailbox.replies["president@example.jp"] = ["451 later"]
    ordered(office)
    assert mails.step()
    assert stored(office)[2] is DeliveryState.WAITING
    assert not mails.step()  # not before its time


def test_without_a_mail_server_notices_wait_and_say_why(office: Office, config: Config, database: Database) -> None:
    ordered(office)
    ServiceMails(database, Links("https://karte.example.jp", "key"), mail_server(config)).step()
    assert stored(office) == (ContractState.ACTIVE, NoticeState.WAITING, DeliveryState.WAITING)
    with office.database.reading() as session:
        assert "KARTE_MAIL_HOST" in session.scalars(select(ServiceMail.why)).one()


def test_a_customers_name_adds_no_header(office: Office, mails: ServiceMails, mailbox: Mailbox) -> None:
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract)).one()
        contract.contact = "president@example.jp"
        suspend(Order(session, BOSS, utc_now()), contract, Reason(ReasonCode.OTHER, "x\u2028Bcc: thief@example.jp"))
    mails.step()
    ((to, mail),) = mailbox.envelopes
    assert (to, mail["Bcc"]) == (["president@example.jp"], None)


FACTS: dict[str, object] = {
    "effective_on": "2026-05-01",
    "reason": {"ja": "料金の未払い", "en": "unpaid fees"},
    "what": "LINE通知",
    "cure_until": "2026-05-08",
    "title": "利用規約",
    "title_en": "Terms",
    "version": 2,
    "quota": 10,
    "in_use": 12,
    "devices": ["pc-1", "pc-2"],
    "ground": {"ja": "合併", "en": "merger"},
    "successor": "新山田商事",
    "documents_by": None,
    "outcome": {"ja": "承認", "en": "accepted"},
    "decision": "",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_text_in_both_languages(kind: str) -> None:
    written = text_of(kind, Contract(name="山田商事", public_id="c-test"), FACTS)
    for subject, body in ((written.subject.ja, written.body.ja), (written.subject.en, written.body.en)):
        assert 0 < len(subject) < 80
        assert "山田商事" in body
        assert "{" not in subject + body
