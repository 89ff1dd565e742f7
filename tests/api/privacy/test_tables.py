"""Which tables and columns are a contract's, and that nobody can add one without deciding."""

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from api.models import Base
from api.privacy.tables import (
    BY_TEXT,
    HARMLESS,
    OF_NOBODY,
    SECRETS,
    SOUNDS_SECRET,
    file_columns,
    is_of_contracts,
    is_secret,
    plain_columns,
    tables,
)

ALL = list(Base.metadata.tables.values())


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_each_table_is_of_contracts_or_says_why_not(table: Table) -> None:
    assert is_of_contracts(table) != (table.name in OF_NOBODY), (
        f"{table.name} has no way to a contract: name it in OF_NOBODY with what it holds, or in BY_TEXT"
    )


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_each_column_that_sounds_secret_is_decided(table: Table) -> None:
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        if table.name not in OF_NOBODY and SOUNDS_SECRET.search(column.name):
            assert (name in SECRETS) != (name in HARMLESS), f"{name} sounds secret: name it in SECRETS or in HARMLESS"


def test_what_is_named_exists() -> None:
    columns = {f"{table.name}.{column.name}" for table in ALL for column in table.columns}
    assert set(SECRETS) <= columns
    assert columns >= HARMLESS
    assert set(BY_TEXT) | set(OF_NOBODY) <= set(Base.metadata.tables)


def test_each_column_is_handed_out_once_or_secret() -> None:
    for table in tables():
        handed = [column.name for column in (*plain_columns(table), *file_columns(table))]
        assert len(handed) == len(set(handed))
        assert set(handed) | {c.name for c in table.columns if is_secret(c)} == {c.name for c in table.columns}


def test_a_table_of_tomorrow_is_found_by_its_keys_and_its_secrets_are_left_out() -> None:
    metadata = MetaData()
    contract = Table("contract", metadata, Column("id", Integer, primary_key=True))
    near = Table("near", metadata, Column("id", Integer, primary_key=True), Column("c", ForeignKey(contract.c.id)))
    far = Table(
        "far",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("n", ForeignKey(near.c.id)),
        Column("api_secret", Integer),
    )
    alone = Table("alone", metadata, Column("id", Integer, primary_key=True))
    assert [is_of_contracts(each) for each in (contract, near, far, alone)] == [True, True, True, False]
    assert is_secret(far.c.api_secret)
