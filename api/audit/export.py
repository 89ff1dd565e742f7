"""The audit log as a file: JSON lines, whose chain can be checked elsewhere, or a table for spreadsheets."""

import json
from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from api.audit.search import Wanted, oldest_first
from api.models import AuditEntry
from api.spreadsheet import csv_parts

COLUMNS = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "action",
    "contract",
    "target",
    "details",
    "previous",
    "hash",
)
_BATCH = 1000


def entries(session: Session, wanted: Wanted) -> Iterator[AuditEntry]:
    """Yield the entries that are wanted, the oldest first; some at a time are held."""
    return iter(session.scalars(oldest_first(wanted).execution_options(yield_per=_BATCH)))


def said(entry: AuditEntry) -> dict[str, object]:
    """Return all that an entry says, as plain JSON values; times in UTC."""
    return {name: entry.at.isoformat() if name == "at" else getattr(entry, name) for name in COLUMNS}


def json_lines(found: Iterable[AuditEntry]) -> Iterator[bytes]:
    """Yield each entry as a line of JSON."""
    for entry in found:
        yield json.dumps(said(entry), ensure_ascii=False).encode() + b"\n"


def table(found: Iterable[AuditEntry]) -> Iterator[bytes]:
    """Yield the entries as CSV, in pieces; `details` is a cell of JSON."""
    return csv_parts(COLUMNS, (_row(entry) for entry in found))


def _row(entry: AuditEntry) -> list[object]:
    values = {**said(entry), "details": json.dumps(entry.details, ensure_ascii=False, sort_keys=True)}
    return [values[name] for name in COLUMNS]
