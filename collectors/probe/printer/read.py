"""Asking a printer: which objects, in how few questions, and what to do when it stops answering."""

from collections.abc import Mapping

from collectors.probe.printer import mib
from collectors.probe.printer.build import to_printer
from collectors.probe.printer.identity import makers_of, serial_of
from collectors.probe.printer.model import Printer
from collectors.probe.printer.raw import RawPrinter
from collectors.probe.snmp import NoAnswer, NotThisKind, Oid, SnmpError, SnmpSession, Table, Value
from collectors.probe.target import DEFAULT_PORT, ProbeTarget
from collectors.text import Text

_FIRST = 1


async def read_printer(session: SnmpSession) -> Printer:
    """Read one printer.

    A printer that stops answering after its first words gives what was read until then, with `Printer.partial` set.

    Raises:
        NotThisKind: it has nothing of the Printer-MIB.
        SnmpError: it did not answer at all.
    """
    return to_printer(await read_raw(session))


async def read_raw(session: SnmpSession) -> RawPrinter:
    """Read one printer's answers; see `read_printer`."""
    objects = await _objects(session)
    reader = _Reader(session)
    supplies = await reader.walk("supplies", mib.SUPPLIES, expect_rows=6)
    if not supplies.rows and not _printer_objects(objects) and not reader.partial:
        raise NotThisKind(
            Text(
                f"{session.target.label} はSNMPに応答しますが、Printer-MIB がありません。"
                "karte probe device を試してください",
                f"{session.target.label} answers SNMP but has no Printer-MIB; try: karte probe device",
            )
        )
    trays = await reader.walk("trays", mib.TRAYS, expect_rows=4)
    alerts = await reader.walk("alerts", mib.ALERTS, expect_rows=1)
    colorants = Table()
    if any(row.get("prtMarkerSuppliesColorantIndex") for row in supplies.rows.values()):
        colorants = await reader.walk("colorants", mib.COLORANTS, expect_rows=4)
    without_serial = not serial_of(objects, {})
    extra: dict[str, Value] = {}
    for maker in makers_of(objects):
        # The maker on the label comes first; what it told is not replaced by its firmware's maker.
        extra = {**await reader.get(f"{maker.maker} objects", maker.objects(with_serial=without_serial)), **extra}
    interfaces = Table()
    if not serial_of(objects, extra):
        interfaces = await reader.walk("interfaces", mib.PHYSICAL_ADDRESSES, expect_rows=2)
        if not interfaces.rows:
            objects = {**objects, **await reader.get("engine ID", {"snmpEngineID": mib.ENGINE_ID})}
    return RawPrinter(
        address=_address(session.target),
        objects=objects,
        extra=extra,
        supplies=supplies,
        colorants=colorants,
        trays=trays,
        alerts=alerts,
        interfaces=interfaces,
        partial=tuple(reader.partial),
    )


def _address(target: ProbeTarget) -> str:
    return target.host if target.port == DEFAULT_PORT else target.address


def _printer_objects(objects: Mapping[str, Value]) -> bool:
    return any(name.startswith(("prt", "hrPrinter")) for name in objects)


async def _objects(session: SnmpSession) -> dict[str, Value]:
    """Read the objects that stand alone. A printer is nearly always hrDeviceIndex 1; where it is not, find it."""
    objects = await session.get(_instances(_FIRST, _FIRST))
    if not _printer_objects(objects):
        columns = {name: column for name, column in mib.PER_DEVICE.items() if name.startswith(("prt", "hrPrinter"))}
        found = await session.walk(columns, expect_rows=1)
        if found.rows:
            objects = await session.get(_instances(next(iter(found.rows))[0], _FIRST))
    localization = objects.get("prtGeneralCurrentLocalization")
    if "prtLocalizationCharacterSet" not in objects and isinstance(localization, int) and localization > _FIRST:
        charset = {"prtLocalizationCharacterSet": (*mib.CHARACTER_SET, _FIRST, localization)}
        objects = {**objects, **await session.get(charset)}
    return objects


def _instances(device: int, localization: int) -> dict[str, Oid]:
    return {
        **mib.SYSTEM,
        **{name: (*column, device) for name, column in mib.PER_DEVICE.items()},
        **{name: (*column, device, _FIRST) for name, column in mib.PER_MARKER.items()},
        "prtLocalizationCharacterSet": (*mib.CHARACTER_SET, device, localization),
    }


class _Reader:
    """Reads on after a failure, but asks a device that fell silent nothing more: every question costs its time limit.

    Attributes:
        partial: for a person, what could not be read to its end.
    """

    def __init__(self, session: SnmpSession) -> None:
        self._session = session
        self._silent = False
        self.partial: list[str] = []

    async def walk(self, what: str, columns: Mapping[str, Oid], expect_rows: int) -> Table:
        if self._silent:
            return Table()
        try:
            table = await self._session.walk(columns, expect_rows=expect_rows)
        except SnmpError as error:
            self._note(what, error)
            return Table()
        if table.partial:
            self.partial.append(f"{what}: {table.partial}")
            self._silent = isinstance(table.cause, NoAnswer)
        return table

    async def get(self, what: str, objects: Mapping[str, Oid]) -> dict[str, Value]:
        if self._silent or not objects:
            return {}
        try:
            return await self._session.get(objects)
        except SnmpError as error:
            self._note(what, error)
            return {}

    def _note(self, what: str, error: SnmpError) -> None:
        self.partial.append(f"{what}: {error}")
        self._silent = isinstance(error, NoAnswer)
