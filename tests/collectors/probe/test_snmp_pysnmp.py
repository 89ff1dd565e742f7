"""SNMP version 3: what the command line tests do not show."""

import asyncio
import dataclasses

import pytest

from collectors.probe.client import Client
from collectors.probe.snmp import NoAnswer, SnmpError, Value, oid
from collectors.probe.target import ProbeTarget, SnmpVersion, V3Credentials
from tests.collectors.probe.conftest import Snmpsim

OBJECT = {"descr": oid("1.3.6.1.2.1.1.1.0")}


async def get(client: Client, target: ProbeTarget) -> dict[str, Value]:
    return await (await client.session(target)).get(OBJECT)


def test_it_keeps_credentials_of_devices_apart_that_share_a_user_name(snmpsim: Snmpsim) -> None:
    right = snmpsim.target("mfp_color", SnmpVersion.V3)
    assert right.v3
    wrong = dataclasses.replace(right, v3=dataclasses.replace(right.v3, auth_key="a wrong pass phrase"), retries=0)

    async def run() -> list[dict[str, Value] | BaseException]:
        async with Client() as client:
            targets = [right, wrong, right, wrong]
            return await asyncio.gather(*(get(client, each) for each in targets), return_exceptions=True)

    answers = asyncio.run(run())
    assert [isinstance(each, SnmpError) for each in answers] == [False, True, False, True]


def test_it_reads_many_devices_over_one_engine(snmpsim: Snmpsim) -> None:
    targets = [snmpsim.target(walk, SnmpVersion.V3) for walk in ("mfp_color", "mfp_shift_jis")] * 10

    async def run() -> list[dict[str, Value]]:
        async with Client() as client:
            found = await asyncio.gather(*(get(client, each) for each in targets))
            assert client._engines is not None
            assert len(client._engines._engines) == 1
            return found

    assert {each["descr"] for each in asyncio.run(run())} == {
        b"Canon iR-ADV C3530 /P",
        b"RICOH IM C2500 1.05 / RICOH Network Printer C model / RICOH Network Scanner C model",
    }


class _Garbage(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, _data: bytes, source: tuple[str, int]) -> None:
        for garbage in (b"\x00", b"\xff" * 60, b"\x30\x82\xff\xff", b"\x30\x03\x02\x01\x03"):
            self.transport.sendto(garbage, source)  # type: ignore[attr-defined]


def test_it_survives_garbage(capfd: pytest.CaptureFixture[str]) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        transport, _protocol = await loop.create_datagram_endpoint(_Garbage, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        credentials = V3Credentials("monitor", auth_key="long enough")
        target = ProbeTarget("127.0.0.1", port, SnmpVersion.V3, v3=credentials, timeout_s=0.3, retries=0)
        try:
            async with Client() as client:
                with pytest.raises(NoAnswer):
                    await get(client, target)
        finally:
            transport.close()

    asyncio.run(run())
    assert "Traceback" not in capfd.readouterr().err
