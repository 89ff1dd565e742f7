"""Conditions by which rows are found: what a text contains and how it begins, with no sign of LIKE having its meaning.

Texts are compared in the form of `api.folding`; the columns that are searched hold that form.
"""

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.folding import folded
from api.models.licence import ESCAPE, like_pattern

_HIGHEST = "\U0010ffff"

Column = InstrumentedAttribute[str]


def contains(column: Column, text: str) -> ColumnElement[bool]:
    """Return the condition that a folded column contains a text."""
    return column.like(f"%{_literal(text)}%", escape=ESCAPE)


def first_line_contains(column: Column, text: str) -> ColumnElement[bool]:
    """Return the condition that the first of two lines of a folded column contains a text.

    A searched text has no line feed, so it cannot reach from one line into the next.
    """
    return column.like(f"%{_literal(text)}%\n%", escape=ESCAPE)


def second_line_contains(column: Column, text: str) -> ColumnElement[bool]:
    """Return the condition that the second of two lines of a folded column contains a text."""
    return column.like(f"%\n%{_literal(text)}%", escape=ESCAPE)


def first_line_like(column: Column, pattern: str) -> ColumnElement[bool]:
    """Return the condition that the first of two lines of a folded column is like a pattern, `*` being anything."""
    return column.like(f"{like_pattern(folded(pattern))}\n%", escape=ESCAPE)


def begins(session: Session, column: Column, text: str) -> ColumnElement[bool]:
    """Return the condition that an indexed column begins with a text, in the form that the database has an index for.

    SQLite, whose LIKE knows no case, takes an index for a range; PostgreSQL, whose order of letters may be that of a
    language, takes one for LIKE, of the operator class for patterns or of the collation C.
    """
    beginning = folded(text)
    if session.get_bind().dialect.name == "sqlite":
        return and_(column >= beginning, column < beginning + _HIGHEST)
    return column.like(f"{_literal(text)}%", escape=ESCAPE)


def _literal(text: str) -> str:
    # Every sign of a search stands for itself, `*` too.
    return folded(text).replace(ESCAPE, ESCAPE * 2).replace("%", f"{ESCAPE}%").replace("_", f"{ESCAPE}_")
