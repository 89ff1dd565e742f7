# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""Whether the service can do its work, for load balancers and people."""

from typing import Any

import marshmallow as ma
from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from api.db import current_database
from api.influx.engine import Engine, EngineError
from api.web.gate import opened
from api.web.resource import resource

blueprint = resource("health", __name__, "Whether the service can do its work")


class HealthSchema(ma.Schema):
    """Each part is "ok" or "unavailable"; `status` is "ok" if all are."""

    status = ma.fields.String(required=True)
    database = ma.fields.String(required=True)
    engine = ma.fields.String(required=True)


@blueprint.get("/healthz")
@opened
@blueprint.response(200, HealthSchema, description="all parts work")
@blueprint.alt_response(503, schema=HealthSchema, description="a part does not answer")
def healthz() -> Any:
    """Ask the database and the time-series engine for a sign of life."""
    parts = {"database": _word(_database_answers()), "engine": _word(_engine_answers())}
    healthy = set(parts.values()) == {"ok"}
    answer: ResponseReturnValue = jsonify(status=_word(healthy), **parts)
    return answer if healthy else (answer, 503)


def _word(good: bool) -> str:
    return "ok" if good else "unavailable"


def _database_answers() -> bool:
    try:
        current_database().ping()
    except SQLAlchemyError:
        return False
    return True


def _engine_answers() -> bool:
    engine: Engine = current_app.extensions["karte_engine"]
    try:
        engine.ping()
    except EngineError:
        return False
    return True
