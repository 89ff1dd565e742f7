# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/channels`: where messages about a contract go. For the staff, who are signed in."""

from functools import partial
from typing import Any

import marshmallow as ma
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.rule import Severity
from api.audit.actor import actor_of
from api.audit.log import record
from api.channels import removal
from api.channels.entry import MAX_ESCALATION_MIN, Entered, channel_of, hidden, split
from api.channels.fields import InvalidSettings
from api.channels.outcome import Later
from api.channels.registry import KINDS, kind_of
from api.channels.sending import Send, guard_of, sender
from api.channels.trial import outcome_text, try_channel
from api.channels.vault import SecretUnreadable, vault_of
from api.config import Config
from api.db import current_database, read_session
from api.models import Channel, Contract
from api.models.base import utc_now
from api.plaintext import InvalidText
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.told import ToldError
from api.web import limits
from api.web.errors import ApiError, status_error
from api.web.gate import Scope, current_caller, needs
from api.web.language import request_language
from api.web.resource import resource
from collectors.text import Lang, Text

blueprint = resource("channels", __name__, "Where messages about a contract go", url_prefix="/api/v1/contracts")

SENDER = "karte_channel_sender"
"""Under this name of `app.extensions` stands what sends test messages; it is made when the first one is."""

_SEVERITIES = ma.validate.OneOf([each.value for each in Severity])
_LANGUAGES = ma.validate.OneOf(["ja", "en"])
_ESCALATION = ma.validate.Range(0, MAX_ESCALATION_MIN)


