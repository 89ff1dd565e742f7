import pytest

from collectors.probe.asset import asset_id, real_serial
from collectors.probe.printer.identity import identity, makers_of
from collectors.probe.snmp import ObjectIdentifier, Table, Value

NO_INTERFACES = Table()


def objects(**texts: str) -> dict[str, Value]:
    found: dict[str, Value] = {name: text.encode() for name, text in texts.items() if name != "number"}
    if "number" in texts:
        found["sysObjectID"] = ObjectIdentifier((1, 3, 6, 1, 4, 1, int(texts["number"]), 1))
    return found


@pytest.mark.parametrize(
    ("told", "maker", "model"),
    [
        ({"hrDeviceDescr": "RICOH IM C2500", "sysDescr": "RICOH IM C2500 1.05 / RICOH Network"}, "Ricoh", "IM C2500"),
        ({"sysDescr": "RICOH IM C2500 1.05 / RICOH Network Printer C model"}, "Ricoh", "IM C2500"),
        ({"hrDeviceDescr": "KONICA MINOLTA bizhub C360i"}, "Konica Minolta", "bizhub C360i"),
        ({"hrDeviceDescr": "FUJI XEROX DocuCentre-VI C2264", "number": "297"}, "Fuji Xerox", "DocuCentre-VI C2264"),
        ({"hrDeviceDescr": "FUJIFILM Apeos C2360; ESS1.8.2", "number": "297"}, "FUJIFILM", "Apeos C2360"),
        ({"hrDeviceDescr": "Xerox VersaLink C405 v 1", "number": "253"}, "Xerox", "VersaLink C405 v 1"),
        (
            {"hrDeviceDescr": "TASKalfa 2554ci", "sysDescr": "KYOCERA Document Solutions Printing System"},
            "Kyocera",
            "TASKalfa 2554ci",
        ),
        ({"sysDescr": "KYOCERA Document Solutions Printing System", "number": "1347"}, "Kyocera", ""),
        (
            {"hrDeviceDescr": "Brother HL-L8360CDW series", "sysDescr": "Brother NC-8800w, Firmware Ver.1.10"},
            "Brother",
            "HL-L8360CDW",
        ),
        ({"sysDescr": "Brother NC-8800w, Firmware Ver.1.10"}, "Brother", ""),
        ({"hrDeviceDescr": "Lexmark MS610dn 451432HHXXX LW74.PRL.P255"}, "Lexmark", "MS610dn"),
        ({"hrDeviceDescr": "Lexmark MX522adhe 746300XXXXXXX MXTGM.081.228"}, "Lexmark", "MX522adhe"),
        ({"hrDeviceDescr": "Canon LBP352 A4"}, "Canon", "LBP352 A4"),
        ({"hrDeviceDescr": "EPSON PX-M7110F"}, "Epson", "PX-M7110F"),
        ({"hrDeviceDescr": "OKI DATA CORP C844", "number": "2001"}, "OKI", "C844"),
        ({"hrDeviceDescr": "OKI DATA CORP:C532:x1.0", "number": "2001"}, "OKI", "C532"),
        (
            {"sysDescr": "OKI OkiLAN 8450e Rev.02.05 10/100BASE-T Ethernet PrintServer: Attached to C612 Rev.1.04"},
            "OKI",
            "C612",
        ),
        ({"sysDescr": "HP ETHERNET MULTI-ENVIRONMENT,SN:X,PID:HP LaserJet M507"}, "HP", "LaserJet M507"),
        # The label decides, whatever made the network card: a Kyocera behind a print server of HP.
        (
            {"hrDeviceDescr": "KYOCERA ECOSYS P3145dn", "sysDescr": "HP ETHERNET MULTI-ENVIRONMENT", "number": "11"},
            "Kyocera",
            "ECOSYS P3145dn",
        ),
        # Only a number, and a model that says nothing of its maker.
        ({"hrDeviceDescr": "MX-2651", "number": "2385"}, "Sharp", "MX-2651"),
        ({"hrDeviceDescr": "Okidoki 5000", "number": "99999"}, "", "Okidoki 5000"),
        ({"hrDeviceDescr": "HPX-9000"}, "", "HPX-9000"),
        ({}, "", ""),
    ],
)
def test_it_reads_maker_and_model(told: dict[str, str], maker: str, model: str) -> None:
    found = identity(objects(**told), {}, NO_INTERFACES, "192.0.2.7", "")
    assert (found.maker, found.model) == (maker, model)


def test_it_asks_the_label_maker_and_the_firmware_maker() -> None:
    told = objects(hrDeviceDescr="Dell B2375dfw Mono MFP", number="236")
    assert [each.maker for each in makers_of(told)] == ["Dell", "Samsung"]


@pytest.mark.parametrize(
    ("standard", "extra", "description", "expected"),
    [
        (b"3089X900123", {}, "", "3089X900123"),
        (b"  3089X900123\0\0", {}, "", "3089X900123"),
        (b"0000000000", {"serial 0": b"REAL1234"}, "", "REAL1234"),
        (None, {"serial 0": b"\x01\x0dCNRXK12345\n32"}, "", "CNRXK12345"),
        (None, {}, "HP ETHERNET MULTI-ENVIRONMENT,SN:VNB3X12345,FN:1", "VNB3X12345"),
        (b"<unknown>", {}, "", ""),
        (b"N/A", {}, "", ""),
        (b"", {}, "", ""),
    ],
)
def test_it_reads_the_serial_number(
    standard: bytes | None, extra: dict[str, Value], description: str, expected: str
) -> None:
    told = objects(sysDescr=description, **({} if standard is None else {"prtGeneralSerialNumber": standard.decode()}))
    assert identity(told, extra, NO_INTERFACES, "192.0.2.7", "").serial == expected


def test_it_is_known_by_serial_then_mac_then_engine_then_address() -> None:
    assert asset_id("XTK01234", "00:11:22:33:44:55", b"\x80\x00", "192.0.2.7") == "XTK01234"
    assert asset_id("000000", "00:11:22:33:44:55", b"\x80\x00", "192.0.2.7") == "00:11:22:33:44:55"
    assert asset_id("", "", b"\x80\x00", "192.0.2.7") == "8000"
    assert asset_id("", "", b"", "192.0.2.7") == "192.0.2.7"


@pytest.mark.parametrize(
    "text", ["", "0", "00000000", "XXXXXXXX", "N/A", "none", "Unknown", "<private>", "ffffffff", "-"]
)
def test_it_takes_placeholders_for_no_serial_number(text: str) -> None:
    assert real_serial(text) == ""
