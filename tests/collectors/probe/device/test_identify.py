import pytest

from collectors.probe.device import mib
from collectors.probe.device.identify import Evidence, identify
from collectors.probe.snmp import ObjectIdentifier, Value, oid


def told(description: str = "", object_id: str = "", columns: tuple[str, ...] = (), **objects: Value) -> Evidence:
    found: dict[str, Value] = {name.strip("_").replace("_", "."): value for name, value in objects.items()}
    if description:
        found[mib.SYS_DESCR] = description.encode()
    if object_id:
        found[mib.SYS_OBJECT_ID] = ObjectIdentifier(oid(object_id))
    return Evidence(found, columns)


@pytest.mark.parametrize(
    ("description", "object_id", "kind", "maker"),
    [
        ("RTX830 Rev.15.02.30 (Thu Aug 31 2023)", "1.3.6.1.4.1.1182.1.60", "router", "Yamaha"),
        ("NVR510 Rev.15.01.26", "1.3.6.1.4.1.1182.1.57", "router", "Yamaha"),
        ("SWX2221P-10NT Rev.1.04.10", "1.3.6.1.4.1.1182.3.1.40", "switch", "Yamaha"),
        (
            "NEC Portable Internetwork Core Operating System Software, IX Series IX2215 (magellan-sec) Software, "
            "Version 10.8.21, RELEASE SOFTWARE",
            "1.3.6.1.4.1.119.1.84.15",
            "router",
            "NEC",
        ),
        (
            "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E",
            "1.3.6.1.4.1.9.1.1208",
            "switch",
            "Cisco",
        ),
        (
            "Cisco IOS Software, C800 Software (C800-UNIVERSALK9-M), Version 15.6(3)M",
            "1.3.6.1.4.1.9.1.1858",
            "router",
            "Cisco",
        ),
        (
            "Cisco IOS Software, 2800 Software (C2800NM-ADVIPSERVICESK9-M), Version 12.4(24)T",
            "1.3.6.1.4.1.9.1.576",
            "router",
            "Cisco",
        ),
        (
            "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.7",
            "1.3.6.1.4.1.9.1.1045",
            "router",
            "Cisco",
        ),
        (
            "Cisco IOS Software, C1000 Software (C1000-UNIVERSALK9-M), Version 15.2",
            "1.3.6.1.4.1.9.1.2591",
            "switch",
            "Cisco",
        ),
        ("Cisco NX-OS(tm) n5000, Software (n5000-uk9), Version 5.2", "1.3.6.1.4.1.9.12.3.1.3.1008", "switch", "Cisco"),
        ("Cisco Adaptive Security Appliance Version 9.8(2)", "1.3.6.1.4.1.9.1.2114", "router", "Cisco"),
        ("ProCurve J9019A Switch 2510-24, revision Q.11.17, ROM Q.10.02", "1.3.6.1.4.1.11.2.3.7.11.69", "switch", "HP"),
        ("Aruba JL658A 6300M FL.10.06.0101", "1.3.6.1.4.1.47196.4.1.1.1.101", "switch", "HPE Aruba"),
        ("pfSense gw.example 2.7.2-RELEASE pfSense FreeBSD 14.0 amd64", "1.3.6.1.4.1.8072.3.2.8", "router", ""),
        ("SonicWALL TZ 400 (SonicOS Enhanced 6.5.4.4-44n)", "1.3.6.1.4.1.8741.1", "router", "SonicWall"),
        ("Linux readynas 4.4.218.x86_64.1 #1 SMP", "1.3.6.1.4.1.4526.100.10.1", "nas", "NETGEAR"),
        ("Linux TS-431P 4.2.8", "1.3.6.1.4.1.8072.3.2.10", "nas", "QNAP"),
        ("NetApp Release 9.8P1: Mon Jan 25", "1.3.6.1.4.1.789.2.5", "nas", "NetApp"),
        ("VMware ESXi 8.0.2 build-22380479 VMware, Inc. x86_64", "1.3.6.1.4.1.6876.4.1", "server", "VMware"),
        ("SATO CL4NX", "1.3.6.1.4.1.19006.1", "printer", ""),
        ("RouterOS CRS326-24G-2S+", "1.3.6.1.4.1.14988.1", "switch", "MikroTik"),
        (
            "Allied Telesis router/switch, Software (AlliedWare Plus) Version 5.5.2-0.1",
            "1.3.6.1.4.1.207.1.14.124",
            "switch",
            "Allied Telesis",
        ),
        (
            "Allied Telesis AT-AR4050S, Software (AlliedWare Plus) Version 5.5.1",
            "1.3.6.1.4.1.207.1.1.99",
            "router",
            "Allied Telesis",
        ),
        ("APRESIA15000-32XL-PSR Ver.8.35.01", "1.3.6.1.4.1.278.1.27.50", "switch", "APRESIA"),
        ("ZyWALL USG FLEX 200", "1.3.6.1.4.1.890.1.15", "router", "Zyxel"),
        ("SAXA PLATIA III", "1.3.6.1.4.1.99999.1", "pbx", ""),
        ("Acme 24-port Gigabit Smart Switch", "1.3.6.1.4.1.99999.1", "switch", ""),
        ("Acme VoIP Gateway 8 FXS", "1.3.6.1.4.1.99999.1", "pbx", ""),
        ("Acme broadband router with 4 port switch", "1.3.6.1.4.1.99999.1", "router", ""),
        ("Acme Smart UPS agent", "1.3.6.1.4.1.99999.1", "ups", ""),
        (
            "Hardware: Intel64 Family 6 Software: Windows Version 10.0 (Build 20348 Multiprocessor Free)",
            "1.3.6.1.4.1.311.1.1.3.1.2",
            "server",
            "Microsoft",
        ),
        ("Linux web01 6.1.0-18-amd64 #1 SMP x86_64", "1.3.6.1.4.1.8072.3.2.10", "server", ""),
        ("Box", "1.3.6.1.4.1.24681.2", "nas", "QNAP"),
        ("Box", "1.3.6.1.4.1.99999.1", "unknown", ""),
        ("", "1.3.6.1.4.1.367.1", "printer", "Ricoh"),
        ("", "", "unknown", ""),
    ],
)
def test_it_knows_kind_and_maker(description: str, object_id: str, kind: str, maker: str) -> None:
    found = identify(told(description, object_id))
    assert (found.kind, found.maker or found.agent_maker) == (kind, maker)


