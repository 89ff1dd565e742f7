import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from api.config import Config
from api.db import Database
from api.identity import persons, resetting
from api.identity.accounts import Person, find_user
from api.identity.reset_links import HOLDS_FOR, reset_token, user_of_token
from api.identity.tries import PASSWORDS, RESETS, Tries
from api.mail import reset
from api.mail.letter import Links
from api.mail.purposes import PURPOSES
from api.models import DeliveryState, MailPurpose, ServiceMail, User
from api.models.base import utc_now
from tests.api.office import PASSWORD
from tests.api.routes.person_browser import Browser, set_up

NEW = "seven quiet otters knit"
ADDRESS = "hanako@example.jp"


@pytest.fixture
def hanako(database: Database, customer: str) -> str:
    """A person with a mail address."""
    with database.writing.begin() as session:
        user = find_user(session, customer)
        assert user is not None
        user.email = ADDRESS
    return customer


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


def mails(database: Database) -> list[ServiceMail]:
    with database.reading() as session:
        return list(session.scalars(select(ServiceMail).order_by(ServiceMail.id)))


def link(database: Database, config: Config) -> str:
    """Return where the newest mail leads."""
    with database.reading() as session:
        mail = session.scalars(select(ServiceMail).order_by(ServiceMail.id.desc())).first()
        assert mail is not None
        letter = PURPOSES[MailPurpose.PASSWORD_RESET].compose(session, mail, Links("http://x", config.secret_key))
    assert letter is not None
    found = re.search(r"http://x(/password-reset/\S+)", letter.body)
    assert found
    return found[1]


def test_a_link_sets_a_new_password_once(browser: Browser, database: Database, config: Config, hanako: str) -> None:
    assert browser.post("/password-reset", username=ADDRESS.upper()).status_code == 200
    path = link(database, config)
    assert browser.get(path).status_code == 200
    answer = browser.post(path, password=NEW, again=NEW)
    assert (answer.status_code, answer.location) == (303, "/login?changed")
    assert browser.log_in(hanako).status_code == 401
    assert browser.log_in(hanako, NEW).status_code == 303
    for _ in range(2):
        assert browser.get(path).status_code == 410


def test_a_used_link_changes_nothing_even_with_the_form_still_open(
    app: Flask, browser: Browser, database: Database, config: Config, hanako: str
) -> None:
    browser.post("/password-reset", username=hanako)
    path = link(database, config)
    browser.post(path, password=NEW, again=NEW)
    thief = Browser(app.test_client())
    token = re.search(r'name="csrf_token" value="([^"]+)"', thief.get("/login").text)
    assert token
    form = {"csrf_token": token[1], "password": "another long one", "again": "another long one"}
    assert thief.client.post(path, data=form).status_code == 410
    assert browser.log_in(hanako, NEW).status_code == 303


def test_the_answer_is_the_same_for_who_exists_and_who_does_not(
    browser: Browser, database: Database, hanako: str, staff: str
) -> None:
    pages = set()
    for name in (hanako, ADDRESS, "nobody", "nobody@example.jp", staff, "", "\x00", "x" * 10_000):
        answer = browser.post("/password-reset", username=name)
        pages.add((answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)))
    assert len(pages) == 1
    # The staff's has no address, so there is no mail; the second for the same person took the place of the first.
    assert [(mail.address, mail.state) for mail in mails(database)] == [
        (ADDRESS, DeliveryState.DEAD),
        (ADDRESS, DeliveryState.WAITING),
    ]


def test_nobody_is_flooded_with_mails(database: Database, config: Config, hanako: str) -> None:
    tries, now = Tries(database, config.secret_key), utc_now()
    for _ in range(20):
        resetting.ask(tries, hanako, now)
    assert len(mails(database)) == RESETS.free + 1
    assert sum(mail.state is DeliveryState.WAITING for mail in mails(database)) == 1


