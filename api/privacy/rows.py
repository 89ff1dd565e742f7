"""The rows of a table that belong to a contract, as JSON, as CSV and as files; some rows at a time are held."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from api.privacy.tables import Whose, file_columns, handed_out, plain_columns
from api.spreadsheet import csv_parts

_BATCH = 500

_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A value that is a file of its own.

    Attributes:
        name: its path in the export.
        content: its bytes.
    """

    name: str
    content: bytes


def count(session: Session, table: Table, whose: Whose) -> int:
    """Return how many rows the export has of a table."""
    return sum(1 for _ in _rows(session, table, whose, list(table.primary_key)))


def as_json(session: Session, table: Table, whose: Whose) -> Iterator[bytes]:
    """Yield the rows as a JSON array, one a line; times in UTC."""
    columns = plain_columns(table)
    before = "[\n"
    for row in _rows(session, table, whose, columns):
        values = {column.name: plain(value) for column, value in zip(columns, row, strict=True)}
        yield (before + json.dumps(values, ensure_ascii=False)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def as_csv(session: Session, table: Table, whose: Whose) -> Iterator[bytes]:
    """Yield the rows as CSV for spreadsheets; lists and objects are cells of JSON."""
    columns = plain_columns(table)
    rows = ([_cell(value) for value in row] for row in _rows(session, table, whose, columns))
    return csv_parts([column.name for column in columns], rows)


def files(session: Session, table: Table, whose: Whose) -> Iterator[HeldFile]:
    """Yield values that are files of their own, one at a time."""
    for column in file_columns(table):
        for (key,) in list(_rows(session, table, whose, list(table.primary_key)[:1])):
            asked = [column, *([table.c.media_type] if "media_type" in table.c else [])]
            found = session.execute(select(*asked).where(next(iter(table.primary_key)) == key)).one_or_none()
            if found is not None and found[0]:
                ending = _ENDINGS.get(found[1], "bin") if len(found) > 1 else "bin"
                yield HeldFile(f"files/{table.name}/{key}-{column.name}.{ending}", found[0])


def plain(value: object) -> object:
    """Return a value as plain JSON."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


def _cell(value: object) -> object:
    value = plain(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _rows(session: Session, table: Table, whose: Whose, columns: list[Column[object]]) -> Iterator[tuple[object, ...]]:
    asked = select(*columns).where(handed_out(table, whose)).order_by(*table.primary_key)
    for row in session.execute(asked.execution_options(yield_per=_BATCH)):
        yield tuple(row)
