from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.audit.actor import SERVICE
from api.db import Database
from api.models import (
    AuditEntry,
    Contract,
    ContractEvent,
    Notice,
    TermsAnnouncement,
    TermsDocument,
    TermsFixed,
    TermsKind,
)
from api.models.base import service_day, utc_now
from api.terms import documents
from api.terms.documents import Standing
from api.terms.markdown import InvalidTerms
from api.terms.periods import PublicationRefused
from api.terms.publishing import Draft, announce, publish
from collectors.text import Text
from tests.api.office import Office, make_office
from tests.api.terms.texts import PERIOD, document, publish_text


def test_the_order_of_precedence_is_that_of_the_terms() -> None:
    assert [kind.value for kind in sorted(TermsKind, key=lambda kind: kind.rank)] == [
        "individual",
        "service",
        "basic",
        "common",
    ]


def test_what_holds_is_listed_in_the_order_of_precedence(database: Database, office: Office, session: Session) -> None:
    for kind in (TermsKind.COMMON, TermsKind.SERVICE, TermsKind.BASIC):
        publish_text(database, kind)
    publish_text(database, TermsKind.INDIVIDUAL, contract=office.contract)
    contract = session.scalars(select(Contract)).one()
    today = service_day(utc_now())
    assert [each.kind.value for each in documents.in_force(session, contract, today)] == [
        "individual",
        "service",
        "basic",
        "common",
    ]
    assert [each.kind.value for each in documents.in_force(session, None, today)] == ["service", "basic", "common"]


def test_a_version_holds_from_its_day_until_the_next_one_does(database: Database, session: Session) -> None:
    publish_text(database, TermsKind.COMMON, ago=100, ahead=0)
    publish_text(database, TermsKind.COMMON, ago=50, ahead=20, word="改定")
    publish_text(database, TermsKind.COMMON, ago=1, ahead=20, word="再改定")
    today = service_day(utc_now())

    def holds(days: int) -> list[int]:
        return [each.version for each in documents.in_force(session, None, today + timedelta(days=days))]

    assert [holds(days) for days in (-101, -100, -31, -30, 0, 18, 19)] == [[], [1], [1], [2], [2], [2], [3]]
    found = session.scalars(documents.listed(None)).all()
    assert [(each.version, documents.standings(session, None, found, today)[each.id]) for each in found] == [
        (3, Standing.UPCOMING),
        (2, Standing.IN_FORCE),
        (1, Standing.EARLIER),
    ]
    for wanted, version in ((Standing.UPCOMING, 3), (Standing.IN_FORCE, 2), (Standing.EARLIER, 1)):
        asked = documents.listed(None).where(documents.standing(today, wanted))
        assert [each.version for each in session.scalars(asked)] == [version]


@pytest.mark.parametrize("ahead", [0, 1, PERIOD - 1])
def test_a_change_is_told_long_enough_before(database: Database, office: Office, ahead: int) -> None:
    with pytest.raises(PublicationRefused) as caught:
        publish_text(database, TermsKind.COMMON, ago=0, ahead=ahead)
    assert caught.value.rule == "terms_announcement"
    assert caught.value.earliest == service_day(utc_now()) + timedelta(days=PERIOD)
    publish_text(database, TermsKind.COMMON, ago=0, ahead=PERIOD)


def test_where_nobody_is_bound_yet_terms_may_hold_at_once(database: Database, session: Session) -> None:
    with database.writing.begin() as writing:
        writing.add(Contract(name="準備中"))
    made = publish_text(database, TermsKind.COMMON, ago=0, ahead=0)
    assert [each.public_id for each in documents.in_force(session, None, service_day(utc_now()))] == [made]


def test_dates_that_cannot_be_are_refused_by_name(database: Database) -> None:
    with pytest.raises(PublicationRefused) as past:
        publish_text(database, TermsKind.COMMON, ago=0, ahead=-1)
    assert past.value.rule == "terms_in_the_past"
    publish_text(database, TermsKind.COMMON, ago=0, ahead=30)
    with pytest.raises(PublicationRefused) as order:
        publish_text(database, TermsKind.COMMON, ago=0, ahead=29, word="改定")
    assert order.value.rule == "terms_order"


def test_a_version_that_changes_nothing_is_refused(database: Database) -> None:
    publish_text(database, TermsKind.COMMON)
    with pytest.raises(PublicationRefused, match="version 1") as caught:
        publish_text(database, TermsKind.COMMON, ago=0)
    assert caught.value.rule == "terms_unchanged"


