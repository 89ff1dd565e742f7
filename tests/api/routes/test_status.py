"""The first page: whose data it shows, how it says what it does not know, and that it is well-formed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.app import create_app
from api.config import Config
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Contract, DeviceKind, Report
from api.models.base import utc_now
from tests.api.display.page import parse_page
from tests.api.office import PASSWORD, Office
from tests.api.readings.stored import Store, mfp, pc

SVG = "{http://www.w3.org/2000/svg}svg"


@pytest.fixture
def live(config: Config, influxd: Influxd, database_name: str) -> Config:
    """Settings of a service whose engine runs."""
    found = replace(config, influx_url=influxd.url, influx_database=database_name)
    create_engine(found).ensure_database(database_name, timedelta(days=4000))
    return found


@pytest.fixture
def service() -> Iterator[Callable[[Config], Flask]]:
    """Return what makes services, each closed at the end."""
    made: list[Flask] = []

    def make(config: Config) -> Flask:
        app = create_app(config)
        app.testing = True
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["karte_database"].close()


@pytest.fixture
def app(live: Config, service: Callable[[Config], Flask]) -> Flask:
    return service(live)


@pytest.fixture
def store(live: Config) -> Store:
    return Store(create_engine(live), live.influx_database)


def sign_in(client: FlaskClient, username: str) -> None:
    page = client.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/login", data={"username": username, "password": PASSWORD, "csrf_token": token[1]})
    assert answer.status_code == 303


def test_it_asks_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.location.startswith("/login")


def test_it_shows_a_customer_their_own_contract_only(
    client: FlaskClient, store: Store, office: Office, other_office: Office, customer: str
) -> None:
    own, foreign = office.enrol("own"), other_office.enrol("foreign")
    store.put(office.contract, own.device, [*pc(), *mfp()], utc_now())
    store.put(other_office.contract, foreign.device, [*pc(), *mfp("mfp-9", "よその複合機")], utc_now())
    sign_in(client, customer)

    page = client.get("/").text

    for shown in (
        "山田商事株式会社",
        "host-own",
        "1台（契約10台）",
        "複合機 2F",
        "シアントナー",
        "184,022",
        "61%",
        "52 °C",
    ):
        assert shown in page
    for hidden in ("鈴木医院", "host-foreign", "よその複合機", "mfp-9", other_office.contract, 'name="contract"'):
        assert hidden not in page
    assert client.get(f"/?contract={other_office.contract}").status_code == 404
    assert client.get(f"/?contract={office.contract}").status_code == 200


def test_staff_choose_among_contracts(client: FlaskClient, office: Office, other_office: Office, staff: str) -> None:
    sign_in(client, staff)

    page = client.get(f"/?contract={other_office.contract}").text

    assert re.search(rf'<option value="{other_office.contract}" selected>鈴木医院', page)
    assert f'<option value="{office.contract}">山田商事株式会社' in page
    assert "<h1><bdi>鈴木医院" in page
    assert client.get("/?contract=c-none").status_code == 404


def test_staff_without_contracts_learn_how_to_make_one(client: FlaskClient, staff: str) -> None:
    sign_in(client, staff)

    assert "karte contract create" in client.get("/").text


def test_a_silent_device_shows_since_when_and_no_values(
    client: FlaskClient, store: Store, office: Office, customer: str
) -> None:
    device = office.enrol("asleep").device
    store.put(office.contract, device, pc(timedelta(days=4)), utc_now())
    sign_in(client, customer)

    page = client.get("/").text

    assert "応答なし（4日）" in page
    assert "61%" not in page
    assert "<svg" not in page


def test_a_device_that_never_sent_is_unknown(client: FlaskClient, office: Office, customer: str) -> None:
    office.enrol("new")
    sign_in(client, customer)

    page = client.get("/").text

    assert "データが一度も届いていません" in page
    assert "0%" not in page


def test_a_revoked_device_is_gone(client: FlaskClient, store: Store, office: Office, customer: str) -> None:
    device = office.enrol("sold").device
    store.put(office.contract, device, pc(), utc_now())
    office.revoke(device)
    sign_in(client, customer)

    assert "host-sold" not in client.get("/").text


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_is_well_formed_and_labelled(
    client: FlaskClient, store: Store, office: Office, other_office: Office, staff: str, lang: str
) -> None:
    for number, kind in enumerate((DeviceKind.PC, DeviceKind.SERVER, DeviceKind.PROBE)):
        device = office.enrol(f"{number}<b>&\"'", kind).device
        store.put(office.contract, device, [*pc(), *mfp(f"mfp-{number}", "<i>複合機</i>")], utc_now())
    sign_in(client, staff)

    page = client.get(f"/?lang={lang}&contract={office.contract}").text

    tree = parse_page(page)
    assert tree.attrib["lang"] == lang
    elements = list(tree.iter())
    ids = Counter(each.attrib["id"] for each in elements if "id" in each.attrib)
    assert max(ids.values()) == 1
    assert {each.attrib["aria-labelledby"] for each in elements if "aria-labelledby" in each.attrib} <= set(ids)
    drawings = [each for each in elements if each.tag == SVG]
    assert drawings
    assert all((each.findtext(f"{SVG[:-3]}title") or "").endswith(("%", "不明", "unknown")) for each in drawings)
    assert not [each for each in elements if each.tag.endswith("}script") or "style" in each.attrib]
    assert "<b>&" not in page
    assert "<i>複合機" not in page


def test_it_says_so_when_the_engine_does_not_answer(
    config: Config, service: Callable[[Config], Flask], office: Office, customer: str
) -> None:
    device = office.enrol("pc").device
    dead = service(config).test_client()
    sign_in(dead, customer)

    answer = dead.get("/")

    assert answer.status_code == 200
    assert "測定値を読み取れません" in answer.text
    assert device in answer.text
    assert "不明" not in answer.text


def test_it_links_reports_and_dashboards(
    live: Config, service: Callable[[Config], Flask], office: Office, customer: str, client: FlaskClient
) -> None:
    files = {kind: ["0" * 64, 1] for kind in ("pdf", "html", "json")}
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        now = utc_now()
        about = {"period": "2026-10", "lang": "ja", "edition": 1, "number": 1, "files": files}
        session.add(Report(contract_id=contract.id, starts_at=now, ends_at=now, built_at=now, **about))
    sign_in(client, customer)

    page = client.get("/").text

    assert f'href="/reports/{office.contract}/karte_{office.contract}_2026-10_ja.pdf"' in page
    assert f'href="/reports/{office.contract}/"' in page
    assert "GRAFANA_HOME" in page
    with_grafana = service(replace(live, grafana_url="https://grafana.example.jp/")).test_client()
    sign_in(with_grafana, customer)
    assert 'href="/grafana"' in with_grafana.get("/").text


def test_it_names_the_command_for_a_report_as_it_works_beside_a_local_stack(
    live: Config, service: Callable[[Config], Flask], office: Office, staff: str, client: FlaskClient
) -> None:
    command = f"karte report build --contract {office.contract}"
    sign_in(client, staff)
    assert f"<code>{command}</code>" in client.get("/").text
    local = service(replace(live, data_dir=Path("/srv/karte"))).test_client()
    sign_in(local, staff)
    assert f"<code>{command} --data-dir /srv/karte</code>" in local.get("/").text
