"""What was read from a printer, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.probe.snmp import Table, Value

_EMPTY = Table()


@dataclass(frozen=True, slots=True)
class RawPrinter:
    """Answers of one device.

    Attributes:
        address: what was asked, for a device that tells nothing better to call it by.
        objects: standard objects by the MIB's name.
        extra: makers' own objects, as `Maker.objects` names them.
        supplies: prtMarkerSuppliesTable, by hrDeviceIndex and prtMarkerSuppliesIndex.
        colorants: prtMarkerColorantTable.
        trays: prtInputTable.
        alerts: prtAlertTable.
        interfaces: ifPhysAddress, read only where there is no serial number.
        partial: for a person, what could not be read to its end.
    """

    address: str
    objects: Mapping[str, Value]
    extra: Mapping[str, Value] = field(default_factory=dict)
    supplies: Table = _EMPTY
    colorants: Table = _EMPTY
    trays: Table = _EMPTY
    alerts: Table = _EMPTY
    interfaces: Table = _EMPTY
    partial: tuple[str, ...] = ()
