"""Every page and form of the portal: who gets in, whose data it shows, and that no form can be forged.

The pages are those that the application has, so that a new one is covered by itself.
"""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from api.db import Database
from api.models import AuditEntry, Contract, Device, Site, User
from api.models.base import utc_now
from tests.api.display.page import parse_page
from tests.api.office import Office
from tests.api.portal.furnished import Furnished, furnish
from tests.api.portal.pages import addresses
from tests.api.queries import counted
from tests.api.routes.person_browser import Browser, token
from tests.api.security.belongings import fill

HOSTILE = "<script>alert(1)</script>'\"&\u202etxt.exe"
LANGUAGES = ("ja", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_shows_each_page_to_those_it_is_for(
    app: Flask, furnished: Furnished, visitor: Browser, clerk: Browser, lang: str
) -> None:
    for browser, staff in ((visitor, False), (clerk, None)):
        for address in addresses(app, furnished, "GET", staff=staff):
            answer = browser.client.get(address, query_string={"lang": lang}, follow_redirects=True)

            assert answer.status_code == 200, address
            parse_page(answer.text)
            assert f'<html lang="{lang}">' in answer.text
            assert len(re.findall(r"<h1[ >]", answer.text)) == 1, address


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_speaks_the_other_language(app: Flask, furnished: Furnished, clerk: Browser, lang: str) -> None:
    for address in addresses(app, furnished, "GET"):
        page = clerk.client.get(address, query_string={"lang": lang}, follow_redirects=True).text
        page = re.sub(r"<(bdi|code|title|option|a lang)[^>]*>.*?</|lang=\"ja\">日本語<|aria-label=\"[^\"]*\"", "", page)
        if lang == "en" and "/notices/" not in address:
            shown = re.sub(r"<[^>]+>", " ", page)
            found = set(re.findall(r"[ぁ-んァ-ヶ一-龠]+", shown))
            assert not {each for each in found if re.search("[ぁ-ん]", each)}, (address, found)


def test_it_asks_to_sign_in(app: Flask, furnished: Furnished) -> None:
    stranger = app.test_client()

    for address in addresses(app, furnished, "GET"):
        answer = stranger.get(address)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login"), address


def test_no_form_can_be_forged(app: Flask, furnished: Furnished, visitor: Browser, clerk: Browser) -> None:
    for browser in (visitor, clerk):
        for address in addresses(app, furnished, "POST"):
            for forged in ({}, {"csrf_token": "a guess"}):
                answer = browser.client.post(address, data=forged)
                assert answer.status_code == 400, address
                assert "form_expired" in answer.text


def test_customers_find_nothing_of_the_staff(app: Flask, furnished: Furnished, visitor: Browser) -> None:
    for address in addresses(app, furnished, "GET", staff=True):
        assert visitor.get(address).status_code == 404, address
    for address in addresses(app, furnished, "POST", staff=True):
        assert visitor.client.post(address, data={"csrf_token": token(visitor)}).status_code == 404, address


def test_another_customer_s_contract_is_not_there(
    app: Flask, database: Database, furnished: Furnished, other_office: Office, visitor: Browser
) -> None:
    foreign = furnish(database, other_office)

    for address in addresses(app, foreign, "GET", staff=False):
        if foreign.id in address or foreign.notice in address:
            assert visitor.get(address).status_code == 404, address
    for address in addresses(app, foreign, "POST", staff=False):
        # Filled in well, so that nothing but the contract can stand against it.
        with database.reading() as session:
            site = session.scalars(
                select(Site).join(Contract, Contract.id == Site.contract_id).where(Contract.public_id == foreign.id)
            ).one()
        filled = {
            "csrf_token": token(visitor),
            "ground": "merger",
            "successor": "新会社",
            "happened_on": "2026-01-01",
            "document": foreign.terms,
            "accepted_by": "x",
            "device": foreign.devices[0],
            "site": site.public_id,
            "kind": "any",
            "uses": "one",
        }
        answer = visitor.client.post(address, data=filled)
        assert answer.status_code in (404, 422), address
        assert foreign.id not in answer.text
    assert visitor.get(f"/portal?contract={foreign.id}").status_code == 404


def test_devices_of_another_contract_cannot_be_chosen_in_one_s_own(
    database: Database, furnished: Furnished, other_office: Office, visitor: Browser
) -> None:
    foreign = furnish(database, other_office)

    answer = visitor.post(
        f"/portal/{furnished.id}/devices", f"/portal/{furnished.id}/devices/stopping", device=foreign.devices[0]
    )

    assert answer.status_code == 422
    with database.reading() as session:
        assert not session.scalar(select(func.count()).where(Device.stops_first))


def test_no_page_holds_anything_of_another_contract(
    app: Flask, database: Database, furnished: Furnished, other_office: Office, visitor: Browser
) -> None:
    secret = fill(database, other_office).secret

    for address in addresses(app, furnished, "GET", staff=False):
        page = visitor.client.get(address, follow_redirects=True).text
        assert secret not in page, address
        assert other_office.contract not in page, address


def test_staff_see_another_contract_s_data_on_its_pages_only(
    app: Flask, database: Database, furnished: Furnished, other_office: Office, clerk: Browser
) -> None:
    secret = fill(database, other_office).secret

    for address in addresses(app, furnished, "GET"):
        if furnished.id in address or furnished.notice in address:
            page = clerk.client.get(address, follow_redirects=True).text
            assert secret not in page, address


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_from_outside_are_never_markup_and_turn_nothing_around(
    app: Flask, database: Database, office: Office, visitor: Browser, clerk: Browser, lang: str
) -> None:
    furnished = furnish(database, office, HOSTILE)
    with database.writing.begin() as session:
        # As from before names were looked at, or written by another hand.
        session.execute(update(Contract).values(name=HOSTILE, state_reason=HOSTILE))
        session.execute(update(Site).values(name=HOSTILE))
        session.execute(update(User).where(User.contract_id.is_not(None)).values(person_name=HOSTILE))
    seen = 0
    for browser, staff in ((visitor, False), (clerk, None)):
        for address in addresses(app, furnished, "GET", staff=staff):
            page = browser.client.get(address, query_string={"lang": lang}, follow_redirects=True).text
            parse_page(page)
            assert "<script>alert" not in page, address
            assert "\u202e" not in page, address
            seen += page.count("&lt;script&gt;alert")
    assert seen > 40


def test_what_is_searched_for_is_never_markup(furnished: Furnished, clerk: Browser) -> None:
    hostile = {"q": '"><script>alert(1)</script>', "product": "<script>alert(1)</script>", "action": "<script>alert(1)"}
    for path in (
        "/portal/staff/contracts",
        "/portal/staff/devices",
        "/portal/staff/licences",
        "/portal/staff/audit",
        f"/portal/{furnished.id}/software",
        f"/portal/{furnished.id}/software/changes",
        f"/portal/{furnished.id}/assets",
    ):
        page = clerk.client.get(path, query_string=hostile)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


STRANGE = (
    {"page": "0", "since": "9999-12-31", "until": "9999-12-31"},
    {"page": "-1", "state": "x", "trouble": "x", "kind": "x", "standing": "x", "since": "0001-01-01", "until": "x"},
    {"page": "9" * 30, "q": "%_\\'\"" * 10},
    {"page": "x", "_external": "1", "_scheme": "javascript", "endpoint": "x", "_anchor": "x"},
    {"q": "\x00", "contract_": "x"},
)


def test_strange_arguments_break_no_page(app: Flask, furnished: Furnished, clerk: Browser) -> None:
    for strange in STRANGE:
        for address in addresses(app, furnished, "GET"):
            answer = clerk.client.get(address, query_string=strange, follow_redirects=True)
            assert answer.status_code == 200, (address, strange)
            assert "javascript:" not in answer.text


def test_what_staff_look_at_is_recorded(session: Session, furnished: Furnished, clerk: Browser) -> None:
    clerk.get(f"/portal/staff/contracts/{furnished.id}")
    clerk.get(f"/portal/{furnished.id}/devices")
    clerk.get("/portal/staff/devices")

    read = select(AuditEntry.contract, AuditEntry.target).where(AuditEntry.action == "read")
    assert {
        (furnished.id, "portal_staff_contract.page"),
        (furnished.id, "portal_devices.listing"),
        ("", "portal_staff_devices.listing"),
    } <= set(session.execute(read).all())


def test_a_page_costs_as_many_queries_with_many_rows_as_with_few(
    app: Flask, database: Database, furnished: Furnished, other_office: Office, clerk: Browser
) -> None:
    looked = [
        *addresses(app, furnished, "GET", staff=True),
        *(f"/portal/{furnished.id}{path}" for path in ("/devices", "/software", "/assets", "/notices", "/terms")),
    ]

    def cost() -> dict[str, int]:
        found = {}
        for address in looked:
            clerk.get(address)  # what is read is recorded once
            with counted(app) as asked:
                clerk.get(address)
            found[address] = len(asked)
        return found

    before = cost()
    furnish(database, other_office)
    for number in range(7):
        furnished.office.enrol(f"more-{number}")
    with database.writing.begin() as session:
        session.execute(update(Device).values(last_seen_at=utc_now() - timedelta(days=9)))

    assert cost() == before
