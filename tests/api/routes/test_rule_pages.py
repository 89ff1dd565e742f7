"""Pages of the rules: what staff see, try, set and undo without JavaScript, in both languages."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.registry import entries
from api.app import create_app
from api.config import Config
from api.db import Database
from api.models import Contract, Finding, RuleThreshold
from api.models.base import utc_now
from tests.api.display.page import parse_page
from tests.api.office import Office
from tests.api.routes.tuned import RULE, Tuned


@pytest.fixture
def staffed(tuned: Tuned, staff: str) -> Tuned:
    return tuned.sign_in(staff, "ja")


def look(staffed: Tuned, path: str, status: int = 200) -> str:
    answer = staffed.client.get(path)
    assert answer.status_code == status
    parse_page(answer.text)
    return answer.text


def found(database: Database, office: Office, rule: str, hours_ago: int, *, is_open: bool) -> None:
    at = utc_now() - timedelta(hours=hours_ago)
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        session.add(
            Finding(
                contract_id=contract.id,
                rule=rule,
                key=f'["{hours_ago}"]',
                tags={"host": "PC-1"},
                since=at,
                opened_at=at,
                value=95.0,
                threshold=90.0,
                closed_at=None if is_open else at,
            )
        )


def row(page: str, rule: str) -> list[str]:
    """The cells of a rule in the list, as text."""
    (line,) = [each for each in re.findall(r"<tr>.*?</tr>", page, re.S) if f"/rules/{rule}" in each]
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[dh].*?</t[dh]>", line, re.S)]


def test_the_list_has_every_rule_with_threshold_and_findings(
    staffed: Tuned, database: Database, office: Office, other_office: Office
) -> None:
    found(database, office, RULE, 1, is_open=True)
    found(database, office, RULE, 24 * 20, is_open=False)
    found(database, office, RULE, 24 * 40, is_open=False)
    found(database, other_office, RULE, 2, is_open=False)

    page = look(staffed, "/rules")
    assert all(f"/rules/{name}" in page for name in entries())
    assert row(page, RULE) == ["ディスクの空きが少ない", "▲ 注意", "90%", "1", "3 2契約"]
    assert row(page, "firewall_off")[2] == "固定"

    own = look(staffed, f"/rules?contract={office.contract}&lang=en")
    assert row(own, RULE) == ["A disk is nearly full", "▲ Attention", "90%", "1", "2"]


def test_a_page_of_a_rule_tells_what_it_is_and_asks_for_a_contract(staffed: Tuned) -> None:
    page = look(staffed, f"/rules/{RULE}")

    for shown in ("ディスクの空きが少ない", "容量", "使用率の上限", "90%", "/advice/disk_nearly_full", "契約を選ぶと"):
        assert shown in page
    assert '<form class="try"' not in page
    look(staffed, "/rules/none_such", 404)
    look(staffed, f"/rules/{RULE}?contract=c-none", 404)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_value_is_tried_before_it_can_be_set(staffed: Tuned, lang: str) -> None:
    asked = f"/rules/{RULE}?contract={staffed.contract}&lang={lang}"
    assert 'value="set"' not in look(staffed, asked)

    page = look(staffed, f"{asked}&days=7&value=80&budget=0")

    counts = re.findall(r'<tr><th scope="row"><span class="key.*?<td class="number">(\d+)</td>', page)
    assert counts == ["1", "2"]
    lanes = re.findall(r'<div class="row"><span class="name"><bdi>(.*?)</bdi>.*?<span class="count">(.*?)</span>', page)
    assert lanes == [("host-full C:", "1 → 1"), ("host-other C:", "0 → 1")]
    assert page.count('class="tried" x=') == 2
    gained = {"ja": "新たに見つかるもの：1", "en": "Would be gained: 1"}
    assert gained[lang] in page
    assert "93%" in page
    assert 'value="set"' in page


def test_trying_nothing_shows_what_today_s_threshold_has_found(staffed: Tuned) -> None:
    page = look(staffed, f"/rules/{RULE}?contract={staffed.contract}&days=7&value=")

    assert page.count('class="key today"') == 1
    assert 'class="key tried"' not in page
    assert 'value="set"' not in page


def test_a_fixed_rule_can_be_looked_back_on_but_not_set(staffed: Tuned) -> None:
    page = look(staffed, f"/rules/antivirus_off?contract={staffed.contract}&days=7")

    assert "このルールに変えられる値はありません。" in page
    assert "この期間に、このルールが見るデータはありません。" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("value=20", "20 は範囲外です"),
        ("value=tea", "tea は数ではありません"),
        ("value=80&subject=d-x", "d-x はありません"),
    ],
)
def test_what_cannot_be_tried_is_said_on_the_page(staffed: Tuned, query: str, said: str) -> None:
    page = look(staffed, f"/rules/{RULE}?contract={staffed.contract}&days=7&{query}", 422)

    assert said in page
    assert 'role="alert"' in page


def test_an_engine_that_is_away_is_said_on_the_page(
    config: Config, office: Office, staff: str, database: Database
) -> None:
    app = create_app(replace(config, influx_url="http://127.0.0.1:9"))
    app.testing = True
    away = Tuned(app.test_client(), office.contract, "", "").sign_in(staff, "ja")

    page = look(away, f"/rules/{RULE}?contract={office.contract}&days=7", 422)

    assert "データベースが応答していません" in page
    app.extensions["karte_database"].close()


def test_a_threshold_is_set_shown_undone_and_taken_back(staffed: Tuned, session: Session) -> None:
    path = f"/rules/{RULE}"
    here = {"contract": staffed.contract, "reason": "図面を扱うため"}

    answer = staffed.post(f"{path}?contract={staffed.contract}", act="set", subject="", value="85", **here)
    assert answer.status_code == 303
    page = look(staffed, answer.location)
    assert "基準値を設定しました" in page
    assert "85%" in page
    assert "図面を扱うため" in page
    assert "boss" in page

    staffed.post(f"{path}?contract={staffed.contract}", act="set", subject=staffed.full, value="95", **here)
    staffed.post(f"{path}?contract={staffed.contract}", act="set", subject="", value="88", **here)
    page = look(staffed, staffed.post(path, act="undo", subject="", **here).location)
    assert "直前の変更を取り消しました" in page
    page = look(staffed, staffed.post(path, act="reset", subject="", **here).location)
    table = page.split('<table class="thresholds">')[1].split("</table>")[0]
    assert "この契約" not in table
    assert "host-full" in table
    assert "95%" in table
    told = [(each.subject, each.value, each.set_by) for each in session.scalars(select(RuleThreshold))]
    assert told == [
        ("", 85, "boss"),
        (staffed.full, 95, "boss"),
        ("", 88, "boss"),
        ("", 85, "boss"),
        ("", None, "boss"),
    ]
    assert "個別の値: 1契約" in look(staffed, "/rules")


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"act": "set", "value": "20", "reason": "x"}, 422, "20 は範囲外です"),
        ({"act": "set", "value": "85", "reason": " "}, 422, "理由"),
        ({"act": "set", "value": "", "reason": "x"}, 422, "値を入力してください"),
        ({"act": "undo", "reason": "x"}, 422, "取り消す変更がありません"),
        ({"act": "reset", "reason": "x"}, 422, "設定されていません"),
        ({"act": "set", "value": "85", "reason": "x", "subject": "d-x"}, 422, "d-x はありません"),
        ({"act": "dance", "reason": "x"}, 400, "選ばれていません"),
    ],
)
def test_a_form_that_cannot_be_is_refused_in_words(
    staffed: Tuned, session: Session, fields: dict[str, str], status: int, said: str
) -> None:
    answer = staffed.post(f"/rules/{RULE}", contract=staffed.contract, **fields)

    assert answer.status_code == status
    assert said in answer.text
    assert session.scalars(select(RuleThreshold)).all() == []


def test_what_was_typed_is_kept_where_it_is_refused(staffed: Tuned) -> None:
    page = staffed.post(f"/rules/{RULE}", contract=staffed.contract, act="set", value="20", reason="図面").text

    assert 'name="reason" maxlength="500" required value="図面"' in page


def test_a_forged_form_changes_nothing(staffed: Tuned, session: Session) -> None:
    fields = {"contract": staffed.contract, "act": "set", "value": "85", "reason": "x", "csrf_token": "forged"}

    assert staffed.client.post(f"/rules/{RULE}", data=fields).status_code == 400
    assert session.scalars(select(RuleThreshold)).all() == []


def test_a_reason_is_shown_as_text(staffed: Tuned) -> None:
    staffed.post(
        f"/rules/{RULE}",
        contract=staffed.contract,
        act="set",
        subject="",
        value="85",
        reason="<script>alert(1)</script>",
    )

    page = look(staffed, f"/rules/{RULE}?contract={staffed.contract}")

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_only_the_staff_see_them(client: FlaskClient, tuned: Tuned, customer: str) -> None:
    answer = client.get("/rules")
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login")
    tuned.sign_in(customer)
    for path in ("/rules", f"/rules/{RULE}"):
        assert tuned.client.get(path).status_code == 403
    assert 'href="/rules"' not in tuned.client.get("/").text
    assert tuned.post("/", contract=tuned.contract).status_code == 405
