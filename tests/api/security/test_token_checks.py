"""Nothing is learned from how long a token's check takes: only its hash is compared, by an index of the database."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from api.db import Database
from api.identity.access import write_lookup
from api.identity.read_access import read_lookup
from api.identity.reading import issue_read_token
from api.models import Contract
from api.models.base import utc_now
from tests.api.office import Office
from tests.api.stored import Asked


def _beside(token: str) -> tuple[str, str]:
    """Return a token of which all but the last sign is right, and one of the same kind of which nothing is."""
    prefix, secret = token[:4], token[4:]
    return prefix + secret[:-1] + ("a" if secret[-1] != "a" else "b"), prefix + "x" * len(secret)


def _asked(asked: Asked) -> list[str]:
    return [statement for statement, _parameters in asked.statements]


def _never_told(asked: Asked, *tokens: str) -> bool:
    return not any(token[4:16] in str(parameters) for token in tokens for _statement, parameters in asked.statements)


def _looks_alike(database: Database, look_up: Callable[[str], object], good: str) -> None:
    near, far = _beside(good)
    with Asked(database) as first:
        refused_near = look_up(near)
    with Asked(database) as second:
        refused_far = look_up(far)
    assert refused_near == refused_far
    assert _asked(first) == _asked(second) != []
    assert _never_told(first, near)
    assert _never_told(second, far)


def test_a_device_token_that_is_nearly_right_is_looked_for_like_any_other(database: Database, office: Office) -> None:
    _looks_alike(database, write_lookup(database), office.enrol("PC-01").token)


def test_a_read_token_that_is_nearly_right_is_looked_for_like_any_other(database: Database, office: Office) -> None:
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        _made, good = issue_read_token(session, contract, "test", utc_now())
    _looks_alike(database, read_lookup(database), good)


def test_an_api_token_is_never_sent_to_the_database(app: Flask) -> None:
    token = "okb_" + "Qx7" * 14 + "z"
    with Asked(app.extensions["karte_database"]) as asked:
        answer = app.test_client().get("/api/v1/contracts", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert asked.statements
    assert _never_told(asked, token)
