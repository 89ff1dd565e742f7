"""The newest values of everything under a contract."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.readings.device import DEVICE_SOURCES, DeviceReading, to_device
from api.readings.printer import PRINTER_SOURCES, PrinterReading, to_printers
from api.readings.reader import PART_GONE_AFTER, Reader, Row

Answers = Mapping[str, Sequence[Row]]
"""Measurement -> the newest row of each of its series."""


@dataclass(frozen=True, slots=True)
class ContractReading:
    """What was last measured under a contract.

    Attributes:
        devices: public id -> reading, of every device that sent anything.
        printers: by name.
    """

    devices: dict[str, DeviceReading]
    printers: tuple[PrinterReading, ...]


def read_contract(reader: Reader) -> ContractReading:
    """Return the newest values within the reader's window; one query for each measurement.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    return to_reading({source.measurement: reader.latest(source) for source in (*DEVICE_SOURCES, *PRINTER_SOURCES)})


def to_reading(answers: Answers) -> ContractReading:
    """Return the readings of all devices and printers."""
    by_device: defaultdict[str, dict[str, list[Row]]] = defaultdict(dict)
    for measurement, rows in answers.items():
        for row in rows:
            if "device" in row.tags:
                by_device[row.tags["device"]].setdefault(measurement, []).append(row)
    devices = {device: _device(device, rows) for device, rows in sorted(by_device.items())}
    return ContractReading(devices, to_printers(answers))


def _device(device: str, rows: Answers) -> DeviceReading:
    last_seen: datetime = max(row.time for each in rows.values() for row in each)
    current = {
        measurement: [row for row in each if last_seen - row.time < PART_GONE_AFTER]
        for measurement, each in rows.items()
    }
    return to_device(device, last_seen, current)
