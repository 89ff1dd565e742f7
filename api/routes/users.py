# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/users`: who may sign in. Staff look after all IDs; customers see those of their own contract."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from api.audit.actor import actor_of
from api.contracts.changes import Order
from api.db import current_database, read_session
from api.identity import person_orders
from api.identity.accounts import users_of
from api.models import Contract, Role, User
from api.models.base import utc_now
from api.models.user import normal_username
from api.plaintext import has_control
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.routes.ordering import account_refusals
from api.routes.user_fields import (
    PersonRequest,
    UserAnswer,
    UserChange,
    UserMade,
    UserQuery,
    UserRequest,
    person_of,
    told_user,
)
from api.web.errors import status_error
from api.web.gate import Scope, current_caller, needs
from api.web.idempotency import idempotent
from api.web.paging import PAGES, Listed, SqlPage
from api.web.resource import resource

blueprint = resource("users", __name__, "Who may sign in", url_prefix="/api/v1/users")
_documented = partial(documented, blueprint)
_REFUSED = {
    400: "invalid_request, csrf_token_missing",
    409: "what stands against it; `code` names it",
    422: "invalid_request, invalid_user: `details.field` names what cannot be used",
}


@blueprint.get("")
@needs(Scope.USERS_READ)
@blueprint.arguments(UserQuery, location="query", error_status_code=422)
@blueprint.response(200, UserAnswer(many=True))
@blueprint.paginate(SqlPage, **PAGES)
@_documented({422: "invalid_request"})
def list_(asked: dict[str, Any]) -> Listed[User]:
    """List who may sign in, and who might once."""
    query = users_of(current_caller().user).options(joinedload(User.contract)).order_by(User.id)
    if "contract" in asked:
        query = query.where(User.contract_id == select(Contract.id).where(_is(asked["contract"])).scalar_subquery())
    if "role" in asked:
        query = query.where(User.role == Role(asked["role"]))
    if "disabled" in asked:
        query = query.where(User.disabled_at.is_not(None) if asked["disabled"] else User.disabled_at.is_(None))
    if "q" in asked:
        begin = asked["q"]
        query = query.where(
            or_(
                User.username.startswith(normal_username(begin), autoescape=True),
                User.public_id.startswith(begin, autoescape=True),
            )
        )
    return Listed.of(read_session(), query, told_user)


@blueprint.post("")
@needs(Scope.USERS_WRITE)
@idempotent
@blueprint.arguments(UserRequest, error_status_code=422)
@blueprint.response(201, UserMade)
@_documented(_REFUSED)
def create(sent: dict[str, Any]) -> Any:
    """Make an ID for one person, with a first password that they have to change."""
    _see_that_no_token_reaches(Role(sent["role"]))
    with _ordering() as order:
        user = current_caller().user
        contract = visible_contract(order.session, user, sent["contract"]) if sent["contract"] else None
        made, password = person_orders.create(order, sent["username"], person_of(sent, None), contract)
        return {"user": told_user(made), "initial_password": password}


@blueprint.get("/<user_id>")
@needs(Scope.USERS_READ)
@blueprint.etag
@blueprint.response(200, UserAnswer)
@_documented({})
def show(user_id: str) -> Any:
    """Show a person."""
    return told_user(_visible(read_session(), user_id))


@blueprint.patch("/<user_id>")
@needs(Scope.USERS_WRITE)
@blueprint.etag
@blueprint.arguments(UserChange, error_status_code=422)
@blueprint.response(200, UserAnswer)
@_documented({**_REFUSED, 412: "changed_meanwhile", 428: "if_match_missing"})
def change(sent: dict[str, Any], user_id: str) -> Any:
    """Change what is said of the same person."""
    with _changing(user_id) as (order, user):
        blueprint.check_etag(told_user(user), UserAnswer)
        person_orders.change(order, user, sent)
        return told_user(user)


@blueprint.post("/<user_id>/revoke")
@needs(Scope.USERS_WRITE)
@blueprint.response(200, UserAnswer, description="sessions and tokens have ended")
@_documented({400: "csrf_token_missing"})
def revoke(user_id: str) -> Any:
    """Refuse an ID from now on, everywhere."""
    with _changing(user_id) as (order, user):
        person_orders.revoke(order, user)
        return told_user(user)


@blueprint.post("/<user_id>/enable")
@needs(Scope.USERS_WRITE)
@blueprint.response(200, UserAnswer, description="sessions and tokens from before stay ended")
@_documented({400: "csrf_token_missing"})
def enable(user_id: str) -> Any:
    """Let an ID that was revoked in again."""
    with _changing(user_id) as (order, user):
        person_orders.enable(order, user)
        return told_user(user)


@blueprint.post("/<user_id>/reset")
@needs(Scope.USERS_WRITE)
@blueprint.response(204, description="a link is on its way")
@_documented({400: "csrf_token_missing", 409: "no_link: the person is disabled or has no mail address"})
def reset(user_id: str) -> None:
    """Send the person a link to choose a new password; until it is used nothing changes."""
    with _changing(user_id) as (order, user):
        person_orders.send_reset(order, user)


@blueprint.post("/<user_id>/remove-second-factor")
@needs(Scope.USERS_WRITE)
@blueprint.response(200, UserAnswer, description="signing in takes the password alone; sessions have ended")
@_documented({400: "csrf_token_missing"})
def remove_second_factor(user_id: str) -> Any:
    """Take the second factor of a person who lost it, after making sure who asks."""
    with _changing(user_id) as (order, user):
        person_orders.remove_second_factor(order, user)
        return told_user(user)


@blueprint.post("/<user_id>/change-person")
@needs(Scope.USERS_WRITE)
@idempotent
@blueprint.arguments(PersonRequest, error_status_code=422)
@blueprint.response(200, UserMade, description="nothing of the former person's opens anything any more")
@_documented(_REFUSED)
def change_person(sent: dict[str, Any], user_id: str) -> Any:
    """Pass an ID to another person."""
    with _changing(user_id) as (order, user):
        person = person_of(sent, user.position)
        password = person_orders.change_person(order, user, person, sent["username"])
        return {"user": told_user(user), "initial_password": password}


def _is(contract_id: str) -> Any:
    return Contract.public_id == contract_id


def _visible(session: Session, user_id: str, lock: bool = False) -> User:
    if has_control(user_id):  # which PostgreSQL would not look for
        raise status_error(404)
    query = users_of(current_caller().user).where(User.public_id == user_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise status_error(404)
    return found


@contextmanager
def _ordering() -> Iterator[Order]:
    with account_refusals(), current_database().writing.begin() as session:
        yield Order(session, actor_of(current_caller().user), utc_now())


@contextmanager
def _changing(user_id: str) -> Iterator[tuple[Order, User]]:
    with _ordering() as order:
        user = _visible(order.session, user_id, lock=True)
        _see_that_no_token_reaches(user.role)
        yield order, user


def _see_that_no_token_reaches(role: Role) -> None:
    """Refuse a program that would act on IDs of the staff: it could make itself one that may do more than the token."""
    if role is Role.STAFF and current_caller().token is not None:
        raise status_error(403)
