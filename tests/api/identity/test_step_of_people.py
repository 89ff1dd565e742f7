"""The step of the schema that gives people a position, on a database with people from before it."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.db import Database, open_database
from api.identity.accounts import find_user
from api.models import Position
from api.schema import upgrade

INSERT = text(
    "INSERT INTO user_account "
    "(id, public_id, username, password_hash, role, contract_id, language, session_epoch, created_at) "
    "VALUES (:id, :public_id, :username, 'x', :role, :contract, 'ja', 0, '2026-01-01 00:00:00')"
)


@pytest.fixture
def before(tmp_path: Path) -> Database:
    """A database of before the step, with a contract, a customer's person and a member of the staff."""
    database = open_database(f"sqlite:///{tmp_path / 'before.db'}")
    upgrade(database)
    with database.writing.kw["bind"].begin() as connection:
        config = AlembicConfig()
        config.set_main_option("script_location", "api:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, "r0010")
        connection.execute(
            text(
                "INSERT INTO contract "
                "(id, public_id, name, state, state_reason, state_changed_at, quota_base, language, created_at) "
                "VALUES (1, 'c-1', '山田商事', 'active', '', '2026-01-01 00:00:00', 10, 'ja', '2026-01-01 00:00:00')"
            )
        )
        connection.execute(INSERT, {"id": 1, "public_id": "u-1", "username": "taro", "role": "customer", "contract": 1})
        connection.execute(INSERT, {"id": 2, "public_id": "u-2", "username": "boss", "role": "staff", "contract": None})
    return database


def test_customers_from_before_are_their_representatives(before: Database) -> None:
    assert upgrade(before) is not None
    with before.reading() as session:
        taro, boss = find_user(session, "taro"), find_user(session, "boss")
    assert taro is not None
    assert boss is not None
    assert (taro.position, taro.email, taro.must_change_password) == (Position.REPRESENTATIVE, None, False)
    assert (boss.position, boss.second_factor_at) == (None, None)


@pytest.mark.parametrize(
    ("change", "name"),
    [("position = NULL WHERE id = 1", "position"), ("contract_id = 1 WHERE id = 2", "contract")],
)
def test_both_rules_hold_afterwards(before: Database, change: str, name: str) -> None:
    upgrade(before)
    with pytest.raises(IntegrityError, match=f"customer_has_{name}"), before.writing.begin() as session:
        session.execute(text(f"UPDATE user_account SET {change}"))
