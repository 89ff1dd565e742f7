import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.db import Database
from api.models import TermsKind
from tests.api.office import Office
from tests.api.signed_in import Api
from tests.api.terms.texts import publish_text


def place(page: str, *words: str) -> list[int]:
    return [page.index(word) for word in words]


def test_anybody_sees_the_terms_in_the_order_of_precedence(database: Database, client: FlaskClient) -> None:
    publish_text(database, TermsKind.COMMON, ago=60)
    publish_text(database, TermsKind.COMMON, ago=20, word="改定")
    publish_text(database, TermsKind.SERVICE, ago=0)
    page = client.get("/terms?lang=ja").text
    found = place(page, 'id="individual"', 'id="service"', 'id="basic"', 'id="common"')
    assert found == sorted(found)
    assert place(page, "適用前", "/terms/service/1", "適用中", "/terms/common/2", "以前の版", "/terms/common/1")
    assert "Earlier versions" in client.get("/terms?lang=en").text


def test_a_version_is_shown_with_its_day_and_how_it_stands(database: Database, client: FlaskClient) -> None:
    publish_text(database, TermsKind.COMMON, ago=60)
    publish_text(database, TermsKind.COMMON, ago=20, word="改定")
    now, before = (client.get(f"/terms/common/{version}?lang=ja").text for version in (2, 1))
    assert '<h3 id="article-1">第1条（改定）</h3>' in now
    assert "適用中" in now
    assert "次の版に替わりました" in before
    assert "/terms/common/2" in before
    english = client.get("/terms/common/1?lang=en").text
    assert "Article 1 (目的)" in english
    assert "The Japanese text binds" in english


@pytest.mark.parametrize(
    "path", ["/terms/common/1", "/terms/secret/1", "/terms/common/0", f"/terms/common/{10**40}", "/terms/common/x"]
)
def test_what_there_is_not_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_individual_terms_are_shown_to_their_own_people_and_to_the_staff(
    app: Flask, database: Database, office: Office, other_office: Office, customer: str, staff: str
) -> None:
    publish_text(database, TermsKind.INDIVIDUAL, contract=office.contract)
    publish_text(database, TermsKind.INDIVIDUAL, contract=other_office.contract, word="他社")
    stranger, taro, boss = app.test_client(), app.test_client(), app.test_client()
    Api(taro, customer)
    Api(boss, staff)
    assert stranger.get("/terms/individual/1").status_code == 302
    assert "/terms/individual" not in stranger.get("/terms").text
    mine = taro.get("/terms/individual/1?lang=ja").text
    assert "第1条（目的）" in mine
    # A customer's own contract decides, whatever the address says.
    assert taro.get(f"/terms/individual/1?lang=ja&contract={other_office.contract}").text.count("他社") == 0
    assert "/terms/individual/1" in taro.get("/terms").text
    assert "他社" in boss.get(f"/terms/individual/1?lang=ja&contract={other_office.contract}").text
    assert boss.get("/terms/individual/1").status_code == 404


def test_no_text_of_terms_runs_in_a_browser(database: Database, client: FlaskClient, office: Office) -> None:
    publish_text(database, TermsKind.COMMON, word="<script>alert(1)</script><img src=x onerror=alert(2)>")
    page = client.get("/terms/common/1?lang=ja").text
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
