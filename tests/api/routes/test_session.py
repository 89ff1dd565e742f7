import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import login_required
from sqlalchemy import select
from werkzeug.test import TestResponse

from api.db import Database
from api.identity.accounts import find_user, reset_password
from api.identity.tries import PASSWORDS
from api.models import User
from api.models.base import utc_now
from api.web.signin import local_path, signed_in_user
from tests.api.office import PASSWORD


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser; /inside is a page for who is signed in."""

    @app.get("/inside")
    @login_required  # type: ignore[untyped-decorator]
    def inside() -> str:
        return signed_in_user().username

    return app.test_client()


def form_token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert found
    return found[1]


def log_in(client: FlaskClient, username: str, password: str = PASSWORD, target: str = "/inside") -> TestResponse:
    form = {"csrf_token": form_token(client), "username": username, "password": password, "next": target}
    return client.post("/login", data=form)


def inside_token(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        token: str = session.setdefault("csrf", "planted by the test, as a page would")
    return token


def test_who_knows_the_password_gets_in(client: FlaskClient, staff: str) -> None:
    response = log_in(client, staff)
    assert (response.status_code, response.location) == (303, "/inside")
    assert client.get("/inside").text == staff


@pytest.mark.parametrize("name", ["BOSS", "ｂｏｓｓ", " boss "])
def test_the_name_may_be_written_as_people_write(client: FlaskClient, staff: str, name: str) -> None:
    assert log_in(client, name).status_code == 303


def test_a_wrong_name_a_wrong_password_and_a_disabled_person_look_the_same(
    client: FlaskClient, database: Database, staff: str, customer: str
) -> None:
    with database.writing.begin() as session:
        session.scalars(select(User).where(User.username == customer)).one().disable(utc_now())

    def answer(name: str, password: str) -> tuple[int, str]:
        response = log_in(client, name, password)
        return response.status_code, re.sub(r'value="[^"]*"', "", response.text)

    answers = {answer(staff, "wrong password"), answer("nobody", PASSWORD), answer(customer, PASSWORD)}
    assert len(answers) == 1
    status, page = answers.pop()
    assert status == 401
    assert "ユーザー名またはパスワードが正しくありません。" in page
    assert client.get("/inside").status_code == 302


def test_who_is_not_signed_in_is_sent_to_the_form_and_back(client: FlaskClient, staff: str) -> None:
    response = client.get("/inside?tab=1")
    assert (response.status_code, response.location) == (302, "/login?next=/inside?tab%3D1")
    assert 'name="next" value="/inside?tab=1"' in client.get(response.location).text


def test_a_form_without_the_sessions_token_is_refused(client: FlaskClient, app: Flask, staff: str) -> None:
    form = {"username": staff, "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 400
    form_token(client)
    assert client.post("/login", data=form).status_code == 400
    assert client.post("/login", data={**form, "csrf_token": ""}).status_code == 400
    others = form_token(app.test_client())
    assert client.post("/login", data={**form, "csrf_token": others}).status_code == 400
    assert client.get("/inside").status_code == 302


def test_another_site_cannot_sign_a_person_out(client: FlaskClient, staff: str) -> None:
    log_in(client, staff)
    assert client.post("/logout").status_code == 400
    assert client.get("/logout").status_code == 405
    assert client.get("/inside").status_code == 200


def test_a_session_that_was_prepared_before_is_not_carried_over(client: FlaskClient, staff: str) -> None:
    token = form_token(client)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    form = {"csrf_token": token, "username": staff, "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 303
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf") != token


def test_signing_out_ends_every_copy_of_the_session(client: FlaskClient, app: Flask, staff: str) -> None:
    log_in(client, staff)
    stolen = client.get_cookie("karte_session")
    assert stolen is not None
    thief = app.test_client()
    thief.set_cookie("karte_session", stolen.value)
    assert thief.get("/inside").status_code == 200
    response = client.post("/logout", data={"csrf_token": inside_token(client)})
    assert (response.status_code, response.location) == (303, "/login")
    assert client.get("/inside").status_code == 302
    assert thief.get("/inside").status_code == 302


def test_a_new_password_or_a_disabled_account_ends_sessions_at_once(
    client: FlaskClient, database: Database, staff: str
) -> None:
    log_in(client, staff)
    with database.writing.begin() as session:
        person = find_user(session, staff)
        assert person is not None
        reset_password(person, "another long password")
    assert client.get("/inside").status_code == 302
    assert log_in(client, staff).status_code == 401
    assert log_in(client, staff, "another long password").status_code == 303
    with database.writing.begin() as session:
        session.scalars(select(User)).one().disable(utc_now())
    assert client.get("/inside").status_code == 302


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient, staff: str) -> None:
    cookies = log_in(client, staff).headers.getlist("Set-Cookie")
    session_cookie = next(cookie for cookie in cookies if cookie.startswith("karte_session="))
    assert "HttpOnly" in session_cookie
    assert "SameSite=Lax" in session_cookie


def test_a_forged_or_foreign_session_opens_nothing(client: FlaskClient, staff: str) -> None:
    for value in ("", "x", "eyJfdXNlcl9pZCI6InUtMSJ9.aaaa.bbbb"):
        client.set_cookie("karte_session", value)
        assert client.get("/inside").status_code == 302
    with client.session_transaction() as session:
        session["_user_id"] = "u-nobody.0"
    assert client.get("/inside").status_code == 302


FOREIGN = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "\\\\evil.example",
    "/a\\..\\evil",
    "javascript:alert(1)",
    "evil.example",
    "/x\r\nSet-Cookie: a=b",
    "",
]


@pytest.mark.parametrize("target", FOREIGN)
def test_it_never_sends_a_person_to_another_site(client: FlaskClient, staff: str, target: str) -> None:
    assert local_path(target) == "/"
    assert log_in(client, staff, target=target).location == "/"
    assert client.get("/login", query_string={"next": target}).location == "/"


@pytest.mark.parametrize("target", ["/", "/a/b?c=d&e=%2F%2Fx", "/契約"])
def test_it_sends_a_person_to_pages_of_its_own(target: str) -> None:
    assert local_path(target) == target


def test_a_name_is_tried_so_often_and_no_more(client: FlaskClient, staff: str) -> None:
    answers = [log_in(client, "Nobody" if n % 2 else "nobody", "x").status_code for n in range(PASSWORDS.free + 3)]
    assert answers == [401] * (PASSWORDS.free + 1) + [429] * 2
    assert log_in(client, staff).status_code == 303


def test_what_is_entered_is_shown_as_text(client: FlaskClient) -> None:
    page = client.get("/login", query_string={"next": '/"><script>alert(1)</script>'}).text
    assert "<script" not in page


def test_the_page_speaks_both_languages_and_remembers(client: FlaskClient) -> None:
    assert '<html lang="ja">' in client.get("/login").text
    english = client.get("/login?lang=en")
    assert '<html lang="en">' in english.text
    assert "Sign in" in english.text
    assert '<html lang="en">' in client.get("/login").text
    assert '<html lang="ja">' in client.get("/login?lang=ja").text


def test_choosing_a_language_keeps_what_the_page_was_asked_for(client: FlaskClient) -> None:
    page = client.get("/login?next=/inside%3Ftab%3D1&x=%22%3E").text
    assert 'href="?next=%2Finside%3Ftab%3D1&amp;x=%22%3E&amp;lang=en"' in page


def test_signing_in_takes_the_persons_language(client: FlaskClient, database: Database, staff: str) -> None:
    with database.writing.begin() as session:
        session.scalars(select(User)).one().language = "en"
    log_in(client, staff)
    assert '<html lang="en">' in client.get("/nothing").text


def test_a_very_long_password_is_refused_quickly_and_quietly(client: FlaskClient, staff: str) -> None:
    assert log_in(client, staff, "x" * 100_000).status_code == 401
