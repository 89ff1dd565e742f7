import asyncio
from typing import Any

import pytest

from collectors.catalogue import problems
from collectors.probe.client import Client
from collectors.probe.device.document import to_document
from collectors.probe.device.model import Device
from collectors.probe.device.points import to_points
from collectors.probe.device.watch import read_device
from collectors.probe.session import Session
from collectors.probe.target import ProbeTarget, SnmpVersion
from tests.collectors.probe.conftest import Snmpsim
from tests.collectors.probe.device.walks import session

OWN = {
    "router_rtx1220": "router",
    "switch_swx2310p": "switch",
    "nas_ds923": "nas",
    "ups_on_battery": "ups",
    "pbx_ht814": "pbx",
    "mfp_color": "printer",
}


def read(name: str, **changes: Any) -> Device:
    return asyncio.run(read_device(session(name, **changes)))


async def over_udp(target: ProbeTarget) -> Device:
    async with Client() as client:
        return await read_device(await client.session(target))


@pytest.mark.parametrize("walk", OWN)
@pytest.mark.parametrize("version", [SnmpVersion.V1, SnmpVersion.V2C, SnmpVersion.V3])
def test_it_reads_the_same_in_every_version(snmpsim: Snmpsim, walk: str, version: SnmpVersion) -> None:
    found = asyncio.run(over_udp(snmpsim.target(walk, version)))
    assert found.system.kind == OWN[walk]
    assert found.partial == ()
    if version is not SnmpVersion.V1:
        # Version 1 has no 64-bit counters.
        assert to_document(found)["interfaces"] == to_document(read(walk))["interfaces"]
    assert found.system == read(walk).system or walk == "mfp_color"


@pytest.mark.parametrize("walk", OWN)
def test_it_stores_only_what_is_declared(walk: str) -> None:
    points = to_points(read(walk), 0.0, {})
    assert problems(points) == []
    assert [each.to_line() for each in points]
    series = [(each.measurement, tuple(sorted(each.tags.items()))) for each in points]
    assert len(series) == len(set(series))


def test_it_reads_a_router() -> None:
    found = read("router_rtx1220")
    who = found.system
    assert (who.maker, who.model, who.firmware, who.location) == (
        "Yamaha",
        "RTX1220",
        "Rev.15.04.06",
        "本社 サーバー室",
    )
    assert who.asset == "00:a0:de:11:22:01"
    assert found.facts == {"cpu_percent": 7.0, "memory_percent": 31.0, "interfaces_up": 4}
    lan1, lan2 = found.interfaces[:2]
    assert (lan1.name, lan1.alias, lan1.speed_bps) == ("LAN1", "社内LAN", 1_000_000_000)
    assert lan1.counters["in_octets"] == 81_234_567_890
    assert (lan2.counters["in_errors"], lan2.counters["in_discards"]) == (12, 3)
    assert {each.name: each.type for each in found.interfaces}["TUNNEL[1]"] == "tunnel"


def test_it_leaves_out_counters_that_influxdb_cannot_hold() -> None:
    points = to_points(read("router_rtx1220"), 0.0, {})
    (lan2,) = [each for each in points if each.tags.get("interface") == "LAN2"]
    assert "in_octets" not in lan2.fields
    assert lan2.fields["out_octets"] == 1000


def test_it_reads_a_switch() -> None:
    found = read("switch_swx2310p")
    assert (found.system.model, found.system.serial) == ("SWX2310P-10G", "Z6X01234YZ")
    ports = {each.name: each for each in found.interfaces}
    assert (ports["port1.2"].duplex, ports["port1.1"].duplex) == ("half", "full")
    assert ports["port1.2"].counters["fcs_errors"] == 41
    assert ports["port1.10"].speed_bps == 10_000_000_000
    assert [ports[f"port1.{number}"].poe_state for number in (1, 2, 3, 9)] == [
        "deliveringPower",
        "searching",
        "fault",
        "",
    ]
    assert found.facts["poe_percent"] == 25.0
    sensors = {each.name: (each.value, each.unit, each.state) for each in found.sensors}
    assert sensors == {
        "PoE 1": (None, "", "ok"),
        "Temperature": (38.0, "°C", "ok"),
        "Fan 1": (5400.0, "rpm", "ok"),
        "12V rail": (12.04, "V", "ok"),
        "Fan 2": (0.0, "rpm", "bad"),
    }
    assert (found.verdict.state, found.verdict.reason.en) == ("bad", "not well: Fan 2 (nonoperational)")


