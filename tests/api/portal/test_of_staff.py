"""What staff do in the portal, and how it is refused."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.audit.actor import SERVICE
from api.contracts.changes import Order
from api.contracts.transfer import Application, apply_for, hand_in
from api.db import Database
from api.models import (
    AuditEntry,
    Breach,
    Contract,
    ContractEvent,
    ContractOption,
    Device,
    Licence,
    Notice,
    TermsAcceptance,
    Transfer,
    TransferGround,
)
from api.models.base import service_day, utc_now
from tests.api.office import Office
from tests.api.portal.furnished import HOSTS, Furnished, furnish, notices_of
from tests.api.portal.test_of_customers import alert, followed
from tests.api.routes.person_browser import Browser

TODAY = service_day(utc_now())


def order(clerk: Browser, contract: str, act: str, **sent: str) -> TestResponse:
    """Send a form of a contract's page."""
    page = f"/portal/staff/contracts/{contract}"
    return clerk.post(page, f"{page}/{act}", **sent)


def contract_of(database: Database, public_id: str) -> Contract:
    with database.reading() as session:
        return session.scalars(select(Contract).where(Contract.public_id == public_id)).one()


def day(later: int) -> str:
    return (service_day(utc_now()) + timedelta(days=later)).isoformat()


def test_the_list_begins_with_who_needs_help_and_counts(
    database: Database, furnished: Furnished, other_office: Office, clerk: Browser
) -> None:
    page = re.sub("<[^>]+>", " ", clerk.get("/portal/staff/contracts").text)

    assert page.index("山田商事株式会社") < page.index("鈴木医院")
    assert "findings: attention 2" in page
    assert "notices to dispatch 3" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"山田商事株式会社", "鈴木医院"}),
        ({"state": "active"}, {"山田商事株式会社"}),
        ({"state": "suspended"}, {"鈴木医院"}),
        ({"state": "terminated"}, set()),
        ({"trouble": "warning"}, {"山田商事株式会社"}),
        ({"trouble": "critical"}, set()),
        ({"trouble": "notices"}, {"山田商事株式会社"}),
        ({"trouble": "silent"}, {"山田商事株式会社"}),
        ({"trouble": "transfers"}, set()),
        ({"q": "鈴木"}, {"鈴木医院"}),
        ({"q": "木医院"}, set()),
        ({"q": "%"}, set()),
        ({"q": "山田", "trouble": "warning", "state": "active"}, {"山田商事株式会社"}),
    ],
)
def test_contracts_are_found_by_state_trouble_and_name(
    database: Database,
    furnished: Furnished,
    other_office: Office,
    clerk: Browser,
    asked: dict[str, str],
    found: set[str],
) -> None:
    other_office.apply(ContractEvent.SUSPEND, "x")
    with database.writing.begin() as session:
        session.execute(
            update(Device)
            .where(Device.public_id == furnished.devices[0])
            .values(last_seen_at=utc_now() - timedelta(days=4))
        )

    page = clerk.client.get("/portal/staff/contracts", query_string=asked).text

    assert {name for name in ("山田商事株式会社", "鈴木医院") if name in page} == found


def test_a_contract_is_suspended_with_a_reason_of_the_terms_and_resumes(
    database: Database, session: Session, furnished: Furnished, clerk: Browser
) -> None:
    page = followed(clerk, order(clerk, furnished.id, "suspend", reason="unpaid_fees", note="11月分"))

    made = notices_of(database, furnished.id)[0]
    assert f"The contract is suspended. Notice {made.public_id}" in page
    assert made.kind == "suspension"
    assert contract_of(database, furnished.id).state_code == "unpaid_fees"
    assert session.scalars(select(AuditEntry.actor_name).where(AuditEntry.action == "contract.suspend")).all() == [
        "boss"
    ]
    assert 'id="h-resume"' in page
    assert "suspend-reason" not in page
    followed(clerk, order(clerk, furnished.id, "resume"))
    assert contract_of(database, furnished.id).state == "active"


