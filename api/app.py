"""The service as a Flask application: `gunicorn 'api.app:create_app()'`."""

from datetime import timedelta

from flask import Flask

from api import db, schema
from api.audit import access
from api.config import Config, load
from api.db import open_database
from api.gateway.query.endpoint import create_queries
from api.gateway.write import create_gateway
from api.identity.access import write_lookup
from api.identity.read_access import read_lookup
from api.identity.remembered import remembered
from api.influx.registry import create_engine
from api.portal.registry import BLUEPRINTS as PORTAL
from api.rollup.late import LateRecorder
from api.routes import inventory
from api.routes.registry import PAGES, RESOURCES
from api.terms import use
from api.web import api_token, csrf, errors, gate, headers, language, obliged, signin
from api.web.document import Document
from api.web.limits import limiter
from collectors import __version__

SESSION_LIFETIME = timedelta(hours=12)


def create_app(config: Config | None = None) -> Flask:
    """Return the application.

    Args:
        config: its settings; from the environment if None.

    Raises:
        ConfigError: a setting is missing or cannot be used.
        DatabaseError: the database cannot be opened, or is not at this program's schema.
    """
    config = config or load()
    app = Flask(__name__)
    app.config.update(_flask_settings(config))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # DefaultJSONProvider's own setting
    database = open_database(config.database_url)
    schema.check(database)
    engine = create_engine(config)
    app.extensions["karte_config"] = config
    app.extensions["karte_engine"] = engine
    app.extensions["karte_write_lookup"] = remembered(write_lookup(database))
    app.extensions["karte_read_lookup"] = remembered(read_lookup(database))
    db.init_app(app, database)
    headers.init_app(app, https_only=config.secure_cookies)
    language.init_app(app)
    csrf.init_app(app)
    signin.init_app(app)
    limiter.init_app(app)
    api_token.init_app(app, database)
    obliged.init_app(app, config)
    gate.init_app(app)
    use.init_app(app, database)
    access.init_app(app)
    api = Document()
    api.ERROR_SCHEMA = errors.ErrorSchema
    api.init_app(app)
    api.spec.components.security_scheme(
        inventory.TOKEN_SCHEME, {"type": "apiKey", "in": "header", "name": "Authorization"}
    )
    for resource in RESOURCES:
        api.register_blueprint(resource)
    for page in (*PAGES, *PORTAL):
        app.register_blueprint(page)
    late = LateRecorder(database)
    app.register_blueprint(create_gateway(engine, app.extensions["karte_write_lookup"], config, note_late=late.note))
    app.register_blueprint(create_queries(engine, app.extensions["karte_read_lookup"], config))
    # After flask-smorest, whose own handler it replaces.
    errors.init_app(app)
    return app


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "SESSION_COOKIE_NAME": "karte_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": SESSION_LIFETIME,
        "MAX_CONTENT_LENGTH": config.max_body_bytes,
        "API_TITLE": "Office Karte",
        "API_VERSION": __version__,
        "OPENAPI_VERSION": "3.0.3",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
    }
