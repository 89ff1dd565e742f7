"""A resource of the API: a flask-smorest blueprint whose operations are checked and documented."""

from typing import Any

from flask import Request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from api.web.paging import PAGES


class _Parser(FlaskParser):
    def load_json(self, req: Request, schema: Any) -> Any:
        try:
            return super().load_json(req, schema)
        except RecursionError:
            # Thousands of brackets within each other: the sender's fault, like any other body that is not readable.
            raise BadRequest from None


def resource(name: str, import_name: str, description: str, url_prefix: str | None = None) -> Any:
    """Return a blueprint for one resource.

    Args:
        name: of the resource, which is also its tag in the OpenAPI document.
        import_name: the module that defines it, `__name__`.
        description: for the OpenAPI document.
        url_prefix: before the path of every operation.
    """
    blueprint = Blueprint(name, import_name, url_prefix=url_prefix, description=description)
    blueprint.ARGUMENTS_PARSER = _Parser()
    blueprint.DEFAULT_PAGINATION_PARAMETERS = PAGES
    return blueprint
