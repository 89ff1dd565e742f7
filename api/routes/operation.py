"""What the operations of the API have in common in their documents."""

from collections.abc import Callable
from typing import Any

from api.web.errors import ErrorSchema

_ANSWERS = {401: "not_authenticated", 403: "not_allowed", 404: "not_found"}


def documented(blueprint: Any, answers: dict[int, str]) -> Callable[[Any], Any]:
    """Return a decorator that documents which errors an operation answers, besides the common ones."""

    def decorate(operation: Any) -> Any:
        for status, description in {**_ANSWERS, **answers}.items():
            operation = blueprint.alt_response(status, schema=ErrorSchema, description=description)(operation)
        return operation

    return decorate
