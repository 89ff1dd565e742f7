"""A contract's reports: the list, and each file to look at or to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request

from api.archive import index
from api.archive.errors import ArchiveError
from api.config import Config
from api.db import current_database, read_session
from api.display.formats import Formats, clean
from api.models import AccessWay, Contract, Report, Role
from api.models.base import utc_now
from api.reports.cabinet import open_cabinet
from api.reports.handout import Asker, hand_out
from api.reports.period import named
from api.reports.store import MEDIA_TYPES, StoredReport, read_name
from api.routes.access import require_sign_in, visible_contract
from api.web.errors import status_error
from api.web.language import request_language
from api.web.signin import signed_in_user

blueprint = Blueprint("report", __name__)
blueprint.before_request(require_sign_in)

# A report's own style sheet is inside it. The sandbox keeps the document from running or reaching anything, whatever
# a device's name may hold.
_DOCUMENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"


@dataclass(frozen=True, slots=True)
class Line:
    """A report in a list.

    Attributes:
        report: its row.
        name: what it is about, in the language of the page.
        files: kind -> name of the file.
        is_newest: whether no later edition is there.
    """

    report: Report
    name: str
    files: dict[str, str]
    is_newest: bool


def lines_of(contract: Contract, reports: Sequence[Report], newest: Sequence[Report], formats: Formats) -> list[Line]:
    """Return reports as lists show them."""
    ids = {each.id for each in newest}
    return [
        Line(each, formats.text(named(each.period, each.ends_at).text), _files(contract, each), each.id in ids)
        for each in reports
    ]


def _files(contract: Contract, report: Report) -> dict[str, str]:
    stored = StoredReport(contract.public_id, report.period, "en" if report.lang == "en" else "ja", Path())
    return {kind: stored.name(kind) for kind in report.files}


@blueprint.get("/reports/<contract>/")
def listing(contract: str) -> str:
    """Show all reports of a contract, also earlier editions and those that were erased."""
    session, user, formats = read_session(), signed_in_user(), Formats(request_language())
    found = visible_contract(session, user, contract)
    reports, newest = index.editions(session, found.id), index.newest(session, found.id)
    config: Config = current_app.extensions["karte_config"]
    return render_template(
        "reports.html",
        contract=found,
        lines=lines_of(found, reports, newest, formats),
        is_staff=user.role is Role.STAFF,
        data_dir=config.data_dir,
        f=formats,
        clean=clean,
    )


@blueprint.get("/reports/<contract>/<name>")
def download(contract: str, name: str) -> Response:
    """Send a file of a report to staff and to the contract's own users; to all others it does not exist.

    `edition=N` asks for an earlier edition, `keep=1` for a file to be kept instead of shown.
    """
    session, user = read_session(), signed_in_user()
    found, asked = visible_contract(session, user, contract), read_name(name)
    edition = request.args.get("edition", type=int)
    if asked is None or asked.contract != found.public_id:
        raise status_error(404)
    report = index.find(session, found.id, asked.period, asked.lang, edition)
    if report is None or asked.kind not in report.files:
        raise status_error(404)
    content = sent_out(report, found.public_id, asked.kind, Asker(AccessWay.PORTAL, user.public_id))
    return file_response(content, asked.kind, name, keep="keep" in request.args)


def sent_out(report: Report, contract: str, kind: str, asker: Asker) -> bytes:
    """Return a file that is to be sent, once it is noted who gets it.

    Raises:
        ApiError: 503, the archive does not give it; the log says why.
    """
    config: Config = current_app.extensions["karte_config"]
    try:
        return hand_out(open_cabinet(config, current_database()), report, contract, kind, asker, utc_now())
    except ArchiveError as error:
        current_app.logger.error("report %s, %s: %s", report.public_id, kind, error)
        raise status_error(503) from None


def file_response(content: bytes, kind: str, name: str, *, keep: bool) -> Response:
    """Return a file as an answer.

    Args:
        content: of the file.
        kind: see `MEDIA_TYPES`.
        name: under which it is kept.
        keep: whether the browser keeps it instead of showing it.
    """
    response = Response(content, mimetype=MEDIA_TYPES[kind])
    response.headers.set("Content-Disposition", "attachment" if keep else "inline", filename=name)
    response.headers["Cache-Control"] = "no-store"
    if kind == "html":
        response.headers["Content-Security-Policy"] = _DOCUMENT_POLICY
    return response
