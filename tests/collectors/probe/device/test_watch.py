import asyncio
from collections.abc import Callable

import pytest

from collectors.catalogue import problems
from collectors.point import Point
from collectors.probe.device.sip_touch import AskSip, ask_sip
from collectors.probe.device.watch import POLLS_UNTIL_ASKED_AGAIN, DeviceWatch
from collectors.probe.input import SnmpProbe
from collectors.probe.reading import DeviceReading
from collectors.probe.session import Session
from collectors.probe.snmp import Counter64, NoAnswer, SnmpSession, TimeTicks, oid
from collectors.probe.target import ProbeTarget
from tests.collectors.probe.conftest import Snmpsim
from tests.collectors.probe.device.walks import agent
from tests.collectors.probe.scripted import ScriptedAgent

LAN1_IN = oid("1.3.6.1.2.1.31.1.1.1.6.1")
ALARMS = oid("1.3.6.1.2.1.33.1.6.2")
UPTIME = oid("1.3.6.1.2.1.1.3.0")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def no_sip(_host: str) -> float | None:
    return None


def watching(clock: Clock | None = None, ask_sip: AskSip = no_sip) -> DeviceWatch:
    return DeviceWatch(clock or Clock(), ask_sip)


def silent(_question: object, _answer: object) -> object:
    raise NoAnswer("agent.example:161 did not answer")


def read(watch: DeviceWatch, device: ScriptedAgent) -> DeviceReading:
    return asyncio.run(watch.read(Session(device)))


def lan1(reading: DeviceReading) -> Point:
    (point,) = [each for each in reading.points if each.tags.get("interface") == "LAN1"]
    return point


def test_it_tells_rates_from_the_second_reading_on() -> None:
    clock, device = Clock(), agent("router_rtx1220")
    watch = watching(clock)
    assert "in_bps" not in lan1(read(watch, device)).fields
    clock.now = 300.0
    device.variables[UPTIME] = TimeTicks(864000000 + 30_000)
    device.variables[LAN1_IN] = Counter64(81234567890 + 300 * 1_250_000)
    point = lan1(read(watch, device))
    assert point.fields["in_bps"] == 10_000_000.0
    assert point.fields["in_percent"] == 1.0
    assert point.fields["out_bps"] == 0.0
    assert problems([point]) == []


def test_it_tells_no_rates_after_a_restart() -> None:
    clock, device = Clock(), agent("router_rtx1220")
    watch = watching(clock)
    read(watch, device)
    clock.now = 300.0
    device.variables[UPTIME] = TimeTicks(4_000)
    device.variables[LAN1_IN] = Counter64(17)
    assert "in_bps" not in lan1(read(watch, device)).fields


@pytest.mark.parametrize("walk", ["router_rtx1220", "switch_swx2310p", "nas_ds923", "ups_on_battery", "pbx_ht814"])
def test_it_asks_less_once_it_knows_the_device(walk: str) -> None:
    watch, device = watching(), agent(walk)
    first = read(watch, device)
    asked = len(device.questions)
    device.questions.clear()
    second = read(watch, device)
    assert len(device.questions) <= asked * 0.75
    assert [each.tags for each in second.points] == [each.tags for each in first.points]


def test_it_finds_out_anew_after_a_failure_what_stands_at_an_address() -> None:
    watch, device = watching(), agent("router_rtx1220")
    assert read(watch, device).kind == "router"
    device.variables = agent("nas_ds923").variables
    device.misbehave = silent  # type: ignore[assignment]
    with pytest.raises(NoAnswer):
        read(watch, device)
    device.misbehave = lambda _question, answer: answer
    assert read(watch, device).kind == "nas"


def test_it_finds_out_anew_once_a_day() -> None:
    watch, device = watching(), agent("pbx_ht814")
    read(watch, device)
    device.variables = agent("nas_ds923").variables
    kinds = {read(watch, device).kind for _ in range(POLLS_UNTIL_ASKED_AGAIN - 1)}
    assert kinds == {"pbx"}
    assert read(watch, device).kind == "nas"


def test_it_finds_out_anew_what_fell_silent_while_it_was_asked() -> None:
    watch, device = watching(), agent("nas_ds923")
    left = [2]

    def stumble(_question: object, answer: object) -> object:
        left[0] -= 1
        if left[0] == -1:
            raise NoAnswer("agent.example:161 did not answer")
        return answer

    device.misbehave = stumble  # type: ignore[assignment]
    assert read(watch, device).kind == "server"
    assert read(watch, device).kind == "nas"


