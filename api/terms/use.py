"""Use of the service by a customer's people, by which they accept changes that were announced and took effect.

Looked at behind the request, once a day for each contract and process: a change takes effect only at the beginning of a
day. What one does to look at terms, to accept them, or to leave is no use; such views are marked by `no_use`.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from api.db import Database
from api.models import Contract, Role, User
from api.models.base import service_day, utc_now
from api.terms.acceptance import accept_by_use, due_by_use
from api.web.signin import signed_in_or_none

_View = TypeVar("_View", bound=Callable[..., Any])
_NO_USE = frozenset({"advice", "api_session", "collected", "health", "session", "terms", "terms_page"})
"""Blueprints that say nothing of whether the service is used."""


def no_use(view: _View) -> _View:
    """Mark a view: who opens it does not use the service, in the sense of the terms."""
    view.karte_no_use = True  # type: ignore[attr-defined]
    return view


class UseWatch:
    """Notes the first use on each day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looked: dict[int, date] = {}

    def note(self, user: User) -> None:
        """Record what a customer accepts by using the service now, if anything."""
        now = utc_now()
        today = service_day(now)
        if user.role is not Role.CUSTOMER or user.contract_id is None or self._looked.get(user.contract_id) == today:
            return
        with self._database.reading() as session:
            is_due = due_by_use(session, session.get_one(Contract, user.contract_id), today)
        if is_due:
            with self._database.writing.begin() as session:
                accept_by_use(session, session.get_one(Contract, user.contract_id), user, now)
        self._looked[user.contract_id] = today


def init_app(app: Flask, database: Database) -> None:
    """Watch every request that somebody who is signed in made."""
    watch = UseWatch(database)

    @app.after_request
    def look(response: Response) -> Response:
        # Nobody was asked for: the request was not authenticated, so it is not asked now.
        if "_login_user" not in g or response.status_code >= 400 or not _is_use():
            return response
        user = signed_in_or_none()
        if user is not None:
            try:
                watch.note(user)
            except SQLAlchemyError as error:
                current_app.logger.error("acceptance by use was not recorded: %s", type(error).__name__)
        return response


def _is_use() -> bool:
    if request.endpoint is None or request.blueprint in _NO_USE:
        return False
    return not getattr(current_app.view_functions.get(request.endpoint), "karte_no_use", False)
