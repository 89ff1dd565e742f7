"""What a customer does in the portal, and how it is refused."""

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from alert_rules.registry import entries
from api.db import Database
from api.identity.tokens import normal_code, secret_hash
from api.models import (
    AuditEntry,
    Contract,
    ContractEvent,
    ContractOption,
    Device,
    DeviceKind,
    Finding,
    InstallId,
    Notice,
    TermsAcceptance,
    Transfer,
)
from api.models.base import service_day, utc_now
from api.portal.commands import recipes
from collectors.agent.cli import agent
from tests.api.office import Office
from tests.api.portal.furnished import HOSTS, Furnished, notices_of
from tests.api.routes.person_browser import Browser, token

PDF = b"%PDF-1.7 of nobody"


def followed(browser: Browser, answer: TestResponse) -> str:
    """Return the page that a form leads to."""
    assert answer.status_code == 303, answer.text
    return html.unescape(browser.get(answer.location).text)


def alert(page: str) -> str:
    """Return why a form was not done."""
    found = re.search(r'role="alert"[^>]*>(.*?)</p>', page)
    assert found
    return re.sub("<[^>]+>", "", found[1]).strip()


def test_it_begins_with_one_s_own_contract(furnished: Furnished, visitor: Browser) -> None:
    assert visitor.get("/portal").location == f"/portal/{furnished.id}"
    assert visitor.get(f"/portal?contract={furnished.id}").location == f"/portal/{furnished.id}"


def test_the_first_page_tells_how_things_stand(furnished: Furnished, visitor: Browser) -> None:
    page = " ".join(re.sub("<[^>]+>", " ", visitor.get(f"/portal/{furnished.id}").text).split())

    assert "active Data of your devices is taken" in page
    assert "3 / 12" in page
    assert "9 more can be enrolled" in page
    assert "▲ Attention 2" in page
    assert f"host-{HOSTS[0]}" not in page  # a finding tells the name that the machine sent
    assert f"{HOSTS[0]} C: : A disk is nearly full" in page
    assert "10 are covered" in page


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (ContractEvent.SUSPEND, ("■ suspended", "New data is refused", "Reason: 料金未納")),
        (ContractEvent.TERMINATE, ("× terminated", "The contract has ended")),
    ],
)
def test_it_tells_what_another_state_means_and_why(
    furnished: Furnished, visitor: Browser, event: ContractEvent, told: tuple[str, ...]
) -> None:
    furnished.office.apply(event, "料金未納")

    page = " ".join(re.sub("<[^>]+>", "", visitor.get(f"/portal/{furnished.id}").text).split())

    for each in told:
        assert each in page


def test_a_finding_comes_with_what_to_do(furnished: Furnished, visitor: Browser) -> None:
    page = visitor.get(f"/portal/{furnished.id}/findings").text

    assert 'href="/advice/disk_nearly_full"' in page
    assert visitor.get("/advice/disk_nearly_full").status_code == 200
    assert page.index("Open: 2") < page.index("Over, within 90 days") < page.index(HOSTS[2])


def test_rules_of_the_staff_are_not_told_to_customers(
    database: Database, furnished: Furnished, visitor: Browser, clerk: Browser
) -> None:
    hidden = next(name for name, entry in entries().items() if entry.rule.staff_only)
    title = entries()[hidden].rule.name.text.en
    with database.writing.begin() as session:
        session.execute(update(Finding).where(Finding.rule == "memory_full").values(rule=hidden))

    assert title not in visitor.get(f"/portal/{furnished.id}/findings").text
    assert title in clerk.get(f"/portal/{furnished.id}/findings").text


def test_software_and_assets_are_listed_searched_and_their_changes_told(furnished: Furnished, visitor: Browser) -> None:
    base = f"/portal/{furnished.id}"

    assert "会計ソフト" in visitor.get(f"{base}/software").text
    assert "会計ソフト" in visitor.client.get(f"{base}/software", query_string={"q": "例示"}).text
    assert "Nothing fits" in visitor.client.get(f"{base}/software", query_string={"q": "100%"}).text
    assert f"host-{HOSTS[0]}" in visitor.client.get(f"{base}/software", query_string={"product": "会計ソフト"}).text
    assert "12.0" in visitor.get(f"{base}/software/changes").text
    assert "192.168.1.20" in visitor.get(f"{base}/assets").text
    assert "複合機" in visitor.client.get(f"{base}/assets", query_string={"q": "192.168.1"}).text
    changes = re.sub("<[^>]+>", "", visitor.get(f"{base}/assets/changes").text)
    assert "192.168.1.19 → 192.168.1.20" in changes


def test_one_says_that_one_has_read_a_notice(
    session: Session, furnished: Furnished, visitor: Browser, customer: str
) -> None:
    page = f"/portal/notices/{furnished.notice}"
    assert "I have read this" in visitor.get(page).text

    after = followed(visitor, visitor.post(page))

    assert "It is recorded that you have read this notice." in after
    assert f"by {customer}" in after
    assert "I have read this" not in after
    notice = session.scalars(select(Notice).where(Notice.public_id == furnished.notice)).one()
    assert notice.acknowledged_at
    logged = session.scalars(select(AuditEntry.target).where(AuditEntry.action == "notice.acknowledge")).all()
    assert logged == [furnished.notice]


