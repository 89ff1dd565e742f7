"""The first page: how a contract's devices and printers are at this moment."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, current_app, render_template, request

from api.archive.index import newest
from api.audit.access import note_read
from api.config import Config
from api.db import read_session
from api.display import charts, words
from api.display.formats import Formats, clean
from api.identity.accounts import contracts_of
from api.influx.engine import Engine, EngineError
from api.models import Contract, Device, DeviceKind, Role
from api.models.base import service_day
from api.readings.condition import (
    PRINTER_SILENT_ON_PAGE,
    SILENT_ON_PAGE,
    URGENCY,
    Condition,
    Health,
    device_condition,
    printer_condition,
    sender_condition,
)
from api.readings.contract import ContractReading, read_contract
from api.readings.device import DeviceReading
from api.readings.printer import PrinterReading
from api.readings.reader import Reader
from api.readings.scope import Scope, Window
from api.routes.access import require_sign_in, visible_contract
from api.routes.report import lines_of
from api.web.language import request_language
from api.web.signin import signed_in_user

blueprint = Blueprint("status", __name__)
blueprint.before_request(require_sign_in)

_LOOK_BACK = timedelta(days=35)
"""How long a device may be silent and still be said to be silent since when."""

_CLOCK_SKEW = timedelta(minutes=10)
"""Points may be dated a little ahead; they are shown all the same."""


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """A device on the page."""

    device: Device
    reading: DeviceReading | None
    condition: Condition

    @property
    def is_current(self) -> bool:
        """Whether its values may be shown as of now."""
        return self.reading is not None and self.condition.health is not Health.SILENT


@dataclass(frozen=True, slots=True)
class PrinterCard:
    """A printer on the page."""

    reading: PrinterReading
    condition: Condition

    @property
    def is_current(self) -> bool:
        """Whether its values may be shown as of now."""
        return self.condition.health is not Health.SILENT


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
        **(_content(contract, config, datetime.now(UTC), formats) if contract else {}),
    )


def _content(contract: Contract, config: Config, now: datetime, formats: Formats) -> dict[str, object]:
    reading = _read(contract, config, now)
    known = reading or ContractReading({}, ())
    enrolled = [device for device in contract.devices if device.revoked_at is None]
    devices = [_device_card(device, known.devices.get(device.public_id), now) for device in enrolled]
    printers = [
        PrinterCard(printer, printer_condition(printer, now, PRINTER_SILENT_ON_PAGE)) for printer in known.printers
    ]
    reports = newest(read_session(), contract.id)
    return {
        "now": now,
        "readable": reading is not None,
        "targets": sum(1 for device in enrolled if device.kind.is_target),
        "quota": contract.device_quota(service_day(now)),
        "devices": sorted(devices, key=lambda card: (URGENCY.index(card.condition.health), card.device.hostname)),
        "printers": sorted(printers, key=lambda card: (URGENCY.index(card.condition.health), card.reading.name)),
        "counts": Counter(
            [*(card.condition.health for card in devices), *(card.condition.health for card in printers)]
        ),
        "reports": lines_of(contract, reports, reports, formats),
    }


def _read(contract: Contract, config: Config, now: datetime) -> ContractReading | None:
    """Return the newest values, or None where the engine does not answer: the rest of the page still helps then."""
    engine: Engine = current_app.extensions["karte_engine"]
    window = Window(now - _LOOK_BACK, now + _CLOCK_SKEW)
    try:
        return read_contract(Reader(engine, config.influx_database, Scope(contract.public_id, window)))
    except EngineError as error:
        current_app.logger.error("reading the values of %s: %s", contract.public_id, error)
        return None


def _device_card(device: Device, reading: DeviceReading | None, now: datetime) -> DeviceCard:
    judge = sender_condition if device.kind is DeviceKind.PROBE else device_condition
    return DeviceCard(device, reading, judge(reading, now, SILENT_ON_PAGE))