@pytest.mark.parametrize(
    ("act", "sent", "status", "why"),
    [
        ("suspend", {}, 422, "Check what was entered"),
        ("suspend", {"reason": "cancelled"}, 422, "Check what was entered"),
        ("suspend", {"reason": "other", "note": ""}, 409, "needs words"),
        ("suspend", {"reason": "maintenance", "note": "x" * 501}, 422, "501 characters"),
        ("resume", {}, 409, "cannot resume"),
        ("activate", {}, 409, "cannot activate"),
        ("cure", {}, 409, "no breach is open"),
        ("breach", {"what": "IDの貸与", "cure_until": day(6)}, 422, "at least 7 days"),
        ("breach", {"what": "", "cure_until": day(7)}, 422, "Check what was entered"),
        ("breach", {"what": "x", "cure_until": "soon"}, 422, "Check what was entered"),
        ("terminate", {"reason": "breach"}, 409, "must first be told"),
        ("terminate", {"reason": "unpaid_fees"}, 422, "Check what was entered"),
        ("end-of", {"function": "分析", "ends_on": day(10)}, 422, "at least 10 days"),
        ("end-of", {"ends_on": day(20)}, 422, "at least 1 month"),
        ("options", {"kind": "extra_devices", "amount": "0", "starts_on": day(0)}, 422, "not possible"),
        ("options", {"kind": "extra_devices", "amount": "9" * 400, "starts_on": day(0)}, 422, ""),
        ("options", {"kind": "gold", "amount": "1", "starts_on": day(0)}, 422, "Check what was entered"),
        ("options", {"kind": "extra_devices", "amount": "1", "starts_on": day(5), "ends_on": day(1)}, 422, "before it"),
    ],
)
def test_a_step_that_the_terms_do_not_allow_is_refused_beside_its_form(
    database: Database, furnished: Furnished, clerk: Browser, act: str, sent: dict[str, str], status: int, why: str
) -> None:
    before = len(notices_of(database, furnished.id))

    answer = order(clerk, furnished.id, act, **sent)

    assert answer.status_code == status
    assert why in alert(answer.text)
    if act not in ("resume", "activate", "cure"):
        for value in sent.values():
            if len(value) < 100 and value not in ("cancelled", "unpaid_fees", "gold", "soon"):
                assert value in answer.text
    assert contract_of(database, furnished.id).state == "active"
    assert len(notices_of(database, furnished.id)) == before


def test_a_breach_is_told_and_cured(database: Database, session: Session, furnished: Furnished, clerk: Browser) -> None:
    page = followed(clerk, order(clerk, furnished.id, "breach", what="IDの貸与", cure_until=day(7)))
    assert "IDの貸与" in page
    assert 'id="h-cure"' in page

    followed(clerk, order(clerk, furnished.id, "cure"))

    assert session.scalars(select(Breach)).one().cured_at


def test_a_contract_ends_when_the_notice_is_dispatched(
    database: Database, session: Session, furnished: Furnished, clerk: Browser
) -> None:
    page = followed(clerk, order(clerk, furnished.id, "terminate", reason="cancelled"))
    notice = notices_of(database, furnished.id)[0].public_id
    assert f"ends when notice {notice} is dispatched" in page
    assert contract_of(database, furnished.id).state == "active"
    again = order(clerk, furnished.id, "terminate", reason="cancelled")
    assert again.status_code == 409

    at = f"/portal/staff/notices/{notice}"
    assert clerk.post(at, f"{at}/dispatch", how="mail").status_code == 422
    page = followed(clerk, clerk.post(at, f"{at}/dispatch", how="post", note="書留 123-45"))

    assert "the contract has ended" in page
    assert "書留 123-45" in page
    assert contract_of(database, furnished.id).state == "terminated"
    assert session.scalars(select(AuditEntry.target).where(AuditEntry.action == "notice.dispatch")).all() == [notice]


