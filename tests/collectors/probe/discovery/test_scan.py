"""What a scan sends and takes in: only within the fence, every question counted."""

import asyncio
import socket
import threading

import pytest

from collectors.input import InputError
from collectors.probe.discovery import tcp, udp
from collectors.probe.discovery.apart import scan_apart
from collectors.probe.discovery.fence import fence_of
from collectors.probe.discovery.outlet import GROUPS, Outlet
from collectors.probe.discovery.plan import Plan
from collectors.probe.discovery.scan import scan_with
from collectors.probe.discovery.sighting import Sighting, Source
from collectors.probe.discovery.snmp import Paced
from collectors.probe.discovery.udp import UdpQuestion
from collectors.probe.exchange import Answer, Operation
from collectors.probe.snmp import NoAnswer, Oid
from tests.collectors.probe.scripted import ScriptedAgent

SUBNET = "127.0.92.0/30"


def test_every_question_goes_through_the_outlet_and_none_beyond_the_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "PORTS", (9, 11))
    told: list[str] = []
    plan = Plan(fence_of([SUBNET]), rate=5000.0)
    outlet = Outlet(plan.fence, plan.rate, witness=told.append)
    found = asyncio.run(scan_with(plan, outlet, lambda _text: None))
    assert found.packets == outlet.sent == len(told)
    assert set(told) <= {"127.0.92.1", "127.0.92.2"} | GROUPS
    # Two ports, SNMP in two versions, and mDNS, SSDP, NetBIOS and SIP: each once; no ping on the loopback.
    assert len(told) == 2 * (2 + 2 + 4)
    assert (found.assets, found.is_complete) == ((), True)


def question(port: int) -> UdpQuestion:
    def parse(data: bytes, address: str) -> Sighting | None:
        return Sighting(address, Source.SIP, names=(data.decode(),))

    return UdpQuestion(Source.SIP, port, lambda _host, _port: b"who", parse, wait_s=0.3)


def test_it_takes_no_answer_from_beyond_the_fence_and_not_endless_ones() -> None:
    inside, outside = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    inside.bind(("127.0.92.1", 0))
    outside.bind(("127.0.92.9", 0))

    def serve() -> None:
        data, source = inside.recvfrom(100)
        assert data == b"who"
        outside.sendto(b"stranger", source)
        for _ in range(200):
            inside.sendto(b"friend", source)

    thread = threading.Thread(target=serve)
    thread.start()
    seen: list[Sighting] = []
    outlet = Outlet(fence_of([SUBNET]), 1000.0)
    asyncio.run(udp.ask(question(inside.getsockname()[1]), outlet, ["127.0.92.1"], [], seen.append))
    thread.join(5)
    inside.close()
    outside.close()
    assert {each.address for each in seen} == {"127.0.92.1"}
    assert len(seen) == 64


class Silent(ScriptedAgent):
    async def ask(self, operation: Operation, oids: object, max_repetitions: int = 0) -> Answer:
        self.questions.append((operation, (), max_repetitions))
        raise NoAnswer("silence")


def test_a_question_that_is_repeated_leaves_through_the_outlet_again() -> None:
    agent, outlet = Silent({}), Outlet(fence_of([SUBNET]), 1000.0)
    wanted: list[Oid] = [(1, 3)]
    with pytest.raises(NoAnswer):
        asyncio.run(Paced(agent, outlet, "127.0.92.1", retries=2).ask(Operation.GET, wanted))
    assert len(agent.questions) == outlet.sent == 3


def test_a_process_of_its_own_gives_the_same_answer_and_its_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(fence_of([SUBNET]), rate=5000.0, limit_s=0.2)
    found = scan_apart(plan)
    assert (found.assets, found.addresses, found.is_complete) == ((), 2, False)
    monkeypatch.setattr("collectors.probe.discovery.apart._scan", exit)
    with pytest.raises(InputError, match="ended without a result"):
        scan_apart(plan)
