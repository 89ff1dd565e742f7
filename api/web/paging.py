"""Pages of a list that the database counts and cuts; no list is read whole.

An operation returns a `Listed`, and `paginate(SqlPage)` below its response makes a page of it:

    @blueprint.get("/things")
    @needs(Scope.THINGS_READ)
    @blueprint.response(200, ThingAnswer(many=True))
    @blueprint.paginate(SqlPage)
    def list_() -> Listed[Thing]:
        return Listed.of(read_session(), select(Thing).order_by(Thing.id), _answer)

`page` and `page_size` are query arguments then, and the header `X-Pagination` tells how many there are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

# flask-smorest has no type information.
from flask_smorest.pagination import Page, PaginationParameters
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

PAGES = {"page": 1, "page_size": 50, "max_page_size": 200}
"""What a list gives that is asked for no page, and at most."""

RowT = TypeVar("RowT")
Shown = Any


@dataclass(frozen=True, slots=True)
class Listed(Generic[RowT]):
    """What a list consists of.

    Attributes:
        session: one that reads.
        query: what is listed, in an order that no two rows share; its options load the relationships that are shown, so
            that a page costs as many queries with many rows as with one.
        shown: makes of the rows of a page what is answered; all at once, so that it can look up together what they
            need.
    """

    session: Session
    query: Select[*tuple[Any, ...]]
    shown: Callable[[Sequence[RowT]], Iterable[Shown]]

    @classmethod
    def of(cls, session: Session, query: Select[*tuple[Any, ...]], one: Callable[[RowT], Shown]) -> "Listed[RowT]":
        """Return a list whose rows are shown each by itself."""
        return cls(session, query, lambda rows: [one(row) for row in rows])


class SqlPage(Page):  # type: ignore[misc]  # see above
    """The page that was asked for."""

    def __init__(self, collection: Listed[Any], page_params: PaginationParameters) -> None:
        if not collection.query._order_by_clauses:
            raise ValueError("a list that is cut into pages needs an order")
        super().__init__(collection, page_params)

    @property
    def item_count(self) -> int:
        """How many rows there are on all pages."""
        counted = self.collection.query.order_by(None).subquery()
        return self.collection.session.scalar(select(func.count()).select_from(counted)) or 0

    @property
    def items(self) -> list[Shown]:
        """The rows of this page, as they are answered."""
        listed: Listed[Any] = self.collection
        first = self.page_params.first_item
        # Past the end nothing is asked: a page may be a number that no database takes.
        if first >= self.page_params.item_count:
            return []
        cut = listed.query.limit(self.page_params.page_size).offset(first)
        found = listed.session.execute(cut)
        # One entity comes as itself, several columns as a row.
        rows = found.scalars() if len(listed.query.column_descriptions) == 1 else found
        return list(listed.shown(rows.all()))
