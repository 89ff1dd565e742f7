"""Consumables of a contract's printers with days left, and what else runs out."""

from dataclasses import dataclass
from datetime import date, datetime

from api.analysis.days import days_from
from api.analysis.printers import supply_of
from api.analysis.tables import tables
from api.analysis.tree import SupplyDiagnosis
from api.models import Contract
from api.models.base import utc_now
from api.portal.frame import contract_page, shown_contract
from api.portal.room import customer_room
from api.readings.cards import PrinterCard, printer_cards
from api.readings.contract import ContractReading
from api.readings.outlook import Forecast
from api.readings.printer import Supply
from api.routes.measured import newest_forecasts, newest_values
from collectors.text import Text

blueprint = customer_room("consumables", __name__)

_KINDS = {
    "disk_full": Text("ディスクの空き", "room on the disk"),
    "battery_worn": Text("バッテリー", "battery"),
    "ssd_worn": Text("SSDの書き込み寿命", "endurance of the SSD"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A supply on the page."""

    supply: Supply
    outlook: SupplyDiagnosis

    @property
    def order_by(self) -> date | None:
        """By which day to order; None where that cannot be told."""
        return self.outlook.order_by


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer with its supplies, the one that runs out first before the others."""

    card: PrinterCard
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Wearing:
    """Something of a device that runs out.

    Attributes:
        kind: what.
        device: name of the device.
        part: which part of it.
        left: days left.
        low: the same at the earliest; None if not known.
        high: the same at the latest; None where there is no limit.
    """

    kind: Text
    device: str
    part: str
    left: float
    low: float | None
    high: float | None


@blueprint.get("/<contract_id>/consumables")
def listing(contract_id: str) -> str:
    """Show how long supplies last."""
    _session, contract = shown_contract(contract_id)
    now = utc_now()
    reading, forecasts = newest_values(contract.public_id, now), newest_forecasts(contract.public_id, now)
    cards = printer_cards(reading or ContractReading({}, ()), now)
    return contract_page(
        "portal/consumables.html",
        "portal_consumables.listing",
        contract,
        readable=reading is not None and forecasts is not None,
        printers=[_printer(card, forecasts or (), now) for card in cards],
        wearing=_wearing(contract, forecasts or (), now),
    )


def _printer(card: PrinterCard, forecasts: tuple[Forecast, ...], now: datetime) -> Printer:
    mine = {each.part: each for each in forecasts if each.kind == "supply_empty" and each.subject == card.reading.asset}
    plan = tables().plan
    lines = [Line(each, supply_of(each, None, mine.get(each.index), now, plan)) for each in card.reading.supplies]
    return Printer(card, tuple(sorted(lines, key=lambda line: (line.order_by or date.max, line.supply.index))))


def _wearing(contract: Contract, forecasts: tuple[Forecast, ...], now: datetime) -> list[Wearing]:
    names = {each.public_id: each.hostname for each in contract.devices if each.revoked_at is None}
    found = []
    for each in forecasts:
        if each.kind in _KINDS and each.is_sure and each.subject in names:
            left, low, high = days_from(each, now)
            if left is not None:
                found.append(Wearing(_KINDS[each.kind], names[each.subject], each.part, left, low, high))
    return sorted(found, key=lambda wearing: wearing.left)
