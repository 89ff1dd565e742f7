from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.actor import SERVICE, Actor, ActorKind
from api.db import Database
from api.identity.accounts import find_user
from api.models import (
    AcceptanceWay,
    AuditEntry,
    Contract,
    ContractEvent,
    Site,
    TermsAcceptance,
    TermsDocument,
    TermsKind,
    User,
)
from api.models.base import service_day, utc_now
from api.plaintext import InvalidText
from api.terms.acceptance import (
    AcceptanceRefused,
    Acceptor,
    accept,
    accept_by_use,
    by_user,
    missing,
    on_paper,
)
from api.terms.publishing import announce
from tests.api.office import Office
from tests.api.terms.texts import publish_text

STAFF = Actor(ActorKind.STAFF, "u-0000000000", "boss")


def accepted(office: Office, public_id: str, acceptor: Acceptor | None = None) -> TermsAcceptance:
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        found = session.scalars(select(TermsDocument).where(TermsDocument.public_id == public_id)).one()
        return accept(session, contract, found, acceptor or on_paper("山田太郎", STAFF), utc_now())


def left(office: Office) -> list[str]:
    with office.database.reading() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        return [each.public_id for each in missing(session, contract, service_day(utc_now()))]


def used(office: Office, name: str) -> list[str]:
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        user = find_user(session, name)
        assert user is not None
        return [each.document.public_id for each in accept_by_use(session, contract, user, utc_now())]


def test_what_is_missing_is_named_in_the_order_of_precedence(database: Database, office: Office) -> None:
    common = publish_text(database, TermsKind.COMMON)
    service = publish_text(database, TermsKind.SERVICE)
    own = publish_text(database, TermsKind.INDIVIDUAL, contract=office.contract)
    publish_text(database, TermsKind.BASIC, ago=0)
    assert left(office) == [own, service, common]
    accepted(office, service)
    assert left(office) == [own, common]


def test_individual_terms_of_others_are_not_missing(database: Database, office: Office, other_office: Office) -> None:
    own = publish_text(database, TermsKind.INDIVIDUAL, contract=other_office.contract)
    assert (left(office), left(other_office)) == ([], [own])
    with pytest.raises(AcceptanceRefused) as caught:
        accepted(office, own)
    assert caught.value.rule == "terms_of_another_contract"


def test_a_later_version_is_missing_once_it_holds(database: Database, office: Office) -> None:
    first = publish_text(database, TermsKind.COMMON, ago=60)
    accepted(office, first)
    second = publish_text(database, TermsKind.COMMON, ago=20, word="改定")
    assert left(office) == [second]
    publish_text(database, TermsKind.COMMON, ago=0, word="再改定")
    assert left(office) == [second]


def test_an_upcoming_version_may_be_accepted_before_its_day(database: Database, office: Office) -> None:
    made = publish_text(database, TermsKind.COMMON, ago=0)
    assert accepted(office, made).way is AcceptanceWay.PAPER


def test_a_version_that_was_replaced_cannot_be_accepted_any_more(database: Database, office: Office) -> None:
    first = publish_text(database, TermsKind.COMMON, ago=60)
    publish_text(database, TermsKind.COMMON, ago=20, word="改定")
    with pytest.raises(AcceptanceRefused) as caught:
        accepted(office, first)
    assert caught.value.rule == "terms_replaced"


def test_a_contract_that_has_ended_accepts_nothing(database: Database, office: Office) -> None:
    made = publish_text(database, TermsKind.COMMON)
    office.apply(ContractEvent.TERMINATE, "解約")
    with pytest.raises(AcceptanceRefused) as caught:
        accepted(office, made)
    assert caught.value.rule == "contract_ended"