def test_it_sees_an_alarm_that_was_not_there_before() -> None:
    alarms = {where: value for where, value in agent("ups_on_battery").variables.items() if where[:10] == ALARMS}
    watch, device = watching(), agent("ups_on_battery")
    for where in alarms:
        del device.variables[where]
    (ups,) = [each for each in read(watch, device).points if each.measurement == "ups"]
    assert "replace_battery" not in ups.fields
    device.variables.update(alarms)
    (ups,) = [each for each in read(watch, device).points if each.measurement == "ups"]
    assert ups.fields["replace_battery"] is True


def test_it_reads_a_printer_as_a_printer() -> None:
    found = read(watching(), agent("mfp_color"))
    assert found.kind == "printer"
    assert {each.measurement for each in found.points} >= {"printer", "printer_supply"}


def test_it_keeps_the_id_of_a_device_that_stops_in_the_middle() -> None:
    watch, device = watching(), agent("router_rtx1220")
    asset = read(watch, device).asset
    left = [1]

    def stop(_question: object, answer: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise NoAnswer("agent.example:161 did not answer")
        return answer

    device.misbehave = stop  # type: ignore[assignment]
    found = read(watch, device)
    assert found.partial
    assert found.asset == asset


def test_it_says_of_a_device_that_fell_silent_that_it_cannot_be_reached() -> None:
    watch, device = watching(), agent("ups_on_battery")
    assert watch.lost(device.target, NoAnswer("silence")) == []
    read(watch, device)
    (point,) = watch.lost(device.target, NoAnswer("silence"))
    assert point.tags == {"asset": "00:00:74:0b:0c:0d", "kind": "ups"}
    assert (point.fields["reachable"], point.fields["state"], point.fields["model"]) == (False, "unknown", "BN150T")
    assert problems([point]) == []


def test_it_polls_devices_of_all_kinds_beside_each_other(snmpsim: Snmpsim) -> None:
    walks = ["router_rtx1220", "switch_swx2310p", "nas_ds923", "ups_on_battery", "pbx_ht814", "mfp_color"]
    probe = SnmpProbe([snmpsim.target(each) for each in walks])
    for _ in range(2):
        points = probe.gather()
        assert problems(points) == []
        polls = [each for each in points if each.measurement == "device_poll"]
        assert [each.fields["kind"] for each in polls] == ["router", "switch", "nas", "ups", "pbx", "printer"]
    assert any("in_bps" in each.fields for each in points)


def test_it_stores_that_a_known_device_is_lost() -> None:
    device = agent("nas_ds923")

    class OneDevice:
        async def session(self, _target: ProbeTarget) -> SnmpSession:
            return Session(device)

        def close(self) -> None:
            pass

    make: Callable[[], OneDevice] = OneDevice
    probe = SnmpProbe([device.target], connect=make)
    probe.gather()
    device.misbehave = silent  # type: ignore[assignment]
    poll, lost = probe.gather()
    assert (poll.measurement, poll.fields["ok"]) == ("device_poll", False)
    assert (lost.measurement, lost.fields["reachable"], lost.tags["kind"]) == ("network_device", False, "nas")


def test_it_asks_a_telephone_system_over_sip_too() -> None:
    answers: list[float | None] = [None, 12.5, None]

    async def ask(host: str) -> float | None:
        assert host == "agent.example"
        return answers.pop(0)

    watch, device = watching(ask_sip=ask), agent("pbx_ht814")
    told = []
    for _ in range(3):
        (pbx,) = [each for each in read(watch, device).points if each.measurement == "pbx"]
        assert problems([pbx]) == []
        told.append((pbx.fields.get("sip_reachable"), pbx.fields.get("sip_response_ms"), pbx.fields["reason_code"]))
    # Silence tells something only after it has answered once.
    assert told == [(None, None, "normal"), (True, 12.5, "normal"), (False, None, "sip_silent")]


class Sip(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        head = data.decode().split("\r\n")
        kept = [each for each in head if each.startswith(("Via:", "From:", "To:", "Call-ID:", "CSeq:"))]
        answer = "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""])
        self.transport.sendto(answer.encode(), addr)  # type: ignore[attr-defined]


def test_it_measures_the_time_of_a_sip_answer() -> None:
    async def ask() -> tuple[float | None, float | None]:
        loop = asyncio.get_running_loop()
        transport, _protocol = await loop.create_datagram_endpoint(Sip, local_addr=("127.0.0.87", 5060))
        try:
            return await ask_sip("127.0.0.87"), await ask_sip("127.0.0.88")
        finally:
            transport.close()

    answered, silent_host = asyncio.run(ask())
    assert answered is not None
    assert answered >= 0
    assert silent_host is None
