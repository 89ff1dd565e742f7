"""Reports on the portal: to staff and the contract's own users, of nothing but what is archived, and each one noted."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from api.config import Config
from api.db import Database
from api.identity.signedlink import Linked
from api.models import AccessWay, Channel, Contract, RemovedWhy, Report, ReportAccess, User
from api.reports import filing
from api.reports.cabinet import Cabinet, chain_of, open_cabinet
from api.reports.delivery.links import REPORT_LINKS
from api.reports.filing import file_report
from tests.api.display.page import parse_page
from tests.api.office import Office
from tests.api.reports import office as sample
from tests.api.reports.test_filing import quick_draft
from tests.api.routes.test_status import sign_in


def row_of(database: Database, office: Office) -> Contract:
    with database.reading() as session:
        return session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()


def filed(cabinet: Cabinet, office: Office) -> Report:
    """Archive a report of November."""
    chain = chain_of(row_of(cabinet.database, office))
    made = sample.inputs(2)
    inputs = replace(made, contract=replace(made.contract, id=chain.contract))
    return file_report(cabinet, chain, inputs, "tests").report


@pytest.fixture
def cabinet(config: Config, database: Database, monkeypatch: pytest.MonkeyPatch) -> Cabinet:
    monkeypatch.setattr(filing, "draft", quick_draft)
    return open_cabinet(config, database)


@pytest.fixture
def report(cabinet: Cabinet, office: Office) -> str:
    """The URL of a report of `office`, without its ending."""
    filed(cabinet, office)
    return f"/reports/{office.contract}/karte_{office.contract}_2026-11_ja"


def accesses(database: Database) -> list[tuple[AccessWay, str, str]]:
    with database.reading() as session:
        return [(each.way, each.who, each.file) for each in session.scalars(select(ReportAccess))]


@pytest.mark.parametrize(
    ("kind", "mimetype"), [("pdf", "application/pdf"), ("html", "text/html"), ("json", "application/json")]
)
def test_the_contracts_own_user_may_look_which_is_noted(
    client: FlaskClient, customer: str, report: str, kind: str, mimetype: str, database: Database
) -> None:
    sign_in(client, customer)

    answer = client.get(f"{report}.{kind}")

    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with database.reading() as session:
        who = session.scalars(select(User.public_id).where(User.username == customer)).one()
    assert accesses(database) == [(AccessWay.PORTAL, who, kind)]


def test_it_may_be_kept(client: FlaskClient, customer: str, report: str, office: Office) -> None:
    sign_in(client, customer)

    answer = client.get(f"{report}.pdf?keep=1")

    assert answer.headers["Content-Disposition"] == f"attachment; filename=karte_{office.contract}_2026-11_ja.pdf"


def test_an_earlier_edition_can_be_asked_for(
    client: FlaskClient, customer: str, report: str, cabinet: Cabinet, office: Office
) -> None:
    filed(cabinet, office)
    sign_in(client, customer)

    first, second, newest = (client.get(f"{report}.pdf{query}").data for query in ("?edition=1", "?edition=2", ""))

    assert first != second == newest
    assert client.get(f"{report}.pdf?edition=3").status_code == 404


def test_the_list_shows_editions_and_what_was_erased(
    client: FlaskClient, customer: str, report: str, cabinet: Cabinet, office: Office
) -> None:
    erased = filed(cabinet, office)
    cabinet.erase(chain_of(row_of(cabinet.database, office)), erased, RemovedWhy.ERASED, "asked for", "tests")
    sign_in(client, customer)

    page = client.get(f"/reports/{office.contract}/").text

    parse_page(page)
    assert "2026年11月" in page
    assert "消去済み" in page
    assert page.count("keep=1") == 1
    assert client.get(f"{report}.pdf").status_code == 200
    assert client.get(f"{report}.pdf?edition=2").status_code == 404


def test_a_report_page_can_run_and_reach_nothing(client: FlaskClient, staff: str, report: str) -> None:
    sign_in(client, staff)

    policy = client.get(f"{report}.html").headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_nobody_else_may(client: FlaskClient, report: str, office: Office, database: Database) -> None:
    assert client.get(f"{report}.pdf").status_code == 302
    assert client.get(f"/reports/{office.contract}/").status_code == 302
    assert accesses(database) == []


def test_another_customer_is_told_nothing(
    client: FlaskClient, customer: str, cabinet: Cabinet, other_office: Office, database: Database
) -> None:
    filed(cabinet, other_office)
    name = f"karte_{other_office.contract}_2026-11_ja.pdf"
    sign_in(client, customer)

    foreign = client.get(f"/reports/{other_office.contract}/{name}")
    absent = client.get(f"/reports/c-0000000000/{name}")

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.text == absent.text
    assert client.get(f"/reports/{other_office.contract}/").status_code == 404
    assert accesses(database) == []


@pytest.mark.parametrize(
    "path",
    ["../secret.pdf", "..%2fsecret.pdf", "%2e%2e/secret.pdf", "..%5csecret.pdf", "secret.pdf", ".lock", "%00"],
)
def test_no_path_leads_elsewhere(
    client: FlaskClient, staff: str, office: Office, report: str, path: str, config: Config
) -> None:
    (config.report_dir / "secret.pdf").write_text("secret", encoding="utf-8")
    sign_in(client, staff)

    answer = client.get(f"/reports/{office.contract}/{path}")

    assert answer.status_code == 404
    assert "secret" not in answer.text.replace(path, "")


def test_a_file_that_was_changed_is_not_sent(
    client: FlaskClient, staff: str, report: str, config: Config, database: Database
) -> None:
    for path in (config.report_dir / "archive").rglob("objects/*"):
        path.chmod(0o600)
        path.write_bytes(b"forged")
    sign_in(client, staff)

    answer = client.get(f"{report}.pdf")

    assert answer.status_code == 503
    assert b"forged" not in answer.data
    assert accesses(database) == []


def test_what_cannot_be_noted_is_not_sent(
    client: FlaskClient, staff: str, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    sign_in(client, staff)
    monkeypatch.setattr("api.reports.handout._note", fails)

    assert client.get(f"{report}.pdf").status_code == 503


def test_a_link_opens_its_report_without_signing_in_which_is_noted(
    client: FlaskClient, cabinet: Cabinet, office: Office, config: Config, database: Database
) -> None:
    report = filed(cabinet, office)
    named = _channel(database, office)
    signed = REPORT_LINKS.token(config.secret_key, Linked(report.public_id, named))

    answer = client.get(f"/reports/link/{signed}")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data == cabinet.content(report, office.contract, "pdf")
    assert accesses(database) == [(AccessWay.LINK, named, "pdf")]


def _channel(database: Database, office: Office, *, enabled: bool = True) -> str:
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        row = Channel(contract_id=contract.id, kind="mail", name="総務部", settings={}, enabled=enabled)
        session.add(row)
        session.flush()
        return row.public_id


def test_a_link_ends_with_its_channel_its_report_and_its_month(
    client: FlaskClient,
    cabinet: Cabinet,
    office: Office,
    other_office: Office,
    config: Config,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = filed(cabinet, office)
    good = _channel(database, office)
    off, foreign = _channel(database, office, enabled=False), _channel(database, other_office)

    def status(channel: str, key: str = config.secret_key) -> int:
        return client.get(f"/reports/link/{REPORT_LINKS.token(key, Linked(report.public_id, channel))}").status_code

    assert [status(good), status(off), status(foreign), status("ch-none"), status(good, "forged")] == [
        200,
        404,
        404,
        404,
        404,
    ]
    old = REPORT_LINKS.token(config.secret_key, Linked(report.public_id, good))
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: 4_000_000_000)
    expired = client.get(f"/reports/link/{old}", headers={"Accept-Language": "en"})
    assert expired.status_code == 404
    assert "holds for 31 days" in expired.text
    monkeypatch.undo()
    cabinet.erase(chain_of(row_of(database, office)), report, RemovedWhy.ERASED, "asked for", "tests")
    assert status(good) == 404
