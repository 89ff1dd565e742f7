import asyncio

import pytest

from collectors.probe.client import Client
from collectors.probe.snmp import Counter32, ObjectIdentifier, Table, TimeTicks, Value, oid
from collectors.probe.target import ProbeTarget, SnmpVersion
from tests.collectors.probe.conftest import Snmpsim

SUPPLY = "1.3.6.1.2.1.43.11.1.1"
OBJECTS = {
    "descr": oid("1.3.6.1.2.1.1.1.0"),
    "id": oid("1.3.6.1.2.1.1.2.0"),
    "uptime": oid("1.3.6.1.2.1.1.3.0"),
    "pages": oid("1.3.6.1.2.1.43.10.2.1.4.1.1"),
    "absent": oid("1.3.6.1.2.1.1.99.0"),
}


async def _read(target: ProbeTarget) -> tuple[dict[str, Value], Table]:
    async with Client() as client:
        session = await client.session(target)
        columns = {str(number): oid(f"{SUPPLY}.{number}") for number in (4, 5, 6, 9)}
        return await session.get(OBJECTS), await session.walk(columns)


@pytest.mark.parametrize(
    ("version", "encrypt"),
    [(SnmpVersion.V1, False), (SnmpVersion.V2C, False), (SnmpVersion.V3, True), (SnmpVersion.V3, False)],
)
def test_it_reads_typed_values_and_rows_in_every_version(snmpsim: Snmpsim, version: SnmpVersion, encrypt: bool) -> None:
    objects, table = asyncio.run(_read(snmpsim.target("mfp_color", version, encrypt)))
    assert objects["descr"] == b"RICOH IM C2500 1.05 / RICOH Network Printer C model / RICOH Network Scanner C model"
    assert objects["id"] == ObjectIdentifier((1, 3, 6, 1, 4, 1, 367, 1, 1))
    assert type(objects["uptime"]) is TimeTicks
    assert type(objects["pages"]) is Counter32
    assert "absent" not in objects
    assert table.partial == ""
    assert list(table.rows) == [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5)]
    assert table.rows[1, 5] == {"4": 4, "5": 4, "6": "廃トナーボトル".encode(), "9": 100}