def test_it_believes_what_a_device_is_able_to_tell_more_than_what_it_calls_itself() -> None:
    lying = told("Linux nas 4.4 x86_64", "1.3.6.1.4.1.9.1.1208", _1_3_6_1_4_1_6574_1_5_1_0=b"DS923+")
    assert identify(lying).kind == "nas"
    assert identify(lying).maker == "Synology"


def test_it_believes_the_label_more_than_the_number_of_the_agent() -> None:
    found = identify(told("RouterOS RB5009UG+S+", "1.3.6.1.4.1.9.1.1208"))
    assert (found.kind, found.maker) == ("router", "MikroTik")


def test_it_knows_a_printer_by_its_mib_whatever_it_says() -> None:
    found = identify(told("Linux print 5.10", "1.3.6.1.4.1.8072.3.2.10", ("1.3.6.1.2.1.43.11.1.1.9",)))
    assert found.kind == "printer"


def test_it_knows_a_ups_by_its_mib() -> None:
    assert identify(told("Network Management Card", _1_3_6_1_2_1_33_1_4_1_0=3)).kind == "ups"


def test_it_knows_a_nameless_switch_by_its_bridge_ports() -> None:
    assert identify(told("Box", _1_3_6_1_2_1_17_1_2_0=24, _1_3_6_1_2_1_1_7_0=2)).kind == "switch"


def test_it_reads_what_the_kind_has_and_nothing_of_other_kinds() -> None:
    found = identify(told("Acme Smart UPS agent"))
    assert [each.id for each in found.files] == ["ups", "ups_mib"]
    assert found.built_in == {"interfaces"}


def test_it_takes_a_device_with_bridge_ports_for_a_switch_only_where_nothing_else_is_known() -> None:
    ports = ("1.3.6.1.2.1.17.1.4.1.2",)
    assert identify(told("Box", "1.3.6.1.4.1.99999.1", ports)).kind == "switch"
    assert identify(told("Acme broadband router", "1.3.6.1.4.1.99999.1", ports)).kind == "router"
    assert identify(told("Linux box 5.10", "1.3.6.1.4.1.8072.3.2.10", ports)).kind == "server"
