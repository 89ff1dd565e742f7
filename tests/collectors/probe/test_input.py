import asyncio
import dataclasses

import pytest

from collectors.catalogue import problems
from collectors.input import NothingToReport
from collectors.point import Point
from collectors.probe.input import SnmpProbe, probe_input
from collectors.probe.reading import DeviceReading
from collectors.probe.snmp import SnmpSession
from collectors.probe.target import ProbeTarget
from tests.collectors.probe.conftest import Snmpsim

SILENT = ProbeTarget("127.0.0.1", 9, timeout_s=0.1, retries=0, name="silent")


def polls(points: list[Point]) -> list[Point]:
    return [each for each in points if each.measurement == "device_poll"]


def test_it_gives_every_device_its_own_outcome(snmpsim: Snmpsim) -> None:
    targets = [
        dataclasses.replace(snmpsim.target("mfp_color"), name="2F"),
        SILENT,
        ProbeTarget("printer.invalid"),
        snmpsim.target("mfp_shift_jis"),
    ]
    made = probe_input(targets)
    points = made.create(made.settings).gather()
    assert problems(points) == []
    told = [(each.tags["target"], each.fields["ok"], each.fields.get("error_class")) for each in polls(points)]
    assert told == [
        ("2F", True, ""),
        ("silent", False, "NoAnswer"),
        ("printer.invalid:161", False, "AddressUnknown"),
        (targets[3].address, True, ""),
    ]
    assert {each.tags["asset"] for each in points if each.measurement == "printer"} == {"3089X900123", "XTK01234"}


def test_it_remembers_who_is_at_an_address(snmpsim: Snmpsim) -> None:
    answers = [snmpsim.target("mfp_color")]

    async def read(session: SnmpSession) -> DeviceReading:
        if not answers:
            await asyncio.sleep(0)
            raise AssertionError("not asked again")
        return DeviceReading("printer", "3089X900123", ())

    targets = [ProbeTarget("127.0.0.1", 9, timeout_s=0.05, retries=0)]
    probe = SnmpProbe(targets, read=read)
    assert polls(probe.gather())[0].tags["asset"] == "3089X900123"
    silent = SnmpProbe(targets)
    silent._assets = probe._assets
    (poll,) = silent.gather()
    assert poll.fields["ok"] is False
    assert poll.tags["asset"] == "3089X900123"
    assert SnmpProbe(targets).gather()[0].tags["asset"] == "127.0.0.1:9"


def test_it_gives_up_on_a_device_that_takes_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(_session: SnmpSession) -> DeviceReading:
        await asyncio.sleep(60)
        raise AssertionError("not reached")

    monkeypatch.setattr("collectors.probe.input.DEVICE_LIMIT_S", 0.1)
    (poll,) = SnmpProbe([SILENT], read=read).gather()
    assert poll.fields["ok"] is False
    assert "still being read" in str(poll.fields["error"])


def test_it_has_nothing_to_report_without_devices() -> None:
    with pytest.raises(NothingToReport):
        probe_input([]).create({}).gather()
