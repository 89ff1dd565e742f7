"""Agents that answer slowly, wrongly, or not at all, on real UDP sockets."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from pysnmp.proto import rfc1902  # type: ignore[import-untyped]

from collectors.probe.client import Client
from collectors.probe.snmp import AddressUnknown, MalformedAnswer, NoAnswer, Table, Value, oid
from collectors.probe.target import ProbeTarget
from tests.collectors.probe.udp_agent import Asked, Reply, answer, udp_agent

OBJECT = oid("1.3.6.1.2.1.1.7.0")


def get(reply: Reply, timeout_s: float = 0.4, retries: int = 1) -> dict[str, Value]:
    async def run() -> dict[str, Value]:
        async with udp_agent(reply, timeout_s, retries) as target, Client() as client:
            return await (await client.session(target)).get({"it": OBJECT})

    return asyncio.run(run())


def test_it_waits_for_a_slow_answer() -> None:
    assert get(lambda asked: [0.2, answer(asked)], timeout_s=5) == {"it": 7}


def test_it_asks_again_when_a_datagram_is_lost() -> None:
    assert get(lambda asked: [answer(asked)] if asked.number else []) == {"it": 7}


def test_it_takes_an_answer_that_comes_after_it_asked_again() -> None:
    assert get(lambda asked: [0.6, answer(asked)] if asked.number == 0 else [], timeout_s=0.4, retries=3) == {"it": 7}


def test_it_says_what_silence_may_mean() -> None:
    with pytest.raises(NoAnswer, match=r"bad agent .*did not answer in 2 × 0\.1 s.*community is wrong"):
        get(lambda _asked: [], timeout_s=0.1)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (lambda _asked: [b"\x00garbage"], "8 bytes that are not SNMP"),
        (lambda _asked: [b"\x30"], "1 bytes that are not SNMP"),
        (lambda asked: [answer(asked)[:-4]], "not SNMP"),
        (lambda asked: [answer(asked, request_id=(asked.request_id + 2**30) % 2**31)], "wrong request ID"),
        (lambda asked: [answer(asked, version=0)], "another SNMP version"),
    ],
)
def test_it_tells_wrong_answers_from_silence(reply: Reply, reason: str) -> None:
    with pytest.raises(MalformedAnswer, match=reason):
        get(reply, timeout_s=0.2, retries=0)


def test_it_takes_the_right_answer_behind_wrong_ones() -> None:
    def reply(asked: Asked) -> Iterator[bytes]:
        yield b"\xff" * 40
        yield answer(asked, request_id=asked.request_id ^ 2**29)
        yield answer(asked)
        yield answer(asked)

    assert get(reply) == {"it": 7}


def test_it_ignores_an_answer_from_somebody_else() -> None:
    def reply(asked: Asked) -> list[bytes | float]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(answer(asked, [rfc1902.Integer32(666)]), ("127.0.0.1", ports[0]))
        return [0.05, answer(asked)]

    ports: list[int] = []

    async def run() -> dict[str, Value]:
        async with udp_agent(reply, 5.0) as target, Client() as client:
            session = await client.session(target)
            (opened,) = client._sockets._sockets.values()
            ports.append(opened.result()._transport.get_extra_info("sockname")[1])
            return await session.get({"it": OBJECT})

    assert asyncio.run(run()) == {"it": 7}


def test_it_keeps_a_table_that_stops_in_the_middle() -> None:
    column = oid("1.3.6.1.2.1.43.11.1.1.9")

    def reply(asked: Asked) -> list[bytes | float]:
        if asked.number:
            return []
        rows = [(*column, 1, row) for row in range(1, 10)]
        return [answer(Asked(0, asked.request_id, rows), [rfc1902.Integer32(row) for row in range(1, 10)])]

    async def run() -> Table:
        async with udp_agent(reply, timeout_s=0.1) as target, Client() as client:
            return await (await client.session(target)).walk({"level": column})

    table = asyncio.run(run())
    assert [row["level"] for row in table.rows.values()] == list(range(1, 10))
    assert isinstance(table.cause, NoAnswer)
    assert "did not answer" in table.partial


def test_it_ends_with_a_table_that_never_ends() -> None:
    column = oid("1.3.6.1.2.1.43.11.1.1.9")

    def reply(asked: Asked) -> list[bytes]:
        (cursor,) = asked.oids
        first = cursor[-1] + 1 if len(cursor) > len(column) else 1
        rows = [(*column, 1, row) for row in range(first, first + 36)]
        return [answer(Asked(0, asked.request_id, rows), [rfc1902.Integer32(7)] * 36)]

    async def run() -> Table:
        async with udp_agent(reply, timeout_s=20) as target, Client() as client:
            return await (await client.session(target)).walk({"level": column}, max_rows=300)

    table = asyncio.run(run())
    assert 300 <= len(table.rows) < 340
    assert "300 rows" in table.partial


def test_it_reads_many_devices_beside_each_other() -> None:
    async def run() -> list[dict[str, Value]]:
        async with udp_agent(lambda asked: [0.1, answer(asked)], timeout_s=20) as target, Client() as client:
            sessions = [await client.session(target) for _ in range(200)]
            return await asyncio.gather(*(session.get({"it": OBJECT}) for session in sessions))

    assert asyncio.run(run()) == [{"it": 7}] * 200


def test_it_says_that_a_name_cannot_be_resolved() -> None:
    async def run() -> None:
        async with Client() as client:
            await client.session(ProbeTarget("printer.invalid"))

    with pytest.raises(AddressUnknown, match=r"cannot resolve 'printer\.invalid'"):
        asyncio.run(run())


def test_it_says_that_an_address_cannot_be_reached() -> None:
    async def run() -> None:
        async with Client() as client:
            # Sending to a broadcast address is refused to a socket that did not ask for it.
            session = await client.session(ProbeTarget("255.255.255.255", timeout_s=0.1, retries=0))
            await session.get({"it": OBJECT})

    with pytest.raises(AddressUnknown, match="cannot be reached from this machine"):
        asyncio.run(run())
