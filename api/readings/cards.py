"""Devices and printers of a contract with what their newest values mean, the most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.influx.engine import Engine
from api.models import Device, DeviceKind
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

_LOOK_BACK = timedelta(days=35)
"""How long a device may be silent and still be said to be silent since when."""

_CLOCK_SKEW = timedelta(minutes=10)
"""Points may be dated a little ahead; they are shown all the same."""


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """A device on a page."""

    device: Device
    reading: DeviceReading | None
    condition: Condition

    @property
    def is_current(self) -> bool:
        """Whether its values may be shown as of now."""
        return self.reading is not None and self.condition.health is not Health.SILENT


@dataclass(frozen=True, slots=True)
class PrinterCard:
    """A printer on a page."""

    reading: PrinterReading
    condition: Condition

    @property
    def is_current(self) -> bool:
        """Whether its values may be shown as of now."""
        return self.condition.health is not Health.SILENT


def reader_now(engine: Engine, database: str, contract: str, now: datetime) -> Reader:
    """Return what reads the newest values of a contract."""
    return Reader(engine, database, Scope(contract, Window(now - _LOOK_BACK, now + _CLOCK_SKEW)))


def read_now(engine: Engine, database: str, contract: str, now: datetime) -> ContractReading:
    """Return the newest values of a contract.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    return read_contract(reader_now(engine, database, contract, now))


def device_cards(devices: Iterable[Device], known: ContractReading, now: datetime) -> list[DeviceCard]:
    """Return devices with how they stand."""
    cards = [_device_card(device, known.devices.get(device.public_id), now) for device in devices]
    return sorted(cards, key=lambda card: (URGENCY.index(card.condition.health), card.device.hostname))


def printer_cards(known: ContractReading, now: datetime) -> list[PrinterCard]:
    """Return printers with how they stand."""
    cards = [PrinterCard(each, printer_condition(each, now, PRINTER_SILENT_ON_PAGE)) for each in known.printers]
    return sorted(cards, key=lambda card: (URGENCY.index(card.condition.health), card.reading.name))


def _device_card(device: Device, reading: DeviceReading | None, now: datetime) -> DeviceCard:
    judge = sender_condition if device.kind is DeviceKind.PROBE else device_condition
    return DeviceCard(device, reading, judge(reading, now, SILENT_ON_PAGE))
