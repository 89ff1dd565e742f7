# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/rules` and the thresholds of a contract: what is watched for, and how staff tune it. For the staff."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import marshmallow as ma
import msgspec
from sqlalchemy.orm import Session

from alert_rules.query import moment_query
from alert_rules.registry import Entry, entries
from alert_rules.rule import Category, Rule, Severity
from api.alerts.history import Resolution
from api.alerts.message import unit_of
from api.alerts.overview import Activity, activity, own_thresholds
from api.alerts.thresholds import (
    Author,
    Scope,
    ThresholdRefused,
    history,
    scope_of,
    set_threshold,
    subjects,
    undo,
)
from api.alerts.trial import plain
from api.db import current_database, read_session
from api.models import Contract, RuleThreshold
from api.models.base import utc_now
from api.models.rule_threshold import REASON_LENGTH, SUBJECT_LENGTH
from api.plaintext import InvalidText
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.routes.rule_trial import LONGEST_DAYS, TrialForm, run_trial
from api.told import ToldError
from api.web import limits
from api.web.errors import ApiError, status_error
from api.web.gate import Scope as ApiScope
from api.web.gate import current_caller, needs
from api.web.language import request_language
from api.web.resource import resource

blueprint = resource("rules", __name__, "Alert rules and their thresholds", url_prefix="/api/v1")

ACTIVITY_DAYS = 30

_SUBJECT = ma.fields.String(
    load_default="",
    validate=ma.validate.Length(max=SUBJECT_LENGTH),
    metadata={"description": "a device (d-…) or equipment; empty for the whole contract"},
)
_REASON = ma.fields.String(required=True, validate=ma.validate.Length(1, REASON_LENGTH))


class ParameterAnswer(ma.Schema):
    """What can be set of a rule."""

    id = ma.fields.String(required=True, metadata={"example": "limit"})
    default = ma.fields.Float(required=True)
    min = ma.fields.Float(required=True)
    max = ma.fields.Float(required=True)
    text = ma.fields.String(required=True)


class RuleAnswer(ma.Schema):
    """A rule, and how often it has fired."""

    id = ma.fields.String(required=True, metadata={"example": "disk_full"})
    category = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in Category]))
    severity = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in Severity]))
    name = ma.fields.String(required=True)
    advice = ma.fields.String(required=True, metadata={"description": "page of advice: /advice/{name}"})
    unit = ma.fields.String(required=True, metadata={"description": "of its threshold; empty for a count or a state"})
    limit = ma.fields.Float(required=True, metadata={"description": "the threshold where nobody set another"})
    parameter = ma.fields.Nested(ParameterAnswer, required=True, allow_none=True)
    open = ma.fields.Integer(required=True, metadata={"description": "findings that are open now"})
    opened = ma.fields.Integer(required=True, metadata={"description": f"that opened within {ACTIVITY_DAYS} days"})
    contracts = ma.fields.Integer(required=True, metadata={"description": "contracts of which these were"})


class RuleDetailAnswer(RuleAnswer):
    """A rule with all that it says."""

    influxql = ma.fields.String(required=True)
    definition = ma.fields.Dict(required=True, metadata={"description": "as the rule's file has it"})


class ChangeAnswer(ma.Schema):
    """A change of a threshold."""

    subject = ma.fields.String(required=True)
    value = ma.fields.Float(required=True, allow_none=True, metadata={"description": "null: it was taken back"})
    reason = ma.fields.String(required=True)
    set_by = ma.fields.String(required=True)
    set_at = ma.fields.AwareDateTime(required=True)


class OwnAnswer(ChangeAnswer):
    """A threshold that is set and in force."""

    name = ma.fields.String(required=True, metadata={"description": "of the device or equipment"})
    value = ma.fields.Float(required=True)


class ThresholdsAnswer(ma.Schema):
    """What is in force for a rule in a contract: the narrowest that is set."""

    default = ma.fields.Float(required=True)
    unit = ma.fields.String(required=True)
    parameter = ma.fields.Nested(ParameterAnswer, required=True, allow_none=True)
    set = ma.fields.List(ma.fields.Nested(OwnAnswer), required=True)
    subjects = ma.fields.Dict(required=True, metadata={"description": "id -> name of what may have one of its own"})


class ThresholdRequest(ma.Schema):
    """A threshold to set."""

    value = ma.fields.Float(required=True, allow_nan=True, metadata={"description": "in the unit of the rule"})
    subject = _SUBJECT
    reason = _REASON


class WhyRequest(ma.Schema):
    """What to take back, and why."""

    subject = _SUBJECT
    reason = _REASON


