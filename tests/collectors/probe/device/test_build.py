import pytest

from collectors.probe.device import mib
from collectors.probe.device.build import to_device
from collectors.probe.device.identify import Evidence, identify
from collectors.probe.device.interfaces import interfaces
from collectors.probe.device.raw import RawDevice
from collectors.probe.snmp import Row, Table, Value

NONE = Table()


def ports(*rows: Row) -> Table:
    return Table({(at,): row for at, row in enumerate(rows, 1)})


def port(mac: str, kind: int = 6) -> Row:
    return {"ifDescr": b"port", "ifType": kind, "ifPhysAddress": bytes.fromhex(mac)}


@pytest.mark.parametrize(
    ("row", "speed"),
    [
        ({"ifType": 6, "ifSpeed": 1_000_000_000}, 1_000_000_000),
        ({"ifType": 6, "ifSpeed": 10_000_000, "ifHighSpeed": 10}, 10_000_000),
        # Mbit/s where bit/s belong.
        ({"ifType": 6, "ifSpeed": 1000}, 1_000_000_000),
        ({"ifType": 117, "ifSpeed": 100, "ifHighSpeed": 100}, 100_000_000),
        ({"ifType": 6, "ifSpeed": 1}, None),
        # A serial line may be as slow as that.
        ({"ifType": 22, "ifSpeed": 64_000}, 64_000),
        ({"ifType": 6, "ifSpeed": 2**32 - 1, "ifHighSpeed": 10_000}, 10_000_000_000),
        ({"ifType": 6, "ifSpeed": 0}, None),
    ],
)
def test_it_gives_speeds_that_an_interface_can_have(row: Row, speed: int | None) -> None:
    (found,) = interfaces(ports({"ifDescr": b"port", **row}), NONE)
    assert found.speed_bps == speed


@pytest.mark.parametrize(
    ("rows", "mac"),
    [
        ((port("020000000001"), port("00a0de000001")), "00:a0:de:00:00:01"),
        ((port("020000000001"),), "02:00:00:00:00:01"),
        ((port("00a0de000009", kind=24), port("00a0de000001"), port("00a0de000002")), "00:a0:de:00:00:01"),
    ],
)
def test_it_knows_a_device_by_an_address_that_its_maker_gave(rows: tuple[Row, ...], mac: str) -> None:
    raw = RawDevice("192.0.2.7", {}, interfaces=ports(*rows))
    assert to_device(raw, identify(Evidence({}))).system.mac == mac


@pytest.mark.parametrize(
    ("description", "model"),
    [
        ("DGS-1210-28/ME/B2", "DGS-1210-28/ME/B2"),
        ("SIP-T46U 108.86.0.45", "SIP-T46U"),
        ("XY-9000, Version 1.02", "XY-9000"),
        ("Linux", ""),
        ("1.2.3", ""),
        ("An appliance of 2024 for offices", ""),
        ("", ""),
    ],
)
def test_it_takes_a_description_that_is_nothing_but_a_model_for_the_model(description: str, model: str) -> None:
    objects: dict[str, Value] = {mib.SYS_DESCR: description.encode()}
    assert to_device(RawDevice("192.0.2.7", objects), identify(Evidence(objects))).system.model == model
