"""How people and API tokens are written in the API."""

from typing import Any

import marshmallow as ma

from api.identity.accounts import Person
from api.models import ApiToken, Position, Role, User
from api.models.user import EMAIL_LENGTH
from api.web.api_token import GRANTABLE
from api.web.fields import words
from api.web.gate import Scope

ROLES = ma.validate.OneOf([each.value for each in Role])
POSITIONS = ma.validate.OneOf([each.value for each in Position])
LANGUAGES = ma.validate.OneOf(["ja", "en"])
SCOPES = ma.validate.OneOf([each.value for each in Scope if each in GRANTABLE])
ID = ma.validate.Regexp(r"[0-9a-z-]{1,16}\Z")
"""Public ids; what a database could not look for is not let through to it."""

_EMAIL_LENGTH = ma.validate.Length(max=EMAIL_LENGTH)
_NAME = {"example": "佐藤 花子", "description": "who it is"}
_EMAIL = {"example": "hanako@example.jp", "description": "where mail about the account goes"}
_POSITION = {"example": "representative", "description": "of a customer's person; null for staff"}
_PASSWORD = {"example": "7k2m9-x4tqa-0zv3r-h8cn5", "description": "shown this once; has to be changed at first"}
_TOKEN = {"example": "okb_" + "x" * 43, "description": "shown this once"}


class UserQuery(ma.Schema):
    """Which people."""

    contract = ma.fields.String(validate=ID, metadata={"example": "c-7k2m9x4tqa", "description": "of this contract"})
    role = ma.fields.String(validate=ROLES)
    disabled = ma.fields.Boolean(metadata={"description": "only those who may, or may not, sign in"})
    q = words(metadata={"description": "begins the user name or the id"})


class UserAnswer(ma.Schema):
    """A person who may sign in."""

    id = ma.fields.String(required=True, metadata={"example": "u-7k2m9x4tqa"})
    username = ma.fields.String(required=True, metadata={"example": "hanako@example.jp"})
    name = ma.fields.String(required=True, metadata=_NAME)
    email = ma.fields.String(required=True, allow_none=True, metadata=_EMAIL)
    role = ma.fields.String(required=True, validate=ROLES)
    contract = ma.fields.String(required=True, allow_none=True, metadata={"example": "c-7k2m9x4tqa"})
    position = ma.fields.String(required=True, allow_none=True, validate=POSITIONS, metadata=_POSITION)
    language = ma.fields.String(required=True, validate=LANGUAGES)
    must_change_password = ma.fields.Boolean(required=True)
    second_factor_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    last_signed_in_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    created_at = ma.fields.AwareDateTime(required=True)
    disabled_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class PersonRequest(ma.Schema):
    """Who has an ID from now on."""

    username = ma.fields.String(
        load_default=None, allow_none=True, metadata={"example": "jiro@example.jp", "description": "as before if null"}
    )
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 100), metadata=_NAME)
    email = ma.fields.String(load_default=None, allow_none=True, validate=_EMAIL_LENGTH, metadata=_EMAIL)
    position = ma.fields.String(
        load_default=None, allow_none=True, validate=POSITIONS, metadata={"description": "as before if null"}
    )
    language = ma.fields.String(load_default="ja", validate=LANGUAGES)


class UserRequest(ma.Schema):
    """A new person: of a contract with a position, or of the staff with neither."""

    username = ma.fields.String(required=True, metadata={"example": "hanako@example.jp"})
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 100), metadata=_NAME)
    email = ma.fields.String(load_default=None, allow_none=True, validate=_EMAIL_LENGTH, metadata=_EMAIL)
    role = ma.fields.String(required=True, validate=ROLES, metadata={"example": "customer"})
    contract = ma.fields.String(load_default=None, allow_none=True, validate=ID, metadata={"example": "c-7k2m9x4tqa"})
    position = ma.fields.String(load_default=None, allow_none=True, validate=POSITIONS, metadata=_POSITION)
    language = ma.fields.String(load_default="ja", validate=LANGUAGES)

    @ma.validates_schema
    def _belongs(self, sent: dict[str, Any], **_: Any) -> None:
        is_customer = sent.get("role") == Role.CUSTOMER
        for field in ("contract", "position"):
            if is_customer != (sent.get(field) is not None):
                raise ma.ValidationError("needed for a customer, and only there", field)


