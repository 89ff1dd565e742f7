"""Staff who read what belongs to a contract are recorded, whatever page or operation they use.

It is looked at after each request and not in each operation, so that a new one is covered by itself: a GET that
succeeded for staff is recorded, unless it stands below as one that shows nothing of any customer. What cannot be
recorded is not shown.

The same person, contract and operation is recorded once in ten minutes by each process. A page that renews itself every
minute would else bury what matters, and each entry takes the lock of writers.
"""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from api.audit.actor import actor_of
from api.audit.log import record
from api.db import current_database
from api.models import Role
from api.models.base import utc_now
from api.web.errors import error_response, status_error
from api.web.gate import Caller, Scope, scope_of
from api.web.signin import signed_in_or_none

ACTION = "read"
AGAIN_AFTER = timedelta(minutes=10)
_MOST_REMEMBERED = 10_000

OF_NOBODY = frozenset({Scope.RULES, Scope.SESSION, Scope.TERMS_READ})
"""Operations that take such a scope show something of a contract only where they look the contract up."""

PAGES_OF_NOBODY = frozenset(
    {
        "account_pages",
        "act",
        "advice",
        "api-docs",
        "collected",
        "gateway",
        "grafana_entry",
        "grafana_keys",
        "health",
        "password_reset",
        "report_link",
        "rule_pages",
        "session",
        "terms_page",
    }
)
"""Blueprints of pages that do so too. What a signed link opens is noted by the link's own record."""

_Key = tuple[str, str, str, str]


class Recently:
    """What was recorded a short while ago, of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: dict[_Key, datetime] = {}

    def has(self, key: _Key, now: datetime) -> bool:
        """Tell whether it was recorded within `AGAIN_AFTER`."""
        with self._lock:
            at = self._at.get(key)
        return at is not None and now - at < AGAIN_AFTER

    def add(self, key: _Key, now: datetime) -> None:
        """Remember it. Where there is too much to remember, all is forgotten, and recorded once more."""
        with self._lock:
            if len(self._at) >= _MOST_REMEMBERED:
                self._at.clear()
            self._at[key] = now


def note_read(contract: str) -> None:
    """Note that this request reads what belongs to a contract.

    Args:
        contract: its public id.
    """
    _noted().setdefault(contract)


def _noted() -> dict[str, None]:
    if "karte_read_contracts" not in g:
        g.karte_read_contracts = {}
    noted: dict[str, None] = g.karte_read_contracts
    return noted


def init_app(app: Flask) -> None:
    """Record what staff read."""
    recently = Recently()

    @app.after_request
    def watch(response: Response) -> Response:
        if request.method != "GET" or not 200 <= response.status_code < 300 or request.endpoint is None:
            return response
        contracts = list(_read())
        if not contracts:
            return response
        try:
            _record(contracts, recently)
        except SQLAlchemyError as error:
            current_app.logger.error("what was read could not be recorded: %s", type(error).__name__)
            response.close()
            return error_response(status_error(503))
        return response


def _read() -> Iterator[str]:
    """Yield the contracts of which this request shows something; "" for many at once."""
    if _noted():
        yield from _noted()
    elif request.endpoint != "static" and not _is_of_nobody():
        yield ""


def _is_of_nobody() -> bool:
    view = current_app.view_functions[str(request.endpoint)]
    if hasattr(view, "karte_need"):
        scope = scope_of(view)
        return scope is None or scope in OF_NOBODY
    return request.blueprint in PAGES_OF_NOBODY


def _record(contracts: list[str], recently: Recently) -> None:
    caller: Caller | None = g.get("karte_caller")
    user = caller.user if caller else signed_in_or_none()
    if user is None or user.role is not Role.STAFF:
        return
    now, endpoint = utc_now(), str(request.endpoint)
    token = caller.token if caller else None
    fresh = [each for each in contracts if not recently.has((user.public_id, token or "", each, endpoint), now)]
    if not fresh:
        return
    # The rule and not the path: a path may hold a signed link.
    details = {"rule": str(request.url_rule), **({"token": token} if token else {})}
    with current_database().writing.begin() as session:
        for each in fresh:
            record(session, actor_of(user), ACTION, at=now, contract=each, target=endpoint, details=details)
    for each in fresh:
        recently.add((user.public_id, token or "", each, endpoint), now)
