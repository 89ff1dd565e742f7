"""One page of a list on a page for people; the database counts and cuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

SIZE = 50
_MOST = 1_000_000

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Cut(Generic[RowT]):
    """A page of a list.

    Attributes:
        rows: what is on it.
        number: which page, from 1.
        total: how many rows there are on all pages.
    """

    rows: Sequence[RowT]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; 1 at least."""
        return max(1, -(-self.total // SIZE))

    @property
    def first(self) -> int:
        """Number of its first row, from 1; 0 if there is none."""
        return (self.number - 1) * SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of its last row."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    def link(self, number: int) -> str:
        """Return the address of another page of the same list."""
        known = {name: value for name, value in request.args.items() if name not in ("page", "lang")}
        return "?" + urlencode({**known, "page": number})


def cut(session: Session, query: Select[*tuple[Any, ...]]) -> Cut[Any]:
    """Return the page that the request asks for.

    Args:
        session: one that reads.
        query: what is listed, in an order that no two rows share.
    """
    number = asked_page()
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    found = session.execute(query.limit(SIZE).offset((number - 1) * SIZE))
    rows = found.scalars().all() if len(query.column_descriptions) == 1 else found.all()
    return Cut(rows, number, total)


def asked_page() -> int:
    """Return which page the request asks for, from 1."""
    asked = request.args.get("page", 1, type=int)
    return asked if 1 <= asked <= _MOST else 1


def searched() -> str:
    """Return what the request searches for; "" for everything."""
    return asked_words("q").strip()


def asked_words(name: str, most: int = 100) -> str:
    """Return what the request says of something to look for; "" where it says nothing.

    Args:
        name: of the argument.
        most: characters that are looked at.
    """
    # PostgreSQL refuses a NUL, which no text that we store has.
    return request.args.get(name, "").replace("\0", "")[:most]