class UserChange(ma.Schema):
    """What is to be changed of the same person; what is not named stays. For another person there is change-person."""

    name = ma.fields.String(validate=ma.validate.Length(1, 100), metadata=_NAME)
    email = ma.fields.String(allow_none=True, validate=_EMAIL_LENGTH, metadata=_EMAIL)
    position = ma.fields.String(validate=POSITIONS)
    language = ma.fields.String(validate=LANGUAGES)


class UserMade(ma.Schema):
    """A person with their first password."""

    user = ma.fields.Nested(UserAnswer, required=True)
    initial_password = ma.fields.String(required=True, metadata=_PASSWORD)


class TokenQuery(ma.Schema):
    """Which tokens."""

    user = ma.fields.String(validate=ID, metadata={"example": "u-7k2m9x4tqa", "description": "of this person"})
    good = ma.fields.Boolean(metadata={"description": "only those that open something, or that do not any more"})


class TokenAnswer(ma.Schema):
    """A token of the staff."""

    id = ma.fields.String(required=True, metadata={"example": "at-7k2m9x4tqa"})
    user = ma.fields.String(required=True, metadata={"example": "u-7k2m9x4tqa"})
    label = ma.fields.String(required=True, metadata={"example": "請求システム"})
    scopes = ma.fields.List(ma.fields.String(validate=SCOPES), required=True, metadata={"example": ["contracts:read"]})
    created_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    last_used_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class TokenRequest(ma.Schema):
    """A new token of one's own."""

    label = ma.fields.String(required=True, metadata={"example": "請求システム"})
    scopes = ma.fields.List(
        ma.fields.String(validate=SCOPES),
        required=True,
        validate=ma.validate.Length(min=1),
        metadata={"example": ["contracts:read"], "description": "only such as one has"},
    )
    expires_at = ma.fields.AwareDateTime(required=True, metadata={"description": "within a year"})


class RotateRequest(ma.Schema):
    """A token in the place of another."""

    expires_at = ma.fields.AwareDateTime(required=True, metadata={"description": "of the new one, within a year"})
    overlap_s = ma.fields.Integer(
        load_default=24 * 3600,
        strict=True,
        validate=ma.validate.Range(0, 30 * 24 * 3600),
        metadata={"description": "so long the old one stays good"},
    )


class TokenMade(ma.Schema):
    """A token, and its plain form."""

    token = ma.fields.Nested(TokenAnswer, required=True)
    secret = ma.fields.String(required=True, metadata=_TOKEN)


def told_user(user: User) -> dict[str, Any]:
    """Return a person as answered; the contract is read with them."""
    return {
        "id": user.public_id,
        "username": user.username,
        "name": user.person_name,
        "email": user.email,
        "role": user.role.value,
        "contract": user.contract.public_id if user.contract else None,
        "position": user.position.value if user.position else None,
        "language": user.language,
        "must_change_password": user.must_change_password,
        "second_factor_at": user.second_factor_at,
        "last_signed_in_at": user.last_signed_in_at,
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
    }


def told_token(token: ApiToken) -> dict[str, Any]:
    """Return a token as answered."""
    return {
        "id": token.public_id,
        "user": token.user.public_id,
        "label": token.label,
        "scopes": token.scopes,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }


def person_of(sent: dict[str, Any], position: Position | None) -> Person:
    """Return who was sent.

    Args:
        sent: checked fields.
        position: where none was sent.
    """
    named = Position(sent["position"]) if sent["position"] else position
    return Person(sent["name"], sent["email"], named or Position.REPRESENTATIVE, sent["language"])