def test_individual_terms_are_those_of_one_contract_that_runs(
    database: Database, office: Office, other_office: Office
) -> None:
    for kind, contract in ((TermsKind.INDIVIDUAL, None), (TermsKind.COMMON, office.contract)):
        with pytest.raises(PublicationRefused) as caught:
            publish_text(database, kind, contract=contract)
        assert caught.value.rule == "individual_has_contract"
    one = publish_text(database, TermsKind.INDIVIDUAL, contract=office.contract)
    other = publish_text(database, TermsKind.INDIVIDUAL, contract=other_office.contract)
    assert document(database, one).version == document(database, other).version == 1
    office.apply(ContractEvent.TERMINATE, "解約")
    with pytest.raises(PublicationRefused) as ended:
        publish_text(database, TermsKind.INDIVIDUAL, contract=office.contract, word="改定", ago=0)
    assert ended.value.rule == "contract_ended"


def test_a_text_that_cannot_be_used_is_not_published(database: Database, session: Session) -> None:
    day = service_day(utc_now())
    with pytest.raises(InvalidTerms), database.writing.begin() as writing:
        publish(writing, Draft(TermsKind.COMMON, Text("題", "T"), Text("本文", " "), day), SERVICE, utc_now())
    assert session.scalars(select(TermsDocument)).all() == []


def test_what_was_published_does_not_change(database: Database) -> None:
    made = publish_text(database, TermsKind.COMMON)
    with pytest.raises(TermsFixed), database.writing.begin() as session:
        session.scalars(select(TermsDocument)).one().body = "別の本文"
    assert document(database, made).body.startswith("## 第1条")


def test_every_contract_that_is_bound_gets_one_notice(
    database: Database, office: Office, other_office: Office, session: Session
) -> None:
    third = make_office(database, "佐藤設計")
    other_office.apply(ContractEvent.SUSPEND, "調査中")
    third.apply(ContractEvent.TERMINATE, "解約")
    made = publish_text(database, TermsKind.COMMON, ago=0)
    assert announce(database, utc_now()) == 0
    notices = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [each.contract.public_id for each in notices] == [office.contract, other_office.contract]
    facts = notices[0].facts
    assert (notices[0].kind, facts["terms"], facts["version"]) == ("terms_change", "common", 1)
    assert (facts["title"], facts["title_en"]) == ("common規約", "Terms common")
    assert notices[0].effective_on == document(database, made).effective_on
    assert document(database, made).effective_on.isoformat() in notices[0].body
    assert "Terms common" in notices[0].body_en


def test_individual_terms_are_told_to_their_own_contract_alone(
    database: Database, office: Office, other_office: Office, session: Session
) -> None:
    publish_text(database, TermsKind.INDIVIDUAL, ago=0, contract=office.contract)
    (notice,) = session.scalars(select(Notice))
    assert notice.contract.public_id == office.contract


def test_announcing_goes_on_where_it_was_cut_short(database: Database, session: Session) -> None:
    for number in range(5):
        make_office(database, f"顧客{number}")
    publish_text(database, TermsKind.COMMON, ago=0, tell=False)
    assert [announce(database, utc_now(), most) for most in (2, 2, 2, 2)] == [2, 2, 1, 0]
    assert len(session.scalars(select(Notice.contract_id).distinct()).all()) == 5


def test_a_contract_that_begins_after_the_publication_is_told_too(
    database: Database, office: Office, session: Session
) -> None:
    publish_text(database, TermsKind.COMMON, ago=0)
    make_office(database, "新しい顧客")
    assert announce(database, utc_now()) == 1
    assert len(session.scalars(select(TermsAnnouncement)).all()) == 2


def test_nobody_is_told_of_what_holds_already(database: Database, office: Office, session: Session) -> None:
    publish_text(database, TermsKind.COMMON, tell=False)
    assert announce(database, utc_now()) == 0
    assert session.scalars(select(Notice)).all() == []


def test_a_publication_stands_in_the_log(database: Database, office: Office, session: Session) -> None:
    made = publish_text(database, TermsKind.COMMON)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "terms.publish")).one()
    assert (entry.target, entry.details["kind"], entry.details["version"]) == (made, "common", 1)


def test_not_even_a_statement_of_the_orm_is_needed_to_see_a_change(database: Database) -> None:
    """Who writes past the application changes the text, and the hash that acceptances name does not fit any more."""
    from api.models.terms import content_hash

    made = publish_text(database, TermsKind.COMMON)
    with database.writing.begin() as session:
        session.execute(update(TermsDocument).values(body="別の本文"))
    found = document(database, made)
    assert content_hash(found.name, Text(found.body, found.body_en)) != found.content_hash
