"""A minimal app around the write path, for tests and for gunicorn: tokens come from a JSON file."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from api.config import Config
from api.gateway.grant import Refusal, WriteGrant, WriteLookup
from api.gateway.write import create_gateway
from api.influx.registry import create_engine

TOKENS: dict[str, WriteGrant | Refusal] = {
    "token-a": WriteGrant("c-a", "s-a", "d-a"),
    "token-b": WriteGrant("c-b", "s-b", "d-b"),
    "token-revoked": Refusal(403, "token_revoked", "this device was revoked"),
    "token-suspended": Refusal(403, "contract_suspended", "the contract is suspended"),
    "token-later": Refusal(503, "unavailable", "the contracts' database does not answer"),
}


def lookup(token: str) -> WriteGrant | Refusal:
    return TOKENS.get(token, Refusal(401, "token_unknown", "the device token is not known"))


def app_for(config: Config, look_up: WriteLookup = lookup, clock: Callable[[], float] = time.time) -> Flask:
    app = Flask(__name__)
    app.register_blueprint(create_gateway(create_engine(config), look_up, config, clock))
    return app


def create_app() -> Flask:
    """For `gunicorn tests.api.gateway.service:create_app()`; settings in the file KARTE_TEST_SETTINGS."""
    settings = json.loads(Path(os.environ["KARTE_TEST_SETTINGS"]).read_text(encoding="utf-8"))
    return app_for(Config("sqlite://", "test", **settings))
