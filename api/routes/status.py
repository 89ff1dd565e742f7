"""The first page: how a contract's devices and printers are at this moment."""

from collections import Counter
from datetime import UTC, datetime

from flask import Blueprint, current_app, render_template, request

from api.archive.index import newest
from api.audit.access import note_read
from api.config import Config
from api.db import read_session
from api.display import charts, words
from api.display.formats import Formats, clean
from api.identity.accounts import contracts_of
from api.models import Contract, Role
from api.models.base import service_day
from api.readings.cards import device_cards, printer_cards
from api.readings.contract import ContractReading
from api.routes.access import require_sign_in, visible_contract
from api.routes.measured import newest_values
from api.routes.report import lines_of
from api.web.language import request_language
from api.web.signin import signed_in_user

blueprint = Blueprint("status", __name__)
blueprint.before_request(require_sign_in)


@blueprint.get("/")
def index() -> str:
    """Show one contract: the one that is asked for, a customer's own, or the first of all."""
    session, user = read_session(), signed_in_user()
    asked = request.args.get("contract")
    contracts = list(session.scalars(contracts_of(user)))
    contract = visible_contract(session, user, asked) if asked else next(iter(contracts), None)
    if contract is not None:
        note_read(contract.public_id)
    config: Config = current_app.extensions["karte_config"]
    formats = Formats(request_language())
    return render_template(
        "status.html",
        contracts=contracts,
        contract=contract,
        is_staff=user.role is Role.STAFF,
        grafana_url=config.grafana_url,
        data_dir=config.data_dir,
        f=formats,
        words=words,
        bar=charts.bar,
        clean=clean,
        **(_content(contract, datetime.now(UTC), formats) if contract else {}),
    )


def _content(contract: Contract, now: datetime, formats: Formats) -> dict[str, object]:
    reading = newest_values(contract.public_id, now)
    known = reading or ContractReading({}, ())
    enrolled = [device for device in contract.devices if device.revoked_at is None]
    devices, printers = device_cards(enrolled, known, now), printer_cards(known, now)
    reports = newest(read_session(), contract.id)
    return {
        "now": now,
        "readable": reading is not None,
        "targets": sum(1 for device in enrolled if device.kind.is_target),
        "quota": contract.device_quota(service_day(now)),
        "devices": devices,
        "printers": printers,
        "counts": Counter(
            [*(card.condition.health for card in devices), *(card.condition.health for card in printers)]
        ),
        "reports": lines_of(contract, reports, reports, formats),
    }
