"""Downloading finished reports."""

from flask import Blueprint, Response, current_app, send_file

from api.config import Config
from api.db import read_session
from api.reports.store import find_file
from api.routes.access import require_sign_in, visible_contract
from api.web.errors import status_error
from api.web.signin import signed_in_user

blueprint = Blueprint("report", __name__)
blueprint.before_request(require_sign_in)

_TYPES = {".pdf": "application/pdf", ".html": "text/html", ".json": "application/json"}

# A report's own style sheet is inside it. The sandbox keeps the document from running or reaching anything, whatever
# a device's name may hold.
_DOCUMENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"


@blueprint.get("/reports/<contract>/<name>")
def download(contract: str, name: str) -> Response:
    """Send a file of a report to staff and to the contract's own users; to all others it does not exist."""
    visible_contract(read_session(), signed_in_user(), contract)
    config: Config = current_app.extensions["karte_config"]
    path = find_file(config.report_dir, contract, name)
    if path is None:
        raise status_error(404)
    response = send_file(path.absolute(), mimetype=_TYPES[path.suffix], download_name=path.name, max_age=0)
    if path.suffix == ".html":
        response.headers["Content-Security-Policy"] = _DOCUMENT_POLICY
    return response