def test_a_notice_that_waits_is_taken_back_and_the_end_does_not_come(
    database: Database, furnished: Furnished, clerk: Browser
) -> None:
    order(clerk, furnished.id, "terminate", reason="cancelled")
    at = f"/portal/staff/notices/{notices_of(database, furnished.id)[0].public_id}"

    page = followed(clerk, clerk.post(at, f"{at}/cancel"))

    assert "taken back" in page
    assert clerk.post("/account/password", f"{at}/dispatch", how="hand").status_code == 409
    assert contract_of(database, furnished.id).state == "active"


def test_a_dispatched_notice_is_not_taken_back(furnished: Furnished, clerk: Browser) -> None:
    at = f"/portal/staff/notices/{furnished.notice}"
    followed(clerk, clerk.post(at, f"{at}/dispatch", how="hand"))

    answer = clerk.post("/account/password", f"{at}/cancel")

    assert answer.status_code == 409
    assert "cannot be taken back" in alert(answer.text)


def test_a_draft_begins_once_its_terms_are_accepted_on_paper(
    database: Database, session: Session, furnished: Furnished, clerk: Browser
) -> None:
    with database.writing.begin() as writing:
        writing.execute(update(Contract).values(state="draft"))
    refused = order(clerk, furnished.id, "activate")
    assert refused.status_code == 409
    assert "not accepted yet" in alert(refused.text)

    at = f"/portal/{furnished.id}/terms"
    assert clerk.post(at, f"{at}/paper", document=furnished.terms).status_code == 422
    followed(clerk, clerk.post(at, f"{at}/paper", document=furnished.terms, accepted_by="山田 太郎"))
    page = followed(clerk, order(clerk, furnished.id, "activate"))

    assert "Next, issue an install ID" in page
    assert session.scalars(select(TermsAcceptance)).one().recorded_by == "boss"


def test_options_are_added_and_end(database: Database, session: Session, furnished: Furnished, clerk: Browser) -> None:
    page = followed(
        clerk, order(clerk, furnished.id, "options", kind="extra_devices", amount="5", starts_on=day(0), ends_on=day(9))
    )
    assert "The option 'more target devices' is added" in page

    def newest() -> ContractOption:
        session.rollback()
        return session.scalars(select(ContractOption).order_by(ContractOption.id.desc()).limit(1)).one()

    assert (newest().amount, newest().ends_on) == (5, date.fromisoformat(day(9)))
    ending = f"options/{newest().public_id}/end"
    session.rollback()

    followed(clerk, order(clerk, furnished.id, ending, ends_on=day(3)))
    assert newest().ends_on == date.fromisoformat(day(3))

    refused = order(clerk, furnished.id, ending, ends_on=day(-1))
    assert refused.status_code == 422
    assert "or later" in alert(refused.text)
    assert order(clerk, furnished.id, "options/o-none/end", ends_on=day(3)).status_code == 404


def applied(database: Database, furnished: Furnished) -> str:
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == furnished.id)).one()
        now = utc_now()
        by = Order(session, SERVICE, now)
        made = apply_for(by, contract, Application(TransferGround.MERGER, "新山田商事", service_day(now)))
        return made.public_id


