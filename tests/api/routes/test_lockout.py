"""Signing in, from the side of who guesses and of who is kept out by it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from api.config import Config
from api.db import Database
from api.identity import passwords, signing_in
from api.identity.known_device import COOKIE, KNOWN_FOR, device_cookie, known_device
from api.identity.tries import PASSWORDS
from api.models import FailedTries
from api.models.base import utc_now
from api.web.limits import limiter
from tests.api.office import PASSWORD
from tests.api.queries import counted
from tests.api.routes.person_browser import Browser


@pytest.fixture
def attacker(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def boss(app: Flask, staff: str) -> Browser:
    """A browser that the person has signed in from before."""
    browser = Browser(app.test_client())
    assert browser.log_in(staff).status_code == 303
    browser.client.delete_cookie("karte_session")
    return browser


def close(browser: Browser, name: str) -> None:
    for _ in range(PASSWORDS.free + 1):
        assert browser.log_in(name, "wrong").status_code == 401
    assert browser.log_in(name, "wrong").status_code == 429


def pass_time(database: Database, time: timedelta) -> None:
    """Let what was counted be older."""
    with database.writing.begin() as session:
        session.execute(update(FailedTries).values(closed_until=utc_now() - time))


def test_even_the_right_password_does_not_open_while_it_is_closed(attacker: Browser, staff: str) -> None:
    close(attacker, staff)
    assert attacker.log_in(staff).status_code == 429
    assert not attacker.is_in


def test_it_is_closed_on_every_worker(
    attacker: Browser, config: Config, staff: str, another_app: Callable[[Config], Flask]
) -> None:
    close(attacker, staff)
    assert Browser(another_app(config).test_client()).log_in(staff).status_code == 429


def test_it_opens_again_by_itself_and_the_right_password_forgets_all(
    attacker: Browser, database: Database, staff: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)  # which counts per minute, and no failures
    close(attacker, staff)
    pass_time(database, timedelta(seconds=1))
    assert attacker.log_in(staff).status_code == 303
    attacker.client.delete_cookie("karte_session")
    close(attacker, staff)


def test_who_signed_in_from_here_before_is_not_kept_out_by_others(attacker: Browser, boss: Browser, staff: str) -> None:
    close(attacker, staff)
    assert boss.log_in(staff).status_code == 303


def test_a_known_browser_is_locked_out_by_itself(boss: Browser, attacker: Browser, staff: str) -> None:
    close(boss, staff)
    assert boss.log_in(staff).status_code == 429
    # Which keeps nobody else out.
    assert attacker.log_in(staff).status_code == 303


def test_a_browser_known_for_one_person_is_not_for_another(
    attacker: Browser, boss: Browser, staff: str, customer: str
) -> None:
    close(attacker, customer)
    assert boss.log_in(customer).status_code == 429


@pytest.mark.parametrize("cookie", [None, "", "x", "WyJ1LTEiXQ.aaaa.bbbb"])
def test_a_forged_mark_of_a_known_browser_is_none(config: Config, cookie: str | None) -> None:
    assert known_device(config.secret_key, cookie, "u-1") == ""


def test_a_mark_is_of_its_person_its_key_and_its_time(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    made = device_cookie(config.secret_key, "u-1")
    assert known_device(config.secret_key, made, "u-1")
    assert known_device(config.secret_key, made, "u-2") == ""
    assert known_device(config.secret_key, made, None) == ""
    assert known_device("another key", made, "u-1") == ""
    later = utc_now().timestamp() + KNOWN_FOR.total_seconds() + 10
    monkeypatch.setattr("time.time", lambda: later)
    assert known_device(config.secret_key, made, "u-1") == ""


def test_names_that_do_not_exist_are_locked_out_the_same(attacker: Browser, staff: str) -> None:
    def seen(name: str) -> list[tuple[int, str]]:
        answers = [attacker.log_in(name, "wrong") for _ in range(PASSWORDS.free + 3)]
        return [(answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)) for answer in answers]

    assert seen(staff) == seen("nobody at all")


def test_the_same_work_is_done_for_names_that_do_not_exist(
    attacker: Browser, app: Flask, staff: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[bool] = []
    compare = passwords.password_matches

    def noted(stored: str | None, password: str) -> bool:
        verified.append(stored is not None)
        return compare(stored, password)

    monkeypatch.setattr(signing_in, "password_matches", noted)
    attacker.log_in("warm up", "wrong")
    asked = []
    for name in (staff, "nobody"):
        with counted(app) as statements:
            attacker.log_in(name, "wrong")
        asked.append([each.split(" WHERE ")[0] for each in statements])
    assert asked[0] == asked[1]
    assert verified[1:] == [True, False]


def test_cookies_are_for_this_service_only(config: Config, staff: str, another_app: Callable[[Config], Flask]) -> None:
    app = another_app(replace(config, secure_cookies=True))
    client = app.test_client()
    browser = Browser(client)
    page = client.get("/login", base_url="https://localhost").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "username": staff, "password": PASSWORD}
    answer = browser.client.post("/login", data=form, base_url="https://localhost")
    cookies = {cookie.split("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert {"karte_session", COOKIE} <= cookies.keys()
    for cookie in cookies.values():
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain=" not in cookie
    assert "Path=/login" in cookies[COOKIE]


def test_every_form_is_refused_without_the_sessions_token(app: Flask, staff: str) -> None:
    browser = Browser(app.test_client())
    browser.log_in(staff)
    adapter = app.url_map.bind("localhost")
    tried = 0
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule.startswith(("/api/", "/write", "/query")):
            continue
        path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"), method="POST")
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "x" * 43}):
            answer = browser.client.post(path, data=data)
            assert (answer.status_code, "form_expired" in answer.text) == (400, True), (path, answer.status_code)
        tried += 1
    assert tried > 8
    assert browser.is_in


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(app: Flask, staff: str, target: str) -> None:
    answer = Browser(app.test_client()).log_in(staff, target=target)
    assert (answer.status_code, answer.location) == (303, "/")
