"""Who may call which operation of `/api/v1`, decided in one place.

Each operation says by `needs` which scope it takes, or by `opened` that it looks after itself (a device token, a
signature, nothing secret). One that says neither is refused, so that a new operation cannot be open by being forgotten.
A person's scopes come from their role; a staff API token has those it was made with, and no more than its owner has.
Which contract a person sees is decided by `api.routes.access.visible_contract` and `contracts_of`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from api.models import Role, User
from api.web import csrf
from api.web.errors import status_error
from api.web.signin import signed_in_or_none

MAX_BODY_BYTES = 256 * 1024
"""Of an operation that does not say otherwise."""

TOKEN_LOOKUP = "karte_api_token_lookup"  # noqa: S105  # a name
"""Under this name of `app.extensions` stands what tells the caller of a staff API token."""

_PREFIX = "/api/v1/"
_Operation = TypeVar("_Operation", bound=Callable[..., Any])


class Scope(StrEnum):
    """What a caller may do."""

    AUDIT_READ = "audit:read"
    CHANNELS = "channels"
    CONTRACTS_READ = "contracts:read"
    CONTRACTS_WRITE = "contracts:write"
    DEVICES_READ = "devices:read"
    DEVICES_WRITE = "devices:write"
    FINDINGS_READ = "findings:read"
    INVENTORY_READ = "inventory:read"
    LICENCES_WRITE = "licences:write"
    NOTICES_ACKNOWLEDGE = "notices:acknowledge"
    NOTICES_READ = "notices:read"
    NOTICES_WRITE = "notices:write"
    PRIVACY = "privacy"
    """Exports, disclosures, erasure."""

    REPORTS_READ = "reports:read"
    RULES = "rules"
    SESSION = "session"
    """What concerns oneself: who is signed in, one's own second factor."""

    TERMS_ACCEPT = "terms:accept"
    TERMS_READ = "terms:read"
    TERMS_WRITE = "terms:write"
    TOKENS = "tokens"
    """Tokens of the staff."""

    TRANSFERS_APPLY = "transfers:apply"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"


_CUSTOMERS = frozenset(
    {
        Scope.CONTRACTS_READ,
        Scope.DEVICES_READ,
        Scope.DEVICES_WRITE,
        Scope.FINDINGS_READ,
        Scope.INVENTORY_READ,
        Scope.LICENCES_WRITE,
        Scope.NOTICES_ACKNOWLEDGE,
        Scope.NOTICES_READ,
        Scope.REPORTS_READ,
        Scope.SESSION,
        Scope.TERMS_ACCEPT,
        Scope.TERMS_READ,
        Scope.TRANSFERS_APPLY,
        Scope.USERS_READ,
    }
)
ROLE_SCOPES: Mapping[Role, frozenset[Scope]] = {
    Role.STAFF: frozenset(Scope) - {Scope.TERMS_ACCEPT, Scope.NOTICES_ACKNOWLEDGE},
    Role.CUSTOMER: _CUSTOMERS,
}
"""Role -> what its people may do. Terms are accepted and notices acknowledged by those whom they bind."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        user: the person.
        scopes: what they may do.
        token: public id of the API token that they call by; None for the session's cookie.
    """

    user: User
    scopes: frozenset[Scope]
    token: str | None = None


TokenLookup = Callable[[str], Caller | None]


@dataclass(frozen=True, slots=True)
class _Need:
    scope: Scope | None
    max_body_bytes: int


def needs(scope: Scope, max_body_bytes: int = MAX_BODY_BYTES) -> Callable[[_Operation], _Operation]:
    """Mark an operation: only callers with this scope get in, and their bodies are at most so large."""
    return _marked(_Need(scope, max_body_bytes))


def opened(operation: _Operation) -> _Operation:
    """Mark an operation that looks itself who calls, and how much it reads."""
    return _marked(_Need(None, 0))(operation)


def _marked(need: _Need) -> Callable[[_Operation], _Operation]:
    def mark(operation: _Operation) -> _Operation:
        operation.karte_need = need  # type: ignore[attr-defined]
        return operation

    return mark


def scope_of(operation: Callable[..., Any]) -> Scope | None:
    """Return what an operation takes; None where it looks after itself.

    Raises:
        AttributeError: it says nothing.
    """
    need: _Need = operation.karte_need  # type: ignore[attr-defined]
    return need.scope


def current_caller() -> Caller:
    """Return who calls.

    Raises:
        ApiError: 401, nobody whom we know.
    """
    if "karte_caller" not in g:
        g.karte_caller = _caller()
    caller: Caller | None = g.karte_caller
    if caller is None:
        raise status_error(401)
    return caller


def bearer_token() -> str | None:
    """Return the API token by which a program calls, good or not; None where the session's cookie counts."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and request.path.startswith(_PREFIX) else None


def _caller() -> Caller | None:
    token = bearer_token()
    if token is not None:
        lookup: TokenLookup | None = current_app.extensions.get(TOKEN_LOOKUP)
        return lookup(token) if lookup else None
    user = signed_in_or_none()
    return Caller(user, ROLE_SCOPES[user.role]) if user else None


def _check() -> None:
    if not request.path.startswith(_PREFIX) or request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    need: _Need | None = getattr(view, "karte_need", None)
    if need is None:
        if request.endpoint in _DOCUMENTS:
            return
        raise status_error(403)
    if need.scope is None:
        return
    request.max_content_length = need.max_body_bytes
    caller = current_caller()
    if need.scope not in caller.scopes:
        raise status_error(403)
    if caller.token is None:
        csrf.check_header()


_DOCUMENTS = frozenset({"api-docs.openapi_json"})


def _see_that_the_path_is_text() -> None:
    # PostgreSQL takes no NUL in a text, so a look-up by such an id would fail instead of finding nothing.
    if "\0" in request.path:
        raise status_error(404)


def init_app(app: Flask) -> None:
    """Check every request to the API, and the path of every request."""
    app.before_request(_see_that_the_path_is_text)
    app.before_request(_check)
