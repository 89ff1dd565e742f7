# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/findings`: what rules found, with the advice on it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import marshmallow as ma
from flask import url_for
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from alert_rules.advice import AdviceError, advice
from alert_rules.machine import End
from alert_rules.registry import Entry, entries
from alert_rules.rule import Severity
from api.alerts.equipment import names_of
from api.alerts.listing import about, headline, sentence
from api.alerts.message import unit_of
from api.db import read_session
from api.models import Contract, Device, Finding
from api.routes.access import visible_contract
from api.routes.device_fields import DeviceRef, ref
from api.routes.operation import documented
from api.web.errors import status_error
from api.web.fields import words
from api.web.gate import Scope, current_caller, needs
from api.web.language import request_language
from api.web.paging import Listed, SqlPage
from api.web.resource import resource

blueprint = resource("findings", __name__, "What rules found", "/api/v1/contracts")
_documented = partial(documented, blueprint)
_SEVERITIES = ma.validate.OneOf([each.value for each in Severity])
_STATES = ma.validate.OneOf(["open", "closed"])


class FindingQuery(ma.Schema):
    """Which findings."""

    state = ma.fields.String(validate=_STATES)
    severity = ma.fields.String(validate=_SEVERITIES)
    device = words(metadata={"description": "a device, or the id of equipment", "example": "d-7k2m9x4tqa"})


class FindingAnswer(ma.Schema):
    """What a rule found."""

    id = ma.fields.String(required=True, metadata={"example": "f-7k2m9x4tqa"})
    rule = ma.fields.String(required=True, metadata={"example": "disk_full"})
    state = ma.fields.String(required=True, validate=_STATES)
    severity = ma.fields.String(
        required=True, allow_none=True, validate=_SEVERITIES, metadata={"description": "null: the rule is gone"}
    )
    title = ma.fields.String(required=True, metadata={"example": "ディスクの空きが少ない"})
    text = ma.fields.String(required=True, metadata={"description": "one sentence on what was found"})
    about = ma.fields.String(required=True, metadata={"description": "which part of what", "example": "keiri-pc1 C:"})
    device = ma.fields.Nested(DeviceRef, required=True, allow_none=True, metadata={"description": "that tells of it"})
    equipment = ma.fields.String(required=True, allow_none=True, metadata={"description": "name of equipment"})
    value = ma.fields.Float(required=True)
    threshold = ma.fields.Float(required=True)
    unit = ma.fields.String(required=True)
    since = ma.fields.AwareDateTime(required=True, metadata={"description": "since when it is beyond the threshold"})
    opened_at = ma.fields.AwareDateTime(required=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    end = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf([each.value for each in End]))
    taken_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    taken_by = ma.fields.String(required=True, metadata={"description": "who looks after it; empty: nobody yet"})
    advice = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "page on what to do", "example": "/advice/disk_full"}
    )
    advice_title = ma.fields.String(required=True, allow_none=True)


@blueprint.get("/<contract_id>/findings")
@needs(Scope.FINDINGS_READ)
@blueprint.arguments(FindingQuery, location="query", error_status_code=422)
@blueprint.response(200, FindingAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_(sent: dict[str, Any], contract_id: str) -> Listed[Finding]:
    """List what was found in a contract, the newest first."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    return Listed(session, _asked(contract, sent), lambda rows: _answers(session, contract, rows))


@blueprint.get("/<contract_id>/findings/<finding_id>")
@needs(Scope.FINDINGS_READ)
@blueprint.response(200, FindingAnswer)
@_documented({})
def show(contract_id: str, finding_id: str) -> Any:
    """Show a finding."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    found = session.scalar(_asked(contract, {}).where(Finding.public_id == finding_id))
    if found is None:
        raise status_error(404)
    return _answers(session, contract, [found])[0]


def _asked(contract: Contract, sent: dict[str, Any]) -> Select[Finding]:
    asked = (
        select(Finding).where(Finding.contract_id == contract.id).order_by(Finding.opened_at.desc(), Finding.id.desc())
    )
    if "state" in sent:
        is_open = Finding.closed_at.is_(None)
        asked = asked.where(is_open if sent["state"] == "open" else ~is_open)
    if "severity" in sent:
        wanted = [name for name, entry in entries().items() if entry.rule.severity == sent["severity"]]
        asked = asked.where(Finding.rule.in_(wanted))
    if "device" in sent:
        of = (Finding.tags[tag].as_string() == sent["device"] for tag in ("device", "asset"))
        asked = asked.where(or_(*of))
    return asked


def _answers(session: Session, contract: Contract, rows: Sequence[Finding]) -> list[dict[str, Any]]:
    wanted = {each.tags["device"] for each in rows if each.tags.get("device")}
    asked = select(Device).where(Device.contract_id == contract.id, Device.public_id.in_(wanted))
    devices = {each.public_id: each for each in session.scalars(asked)}
    equipment = names_of(session, contract.id, (each.tags["asset"] for each in rows if each.tags.get("asset")))
    return [_answer(each, devices, equipment) for each in rows]


def _answer(each: Finding, devices: dict[str, Device], equipment: dict[str, str]) -> dict[str, Any]:
    lang, entry = request_language(), entries().get(each.rule)
    device, asset = devices.get(each.tags.get("device", "")), each.tags.get("asset")
    return {
        "id": each.public_id,
        "rule": each.rule,
        "state": "open" if each.closed_at is None else "closed",
        "severity": entry.rule.severity.value if entry else None,
        "title": headline(entry, each, lang),
        "text": _sentence(entry, each),
        "about": about(entry, each),
        "device": ref(device) if device else None,
        "equipment": equipment.get(asset, asset) if asset else None,
        "value": each.value,
        "threshold": each.threshold,
        "unit": unit_of(entry.rule) if entry else "",
        "since": each.since,
        "opened_at": each.opened_at,
        "closed_at": each.closed_at,
        "end": each.end.value if each.end else None,
        "taken_at": each.taken_at,
        "taken_by": each.taken_by,
        "advice": url_for("advice.page", name=entry.rule.advice_id) if entry else None,
        "advice_title": _advice_title(entry.rule.advice_id) if entry else None,
    }


def _sentence(entry: Entry | None, each: Finding) -> str:
    try:
        return sentence(entry, each, request_language())
    except KeyError:
        # The rule's sentence was rewritten since, and names a tag that this old finding has not.
        return ""


def _advice_title(name: str) -> str | None:
    try:
        return advice(name, request_language()).title
    except AdviceError:
        return None
