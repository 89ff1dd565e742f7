"""Asking a device: first what it is, then what its kind and maker have to tell; nothing else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from collectors.probe.device import mib
from collectors.probe.device.identify import (
    UNKNOWN,
    Evidence,
    Identification,
    columns_to_ask,
    deciding,
    identify,
    objects_to_ask,
)
from collectors.probe.device.raw import RawDevice, TableKey, table_key
from collectors.probe.device.schema import Read, Rules
from collectors.probe.device.schema import Table as RuleTable
from collectors.probe.snmp import NoAnswer, Oid, SnmpError, SnmpSession, Table, Value, oid
from collectors.probe.target import DEFAULT_PORT, ProbeTarget

_MAX_ROWS: Final = 4096
_COLUMNS_AT_A_TIME: Final = 8


async def ask_what_it_is(session: SnmpSession) -> Identification:
    """Ask what tells kinds and makers apart; what decides whatever else the device tells is asked first.

    Raises:
        SnmpError: the device did not answer at all.
    """
    reader = _Reader(session)
    objects = await session.get(_oids(mib.SYSTEM))
    columns = await _present(reader, columns_to_ask(deciding()))
    if identify(Evidence(objects, columns), deciding()).kind == UNKNOWN:
        objects = {**objects, **await reader.get("identification", _oids(objects_to_ask()))}
        columns |= await _present(reader, [each for each in columns_to_ask() if each not in columns])
    return replace(identify(Evidence(objects, columns)), certain=not reader.cut_short)


async def _present(reader: "_Reader", columns: Sequence[str]) -> set[str]:
    """Return those columns that have rows: one row tells, and the first answer has one of each column."""
    found: set[str] = set()
    for start in range(0, len(columns), _COLUMNS_AT_A_TIME):
        asked = _oids(columns[start : start + _COLUMNS_AT_A_TIME])
        table = await reader.walk("identification", asked, expect_rows=1, max_rows=1)
        found.update(name for row in table.rows.values() for name in row)
    return found


@dataclass(slots=True)
class Remembered:
    """What need not be asked of a device again.

    Attributes:
        absent_objects: single objects that it does not have, by dotted OID.
        absent_tables: tables without rows.
        static: tables that do not change.
    """

    absent_objects: set[str] = field(default_factory=set)
    absent_tables: set[TableKey] = field(default_factory=set)
    static: dict[TableKey, Table] = field(default_factory=dict)


async def read_raw(session: SnmpSession, known: Identification, memory: Remembered) -> RawDevice:
    """Read what the files of a device name.

    A device that stops answering after its first words gives what was read until then, with `RawDevice.partial` set.

    Args:
        session: the device.
        known: what it is.
        memory: what was found before; what is found missing is added, unless the reading was cut short.

    Raises:
        SnmpError: it did not answer at all.
    """
    wanted = [each for each in objects_of(known.files) if each not in memory.absent_objects]
    objects = await session.get(_oids(wanted))
    reader = _Reader(session)
    interfaces = await reader.built_in("interfaces", known, mib.INTERFACES, memory, expect_rows=8)
    poe = await reader.built_in("poe", known, mib.POE_PORTS, memory, expect_rows=1)
    storage = await reader.built_in("host_storage", known, mib.STORAGE, memory, expect_rows=12)
    tables = await _tables(reader, known, memory)
    if not reader.partial:
        memory.absent_objects.update(each for each in wanted if each not in objects and each not in mib.SYSTEM)
    return RawDevice(
        address=address(session.target),
        objects=objects,
        tables=tables,
        interfaces=interfaces,
        poe=poe,
        storage=storage,
        partial=tuple(reader.partial),
    )


async def _tables(reader: "_Reader", known: Identification, memory: Remembered) -> dict[TableKey, Table]:
    tables: dict[TableKey, Table] = dict(memory.static)
    for rules_id, table, columns, static in _wanted_tables(known):
        key = table_key(columns)
        if key in tables or key in memory.absent_tables:
            continue
        oids = {name: oid(text) for name, text in columns.items()}
        tables[key] = await reader.walk(rules_id, oids, expect_rows=table.expect_rows)
        if reader.partial:
            continue
        if tables[key].rows and static:
            memory.static[key] = tables[key]
        elif not tables[key].rows and not table.transient:
            memory.absent_tables.add(key)
    return tables


def _wanted_tables(known: Identification) -> Iterator[tuple[str, RuleTable, Mapping[str, str], bool]]:
    """Return file, table, columns, and whether they are read once, of the tables that files name and join."""
    for rules in known.files:
        for table in rules.tables:
            yield rules.id, table, table.columns, table.static
            for join in table.join:
                yield rules.id, table, join.columns, True


def objects_of(files: Collection[Rules]) -> tuple[str, ...]:
    """Return the single objects that files read, with those read of every device."""
    found: dict[str, None] = dict.fromkeys(mib.SYSTEM)
    for rules in files:
        parts = [*rules.values, *rules.sensors, *rules.disks, *(p for t in rules.tables for p in _parts(t))]
        for part in parts:
            for read in (part, *(getattr(part, name) for name in part.__struct_fields__)):
                if isinstance(read, Read) and read.oid:
                    found.setdefault(read.oid)
    return tuple(found)


def _parts(table: object) -> list[Read]:
    groups = ("values", "sensors", "volumes", "disks", "raids")
    return [part for group in groups for part in getattr(table, group)]


def address(target: ProbeTarget) -> str:
    """Return what was asked, without the port where it is the usual one."""
    return target.host if target.port == DEFAULT_PORT else target.address


def _oids(texts: Collection[str]) -> dict[str, Oid]:
    return {each: oid(each) for each in texts}


class _Reader:
    """Reads on after a failure, but asks a device that fell silent nothing more: every question costs its time limit.

    Attributes:
        partial: for a person, what could not be read to its end.
        cut_short: whether that was for an error, so that another time may bring more.
    """

    def __init__(self, session: SnmpSession) -> None:
        self._session = session
        self._silent = False
        self.cut_short = False
        self.partial: list[str] = []

    async def built_in(
        self, name: str, known: Identification, columns: Mapping[str, Oid], memory: Remembered, expect_rows: int
    ) -> Table:
        key = frozenset((column, "") for column in columns)
        if name not in known.built_in or key in memory.absent_tables:
            return Table()
        table = await self.walk(name, columns, expect_rows)
        if not table.rows and not self.partial:
            memory.absent_tables.add(key)
        return table

    async def walk(self, what: str, columns: Mapping[str, Oid], expect_rows: int, max_rows: int = _MAX_ROWS) -> Table:
        if self._silent or not columns:
            return Table()
        try:
            table = await self._session.walk(columns, expect_rows=expect_rows, max_rows=max_rows)
        except SnmpError as error:
            self._note(what, error)
            return Table()
        if table.partial:
            self.partial.append(f"{what}: {table.partial}")
            self._silent = isinstance(table.cause, NoAnswer)
            self.cut_short |= table.cause is not None
        return table

    async def get(self, what: str, objects: Mapping[str, Oid]) -> dict[str, Value]:
        if self._silent:
            return {}
        try:
            return await self._session.get(objects)
        except SnmpError as error:
            self._note(what, error)
            return {}

    def _note(self, what: str, error: SnmpError) -> None:
        self.partial.append(f"{what}: {error}")
        self._silent = isinstance(error, NoAnswer)
        self.cut_short = True
