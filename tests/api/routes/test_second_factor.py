import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from api.channels.vault import vault_of
from api.config import Config
from api.db import Database
from api.identity import second_factor
from api.identity.accounts import find_user
from api.identity.tries import CODES
from api.models import RecoveryCode, SecondFactor
from api.models.base import utc_now
from api.web.signin import PENDING_FOR_S
from tests.api.office import PASSWORD
from tests.api.routes.person_browser import Browser, code_at, set_up, token

BEHIND, AHEAD = -2, 2


@pytest.fixture
def inside(app: Flask, staff: str) -> Browser:
    """The browser of a person who is signed in."""
    browser = Browser(app.test_client())
    assert browser.log_in(staff).status_code == 303
    return browser


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Another browser."""
    return Browser(app.test_client())


def test_the_password_alone_opens_nothing_any_more(
    inside: Browser, browser: Browser, database: Database, staff: str
) -> None:
    secret, codes = set_up(inside, database, utc_now())
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert inside.is_in
    answer = browser.log_in(staff, target="/account")
    assert (answer.status_code, answer.location) == (303, "/login/code")
    assert not browser.is_in
    assert browser.get("/api/v1/session").status_code == 401
    assert browser.post("/login/code", code="000000").status_code == 401
    assert not browser.is_in
    answer = browser.post("/login/code", code=code_at(secret, utc_now()))
    assert (answer.status_code, answer.location) == (303, "/account")
    assert browser.is_in


def test_a_code_is_taken_once(inside: Browser, browser: Browser, database: Database, app: Flask, staff: str) -> None:
    secret, _ = set_up(inside, database, utc_now())
    code = code_at(secret, utc_now())
    browser.log_in(staff)
    assert browser.post("/login/code", code=code).status_code == 303
    watcher = Browser(app.test_client())
    watcher.log_in(staff)
    assert watcher.post("/login/code", code=code).status_code == 401
    assert not watcher.is_in


def test_the_code_that_confirmed_is_not_taken_again(
    inside: Browser, database: Database, config: Config, staff: str
) -> None:
    vault, now = vault_of(config), utc_now()
    with database.writing.begin() as session:
        user = find_user(session, staff)
        assert user is not None
        offer = second_factor.offer(session, vault, user, now)
        second_factor.confirm(session, vault, user, code_at(offer.secret, now), now)
        assert not second_factor.check(session, vault, user, code_at(offer.secret, now), now)
        assert second_factor.check(session, vault, user, code_at(offer.secret, now, 1), now)
        # An earlier step than one that was taken is over as well.
        assert not second_factor.check(session, vault, user, code_at(offer.secret, now), now)


@pytest.mark.parametrize(("steps", "is_good"), [(BEHIND, False), (-1, True), (0, True), (1, True), (AHEAD, False)])
def test_clocks_may_differ_by_one_step(
    database: Database, config: Config, staff: str, steps: int, is_good: bool
) -> None:
    vault, now = vault_of(config), utc_now()
    with database.writing.begin() as session:
        user = find_user(session, staff)
        assert user is not None
        offer = second_factor.offer(session, vault, user, now)
        second_factor.confirm(session, vault, user, code_at(offer.secret, now), now)
        session.scalars(select(SecondFactor)).one().last_step = 0
        assert second_factor.check(session, vault, user, code_at(offer.secret, now, steps), now) is is_good


@pytest.mark.parametrize("entered", ["{} ", "１{}", "{:.3} {}", "", "x", "000000", "９９９９９９９９", "\x00"])
def test_codes_are_read_as_people_type_them_and_nothing_else_is_a_code(
    database: Database, config: Config, staff: str, entered: str
) -> None:
    vault, now = vault_of(config), utc_now()
    with database.writing.begin() as session:
        user = find_user(session, staff)
        assert user is not None
        offer = second_factor.offer(session, vault, user, now)
        second_factor.confirm(session, vault, user, code_at(offer.secret, now), now)
        code = code_at(offer.secret, now, 1)
        is_the_code = second_factor.normal_code(entered.format(code, code)) == code
        assert second_factor.check(session, vault, user, entered.format(code, code), now) is is_the_code


def test_a_recovery_code_opens_once(
    inside: Browser, browser: Browser, database: Database, app: Flask, staff: str
) -> None:
    _, codes = set_up(inside, database, utc_now())
    browser.log_in(staff)
    assert browser.post("/login/code", code=codes[0].upper().replace("-", " ")).status_code == 303
    again = Browser(app.test_client())
    again.log_in(staff)
    assert again.post("/login/code", code=codes[0]).status_code == 401
    assert again.post("/login/code", code=codes[1]).status_code == 303


def test_recovery_codes_that_were_made_anew_replace_the_former(
    inside: Browser, browser: Browser, database: Database, staff: str
) -> None:
    _, codes = set_up(inside, database, utc_now())
    page = inside.post("/account/second-factor", "/account/second-factor/codes", current=PASSWORD)
    assert page.status_code == 200
    browser.log_in(staff)
    assert browser.post("/login/code", code=codes[0]).status_code == 401


def test_secrets_are_stored_so_that_the_database_alone_opens_nothing(
    inside: Browser, database: Database, staff: str
) -> None:
    secret, codes = set_up(inside, database, utc_now())
    with database.reading() as session:
        (row,) = session.scalars(select(SecondFactor))
        hashes = {each.code_hash for each in session.scalars(select(RecoveryCode))}
    assert secret.encode() not in row.secret
    assert row.offered == b""
    assert not hashes & {second_factor.normal_code(code) for code in codes}


def test_a_secret_that_was_copied_to_another_person_does_not_open(
    database: Database, config: Config, staff: str, customer: str
) -> None:
    vault, now = vault_of(config), utc_now()
    with database.writing.begin() as session:
        boss, taro = find_user(session, staff), find_user(session, customer)
        assert boss is not None
        assert taro is not None
        offer = second_factor.offer(session, vault, taro, now)
        second_factor.confirm(session, vault, taro, code_at(offer.secret, now), now)
        row = session.scalars(select(SecondFactor)).one()
        row.user_id, row.last_step, boss.second_factor_at = boss.id, 0, now
        session.flush()
        with pytest.raises(Exception, match="belongs to another"):
            second_factor.check(session, vault, boss, code_at(offer.secret, now), now)


def test_guessing_codes_closes(inside: Browser, browser: Browser, database: Database, staff: str) -> None:
    secret, _ = set_up(inside, database, utc_now())
    browser.log_in(staff)
    answers = [browser.post("/login/code", code="000000").status_code for _ in range(CODES.free + 2)]
    assert answers == [401] * (CODES.free + 1) + [429]
    assert browser.post("/login/code", code=code_at(secret, utc_now())).status_code == 429
    assert not browser.is_in


def test_the_code_is_waited_for_five_minutes_and_by_this_browser_only(
    inside: Browser, browser: Browser, database: Database, staff: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = set_up(inside, database, utc_now())
    other = Browser(app.test_client())
    assert other.get("/login/code").location == "/login"
    browser.log_in(staff)
    form = {"csrf_token": token(browser), "code": code_at(secret, utc_now())}
    assert other.client.post("/login/code", data=form).status_code == 400
    later = time.time() + PENDING_FOR_S + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert browser.client.post("/login/code", data=form).location == "/login"
    assert not browser.is_in


def test_a_password_that_was_changed_between_password_and_code_ends_the_wait(
    inside: Browser, browser: Browser, database: Database, staff: str
) -> None:
    secret, _ = set_up(inside, database, utc_now())
    browser.log_in(staff)
    inside.post("/account/password", current=PASSWORD, password="seven quiet otters", again="seven quiet otters")
    form = {"csrf_token": token(browser), "code": code_at(secret, utc_now())}
    assert browser.client.post("/login/code", data=form).location == "/login"
    assert not browser.is_in


def test_setting_up_asks_for_the_password_and_ends_other_sessions(
    inside: Browser, browser: Browser, database: Database, staff: str
) -> None:
    browser.log_in(staff)
    assert browser.is_in
    page = inside.post("/account/second-factor", current="not the password")
    assert page.status_code == 422
    assert "<code>" not in page.text
    set_up(inside, database, utc_now())
    assert inside.is_in
    assert not browser.is_in


def test_the_offered_secret_counts_only_once_it_is_confirmed_and_for_a_while(
    database: Database, config: Config, staff: str
) -> None:
    vault, now = vault_of(config), utc_now()
    late = now + second_factor.OFFERED_FOR + timedelta(seconds=1)
    with database.writing.begin() as session:
        user = find_user(session, staff)
        assert user is not None
        offer = second_factor.offer(session, vault, user, now)
        assert not second_factor.check(session, vault, user, code_at(offer.secret, now), now)
        with pytest.raises(second_factor.CodeRefused):
            second_factor.confirm(session, vault, user, code_at(offer.secret, late), late)
        assert user.second_factor_at is None


def test_the_picture_is_one_that_the_policy_allows(inside: Browser) -> None:
    page = inside.post("/account/second-factor", current=PASSWORD)
    assert '<img src="data:image/svg+xml' in page.text
    assert "style=" not in page.text
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]


def test_a_customer_may_do_without_again_and_staff_may_not(
    app: Flask,
    database: Database,
    config: Config,
    customer: str,
    staff: str,
    another_app: Callable[[Config], Flask],
) -> None:
    taro = Browser(app.test_client())
    taro.log_in(customer)
    set_up(taro, database, utc_now())
    assert taro.post("/account/second-factor", "/account/second-factor/remove", current="wrong").status_code == 422
    assert taro.post("/account/second-factor", "/account/second-factor/remove", current=PASSWORD).status_code == 303
    assert Browser(app.test_client()).log_in(customer).location == "/account"
    strict = another_app(replace(config, staff_totp="required"))
    boss = Browser(strict.test_client())
    boss.log_in(staff)
    set_up(boss, database, utc_now())
    refused = boss.post("/account/second-factor", "/account/second-factor/remove", current=PASSWORD)
    assert refused.status_code == 422
    assert "staff need a second factor" in refused.text


def test_staff_without_one_are_led_to_set_it_up_and_see_nothing_else(
    config: Config, database: Database, staff: str, customer: str, another_app: Callable[[Config], Flask]
) -> None:
    app = another_app(replace(config, staff_totp="required"))
    boss = Browser(app.test_client())
    boss.log_in(staff)
    for path in ("/", "/rules", "/collected"):
        assert boss.get(path).location == "/account/second-factor", path
    answer = boss.get("/api/v1/contracts")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "second_factor_needed")
    for forged in ("Basic eDp4", "Token x", "Bearer okb_x", "x"):
        headers = {"Authorization": forged}
        assert boss.client.get("/rules", headers=headers).location == "/account/second-factor", forged
        assert boss.client.get("/api/v1/contracts", headers=headers).status_code in (401, 403), forged
    account = boss.get("/api/v1/account").get_json()
    assert (account["duty"], account["second_factor_required"]) == ("second_factor", True)
    set_up(boss, database, utc_now())
    assert boss.get("/api/v1/contracts").status_code == 200
    taro = Browser(app.test_client())
    taro.log_in(customer)
    assert taro.get("/api/v1/contracts").status_code == 200