def test_it_reads_a_nas() -> None:
    found = read("nas_ds923")
    assert (found.system.maker, found.system.model, found.system.asset) == ("Synology", "DS923+", "2290ABC012345")
    assert found.facts["memory_percent"] == 25.0
    assert found.facts["cpu_percent"] == 20.0
    assert [(each.name, each.percent, each.same_as) for each in found.volumes] == [
        ("/", 50.0, ""),
        ("/dev/shm", 0.0, ""),
        ("/volume1", 50.09, ""),
        ("/volume1/share", 50.09, "/volume1"),
    ]
    assert [(each.name, each.state, each.temperature, each.bad_sectors) for each in found.disks] == [
        ("Disk 1", "ok", 36.0, 0),
        ("Disk 2", "bad", None, 812),
    ]
    assert [(each.name, each.status, each.state) for each in found.raids] == [("Volume 1", "degraded", "bad")]
    stored = [each.tags["volume"] for each in to_points(found, 0.0, {}) if each.measurement == "nas_volume"]
    assert stored == ["/", "/volume1"]


def test_it_calls_a_drive_bad_that_its_nas_expects_to_fail() -> None:
    found = read("nas_ds923", _1_3_6_1_4_1_6574_2_1_1_13_0=4)
    assert (found.disks[0].health, found.disks[0].state) == ("failing", "bad")


def test_it_reads_a_ups_by_its_standard_mib() -> None:
    found = read("ups_on_battery")
    assert (found.system.maker, found.system.model) == ("OMRON", "BN150T")
    assert found.ups == {
        "battery_status": "low",
        "on_battery_s": 95.0,
        "runtime_s": 420.0,
        "battery_charge_percent": 38.0,
        "battery_voltage": 46.1,
        "status": "on_battery",
        "on_battery": True,
        "output_frequency": 50.0,
        "alarms": 2,
        "self_test": "failed",
        "input_voltage": 0.0,
        "output_voltage": 101.0,
        "output_current": 4.2,
        "output_power": 412.0,
        "load_percent": 28.0,
        "replace_battery": True,
    }
    assert "ups.temperature: 0 stands for no value" in found.notes
    assert "ups.input_frequency: -1 stands for no value" in found.notes


def test_it_reads_a_telephone_adapter() -> None:
    found = read("pbx_ht814")
    assert (found.system.model, found.system.serial, found.system.firmware) == ("HT814", "20EZ12345678", "1.0.49.2")
    assert found.pbx == {"registrations": 2, "registrations_failed": 2}


def test_it_reads_what_there_is_without_a_description() -> None:
    found = read("nas_ds923", _1_3_6_1_2_1_1_1_0=None, _1_3_6_1_2_1_1_2_0=None, _1_3_6_1_2_1_1_5_0=None)
    assert (found.system.kind, found.system.description, found.system.name) == ("nas", "", "")


def test_it_survives_a_description_of_another_type() -> None:
    found = read("router_rtx1220", _1_3_6_1_2_1_1_1_0=7, _1_3_6_1_2_1_1_2_0=b"Yamaha")
    assert found.system.kind == "unknown"
    assert len(found.interfaces) == 6


def test_it_gives_two_interfaces_of_one_name_names_of_their_own() -> None:
    found = read("switch_swx2310p", _1_3_6_1_2_1_31_1_1_1_1_2=b"port1.1")
    assert [each.name for each in found.interfaces][:3] == ["port1.1#1", "port1.1#2", "port1.3"]


def test_it_asks_only_what_the_kind_has() -> None:
    asked = session("ups_on_battery")
    asyncio.run(read_device(asked))
    exchange = asked._exchange
    walked = {each[:9] for operation, oids, _ in exchange.questions for each in oids if operation.name == "GET_BULK"}  # type: ignore[attr-defined]
    host_storage, entity = (1, 3, 6, 1, 2, 1, 25, 2, 3), (1, 3, 6, 1, 2, 1, 47, 1, 1)
    assert host_storage not in walked
    assert entity not in walked
    assert isinstance(asked, Session)