def test_staff_do_not_acknowledge_or_accept_for_a_customer(furnished: Furnished, clerk: Browser) -> None:
    page = f"/portal/notices/{furnished.notice}"

    assert clerk.client.post(page, data={"csrf_token": token(clerk)}).status_code == 403
    accept = {"csrf_token": token(clerk), "document": furnished.terms}
    assert clerk.client.post(f"/portal/{furnished.id}/terms", data=accept).status_code == 403


def test_looking_at_terms_and_notices_accepts_nothing_but_the_button_does(
    session: Session, furnished: Furnished, visitor: Browser
) -> None:
    base = f"/portal/{furnished.id}/terms"
    visitor.get(base)
    visitor.get(f"/portal/notices/{furnished.notice}")
    assert not session.scalars(select(TermsAcceptance)).all()
    session.rollback()

    page = followed(visitor, visitor.post(base, document=furnished.terms))

    assert "is accepted" in page
    made = session.scalars(select(TermsAcceptance)).one()
    assert made.document.public_id == furnished.terms
    assert made.way == "explicit"
    assert visitor.post(base, document="t-none").status_code == 404
    assert visitor.post(base).status_code == 422


def test_devices_that_stop_first_are_chosen_and_taken_back(
    database: Database, session: Session, furnished: Furnished, visitor: Browser
) -> None:
    base, to = f"/portal/{furnished.id}/devices", f"/portal/{furnished.id}/devices/stopping"

    page = followed(visitor, visitor.post(base, to, device=furnished.devices[1]))

    assert "Recorded: 1 devices stop first" in page
    assert session.scalars(select(Device.public_id).where(Device.stops_first)).all() == [furnished.devices[1]]
    session.rollback()
    followed(visitor, visitor.post(base, to))
    assert not session.scalars(select(Device.public_id).where(Device.stops_first)).all()


def test_chosen_devices_stop_at_once_where_the_quota_is_short(
    database: Database, furnished: Furnished, visitor: Browser
) -> None:
    with database.writing.begin() as session:
        session.execute(update(Contract).values(quota_base=2))
        session.execute(update(ContractOption).values(ends_on=service_day(utc_now()) - timedelta(days=1)))
    base = f"/portal/{furnished.id}/devices"

    page = followed(visitor, visitor.post(base, f"{base}/stopping", device=furnished.devices[0]))

    assert "1 stopped at present" in page
    assert "stopped: no place" in page


def issue(visitor: Browser, furnished: Furnished, **changed: str) -> TestResponse:
    form = f"/portal/{furnished.id}/install"
    return visitor.post(form, **{"site": furnished.office.site, "kind": "any", "uses": "one", **changed})


def test_an_install_id_is_shown_once_with_the_commands_and_enrols(
    session: Session, furnished: Furnished, visitor: Browser
) -> None:
    answer = issue(visitor, furnished)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    code = re.search(r'class="secret"[^>]*><code>([0-9A-Z-]+)</code>', answer.text)
    assert code
    made = session.scalars(select(InstallId).order_by(InstallId.id.desc()).limit(1)).one()
    assert made.code_hash == secret_hash(normal_code(code[1]) or "")
    assert made.max_uses == 1
    for line in recipes("http://127.0.0.1:8100", code[1], None):
        for command in line.lines:
            assert command in html.unescape(answer.text)
    assert furnished.office.enrol("new-machine", code=code[1]).is_new
    assert code[1] not in visitor.get(f"/portal/{furnished.id}/install").text
    logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "install_id.create")).one()
    assert code[1] not in str(logged.details)


def test_every_command_is_one_of_the_agent(furnished: Furnished) -> None:
    for kind in (None, *DeviceKind):
        for recipe in recipes("https://karte.example.jp", "AAAAA-BBBBB-CCCCC-DDDDD", kind):
            karte = [line.split("karte agent ", 1)[1] for line in recipe.lines if "karte agent " in line]
            assert karte[0].startswith("enroll https://karte.example.jp AAAAA-BBBBB-CCCCC-DDDDD")
            for line in karte:
                words = line.split(" | ")[0].split(" > ")[0].split()
                command = agent.get_command(None, words[0])  # type: ignore[arg-type]
                assert command is not None, line
                options = {each for option in command.params for each in option.opts}
                assert {each for each in words if each.startswith("--")} <= options


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"site": "s-none"}, "Choose the site again."),
        ({"site": ""}, "Choose site, kind and number."),
        ({"kind": "toaster"}, "Choose site, kind and number."),
        ({"uses": "all"}, "Choose site, kind and number."),
    ],
)
def test_an_install_id_is_refused_with_the_reason(
    session: Session, furnished: Furnished, visitor: Browser, changed: dict[str, str], why: str
) -> None:
    before = len(session.scalars(select(InstallId)).all())
    session.rollback()

    answer = issue(visitor, furnished, **changed)

    assert answer.status_code == 422
    assert why in alert(answer.text)
    assert len(session.scalars(select(InstallId)).all()) == before


