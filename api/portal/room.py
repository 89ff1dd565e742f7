"""Blueprints of the portal, and who gets in. Which contract a person sees is decided by `visible_contract`."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from api.models import Role
from api.routes.access import require_sign_in
from api.web.errors import status_error
from api.web.signin import signed_in_user


def customer_room(name: str, import_name: str) -> Blueprint:
    """Return a blueprint below `/portal` for whoever is signed in."""
    blueprint = Blueprint(f"portal_{name}", import_name, url_prefix="/portal")
    blueprint.before_request(require_sign_in)
    return blueprint


def staff_room(name: str, import_name: str) -> Blueprint:
    """Return a blueprint below `/portal/staff`, in which only staff get an answer."""
    blueprint = Blueprint(f"portal_staff_{name}", import_name, url_prefix="/portal/staff")
    blueprint.before_request(_only_staff)
    return blueprint


def _only_staff() -> ResponseReturnValue | None:
    asked = require_sign_in()
    if asked is None and signed_in_user().role is not Role.STAFF:
        # As for any page that there is none of: what staff have is nobody else's to know.
        raise status_error(404)
    return asked
