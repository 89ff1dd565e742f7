"""A row in every table that there is for a contract, each text in it unlike any other, so that each can be looked for.

A table that is added later is filled as well; where it needs more than a row of its types, `FIXED` says what.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Time,
    insert,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from api.db import Database
from api.models import Base, Role, User
from api.models.user import Position
from api.privacy.tables import BY_TEXT, is_of_contracts
from tests.api.office import Office

AT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
MADE_OTHERWISE = frozenset({"audit_entry", "contract", "erasure", "report", "report_draft", "report_entry", "site"})
"""Tables whose rows hang together in ways that only the program itself makes."""

_COUNT = itertools.count(1)

FIXED: Mapping[str, Any] = {
    "contract_option.amount": 1,
    "contract_option.ends_on": None,
    "disclosure.is_secret": False,
    "grafana_org.org_id": None,
    "grafana_org.exported_to": "",
    "install_id.max_uses": None,
    "user_account.role": Role.CUSTOMER,
    "user_account.position": Position.REPRESENTATIVE,
}


@dataclass
class Filled:
    """What was put in.

    Attributes:
        office: whose.
        marks: text -> table and column that it stands in.
        rows: table -> the key of its row.
    """

    office: Office
    marks: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The text of a column."""
        return next(mark for mark, column in self.marks.items() if column == name)


def fill(database: Database, office: Office) -> Filled:
    """Put a row into every table of a contract."""
    filled = Filled(office)
    with database.writing.begin() as session:
        for name, asked in (("contract", office.contract), ("site", office.site)):
            table = Base.metadata.tables[name]
            filled.rows[name] = session.scalar(select(table.c.id).where(table.c.public_id == asked))
        report = Base.metadata.tables["report"]
        filled.rows["report"] = session.scalar(
            select(report.c.id).where(report.c.contract_id == filled.rows["contract"])
        )
        # Those that name a contract by its text last, as they name its users too.
        for table in sorted(Base.metadata.sorted_tables, key=lambda table: table.name in BY_TEXT):
            if table.name in MADE_OTHERWISE or not is_of_contracts(table):
                continue
            if any(key.column.table.name == "report" for key in table.foreign_keys) and not filled.rows["report"]:
                continue
            _fill(session, table, filled)
    return filled


def _fill(session: Session, table: Table, filled: Filled) -> None:
    values = {}
    for column in table.columns:
        if not (column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys):
            values[column.name] = _value(session, column, filled)
    made = session.execute(insert(table).values(values))
    filled.rows[table.name] = made.inserted_primary_key[0]  # type: ignore[attr-defined]  # an INSERT's result has it


def _value(session: Session, column: Column[Any], filled: Filled) -> Any:
    name = f"{column.table.name}.{column.name}"
    if name in FIXED:
        return FIXED[name]
    if name == "rule_standing.key":
        return f'["{filled.office.contract}","{_mark(filled, name)}"]'
    if name == "idempotency_key.caller":
        return session.scalar(select(User.public_id).where(User.id == filled.rows["user_account"]))
    for key in column.foreign_keys:
        return filled.rows[key.column.table.name]
    return _of_type(column, lambda: _mark(filled, name))


def _mark(filled: Filled, name: str) -> str:
    mark = f"zq{next(_COUNT):05d}qz"
    filled.marks[mark] = name
    return mark


def _of_type(column: Column[Any], mark: Callable[[], str]) -> Any:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    match kind:
        case Enum():
            return next(iter(kind.enum_class))  # type: ignore[arg-type]  # ours are all of a class
        case String():
            return mark() if (kind.length or 100) >= 9 else "13"
        case LargeBinary():
            return mark().encode()
        case JSON():
            return {"it": mark()}
        case Boolean():
            return False
        case Integer() | Float():
            return 1
        case Time():
            return time(3)
        case DateTime():
            return AT
        case Date():
            return date(2026, 11, 1)
    raise AssertionError(f"{column}: no value of type {column.type}")
