"""What staff make in the portal: contracts, sites, IDs and licences, and how it is refused."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.audit.log import verify
from api.db import Database
from api.models import AuditEntry, Contract, Licence, SecondFactor, ServiceMail, Site, TermsDocument, User
from api.models.base import service_day, utc_now
from tests.api.office import Office
from tests.api.portal.furnished import Furnished, furnish
from tests.api.portal.test_of_customers import alert, followed
from tests.api.routes.person_browser import Browser, set_up

NEW = "/portal/staff/contracts/new"
APPLICATION = {"name": "高橋工務店", "language": "en", "site": "本社", "prefecture": "27"}
PERSON = {"username": "jiro@example.jp", "name": "鈴木 次郎", "position": "it_staff", "language": "ja"}


def at(furnished: Furnished, *rest: str) -> str:
    return "/".join(("/portal/staff/contracts", furnished.id, *rest))


def send(clerk: Browser, page: str, act: str = "", **sent: str) -> TestResponse:
    """Send a form of a page."""
    return clerk.post(page, f"{page}/{act}" if act else page, **sent)


def shown_password(answer: TestResponse) -> str:
    """Return the password that an answer shows."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'class="secret"[^>]*><code>([^<]+)</code>', answer.text)
    assert found
    return found[1]


def wrong_fields(page: str) -> set[str]:
    return set(re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', page))


def actions(session: Session) -> list[str]:
    session.rollback()
    made = AuditEntry.action.not_in(("read", "terms.publish"))
    return list(session.scalars(select(AuditEntry.action).where(made).order_by(AuditEntry.id)))


def test_a_contract_comes_to_be_with_its_first_site_and_says_what_comes_next(
    session: Session, furnished: Furnished, clerk: Browser
) -> None:
    assert f'href="{NEW}"' in clerk.get("/portal/staff/contracts").text
    ends_on = (service_day(utc_now()) + timedelta(days=365)).isoformat()

    answer = send(clerk, NEW, **APPLICATION, contact="soumu@example.jp", ends_on=ends_on, address="大阪市北区梅田1-1-1")
    page = followed(clerk, answer)

    made = session.scalars(select(Contract).where(Contract.name == "高橋工務店")).one()
    assert answer.location == f"/portal/staff/contracts/{made.public_id}"
    assert (made.state, made.language, made.contact) == ("draft", "en", "soumu@example.jp")
    assert str(made.ends_on) == ends_on
    assert [(each.name, each.prefecture, each.address) for each in made.sites] == [
        ("本社", "27", "大阪市北区梅田1-1-1")
    ]
    assert actions(session)[-2:] == ["contract.create", "site.create"]
    assert "Next, add a user, let them accept the terms, then begin it." in page
    todo = re.sub(r"<[^>]+>|\s+", " ", page.split('id="until-begun"')[1].split("</ol>")[0])
    assert re.findall(r"(done|to do)\s+(add a site|add a user|let them accept|begin the contract)", todo) == [
        ("done", "add a site"),
        ("to do", "add a user"),
        ("to do", "let them accept"),
        ("to do", "begin the contract"),
    ]
    # What the page says is what leads to a contract that runs.
    here = f"/portal/staff/contracts/{made.public_id}"
    shown_password(send(clerk, f"{here}/users", **PERSON))
    terms = f"/portal/{made.public_id}/terms"
    for document in session.scalars(select(TermsDocument.public_id).where(TermsDocument.kind == "service")):
        followed(clerk, send(clerk, terms, "paper", document=document, accepted_by="鈴木 次郎"))
    assert "The contract has begun" in followed(clerk, send(clerk, here, "activate"))


@pytest.mark.parametrize(
    ("changes", "why", "fields"),
    [
        ({"name": " "}, "Check what was entered", {"name"}),
        ({"name": "a\u202eb"}, "", set()),
        ({"site": ""}, "Check what was entered", {"site"}),
        ({"site": "x" * 201}, "201 characters", set()),
        ({"prefecture": "48"}, "Check what was entered", {"prefecture"}),
        ({"contact": "soumu@example.jp\nBcc: x@example.jp"}, "Check what was entered", {"contact"}),
        ({"contact": "a" * 64 + "@" + "b" * 250}, "Check what was entered", {"contact"}),
        ({"language": "fr"}, "Check what was entered", {"language"}),
        ({"ends_on": "soon"}, "Check what was entered", {"ends_on"}),
    ],
)
def test_a_contract_that_cannot_be_leaves_nothing_and_what_was_entered_stays(
    session: Session, clerk: Browser, changes: dict[str, str], why: str, fields: set[str]
) -> None:
    answer = send(clerk, NEW, **{**APPLICATION, "address": "大阪市北区", **changes})

    assert answer.status_code == 422
    assert why in alert(answer.text)
    assert wrong_fields(answer.text) == fields
    assert 'value="大阪市北区"' in answer.text
    for model in (Contract, Site):
        assert session.scalar(select(func.count()).select_from(model)) == 0


def test_sites_are_added_and_particulars_changed(session: Session, furnished: Furnished, clerk: Browser) -> None:
    page = followed(clerk, send(clerk, at(furnished), "sites", name="大阪支店", prefecture="27", address="北区"))
    assert "The site '大阪支店' is added." in page
    assert "Osaka" in page
    refused = send(clerk, at(furnished), "sites", name="釜山", prefecture="99")
    assert (refused.status_code, wrong_fields(refused.text)) == (422, {"prefecture"})

    page = followed(clerk, send(clerk, at(furnished), "particulars", language="en", contact="new@example.jp"))
    assert "The contract is changed." in page
    assert 'value="new@example.jp"' in page
    same = send(clerk, at(furnished), "particulars", language="en", contact="new@example.jp")
    assert "Nothing was to be changed." in followed(clerk, same)
    refused = send(clerk, at(furnished), "particulars", language="en", contact="nobody")
    assert (refused.status_code, wrong_fields(refused.text)) == (422, {"contact"})
    assert 'value="nobody"' in refused.text
    followed(clerk, send(clerk, at(furnished), "particulars", language="ja"))

    contract = session.scalars(select(Contract)).one()
    assert [each.name for each in contract.sites] == ["本社", "大阪支店"]
    assert (contract.language, contract.contact, contract.ends_on) == ("ja", "", None)
    changed = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "contract.change")).all()
    # The address itself is not the log's.
    assert changed == [{"language": "en"}, {"language": "ja"}]


