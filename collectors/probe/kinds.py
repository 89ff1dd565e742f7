"""Printers as a kind of device among others."""

from collectors.probe.printer.points import to_points
from collectors.probe.printer.read import read_printer
from collectors.probe.reading import DeviceReading
from collectors.probe.snmp import SnmpSession


async def printer(session: SnmpSession) -> DeviceReading:
    """Read a printer; see `DeviceReader`.

    Raises:
        NotThisKind: it has nothing of the Printer-MIB.
        SnmpError: it could not be read.
    """
    found = await read_printer(session)
    return DeviceReading("printer", found.identity.asset, tuple(to_points(found)), found.partial)