def test_a_transfer_is_decided_with_its_documents(database: Database, furnished: Furnished, clerk: Browser) -> None:
    transfer = applied(database, furnished)
    early = order(clerk, furnished.id, f"transfers/{transfer}", accepted="yes", decision="登記を確認")
    assert early.status_code == 409
    assert "no document" in alert(early.text)
    assert "登記を確認" in early.text
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == furnished.id)).one()
        found = session.scalars(select(Transfer)).one()
        hand_in(Order(session, SERVICE, utc_now()), contract, found, "登記.pdf", b"%PDF-1")
    page = clerk.get(f"/portal/staff/contracts/{furnished.id}").text
    link = re.search(r'href="(/api/v1/contracts/[^"]+/documents/[^"]+)" download', page)
    assert link
    assert clerk.get(link[1]).data == b"%PDF-1"

    assert order(clerk, furnished.id, f"transfers/{transfer}", accepted="maybe").status_code == 422
    after = followed(clerk, order(clerk, furnished.id, f"transfers/{transfer}", accepted="yes", decision="登記を確認"))

    assert "The transfer is accepted" in after
    assert "<h1><bdi>新山田商事</bdi></h1>" in after
    assert order(clerk, furnished.id, f"transfers/{transfer}", accepted="no").status_code == 409
    assert order(clerk, furnished.id, "transfers/tr-none", accepted="no").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "HOST-ＫＥＩＲＩ"}, {HOSTS[0]}),
        ({"q": "keiri"}, set()),
        ({"kind": "probe"}, {"probe"}),
        ({"standing": "silent"}, {HOSTS[1]}),
        ({"standing": "revoked"}, {HOSTS[2]}),
        ({}, {HOSTS[0], HOSTS[1], "probe"}),
    ],
)
def test_devices_are_found_across_contracts(
    database: Database, furnished: Furnished, clerk: Browser, asked: dict[str, str], found: set[str]
) -> None:
    furnished.office.revoke(furnished.devices[2])
    with database.writing.begin() as session:
        silent = update(Device).where(Device.public_id == furnished.devices[1])
        session.execute(silent.values(last_seen_at=utc_now() - timedelta(days=4)))

    page = clerk.client.get("/portal/staff/devices", query_string=asked).text

    assert {name for name in (*HOSTS, "probe") if f"host-{name}<" in page} == found


def test_devices_of_all_customers_are_found(
    database: Database, furnished: Furnished, other_office: Office, clerk: Browser
) -> None:
    furnish(database, other_office)

    page = clerk.client.get("/portal/staff/devices", query_string={"q": f"host-{HOSTS[0]}"}).text

    assert "山田商事株式会社" in page
    assert "鈴木医院" in page


def test_the_audit_log_is_searched(furnished: Furnished, clerk: Browser) -> None:
    order(clerk, furnished.id, "suspend", reason="maintenance")

    def rows(**asked: Any) -> int:
        page = clerk.client.get("/portal/staff/audit", query_string=asked).text
        return page.count("<code>contract.suspend</code>")

    assert rows(action="contract.suspend") == 1
    assert rows(action="contract", actor="boss", contract=furnished.id) == 1
    assert rows(action="contract.suspend", actor="nobody") == 0
    assert rows(action="contract.suspend", until=day(-1)) == 0
    assert rows(action="contract.suspend", since=day(0), until=day(0)) == 1


def test_licences_are_counted_against_what_is_installed(
    database: Database, furnished: Furnished, clerk: Browser
) -> None:
    assert "short by 1" in clerk.get("/portal/staff/licences").text

    with database.writing.begin() as session:
        session.execute(update(Licence).values(owned=1))

    assert "enough" in clerk.get("/portal/staff/licences").text
    assert "会計ソフト" not in clerk.client.get("/portal/staff/licences", query_string={"q": "表計算"}).text


def test_lists_go_on_to_the_next_page(database: Database, furnished: Furnished, clerk: Browser) -> None:
    with database.writing.begin() as session:
        for number in range(60):
            session.add(Contract(name=f"顧客{number}"))

    first = clerk.client.get("/portal/staff/contracts", query_string={"q": "顧客"}).text
    follow = re.search(r'rel="next" href="([^"]+)"', first)
    assert follow
    second = clerk.get("/portal/staff/contracts" + follow[1].replace("&amp;", "&")).text

    assert first.count("<tr>") == 51
    assert second.count("<tr>") == 11
    assert "60 in all, 51 to 60" in second
    assert 'rel="next"' not in second


def test_a_notice_without_an_address_says_that_no_mail_goes_out(
    database: Database, furnished: Furnished, clerk: Browser
) -> None:
    with database.reading() as session:
        assert session.scalars(select(Notice)).all()

    assert "dispatch it by post or by hand" in clerk.get(f"/portal/staff/notices/{furnished.notice}").text
