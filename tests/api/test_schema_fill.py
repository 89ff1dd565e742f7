"""What is searched is filled in for what was stored before there were columns for it."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import select

from api.db import open_database
from api.models import Asset, Device, Software

NOW = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)


def test_an_update_fills_in_what_is_searched(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'old.db'}")
    config = AlembicConfig()
    config.set_main_option("script_location", "api:migrations")
    config.set_main_option("path_separator", "os")
    with database.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "r0011")
        tables = sa.MetaData()
        tables.reflect(connection)
        rows = {
            "contract": {
                "id": 1,
                "public_id": "c-1",
                "name": "x",
                "state": "active",
                "state_reason": "",
                "quota_base": 10,
            },
            "site": {"id": 1, "public_id": "s-1", "contract_id": 1, "name": "本社", "prefecture": "13", "address": ""},
            "device": {"public_id": "d-1", "contract_id": 1, "site_id": 1, "kind": "pc", "hostname": "ＫＥＩＲＩ"},
            "software": {
                "contract_id": 1,
                "device_id": 1,
                "key_hash": "k",
                "name": "Ｏｆｆｉｃｅ",
                "publisher": "例示",
            },
            "asset": {
                "contract_id": 1,
                "device_id": 1,
                "asset": "MFP",
                "kind": "printer",
                "maker": "例示",
                "model": "Ｍ",
            },
        }
        for name, row in rows.items():
            connection.execute(tables.tables[name].insert().values({**_others(tables.tables[name]), **row}))
        lists = tables.tables["asset"]
        connection.execute(sa.update(lists).values(names=["複合機１"], mac=["AA:BB"], ip=[]))
        command.upgrade(config, "head")
    with database.reading() as session:
        assert session.scalars(select(Device.search_name)).one() == "keiri"
        assert session.scalars(select(Software.folded)).one() == "office\n例示"
        assert session.scalars(select(Asset.folded)).one() == "mfp\n例示\nm\n複合機1\naa:bb"
    database.close()


def _others(table: sa.Table) -> dict[str, object]:
    """Return something for each column that must not be empty."""
    found: dict[str, object] = {}
    for column in table.columns:
        if column.nullable or column.primary_key:
            continue
        kind = column.type
        if isinstance(kind, sa.DateTime):
            found[column.name] = NOW
        elif isinstance(kind, (sa.Integer, sa.Boolean)):
            found[column.name] = 1
        elif isinstance(kind, sa.JSON):
            found[column.name] = []
        else:
            found[column.name] = ""
    return found