class BacktestRequest(ma.Schema):
    """What to try."""

    contract = ma.fields.String(required=True, metadata={"example": "c-7k2m9x4tqa"})
    days = ma.fields.Integer(load_default=90, validate=ma.validate.Range(1, LONGEST_DAYS))
    value = ma.fields.Float(load_default=None, allow_nan=True)
    subject = _SUBJECT
    budget = ma.fields.Float(
        load_default=None,
        validate=ma.validate.Range(0),
        metadata={"description": "propose a threshold that keeps to so many findings a device and week"},
    )
    read = ma.fields.String(
        load_default="auto", validate=ma.validate.OneOf(["auto", *(each.value for each in Resolution)])
    )


class SpellAnswer(ma.Schema):
    """A finding that would have been."""

    tags = ma.fields.Dict(required=True)
    opened = ma.fields.String(required=True)
    closed = ma.fields.String(required=True, allow_none=True)
    end = ma.fields.String(required=True, allow_none=True)
    value = ma.fields.Float(required=True)
    worst = ma.fields.Float(required=True)
    limit = ma.fields.Float(required=True)


class OutcomeAnswer(ma.Schema):
    """What is found with one set of thresholds."""

    findings = ma.fields.Integer(required=True)
    open_s = ma.fields.Integer(required=True)
    per_device_week = ma.fields.Float(required=True, allow_none=True)
    weekly = ma.fields.List(ma.fields.Integer(), required=True)
    spells = ma.fields.List(ma.fields.Nested(SpellAnswer), required=True)


class BacktestAnswer(ma.Schema):
    """What a rule would have found."""

    rule = ma.fields.String(required=True)
    since = ma.fields.String(required=True)
    until = ma.fields.String(required=True)
    read = ma.fields.String(required=True, metadata={"description": "raw points, or the hourly rollup"})
    exact = ma.fields.Boolean(required=True, metadata={"description": "false: findings are dated to the hour"})
    devices = ma.fields.Integer(required=True)
    today = ma.fields.Nested(OutcomeAnswer, required=True)
    tried = ma.fields.Nested(OutcomeAnswer, required=True, allow_none=True)
    missed = ma.fields.List(ma.fields.Nested(SpellAnswer), required=True)
    gained = ma.fields.List(ma.fields.Nested(SpellAnswer), required=True)
    proposed = ma.fields.Float(required=True, allow_none=True)


_documented = partial(documented, blueprint)


@blueprint.get("/rules")
@needs(ApiScope.RULES)
@blueprint.response(200, RuleAnswer(many=True))
@_documented({})
def list_() -> Any:
    """List the rules, and how often each has fired."""
    found = activity(read_session(), utc_now() - timedelta(days=ACTIVITY_DAYS))
    return [_rule(entry, found.get(name, Activity())) for name, entry in entries().items()]


@blueprint.get("/rules/<rule_id>")
@needs(ApiScope.RULES)
@blueprint.response(200, RuleDetailAnswer)
@_documented({})
def show(rule_id: str) -> Any:
    """Show a rule."""
    entry = entry_of(rule_id)
    found = activity(read_session(), utc_now() - timedelta(days=ACTIVITY_DAYS))
    return {
        **_rule(entry, found.get(rule_id, Activity())),
        "influxql": moment_query(entry.rule, f"time > now() - {entry.rule.window}"),
        "definition": msgspec.to_builtins(entry.rule),
    }


@blueprint.get("/rules/<rule_id>/backtest")
@needs(ApiScope.RULES)
@limits.limiter.limit(limits.BACKTEST)
@blueprint.arguments(BacktestRequest, location="query", error_status_code=422)
@blueprint.response(200, BacktestAnswer)
@_documented({422: "invalid_request; threshold_refused: out of bounds", 429: "too_many_requests", 503: "unavailable"})
def backtest(asked: dict[str, Any], rule_id: str) -> Any:
    """Try a rule on the stored history of a contract; nothing is changed."""
    rule, contract = entry_of(rule_id).rule, _contract(read_session(), asked["contract"])
    read = None if asked["read"] == "auto" else Resolution(asked["read"])
    form = TrialForm(asked["days"], asked["value"], asked["subject"], asked["budget"], read)
    try:
        return plain(run_trial(rule, contract, form))
    except ToldError as error:
        raise _refused(error) from None


@blueprint.get("/contracts/<contract_id>/rules/<rule_id>/thresholds")
@needs(ApiScope.RULES)
@blueprint.response(200, ThresholdsAnswer)
@_documented({})
def thresholds(contract_id: str, rule_id: str) -> Any:
    """Show what is in force for a rule in a contract."""
    session = read_session()
    return _thresholds(session, entry_of(rule_id).rule, _contract(session, contract_id))


@blueprint.get("/contracts/<contract_id>/rules/<rule_id>/thresholds/log")
@needs(ApiScope.RULES)
@blueprint.response(200, ChangeAnswer(many=True))
@_documented({})
def log(contract_id: str, rule_id: str) -> Any:
    """List who changed a threshold, when and why, the newest first."""
    session = read_session()
    changes = history(session, entry_of(rule_id).rule, _contract(session, contract_id).id)
    return [_change(each) for each in changes]