class ChannelRequest(ma.Schema):
    """A new channel."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(KINDS)), metadata={"example": "mail"})
    name = ma.fields.String(required=True, metadata={"example": "総務部のメール"})
    settings = ma.fields.Dict(
        keys=ma.fields.String(),
        load_default=dict,
        metadata={"description": "the kind's fields, secret ones too; `karte channel kinds KIND` lists them"},
    )
    lang = ma.fields.String(load_default="ja", validate=_LANGUAGES)
    min_severity = ma.fields.String(load_default=Severity.INFO.value, validate=_SEVERITIES)
    digest_from = ma.fields.String(load_default=Severity.INFO.value, validate=_SEVERITIES)
    escalation_min = ma.fields.Integer(load_default=0, strict=True, validate=_ESCALATION)


class ChannelChange(ma.Schema):
    """What is to be changed; what is not named stays. Where a channel leads to is not changed: make a new one."""

    name = ma.fields.String()
    enabled = ma.fields.Boolean()
    lang = ma.fields.String(validate=_LANGUAGES)
    min_severity = ma.fields.String(validate=_SEVERITIES)
    digest_from = ma.fields.String(validate=_SEVERITIES)
    escalation_min = ma.fields.Integer(strict=True, validate=_ESCALATION)


class ChannelAnswer(ma.Schema):
    """A channel. Secrets are not told."""

    id = ma.fields.String(required=True, metadata={"example": "ch-7k2m9x4tqa"})
    kind = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    enabled = ma.fields.Boolean(required=True)
    lang = ma.fields.String(required=True)
    min_severity = ma.fields.String(required=True)
    digest_from = ma.fields.String(required=True)
    escalation_min = ma.fields.Integer(required=True)
    settings = ma.fields.Dict(required=True, metadata={"description": "fields that are no secret"})
    secret = ma.fields.Dict(required=True, metadata={"description": "secret fields, hidden"})
    created_at = ma.fields.AwareDateTime(required=True)
    tested_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    outcome = ma.fields.String(required=True, metadata={"description": "what came of the last test; empty if none"})


class TestAnswer(ma.Schema):
    """What came of a test message."""

    __test__ = False

    outcome = ma.fields.String(required=True, validate=ma.validate.OneOf(["sent", "later", "refused"]))
    message = ma.fields.String(required=True, metadata={"description": "one line for a person"})
    retry_after_s = ma.fields.Float(
        required=True, allow_none=True, metadata={"description": "how long the service asked to wait"}
    )


_documented = partial(documented, blueprint)


@blueprint.get("/<contract_id>/channels")
@needs(Scope.CHANNELS)
@blueprint.response(200, ChannelAnswer(many=True))
@_documented({})
def list_(contract_id: str) -> Any:
    """List the channels of a contract."""
    session = read_session()
    contract = _contract(session, contract_id)
    found = session.scalars(select(Channel).where(Channel.contract_id == contract.id).order_by(Channel.id))
    return [_answer(each) for each in found]


@blueprint.get("/<contract_id>/channels/<channel_id>")
@needs(Scope.CHANNELS)
@blueprint.response(200, ChannelAnswer)
@_documented({})
def show(contract_id: str, channel_id: str) -> Any:
    """Show a channel."""
    return _answer(_channel(read_session(), contract_id, channel_id))


@blueprint.post("/<contract_id>/channels")
@needs(Scope.CHANNELS)
@blueprint.arguments(ChannelRequest, error_status_code=422)
@blueprint.response(201, ChannelAnswer)
@_documented(
    {
        400: "invalid_request: the body is not JSON; csrf_token_missing",
        422: "invalid_request; invalid_channel: `details.field` names what cannot be used",
    }
)
def add(sent: dict[str, Any], contract_id: str) -> Any:
    """Add a channel; nothing is sent yet."""
    config = _config()
    with current_database().writing.begin() as session:
        contract = _contract(session, contract_id)
        try:
            settings, secret = split(kind_of(sent["kind"]), sent["settings"])
            entered = Entered(
                kind=sent["kind"],
                name=sent["name"],
                settings=settings,
                secret=secret,
                lang=sent["lang"],
                min_severity=Severity(sent["min_severity"]),
                digest_from=Severity(sent["digest_from"]),
                escalation_min=sent["escalation_min"],
            )
            made = channel_of(contract.id, entered, vault_of(config), guard_of(config))
        except ToldError as error:
            raise _invalid(error) from None
        session.add(made)
        session.flush()
        _record(session, "channel.create", contract, made)
        return _answer(made)


@blueprint.patch("/<contract_id>/channels/<channel_id>")
@needs(Scope.CHANNELS)
@blueprint.arguments(ChannelChange, error_status_code=422)
@blueprint.response(200, ChannelAnswer)
@_documented({400: "invalid_request, csrf_token_missing", 422: "invalid_request, invalid_channel"})
def change(sent: dict[str, Any], contract_id: str, channel_id: str) -> Any:
    """Change a channel, e.g. switch it off."""
    with current_database().writing.begin() as session:
        contract = _contract(session, contract_id)
        found = _channel(session, contract_id, channel_id)
        try:
            for name, value in sent.items():
                setattr(found, name, Severity(value) if name in ("min_severity", "digest_from") else value)
        except InvalidText as error:
            raise _invalid(error) from None
        session.flush()
        _record(session, "channel.change", contract, found)
        return _answer(found)


@blueprint.delete("/<contract_id>/channels/<channel_id>")
@needs(Scope.CHANNELS)
@blueprint.response(204)
@_documented({400: "csrf_token_missing"})
def remove(contract_id: str, channel_id: str) -> None:
    """Remove a channel, with the record of what was sent to it."""
    with current_database().writing.begin() as session:
        contract = _contract(session, contract_id)
        found = _channel(session, contract_id, channel_id)
        _record(session, "channel.remove", contract, found)
        removal.remove(session, found)


@blueprint.post("/<contract_id>/channels/<channel_id>/test")
@needs(Scope.CHANNELS)
@limits.limiter.limit(limits.CHANNEL_TEST)
@blueprint.response(200, TestAnswer, description="it was tried; `outcome` says what came of it")
@_documented({400: "csrf_token_missing", 429: "too_many_requests"})
def test(contract_id: str, channel_id: str) -> Any:
    """Send a test message through a channel."""
    row_id = _channel(read_session(), contract_id, channel_id).id
    outcome = try_channel(current_database(), row_id, _sender(), utc_now())
    return {
        "outcome": type(outcome).__name__.lower(),
        "message": outcome_text(outcome).in_(request_language()),
        "retry_after_s": outcome.after_s if isinstance(outcome, Later) else None,
    }


def _record(session: Session, action: str, contract: Contract, found: Channel) -> None:
    actor = actor_of(current_caller().user)
    record(session, actor, action, at=utc_now(), contract=contract.public_id, target=found.public_id)


def _config() -> Config:
    config: Config = current_app.extensions["karte_config"]
    return config


def _sender() -> Send:
    made: Send = current_app.extensions.get(SENDER) or sender(_config())
    current_app.extensions[SENDER] = made
    return made


def _contract(session: Session, contract_id: str) -> Contract:
    return visible_contract(session, current_caller().user, contract_id)


def _channel(session: Session, contract_id: str, channel_id: str) -> Channel:
    contract = _contract(session, contract_id)
    found = session.scalar(select(Channel).where(Channel.contract_id == contract.id, Channel.public_id == channel_id))
    if found is None:
        raise status_error(404)
    return found


def _invalid(error: ToldError) -> ApiError:
    field = error.field if isinstance(error, InvalidSettings) else ""
    return ApiError(422, "invalid_channel", error.text, {"field": field} if field else {})


def _answer(found: Channel) -> dict[str, Any]:
    lang: Lang = request_language()
    try:
        secret = hidden(vault_of(_config()).open(found.contract_id, found.kind, found.secret))
    except SecretUnreadable as error:
        secret = {"?": error.text.in_(lang)}
    return {
        "id": found.public_id,
        "kind": found.kind,
        "name": found.name,
        "enabled": found.enabled,
        "lang": found.lang,
        "min_severity": str(found.min_severity),
        "digest_from": str(found.digest_from),
        "escalation_min": found.escalation_min,
        "settings": found.settings,
        "secret": secret,
        "created_at": found.created_at,
        "tested_at": found.tested_at,
        "outcome": Text(found.outcome, found.outcome_en).in_(lang),
    }
