# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`GET /api/v1/session`: who is signed in, and the token that requests need which change something."""

from typing import Any

import marshmallow as ma

from api.models import Role
from api.web.csrf import HEADER, csrf_token
from api.web.errors import ErrorSchema
from api.web.gate import Scope, needs
from api.web.resource import resource
from api.web.signin import signed_in_user

blueprint = resource("api_session", __name__, "Who is signed in", url_prefix="/api/v1")


class SessionAnswer(ma.Schema):
    """The person of the session's cookie."""

    user = ma.fields.String(required=True, metadata={"example": "u-7k2m9x4tqa"})
    username = ma.fields.String(required=True)
    role = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in Role]))
    csrf_token = ma.fields.String(
        required=True, metadata={"description": f"to be sent as {HEADER} with every request that changes something"}
    )


@blueprint.get("/session")
@needs(Scope.SESSION)
@blueprint.response(200, SessionAnswer)
@blueprint.alt_response(401, schema=ErrorSchema, description="not_authenticated: nobody is signed in")
def current() -> Any:
    """Tell who is signed in."""
    user = signed_in_user()
    return {
        "user": user.public_id,
        "username": user.username,
        "role": user.role.value,
        "csrf_token": csrf_token(),
    }
