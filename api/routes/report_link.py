"""The link in a mail by which a report is opened without signing in."""

from flask import Blueprint, Response, current_app
from sqlalchemy import select

from api.config import Config
from api.db import read_session
from api.models import AccessWay, Channel, Contract, Report
from api.reports.delivery.links import REPORT_LINKS
from api.reports.handout import Asker
from api.reports.store import StoredReport
from api.routes.report import file_response, sent_out
from api.web import limits
from api.web.errors import ApiError, status_error
from collectors.text import Text

blueprint = Blueprint("report_link", __name__)


@blueprint.get("/reports/link/<signed>")
@limits.limiter.limit("30 per minute")
def opened(signed: str) -> Response:
    """Send the PDF that a link names; it is noted which channel's link it was."""
    config: Config = current_app.extensions["karte_config"]
    linked = REPORT_LINKS.read(config.secret_key, signed)
    if linked is None:
        raise ApiError(
            404,
            "link_expired",
            Text(
                "このリンクは使えません。期限（31日）が切れています。ログインすると開けます。",
                "This link does not work any more: it holds for 31 days. Sign in to open the report.",
            ),
        )
    row = (
        read_session()
        .execute(
            select(Report, Contract)
            .join(Contract, Contract.id == Report.contract_id)
            .join(Channel, Channel.contract_id == Contract.id)
            .where(
                Report.public_id == linked.subject,
                Report.removed_at.is_(None),
                # A link ends with the channel that it was sent to.
                Channel.public_id == linked.channel,
                Channel.enabled.is_(True),
            )
        )
        .first()
    )
    if row is None:
        raise status_error(404)
    report, contract = row
    content = sent_out(report, contract.public_id, "pdf", Asker(AccessWay.LINK, linked.channel))
    stored = StoredReport(contract.public_id, report.period, "en" if report.lang == "en" else "ja", config.report_dir)
    return file_response(content, "pdf", stored.name("pdf"), keep=False)
