# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`POST /api/v1/alerts/grafana`: where Grafana tells of alerts."""

import time
from dataclasses import asdict

import marshmallow as ma
from flask import current_app, request
from sqlalchemy.exc import IntegrityError

from alert_rules.registry import entries
from api.config import Config
from api.db import current_database
from api.models.base import utc_now
from api.relay.grafana import Taken, WebhookMessage, WebhookRefused, parse, take
from api.relay.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, is_signed, webhook_secret
from api.web.errors import ApiError, ErrorSchema
from api.web.gate import opened
from api.web.resource import resource
from collectors.text import Text

blueprint = resource("alerts", __name__, "What Grafana tells of alerts", url_prefix="/api/v1")


class TakenAnswer(ma.Schema):
    """What became of the alerts."""

    opened = ma.fields.Integer(required=True, metadata={"description": "findings that opened"})
    closed = ma.fields.Integer(required=True, metadata={"description": "findings that closed"})
    known = ma.fields.Integer(required=True, metadata={"description": "alerts that told nothing new"})
    ignored = ma.fields.Integer(
        required=True, metadata={"description": "alerts of a rule, contract or series that there is none of"}
    )


@blueprint.post("/alerts/grafana")
@opened
@blueprint.response(200, TakenAnswer)
@blueprint.alt_response(400, schema=ErrorSchema, description="this is no message of Grafana's")
@blueprint.alt_response(401, schema=ErrorSchema, description="the signature is wrong, or too old")
def from_grafana() -> dict[str, int]:
    """Store transitions; telling them is the relay's.

    The answer is given once they are stored, so that Grafana sends again whatever was not.
    """
    config: Config = current_app.extensions["karte_config"]
    body = request.get_data(cache=False)
    if not is_signed(
        webhook_secret(config.secret_key),
        request.headers.get(TIMESTAMP_HEADER, ""),
        body,
        request.headers.get(SIGNATURE_HEADER, ""),
        time.time(),
    ):
        raise ApiError(
            401,
            "bad_signature",
            Text("署名が正しくないか、時刻が離れています。", "The signature is wrong, or its time is too far off."),
        )
    try:
        message = parse(body)
    except WebhookRefused as refused:
        raise ApiError(400, "bad_message", refused.text) from None
    taken = _stored(message)
    if taken.ignored:
        current_app.logger.warning("Grafana's webhook: %d alerts of nothing that is known", taken.ignored)
    return asdict(taken)


def _stored(message: WebhookMessage) -> Taken:
    try:
        return _store(message)
    except IntegrityError:
        # Another process opened the same finding meanwhile; the second look finds it open.
        return _store(message)


def _store(message: WebhookMessage) -> Taken:
    with current_database().writing.begin() as session:
        return take(session, message, entries(), utc_now())
