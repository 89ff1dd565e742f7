"""What operations of the API that are the staff's have in common."""

from collections.abc import Callable
from typing import Any

from flask import request

from api.models import Role
from api.web import csrf
from api.web.errors import ErrorSchema, status_error
from api.web.signin import signed_in_user

_ANSWERS = {401: "not_authenticated", 403: "not_allowed: only the staff may", 404: "not_found"}


def only_staff(max_body_bytes: int) -> Callable[[], None]:
    """Return what lets nobody in but the staff; for a blueprint's `before_request`."""

    def check() -> None:
        request.max_content_length = max_body_bytes
        if signed_in_user().role is not Role.STAFF:
            raise status_error(403)
        csrf.check_header()

    return check


def documented(blueprint: Any, answers: dict[int, str]) -> Callable[[Any], Any]:
    """Return a decorator that documents which errors an operation of the staff's answers, besides the common ones."""

    def decorate(operation: Any) -> Any:
        for status, description in {**_ANSWERS, **answers}.items():
            operation = blueprint.alt_response(status, schema=ErrorSchema, description=description)(operation)
        return operation

    return decorate
