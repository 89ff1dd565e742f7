from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from api.config import Config
from api.identity.tries import CONFIRMATIONS
from api.models.base import utc_now
from tests.api.office import PASSWORD
from tests.api.routes.person_browser import Browser, code_at
from tests.api.signed_in import Api

NEW = "seven quiet otters knit"


@pytest.fixture
def taro(app: Flask, customer: str) -> Api:
    return Api(app.test_client(), customer)


def go_on(api: Api, answer: Any) -> None:
    """Use the session that took the place of the one before."""
    api.headers["X-CSRF-Token"] = answer["csrf_token"]


def test_one_sees_oneself_and_no_secret(taro: Api, customer: str) -> None:
    status, me = taro("GET", "/account")
    assert (status, me["username"], me["role"], me["position"]) == (200, customer, "customer", "representative")
    assert (me["duty"], me["second_factor_at"], me["second_factor_required"]) == (None, None, False)
    assert not {"password_hash", "session_epoch", "secret"} & me.keys()


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(taro: Api, app: Flask, customer: str) -> None:
    other = Api(app.test_client(), customer)
    for sent, code in (
        ({"current": "wrong", "new": NEW}, "not_confirmed"),
        ({"current": PASSWORD, "new": "password1234"}, "password_refused"),
        ({"current": PASSWORD, "new": PASSWORD}, "password_refused"),
        ({"current": PASSWORD, "new": "taro@example.jp1"}, "password_refused"),
        ({"current": PASSWORD}, "invalid_request"),
    ):
        status, told = taro("PUT", "/account/password", sent)
        assert (status, told["error"]["code"]) == (422, code), sent
    status, told = taro("PUT", "/account/password", {"current": PASSWORD, "new": NEW})
    assert status == 200
    go_on(taro, told)
    assert taro("GET", "/account")[0] == 200
    assert other("GET", "/account")[0] == 401
    assert Browser(app.test_client()).log_in(customer).status_code == 401


def test_a_session_in_other_hands_does_not_find_the_password_out(taro: Api) -> None:
    for _ in range(CONFIRMATIONS.free + 1):
        assert taro("POST", "/account/second-factor", {"password": "guess"})[1]["error"]["code"] == "not_confirmed"
    status, told = taro("POST", "/account/second-factor", {"password": PASSWORD})
    assert (status, "too many failures" in told["error"]["message"]) == (422, True)


def test_a_second_factor_is_set_up_renewed_and_removed(taro: Api, app: Flask, customer: str) -> None:
    assert taro("POST", "/account/second-factor/recovery-codes", {"password": PASSWORD})[1]["recovery_codes"] == []
    status, offer = taro("POST", "/account/second-factor", {"password": PASSWORD})
    assert (status, offer["qr"][:18], "issuer=Office%20Karte" in offer["uri"]) == (200, "data:image/svg+xml", True)
    assert taro("POST", "/account/second-factor/confirm", {"code": "000000"})[1]["error"]["code"] == "code_refused"
    status, told = taro("POST", "/account/second-factor/confirm", {"code": code_at(offer["secret"], utc_now())})
    assert (status, len(told["recovery_codes"])) == (200, 10)
    go_on(taro, told)
    status, renewed = taro("POST", "/account/second-factor/recovery-codes", {"password": PASSWORD})
    assert not set(told["recovery_codes"]) & set(renewed["recovery_codes"])
    assert taro("GET", "/account")[1]["recovery_codes_left"] == 10
    browser = Browser(app.test_client())
    browser.log_in(customer)
    assert browser.post("/login/code", code=told["recovery_codes"][0]).status_code == 401
    assert browser.post("/login/code", code=renewed["recovery_codes"][0]).status_code == 303
    assert taro("POST", "/account/second-factor/remove", {"password": PASSWORD})[0] == 204
    assert taro("GET", "/account")[1]["second_factor_at"] is None


def test_staff_do_not_do_without(config: Config, staff: str, another_app: Callable[[Config], Flask]) -> None:
    boss = Api(another_app(replace(config, staff_totp="required")).test_client(), staff)
    status, told = boss("POST", "/account/second-factor/remove", {"password": PASSWORD})
    assert (status, told["error"]["code"]) == (409, "second_factor_required")


def test_other_sessions_end_and_this_one_goes_on(taro: Api, app: Flask, customer: str) -> None:
    other = Api(app.test_client(), customer)
    status, told = taro("POST", "/account/end-sessions")
    assert status == 200
    go_on(taro, told)
    assert taro("GET", "/account")[0] == 200
    assert other("GET", "/account")[0] == 401


def test_nothing_is_done_without_the_sessions_token(taro: Api) -> None:
    taro.headers = {}
    for method, path in (
        ("PUT", "/account/password"),
        ("POST", "/account/second-factor"),
        ("POST", "/account/second-factor/confirm"),
        ("POST", "/account/second-factor/recovery-codes"),
        ("POST", "/account/second-factor/remove"),
        ("POST", "/account/end-sessions"),
    ):
        status, told = taro(method, path, {})
        assert (status, told["error"]["code"]) == (400, "csrf_token_missing"), path
    assert taro("GET", "/account")[0] == 200
