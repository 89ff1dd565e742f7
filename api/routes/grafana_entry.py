"""`/grafana`: from here into Grafana without a second password; `/.well-known/jwks.json`: by what Grafana sees that."""

from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.urls import iri_to_uri

from api.channels.vault import vault_of
from api.config import Config
from api.db import current_database
from api.identity.grafana_pass import RIPE_AFTER, SET_HOLDS, enter, fill, may_enter, published
from api.models import User
from api.models.base import utc_now
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


@keys.get("/.well-known/jwks.json")
def key_set() -> Response:
    """Publish the keys by which Grafana looks at tokens (RFC 7517, section 5)."""
    with current_database().reading() as session:
        response = jsonify({"keys": list(published(session, utc_now()))})
    response.headers["Content-Type"] = "application/jwk-set+json"
    response.headers["Cache-Control"] = f"max-age={int(SET_HOLDS.total_seconds())}"
    return response
