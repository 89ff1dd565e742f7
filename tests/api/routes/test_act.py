"""The page behind a link in a message."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.config import Config
from api.db import Database
from api.identity.signedlink import Linked
from api.models import Channel, Contract, ContractEvent, Finding, Snooze
from api.models.base import utc_now
from api.relay.links import FINDING_LINKS
from tests.api.office import Office


@pytest.fixture
def link(database: Database, office: Office, config: Config) -> str:
    """A link of an open finding."""
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        channel = Channel(contract_id=contract.id, kind="mail", name="総務部", settings={})
        now = utc_now()
        finding = Finding(
            contract_id=contract.id,
            rule="disk_full",
            key="[]",
            tags={"contract": office.contract, "site": "s-1", "device": "d-1", "host": "<PC&1>", "path": "C:"},
            since=now,
            opened_at=now,
            value=98.0,
            threshold=95.0,
        )
        session.add_all([channel, finding])
        session.flush()
        return f"/act/{FINDING_LINKS.token(config.secret_key, Linked(finding.public_id, channel.public_id))}"


def post(client: FlaskClient, link: str, act: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link).text)
    assert found
    answer = client.post(link, data={"csrf_token": found[1], "act": act})
    assert answer.status_code == 200, answer.text
    return answer.text


def finding(database: Database) -> Finding:
    with database.reading() as session:
        return session.scalars(select(Finding)).one()


def test_opening_a_link_tells_and_changes_nothing(client: FlaskClient, link: str, database: Database) -> None:
    page = client.get(link)

    assert page.status_code == 200
    assert "ディスクの空きがほとんどない" in page.text
    assert "&lt;PC&amp;1&gt;" in page.text
    assert client.head(link).status_code == 200
    assert finding(database).taken_at is None


def test_somebody_looks_after_it(client: FlaskClient, link: str, database: Database) -> None:
    assert "記録しました" in post(client, link, "take_up")
    assert finding(database).taken_by == "link: 総務部"
    assert 'value="take_up"' not in client.get(link).text


def test_somebody_wants_a_rest(client: FlaskClient, link: str, database: Database) -> None:
    assert "止めます" in post(client, link, "1d")

    with database.reading() as session:
        row = session.scalars(select(Snooze)).one()
    assert (row.rule, row.key) == ("disk_full", "[]")
    assert timedelta(hours=23) < row.until - utc_now() <= timedelta(days=1)


def test_a_form_from_elsewhere_changes_nothing(client: FlaskClient, link: str, database: Database) -> None:
    assert client.post(link, data={"act": "take_up"}).status_code == 400
    assert finding(database).taken_at is None


def test_a_link_that_is_not_ours_opens_nothing(client: FlaskClient, link: str, config: Config) -> None:
    # The last character of a signature holds fewer bits than it could: another one may mean the same.
    rest, begin = link[:-20], link[-20]
    assert client.get(rest + ("a" if begin != "a" else "b") + link[-19:]).status_code == 404
    assert client.get("/act/nothing").status_code == 404
    forged = FINDING_LINKS.token("another key", Linked("f-1", "ch-1"))
    assert client.get(f"/act/{forged}").status_code == 404
    nobody = FINDING_LINKS.token(config.secret_key, Linked("f-1", "ch-1"))
    assert client.get(f"/act/{nobody}").status_code == 404


def test_a_link_does_not_open_another_customer_s_finding(
    client: FlaskClient, link: str, database: Database, other_office: Office, config: Config
) -> None:
    with database.writing.begin() as session:
        other = session.scalars(select(Contract).where(Contract.public_id == other_office.contract)).one()
        channel = Channel(contract_id=other.id, kind="mail", name="他社", settings={})
        session.add(channel)
        session.flush()
        public_id = channel.public_id
    mixed = FINDING_LINKS.token(config.secret_key, Linked(finding(database).public_id, public_id))

    assert client.get(f"/act/{mixed}").status_code == 404


def test_a_suspended_contract_s_links_rest(client: FlaskClient, link: str, office: Office) -> None:
    office.apply(ContractEvent.SUSPEND, "未払い")

    assert client.get(link).status_code == 404


def test_what_is_over_needs_nothing(client: FlaskClient, link: str, database: Database) -> None:
    with database.writing.begin() as session:
        session.scalars(select(Finding)).one().closed_at = utc_now()

    page = client.get(link).text
    assert "すでに終わっています" in page
    assert "<fieldset" not in page


def test_nothing_chosen_is_told(client: FlaskClient, link: str) -> None:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link).text)
    assert found
    assert client.post(link, data={"csrf_token": found[1], "act": "100y"}).status_code == 400