def test_an_acceptance_says_who_when_how_and_of_what_text(
    database: Database, office: Office, customer: str, session: Session
) -> None:
    paper = accepted(office, publish_text(database, TermsKind.COMMON))
    assert (paper.accepted_by, paper.user_id, paper.recorded_by) == ("山田太郎", "", "boss")
    user = session.scalars(select(User).where(User.username == customer)).one()
    said = accepted(office, publish_text(database, TermsKind.SERVICE), by_user(user))
    assert (said.way, said.accepted_by, said.user_id, said.recorded_by) == (
        AcceptanceWay.EXPLICIT,
        customer,
        user.public_id,
        "",
    )
    assert said.content_hash == said.document.content_hash
    assert said.accepted_at <= utc_now()
    session.rollback()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "terms.accept")).all()
    assert [(each.actor_name, each.details["way"], each.contract) for each in entries] == [
        ("boss", "paper", office.contract),
        (customer, "explicit", office.contract),
    ]


def test_the_first_acceptance_of_a_version_stands(database: Database, office: Office, session: Session) -> None:
    made = publish_text(database, TermsKind.COMMON)
    first = accepted(office, made, on_paper("山田太郎", STAFF))
    again = accepted(office, made, on_paper("鈴木花子", STAFF))
    assert (again.public_id, again.accepted_by) == (first.public_id, "山田太郎")
    assert len(session.scalars(select(TermsAcceptance)).all()) == 1


@pytest.mark.parametrize("name", ["", "  ", "a\u202eb", "あ" * 300])
def test_a_name_on_paper_is_a_name(name: str) -> None:
    with pytest.raises(InvalidText):
        on_paper(name, STAFF)


def test_using_the_service_accepts_a_change_that_was_told_and_has_taken_effect(
    database: Database, office: Office, customer: str, session: Session
) -> None:
    accepted(office, publish_text(database, TermsKind.COMMON, ago=60))
    changed = publish_text(database, TermsKind.COMMON, ago=20, word="改定")
    publish_text(database, TermsKind.SERVICE, ago=0)
    assert used(office, customer) == [changed]
    assert used(office, customer) == []
    newest = session.scalars(select(TermsAcceptance).order_by(TermsAcceptance.id.desc())).first()
    assert newest is not None
    assert (newest.way, newest.accepted_by) == (AcceptanceWay.BY_USE, customer)
    assert left(office) == []


def test_using_it_accepts_nothing_that_nobody_was_told_of(database: Database, office: Office, customer: str) -> None:
    never_told = publish_text(database, TermsKind.COMMON, ago=60, tell=False)
    assert used(office, customer) == []
    assert left(office) == [never_told]


def test_using_it_accepts_nothing_that_was_told_too_late(database: Database, office: Office, customer: str) -> None:
    publish_text(database, TermsKind.COMMON, ago=14, ahead=14, tell=False)
    # Written on the day itself: `announce` writes none then, so the clock of whoever wrote it stood wrong.
    announce(database, utc_now() - timedelta(days=1))
    assert len(used(office, customer)) == 1
    publish_text(database, TermsKind.SERVICE, ago=20, ahead=14, tell=False)
    announce(database, utc_now())
    assert used(office, customer) == []


def test_a_draft_accepts_nothing_by_use(database: Database, session: Session) -> None:
    with database.writing.begin() as writing:
        contract = Contract(name="準備中")
        contract.sites.append(Site(name="本社", prefecture="13"))
        writing.add(contract)
        writing.add(User(username="hanako", password_hash="x", role="customer", position="it_staff", contract=contract))
    publish_text(database, TermsKind.COMMON, ago=20)
    office = Office(database, session.scalars(select(Contract.public_id)).one(), "")
    assert used(office, "hanako") == []
    assert len(left(office)) == 1


def test_the_service_itself_signs_nothing_in_a_customers_name(database: Database, office: Office) -> None:
    made = accepted(office, publish_text(database, TermsKind.COMMON), on_paper("山田太郎", SERVICE))
    assert (made.accepted_by, made.recorded_by) == ("山田太郎", "Office Karte")