def test_an_id_is_made_and_its_password_shown_once(
    app: Flask, database: Database, furnished: Furnished, clerk: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    answer = send(clerk, at(furnished, "users"), **PERSON, email="jiro@example.jp")

    password = shown_password(answer)
    assert "location" not in answer.headers
    with clerk.client.session_transaction() as kept:
        assert password not in repr(dict(kept))
    assert password not in repr(answer.headers.to_wsgi_list())
    assert password not in caplog.text
    for page in (at(furnished, "users"), at(furnished), "/portal/staff/audit"):
        assert password not in clerk.get(page).text
    with database.reading() as session:
        user = session.scalars(select(User).where(User.username == "jiro@example.jp")).one()
        assert (user.position, user.person_name, user.must_change_password) == ("it_staff", "鈴木 次郎", True)
        assert user.contract
        assert user.contract.public_id == furnished.id
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.create"))
        assert (entry.contract, entry.target, entry.actor_name) == (furnished.id, user.public_id, "boss")
        assert entry.details == {"role": "customer", "position": "it_staff"}
        assert verify(session).broken is None
    person = Browser(app.test_client())
    person.log_in("jiro@example.jp", password)
    assert person.get("/").location == "/account/password"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "BOSS"}, "username"),
        ({"email": "no address"}, "email"),
        ({"name": "a\u202eb"}, "name"),
        ({"position": "president"}, "position"),
        ({"position": ""}, "position"),
    ],
)
def test_an_id_that_cannot_be_is_refused_at_its_field(
    database: Database, furnished: Furnished, clerk: Browser, changes: dict[str, str], field: str
) -> None:
    answer = send(clerk, at(furnished, "users"), **{**PERSON, "email": "jiro@example.jp", **changes})

    assert answer.status_code == 422
    assert alert(answer.text)
    assert wrong_fields(answer.text) == {field}
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(User.contract_id.is_not(None))) == 1


def test_no_staff_are_made_here(session: Session, furnished: Furnished, clerk: Browser) -> None:
    shown_password(send(clerk, at(furnished, "users"), **PERSON, role="staff", contract=""))

    made = session.scalars(select(User).where(User.username == "jiro@example.jp")).one()
    assert (made.role, made.contract_id is None) == ("customer", False)


def test_an_id_is_revoked_enabled_and_reset(
    session: Session, database: Database, furnished: Furnished, clerk: Browser
) -> None:
    page = at(furnished, "users", furnished.person)
    assert send(clerk, page, "reset").status_code == 409
    assert "No mail address is known" in clerk.get(page).text
    changed = {"name": "佐藤 花子", "position": "representative", "email": "hanako@example.jp", "language": "en"}
    shown = followed(clerk, send(clerk, page, "change", **changed))
    assert "What is said of the person is changed." in shown
    assert "Nothing was to be changed." in followed(clerk, send(clerk, page, "change", **changed))
    taken = send(clerk, page, "change", **{**changed, "email": "no address"})
    assert (taken.status_code, wrong_fields(taken.text)) == (422, {"email"})

    assert "goes to the person by mail" in followed(clerk, send(clerk, page, "reset"))
    assert session.scalars(select(ServiceMail.address).where(ServiceMail.purpose == "password_reset")).all() == [
        "hanako@example.jp"
    ]
    shown = followed(clerk, send(clerk, page, "revoke"))
    assert "The ID is revoked" in shown
    assert f'action="{page}/enable"' in shown
    assert f'action="{page}/reset"' not in shown
    late = clerk.post("/account/password", f"{page}/reset")
    assert late.status_code == 409
    assert "disabled" in alert(late.text)
    assert "let in again" in followed(clerk, send(clerk, page, "enable"))
    assert actions(session) == ["user.change", "user.reset", "user.revoke", "user.enable"]