def test_a_link_ends_with_time_with_the_password_with_the_address_and_with_the_person(
    database: Database, config: Config, hanako: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = config.secret_key

    def opens(token: str) -> bool:
        with database.writing.begin() as session:
            return user_of_token(session, key, token) is not None

    def made() -> str:
        with database.reading() as session:
            user = find_user(session, hanako)
            assert user is not None
            return reset_token(key, user)

    token = made()
    assert opens(token)
    with monkeypatch.context() as patched:
        later = time.time() + HOLDS_FOR.total_seconds() + 1
        patched.setattr(time, "time", lambda: later)
        assert not opens(token)
    for change in (
        lambda user: user.set_password_hash("x"),
        lambda user: setattr(user, "email", "other@example.jp"),
        lambda user: user.disable(utc_now()),
    ):
        token = made()
        assert opens(token)
        with database.writing.begin() as session:
            change(session.scalars(select(User).where(User.username == hanako)).one())
        assert not opens(token)


@pytest.mark.parametrize("token", ["", "x", "WyJ1LTEiLCJ4Il0.aaaa.bbbb", "../../etc/passwd", "%00"])
def test_forged_links_open_nothing(browser: Browser, token: str) -> None:
    assert browser.get(f"/password-reset/{token}").status_code in (308, 404, 410, 200 if not token else 410)


def test_a_link_signed_for_something_else_is_none(browser: Browser, app: Flask, config: Config, hanako: str) -> None:
    other = URLSafeTimedSerializer(config.secret_key, salt="karte known device").dumps(["u-1", "x"])
    assert browser.get(f"/password-reset/{other}").status_code == 410
    odd = URLSafeTimedSerializer(config.secret_key, salt="karte password reset")
    for payload in (None, [], [1, 2], ["u-1"], {"a": 1}, ["u-1", None]):
        assert browser.get(f"/password-reset/{odd.dumps(payload)}").status_code == 410


def test_the_page_of_a_link_tells_its_address_to_nobody(
    browser: Browser, database: Database, config: Config, hanako: str
) -> None:
    browser.post("/password-reset", username=hanako)
    answer = browser.get(link(database, config))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_bad_choice_is_told_and_leaves_the_link_good(
    browser: Browser, database: Database, config: Config, hanako: str
) -> None:
    browser.post("/password-reset", username=hanako)
    path = link(database, config)
    assert browser.post(path, password="password1234", again="password1234").status_code == 422
    assert browser.post(path, password=NEW, again="something else").status_code == 422
    assert browser.post(path, password="hanako@example.jp", again="hanako@example.jp").status_code == 422
    assert browser.post(path, password=NEW, again=NEW).status_code == 303


def test_a_link_needs_the_forms_token(browser: Browser, database: Database, config: Config, hanako: str) -> None:
    browser.post("/password-reset", username=hanako)
    path = link(database, config)
    assert browser.client.post(path, data={"password": NEW, "again": NEW}).status_code == 400
    assert browser.client.post("/password-reset", data={"username": hanako}).status_code == 400
    assert browser.log_in(hanako).status_code == 303


def test_a_link_ends_lockout_and_sessions_but_not_the_second_factor(
    app: Flask, browser: Browser, database: Database, config: Config, hanako: str
) -> None:
    inside = Browser(app.test_client())
    inside.log_in(hanako)
    set_up(inside, database, utc_now())
    for _ in range(PASSWORDS.free + 2):
        browser.log_in(hanako, "wrong")
    assert browser.log_in(hanako).status_code == 429
    browser.post("/password-reset", username=hanako)
    browser.post(link(database, config), password=NEW, again=NEW)
    assert not inside.is_in
    answer = browser.log_in(hanako, NEW)
    assert (answer.status_code, answer.location) == (303, "/login/code")


def test_a_mail_says_nothing_once_it_should_not(database: Database, config: Config, hanako: str) -> None:
    links, tries = Links("http://x", config.secret_key), Tries(database, config.secret_key)
    resetting.ask(tries, hanako, utc_now())
    with database.writing.begin() as session:
        (mail,) = session.scalars(select(ServiceMail))
        assert reset.compose(session, mail, links) is not None
        mail.created_at -= reset.SENT_WITHIN + timedelta(seconds=1)
        assert reset.compose(session, mail, links) is None
        mail.created_at = utc_now()
        mail.address = "former@example.jp"
        assert reset.compose(session, mail, links) is None


def test_a_change_of_person_takes_waiting_mails_back(database: Database, config: Config, hanako: str) -> None:
    resetting.ask(Tries(database, config.secret_key), hanako, utc_now())
    with database.writing.begin() as session:
        user = find_user(session, hanako)
        assert user is not None
        persons.change_person(session, user, Person("佐藤 次郎", "jiro@example.jp"), None, utc_now())
    (mail,) = mails(database)
    assert mail.state is DeliveryState.DEAD


def test_who_is_disabled_gets_none(browser: Browser, database: Database, hanako: str) -> None:
    with database.writing.begin() as session:
        user = find_user(session, hanako)
        assert user is not None
        persons.revoke(session, user, utc_now())
    browser.post("/password-reset", username=hanako)
    with database.reading() as session:
        assert session.scalar(select(func.count(ServiceMail.id))) == 0


def test_no_link_is_stored(browser: Browser, database: Database, config: Config, hanako: str) -> None:
    browser.post("/password-reset", username=hanako)
    token = link(database, replace(config)).rsplit("/", 1)[1]
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM service_mail").fetchall()
    assert token.split(".")[0] not in repr(rows)
    assert PASSWORD not in repr(rows)
