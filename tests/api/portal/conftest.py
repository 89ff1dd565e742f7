"""Browsers of a customer and of staff, and contracts in which there is something on every page."""

import pytest
from flask import Flask
from sqlalchemy import select

from api.db import Database
from api.models import User
from api.web.signin import SignedIn
from tests.api.office import Office
from tests.api.portal.furnished import Furnished, furnish
from tests.api.routes.person_browser import Browser


@pytest.fixture
def furnished(database: Database, office: Office) -> Furnished:
    """The customer's own contract."""
    return furnish(database, office)


@pytest.fixture
def visitor(app: Flask, database: Database, customer: str) -> Browser:
    """A browser in which the customer is signed in."""
    return _signed_in(app, database, customer)


@pytest.fixture
def clerk(app: Flask, database: Database, staff: str) -> Browser:
    """A browser in which staff are signed in."""
    return _signed_in(app, database, staff)


def _signed_in(app: Flask, database: Database, username: str) -> Browser:
    """Return a browser with the session that signing in leaves; the password's long way is tried elsewhere."""
    browser = Browser(app.test_client())
    with database.reading() as reading:
        user = reading.scalars(select(User).where(User.username == username)).one()
    with browser.client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["csrf"] = SignedIn(user).get_id(), True, "of this browser"
    return browser
