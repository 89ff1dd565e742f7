"""What was read from a device, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.probe.device.schema import OidText
from collectors.probe.snmp import Table, Value

TableKey = frozenset[tuple[str, OidText]]
"""Names and OIDs of the columns that were read together."""

_EMPTY = Table()


def table_key(columns: Mapping[str, OidText]) -> TableKey:
    """Return under which key a table of these columns is kept."""
    return frozenset(columns.items())


@dataclass(frozen=True, slots=True)
class RawDevice:
    """Answers of one device.

    Attributes:
        address: what was asked, for a device that tells nothing better to call it by.
        objects: single objects by dotted OID.
        tables: tables that kinds and standards name.
        interfaces: `mib.INTERFACES`.
        poe: `mib.POE_PORTS`.
        storage: `mib.STORAGE`.
        partial: for a person, what could not be read to its end.
    """

    address: str
    objects: Mapping[str, Value]
    tables: Mapping[TableKey, Table] = field(default_factory=dict)
    interfaces: Table = _EMPTY
    poe: Table = _EMPTY
    storage: Table = _EMPTY
    partial: tuple[str, ...] = ()

    def table(self, columns: Mapping[str, OidText]) -> Table:
        """Return the table of these columns; empty if it was not read."""
        return self.tables.get(table_key(columns), _EMPTY)
