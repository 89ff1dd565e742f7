"""Requests made from the OpenAPI document, also ones that no client would send: no server error, no undeclared answer.

By Schemathesis, for the whole API, as a member of the staff with every scope, by a token that nothing tried here ends.
`KARTE_SCHEMA_EXAMPLES=50` tries more than the ordinary run.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from api.app import create_app
from api.config import Config
from api.db import Database
from api.identity.api_tokens import issue_api_token
from api.models import Role, User
from api.models.base import utc_now
from api.web.gate import ROLE_SCOPES, Scope
from api.web.limits import limiter
from tests.api.office import Office
from tests.api.security.belongings import fill

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("KARTE_SCHEMA_EXAMPLES", "1"))
SCOPES = ROLE_SCOPES[Role.STAFF] - {Scope.SESSION}
_OUTSIDE = ("backtest", "/channels/{channel_id}/test", "/healthz")
"""These ask an engine or send a message; neither is there, and 503 is what they answer."""


@pytest.fixture
def served(config: Config, office: Office, database: Database) -> Iterator[Flask]:
    fill(database, office)
    limiter.enabled = False
    app = create_app(replace(config, channel_allow="127.0.0.1"))
    yield app
    limiter.enabled = True
    app.extensions["karte_database"].close()


@pytest.fixture
def token(database: Database, staff: str) -> str:
    with database.writing.begin() as session:
        user = session.scalars(select(User).where(User.username == staff)).one()
        now = utc_now()
        return issue_api_token(session, user, "test", SCOPES, now, now + timedelta(days=1))[1]


def test_the_api_answers_as_its_document_says(served: Flask, token: str) -> None:
    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served)
    failures: list[str] = []
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if any(part in operation.path for part in _OUTSIDE):
            continue
        tried += 1
        for mode in _modes(operation):
            failures += _tried(operation, mode, {"Authorization": f"Bearer {token}"})
    assert tried > 60
    assert not failures, "\n".join(failures)


def _modes(operation: Any) -> tuple[GenerationMode, ...]:
    """Return what is tried: an ordinary run sends wrong things only where something is to be stored."""
    if EXAMPLES == 1 and operation.method.upper() == "GET":
        return (GenerationMode.POSITIVE,)
    return (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def _tried(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> list[str]:
    seen: dict[str, str] = {}

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        response = case.call(headers=headers)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                title = f"{operation.method.upper()} {operation.path}: {failure.title} ({response.status_code})"
                seen.setdefault(title, f"{title}: {str(failure)[:300]} {response.text[:200]}")

    with contextlib.suppress(Unsatisfiable):  # nothing wrong can be made of it, e.g. where it takes nothing
        call()
    return list(seen.values())