def test_no_install_id_is_issued_for_a_contract_that_does_not_run(furnished: Furnished, visitor: Browser) -> None:
    furnished.office.apply(ContractEvent.SUSPEND, "x")

    answer = visitor.post(f"/portal/{furnished.id}/install", site=furnished.office.site, kind="any", uses="one")

    assert answer.status_code == 409


Apply = Callable[..., TestResponse]


@pytest.fixture
def apply(furnished: Furnished, visitor: Browser) -> Apply:
    def applied(**changed: str) -> TestResponse:
        today = service_day(utc_now()).isoformat()
        filled = {"ground": "merger", "successor": "新山田商事", "happened_on": today, **changed}
        return visitor.post(f"/portal/{furnished.id}/transfers", **filled)

    return applied


def test_a_transfer_is_applied_for_with_documents_and_taken_back(
    session: Session, furnished: Furnished, visitor: Browser, apply: Apply
) -> None:
    page = followed(visitor, apply())
    assert "Next, hand in the documents" in page
    transfer = session.scalars(select(Transfer)).one().public_id
    session.rollback()
    base = f"/portal/{furnished.id}/transfers/{transfer}"

    def hand_in(content: bytes, name: str = "登記.pdf") -> TestResponse:
        sent = {"csrf_token": token(visitor), "file": FileStorage(io.BytesIO(content), name)}
        # As bytes: the client would leave a large body's file open.
        boundary, body = encode_multipart(sent)
        kind = f'multipart/form-data; boundary="{boundary}"'
        return visitor.client.post(f"{base}/documents", data=body, content_type=kind)

    assert "登記.pdf" in followed(visitor, hand_in(PDF))
    refused = hand_in(b"MZ a program", "../../etc/passwd.pdf")
    assert refused.status_code == 409
    assert "must be a PDF" in alert(refused.text)
    too_large = hand_in(PDF + bytes(5 * 1024 * 1024))
    assert too_large.status_code == 409
    assert "5 MiB" in alert(too_large.text)
    nothing = visitor.client.post(f"{base}/documents", data={"csrf_token": token(visitor)})
    assert alert(nothing.text).endswith("Choose a file.")

    again = apply()
    assert again.status_code == 409
    assert "under review" in alert(again.text)
    page = followed(visitor, visitor.post(f"/portal/{furnished.id}/transfers", f"{base}/withdraw"))
    assert "nothing changes" in page
    assert visitor.client.post(f"{base}/withdraw", data={"csrf_token": token(visitor)}).status_code == 409
    assert hand_in(PDF).status_code == 409


def test_what_was_entered_stays_where_an_application_is_refused(apply: Apply) -> None:
    tomorrow = (service_day(utc_now()) + timedelta(days=1)).isoformat()

    answer = apply(happened_on=tomorrow, successor='新<会社>"', ground="incorporation")

    assert answer.status_code == 409
    assert "yet to come" in alert(answer.text)
    assert f'value="{tomorrow}"' in answer.text
    assert 'value="新&lt;会社&gt;&#34;"' in answer.text
    assert '<option value="incorporation" selected>' in answer.text


@pytest.mark.parametrize(
    "changed",
    [
        {"ground": "sale"},
        {"ground": ""},
        {"successor": " "},
        {"happened_on": "2026-13-01"},
        {"happened_on": "9999-12-31"},
        {"successor": "x" * 201},
        {"successor": "a\u202eb"},
    ],
)
def test_an_application_needs_all_that_it_says(session: Session, apply: Apply, changed: dict[str, str]) -> None:
    answer = apply(**changed)

    assert answer.status_code == 422
    assert alert(answer.text)
    assert not session.scalars(select(Transfer)).all()


def test_people_of_the_contract_are_told(furnished: Furnished, visitor: Browser, customer: str) -> None:
    page = visitor.get(f"/portal/{furnished.id}/users").text

    assert customer in page
    assert "boss" not in page
    assert "<form" not in page[page.index("<main") :]


def test_it_still_helps_where_the_engine_is_away(furnished: Furnished, visitor: Browser) -> None:
    for path in ("/devices", "/consumables"):
        page = visitor.get(f"/portal/{furnished.id}{path}").text
        assert "does not answer" in page
    assert f"host-{HOSTS[0]}" in visitor.get(f"/portal/{furnished.id}/devices").text


def test_customer_and_staff_find_the_portal_from_every_page(
    app: Flask, furnished: Furnished, visitor: Browser, clerk: Browser
) -> None:
    for browser in (visitor, clerk):
        assert 'href="/portal"' in browser.get("/").text
    assert clerk.get("/portal").location == "/portal/staff/contracts"
    assert notices_of(app.extensions["karte_database"], furnished.id)


def test_a_contract_without_anything_is_told_so(office: Office, visitor: Browser) -> None:
    for path in ("", "/devices", "/findings", "/software", "/assets", "/notices", "/reports", "/terms"):
        assert visitor.get(f"/portal/{office.contract}{path}").status_code == 200