@blueprint.put("/contracts/<contract_id>/rules/<rule_id>/thresholds")
@needs(ApiScope.RULES)
@blueprint.arguments(ThresholdRequest, error_status_code=422)
@blueprint.response(200, ThresholdsAnswer)
@_documented({400: "invalid_request, csrf_token_missing", 422: "invalid_request, threshold_refused"})
def put(sent: dict[str, Any], contract_id: str, rule_id: str) -> Any:
    """Set a threshold, from the next evaluation on."""
    return _changed(contract_id, rule_id, sent, sent["value"])


@blueprint.delete("/contracts/<contract_id>/rules/<rule_id>/thresholds")
@needs(ApiScope.RULES)
@blueprint.arguments(WhyRequest, location="query", error_status_code=422)
@blueprint.response(200, ThresholdsAnswer)
@_documented({400: "csrf_token_missing", 422: "invalid_request, threshold_refused"})
def reset(asked: dict[str, Any], contract_id: str, rule_id: str) -> Any:
    """Take a threshold back, so that the next wider one holds."""
    return _changed(contract_id, rule_id, asked, None)


@blueprint.post("/contracts/<contract_id>/rules/<rule_id>/thresholds/undo")
@needs(ApiScope.RULES)
@blueprint.arguments(WhyRequest, error_status_code=422)
@blueprint.response(200, ThresholdsAnswer)
@_documented({400: "invalid_request, csrf_token_missing", 422: "invalid_request, threshold_refused"})
def undo_(sent: dict[str, Any], contract_id: str, rule_id: str) -> Any:
    """Bring back what was in force before the newest change."""

    def change(session: Session, rule: Rule, scope: Scope, author: Author) -> None:
        undo(session, rule, scope, author, utc_now())

    return _written(contract_id, rule_id, sent, change)


def _changed(contract_id: str, rule_id: str, sent: dict[str, Any], value: float | None) -> dict[str, Any]:
    def change(session: Session, rule: Rule, scope: Scope, author: Author) -> None:
        set_threshold(session, rule, scope, value, author, utc_now())

    return _written(contract_id, rule_id, sent, change)


def _written(
    contract_id: str, rule_id: str, sent: dict[str, Any], change: Callable[[Session, Rule, Scope, Author], None]
) -> dict[str, Any]:
    rule = entry_of(rule_id).rule
    with current_database().writing.begin() as session:
        contract = _contract(session, contract_id)
        try:
            scope = scope_of(session, rule, contract, sent["subject"])
            change(session, rule, scope, Author(current_caller().user.username, sent["reason"]))
        except ToldError as error:
            raise _refused(error) from None
        session.flush()
        return _thresholds(session, rule, contract)


def entry_of(rule_id: str) -> Entry:
    """Return a rule.

    Raises:
        ApiError: 404, there is none of that id.
    """
    entry = entries().get(rule_id)
    if entry is None:
        raise status_error(404)
    return entry


def _contract(session: Session, contract_id: str) -> Contract:
    return visible_contract(session, current_caller().user, contract_id)


def _refused(error: ToldError) -> ApiError:
    if not isinstance(error, ThresholdRefused | InvalidText):
        return ApiError(503, "unavailable", error.text)
    return ApiError(422, "threshold_refused", error.text)


def _rule(entry: Entry, found: Activity) -> dict[str, Any]:
    rule, lang = entry.rule, request_language()
    return {
        "id": rule.id,
        "category": str(entry.category),
        "severity": str(rule.severity),
        "name": rule.name.text.in_(lang),
        "advice": rule.advice_id,
        "unit": unit_of(rule),
        "limit": rule.limit,
        "parameter": _parameter(rule),
        "open": found.open,
        "opened": found.opened,
        "contracts": found.contracts,
    }


def _parameter(rule: Rule) -> dict[str, Any] | None:
    one = rule.parameter
    if one is None:
        return None
    text = one.text.text.in_(request_language())
    return {"id": one.id, "default": one.default, "min": one.min, "max": one.max, "text": text}


def _thresholds(session: Session, rule: Rule, contract: Contract) -> dict[str, Any]:
    return {
        "default": rule.limit,
        "unit": unit_of(rule),
        "parameter": _parameter(rule),
        "set": [{**_change(each.change), "name": each.name} for each in own_thresholds(session, rule, contract)],
        "subjects": subjects(session, rule, contract),
    }


def _change(change: RuleThreshold) -> dict[str, Any]:
    return {
        "subject": change.subject,
        "value": change.value,
        "reason": change.reason,
        "set_by": change.set_by,
        "set_at": change.set_at,
    }
