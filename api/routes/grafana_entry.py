"""`/grafana`: from here into Grafana without a second password; `/.well-known/jwks.json`: by what Grafana sees that."""

from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.urls import iri_to_uri

from api.audit.access import ACTION
from api.audit.actor import actor_of
from api.audit.log import record
from api.channels.vault import vault_of
from api.config import Config
from api.db import current_database
from api.identity.grafana_pass import RIPE_AFTER, SET_HOLDS, enter, fill, may_enter, published
from api.models import Contract, Role, User
from api.models.base import utc_now
from api.plaintext import has_control
from api.routes.access import require_sign_in
from api.web import limits
from api.web.errors import status_error
from api.web.signin import local_path, signed_in_user

blueprint = Blueprint("grafana_entry", __name__)
keys = Blueprint("grafana_keys", __name__)

blueprint.before_request(require_sign_in)
_TRY_AGAIN_S = 5


@blueprint.get("/grafana")
@limits.limiter.limit(limits.GRAFANA)
def go() -> Response:
    """Lead whoever is signed in to a page of Grafana, `?to=/d/…`, with a token that lets them in."""
    config: Config = current_app.extensions["karte_config"]
    target = local_path(request.args.get("to"))
    if not config.grafana_url:
        raise status_error(404)
    user, vault, now = signed_in_user(), vault_of(config), utc_now()
    with current_database().writing.begin() as session:
        person = session.get_one(User, user.id)
        if not may_enter(person) or person.session_epoch != user.session_epoch:
            raise status_error(403)
        token = enter(session, vault, person, now)
        fill(session, vault, now)
        if token is not None and person.role is Role.STAFF:
            # Grafana asks with one token for all of the staff, so that they read customers' points is known only here.
            contract, details = _contract_of(session, target), {"rule": str(request.url_rule)}
            where = str(request.endpoint)
            record(session, actor_of(person), ACTION, at=now, contract=contract, target=where, details=details)
    if token is None:
        page = make_response(render_template("grafana_wait.html", seconds=int(RIPE_AFTER.total_seconds())), 503)
        page.headers["Refresh"] = page.headers["Retry-After"] = str(_TRY_AGAIN_S)
        return page
    path, _, query = target.partition("?")
    query = f"{query}&" if query else ""
    address = iri_to_uri(f"{config.grafana_url.rstrip('/')}{path}?{query}{urlencode({'auth_token': token})}")
    # A page that leads on, no redirect: after signing in by the form, `form-action` of our own policy would stop that.
    page = make_response(render_template("grafana_go.html", address=address))
    page.headers["Refresh"] = f"0;url={address}"
    # The address lets in: it is kept nowhere, and told to no page.
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _contract_of(session: Session, target: str) -> str:
    """Return the contract that a dashboard is opened for; "" where it shows many, or none that we have."""
    (asked, *more) = parse_qs(urlsplit(target).query).get("var-contract", [""])
    if more or has_control(asked):
        return ""
    return session.scalar(select(Contract.public_id).where(Contract.public_id == asked)) or ""


@keys.get("/.well-known/jwks.json")
def key_set() -> Response:
    """Publish the keys by which Grafana looks at tokens (RFC 7517, section 5)."""
    with current_database().reading() as session:
        response = jsonify({"keys": list(published(session, utc_now()))})
    response.headers["Content-Type"] = "application/jwk-set+json"
    response.headers["Cache-Control"] = f"max-age={int(SET_HOLDS.total_seconds())}"
    return response
