"""The kinds of devices that the probe reads, in the order in which it tries them."""

from typing import Final

from collectors.probe.printer.points import to_points
from collectors.probe.printer.read import read_printer
from collectors.probe.reading import DeviceReader, DeviceReading
from collectors.probe.snmp import NotThisKind, SnmpSession


async def printer(session: SnmpSession) -> DeviceReading:
    """Read a printer; see `DeviceReader`."""
    found = await read_printer(session)
    return DeviceReading("printer", found.identity.asset, tuple(to_points(found)), found.partial)


KINDS: Final[tuple[DeviceReader, ...]] = (printer,)


async def read_device(session: SnmpSession) -> DeviceReading:
    """Read a device by the first kind that knows it.

    Raises:
        NotThisKind: no kind knows it.
        SnmpError: it could not be read.
    """
    for reader in KINDS:
        try:
            return await reader(session)
        except NotThisKind:
            continue
    raise NotThisKind(f"{session.target.label} answers SNMP but is of no kind that is known")