def test_a_second_factor_is_removed_and_an_id_passed_on(
    app: Flask, session: Session, database: Database, furnished: Furnished, customer: str, clerk: Browser
) -> None:
    taro = Browser(app.test_client())
    taro.log_in(customer)
    set_up(taro, database, utc_now())
    taros = session.scalars(select(User.public_id).where(User.username == customer)).one()
    page = at(furnished, "users", taros)

    assert "The second factor is removed" in followed(clerk, send(clerk, page, "remove-second-factor"))
    assert taro.get("/account").status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SecondFactor)) == 0
    taro.log_in(customer)
    assert taro.is_in

    refused = send(clerk, page, "change-person", name="", position="it_staff", language="ja")
    assert (refused.status_code, wrong_fields(refused.text)) == (422, {"name"})
    taken = send(clerk, page, "change-person", **{**PERSON, "username": "boss"})
    assert (taken.status_code, wrong_fields(taken.text)) == (422, {"username"})
    assert taro.is_in
    answer = send(clerk, page, "change-person", **PERSON)
    password = shown_password(answer)

    assert taro.get("/account").status_code == 302
    session.rollback()
    user = session.scalars(select(User).where(User.public_id == taros)).one()
    assert (user.username, user.person_name, user.position) == ("jiro@example.jp", "鈴木 次郎", "it_staff")
    assert user.must_change_password
    assert password not in repr(session.scalars(select(AuditEntry.details)).all())
    assert actions(session)[-1] == "user.change_person"
    # Sent again, as a browser does that is told to reload: the former password ends, nothing else.
    assert shown_password(send(clerk, page, "change-person", **PERSON)) != password


def test_a_licence_is_noted_changed_and_taken_out(session: Session, furnished: Furnished, clerk: Browser) -> None:
    page = at(furnished, "licences")
    shown = followed(clerk, send(clerk, page, product="会計*", version="12.*", owned="3", note="棚の3"))
    assert "The licence is noted: installed 1 of 3 owned." in shown
    assert "棚の3" in shown
    made = session.scalars(select(Licence).where(Licence.note == "棚の3")).one().public_id
    assert f'href="{page}/{made}"' in shown
    assert f'href="{page}/{made}"' in clerk.get("/portal/staff/licences").text

    shown = followed(clerk, send(clerk, f"{page}/{made}", product="会計*", owned="0"))
    assert "installed 1 of 0 owned, short by 1" in shown
    assert "host-keiri-pc1" in shown.split('id="holders"')[1]
    session.rollback()
    changed = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "licence.change")).one()
    assert set(changed) == {"version", "owned", "note"}

    for owned in ("-1", "1000001", "9" * 5000, "many", ""):
        refused = send(clerk, f"{page}/{made}", product="表計算", owned=owned)
        assert (refused.status_code, wrong_fields(refused.text)) == (422, {"owned"}), owned
        assert 'value="表計算"' in refused.text
    assert send(clerk, page, product="a\u202eb", owned="1").status_code == 422

    assert "The licence is removed." in followed(clerk, send(clerk, f"{page}/{made}", "remove"))
    assert clerk.get(f"{page}/{made}").status_code == 404
    assert actions(session) == ["licence.add", "licence.change", "licence.remove"]


def test_what_is_another_contract_s_is_not_there(
    database: Database, furnished: Furnished, other_office: Office, session: Session, clerk: Browser
) -> None:
    foreign = furnish(database, other_office)
    filled = {**PERSON, "product": "x", "owned": "1"}

    for rest in (("users", foreign.person), ("licences", foreign.licence), ("users", "u-none"), ("licences", "l-none")):
        assert clerk.get(at(furnished, *rest)).status_code == 404
    for act in ("change", "revoke", "enable", "reset", "remove-second-factor", "change-person"):
        to = at(furnished, "users", foreign.person, act)
        assert clerk.post("/account/password", to, **filled).status_code == 404, act
    for to in (at(furnished, "licences", foreign.licence), at(furnished, "licences", foreign.licence, "remove")):
        assert clerk.post("/account/password", to, **filled).status_code == 404, to
    assert clerk.post("/account/password", at(furnished, "users").replace(furnished.id, "c-none")).status_code == 404
    assert actions(session) == []
