"""Whole printers, read over UDP from snmpsim."""

import asyncio
from collections.abc import Callable

import pytest

from collectors.probe.client import Client
from collectors.probe.exchange import Answer
from collectors.probe.printer.declaration import MEASUREMENTS
from collectors.probe.printer.document import to_document
from collectors.probe.printer.model import Alert, AmountState, Printer, Supply, Tray
from collectors.probe.printer.points import to_points
from collectors.probe.printer.read import read_printer
from collectors.probe.session import Session
from collectors.probe.snmp import NoAnswer, NotThisKind, Oid, Value, oid
from collectors.probe.target import SnmpVersion
from tests.collectors.probe.conftest import Snmpsim
from tests.collectors.probe.scripted import Question, ScriptedAgent

Read = Callable[[str], Printer]
WALKS = (
    "mfp_color",
    "mfp_shift_jis",
    "printer_device_5",
    "printer_odd_amounts",
    "printer_packed_records",
    "printer_private_serial",
    "printer_wrong_types",
)


def amounts(parts: tuple[Supply, ...] | tuple[Tray, ...]) -> list[tuple[float | None, str]]:
    return [(each.amount.percent, each.amount.state.value) for each in parts]


def test_it_reads_a_colour_mfp(read_walk: Read) -> None:
    printer = read_walk("mfp_color")
    who = printer.identity
    assert (who.asset, who.serial, who.maker, who.model) == ("3089X900123", "3089X900123", "Ricoh", "IM C2500")
    assert (who.name, who.location, who.uptime_s) == ("mfp-2f", "２階 事務室", 3600123.45)
    assert printer.status.word == "idle"
    assert printer.status.errors == ("low_paper", "low_toner")
    assert (printer.page_count, printer.page_count_unit) == (48211, "impressions")
    assert [each.description for each in printer.supplies][1:] == [
        "シアントナー",
        "マゼンタトナー",
        "イエロートナー",
        "廃トナーボトル",
    ]
    assert [each.color for each in printer.supplies] == ["black", "cyan", "magenta", "yellow", ""]
    assert [each.type for each in printer.supplies] == ["toner"] * 4 + ["wasteToner"]
    assert {each.unit for each in printer.supplies} == {"percent"}
    assert printer.supplies[4].supply_class == "receptacleThatIsFilled"
    assert amounts(printer.supplies) == [(80, "ok"), (20, "ok"), (50, "ok"), (0, "empty"), (100, "ok")]
    assert [each.step_percent for each in printer.supplies] == [10, 10, 10, 10, None]
    assert [each.alert for each in printer.supplies] == ["", "", "", "markerTonerEmpty", ""]
    assert amounts(printer.trays) == [(50, "ok"), (None, "some_left"), (0, "empty")]
    assert [(each.name, each.media, each.unit, each.manual) for each in printer.trays] == [
        ("Tray 1", "A4", "sheets", False),
        ("Tray 2", "A3", "sheets", False),
        ("Bypass Tray", "", "sheets", True),
    ]
    assert printer.alerts[0] == Alert(
        index=1,
        severity="critical",
        training="trained",
        group="markerSupplies",
        group_index=4,
        location=None,
        code="markerTonerEmpty",
        description="トナーがありません: イエロー",
        age_s=10123.45,
    )
    assert printer.partial == ()


@pytest.mark.parametrize("version", list(SnmpVersion))
def test_it_reads_the_same_in_every_version(snmpsim: Snmpsim, read_walk: Read, version: SnmpVersion) -> None:
    async def read() -> Printer:
        async with Client() as client:
            return await read_printer(await client.session(snmpsim.target("mfp_color", version)))

    assert asyncio.run(read()) == read_walk("mfp_color")


def test_it_reads_shift_jis_and_the_makers_counters(read_walk: Read) -> None:
    printer = read_walk("mfp_shift_jis")
    assert [each.description for each in printer.supplies] == ["キヤノン トナー ブラック", "回収トナー容器"]
    assert [(each.name, each.media) for each in printer.trays] == [("カセット1", "A4 普通紙")]
    assert amounts(printer.supplies) == [(64, "ok"), (None, "some_left")]
    assert printer.counters == {"total": 90210, "mono": 60210, "copy": 30000, "print": 60210, "scan": 4321}
    assert printer.status.word == "standby"
    assert printer.page_count_unit == "sheets"


def test_it_reads_levels_from_the_makers_records_where_the_table_has_none(read_walk: Read) -> None:
    printer = read_walk("printer_packed_records")
    assert [(each.color, each.amount.percent, each.source) for each in printer.supplies] == [
        ("black", 63.0, "maker"),
        ("cyan", 41.5, "maker"),
        # 200 % is no percentage.
        ("magenta", None, "Printer-MIB"),
        # What the table tells is not replaced.
        ("yellow", 0.0, "Printer-MIB"),
        ("", 82.0, "Printer-MIB"),
    ]
    assert printer.supplies[2].amount.state is AmountState.SOME_LEFT
    assert printer.counters == {"total": 5120, "mono": 4000, "color": 1120, "duplex": 2222}
    assert printer.identity.serial == "E78912A0N123456"
    assert printer.identity.model == "HL-L8360CDW"


def test_it_finds_a_printer_that_is_not_device_1(read_walk: Read) -> None:
    printer = read_walk("printer_device_5")
    assert (printer.identity.maker, printer.identity.model) == ("Kyocera", "TASKalfa 2554ci")
    assert printer.identity.serial == ""
    assert printer.identity.asset == "00:17:c8:aa:bb:cc"
    assert (printer.status.word, printer.status.errors) == ("offline", ("offline",))
    assert [(each.description, each.amount.state) for each in printer.supplies] == [("トナー", AmountState.LOW)]
    assert printer.counters == {"print": 500, "copy": 250, "fax": 27}
    assert printer.page_count == 777


def test_it_reads_odd_amounts_honestly(read_walk: Read) -> None:
    printer = read_walk("printer_odd_amounts")
    by_name = {each.description: each for each in printer.supplies}
    assert {name: (each.amount.percent, each.amount.state.value) for name, each in by_name.items()} == {
        "no limit": (None, "no_limit"),
        "unknown": (None, "unknown"),
        "some left": (None, "some_left"),
        "above capacity": (None, "unknown"),
        "no capacity": (None, "unknown"),
        "no capacity told": (None, "some_left"),
        "percent without capacity": (42, "ok"),
        "percent of another capacity": (40, "ok"),
        "waste, little room": (7, "almost_full"),
        "waste, full": (0, "full"),
        "waste, -3": (None, "some_left"),
        "empty": (0, "empty"),
        "low": (10, "low"),
        "": (None, "unknown"),
        "Fuser (not installed)": (None, "unknown"),
    }
    assert {each.description for each in printer.supplies if each.ghost} == {"no capacity", "", "Fuser (not installed)"}
    assert amounts(printer.trays) == [(None, "no_limit"), (100, "ok"), (4, "low")]
    assert [(each.name, each.available) for each in printer.trays] == [
        ("endless", True),
        ("described only", True),
        ("broken", False),
    ]


def test_it_leaves_ghosts_out_of_the_points(read_walk: Read) -> None:
    points = to_points(read_walk("printer_odd_amounts"))
    told = {point.fields.get("description") for point in points if point.measurement == "printer_supply"}
    assert "empty" in told
    assert not told & {"no capacity", None, "Fuser (not installed)"}


def test_it_survives_wrong_types_everywhere(read_walk: Read) -> None:
    printer = read_walk("printer_wrong_types")
    assert printer.supplies[0].amount.percent is None
    assert [each.description for each in printer.supplies] == ["", "", "only a name"]
    assert printer.page_count is None
    assert printer.status.word == "unknown"
    assert printer.status.errors is None
    assert printer.alerts[0].severity == "code 77"
    assert printer.alerts[0].code is None
    assert printer.identity.serial == ""


def test_it_trusts_the_label_and_reads_the_old_serial_number(read_walk: Read) -> None:
    printer = read_walk("printer_private_serial")
    assert (printer.identity.maker, printer.identity.model) == ("HP", "LaserJet 4250")
    assert printer.identity.serial == "CNRXK12345"
    assert printer.counters == {"total": 123456, "duplex": 20000}


@pytest.mark.parametrize("walk", WALKS)
def test_it_makes_declared_points_and_a_whole_document(read_walk: Read, walk: str) -> None:
    printer = read_walk(walk)
    declared = {each.name: each for each in MEASUREMENTS}
    points = to_points(printer)
    assert [problem for point in points for problem in declared[point.measurement].problems(point)] == []
    assert {point.tags["asset"] for point in points} == {printer.identity.asset}
    assert all(point.to_line() for point in points)
    document = to_document(printer)
    assert document["system"].keys() >= {"name", "description", "maker", "model", "serial"}
    assert document.keys() >= {"status", "page_count", "supplies", "trays", "alerts"}
    for supply in document["supplies"]:
        assert supply.keys() >= {
            *("index", "description", "type", "color", "class", "unit", "capacity", "level", "percent", "state")
        }
    for tray in document["trays"]:
        assert tray.keys() >= {"index", "name", "capacity", "level", "percent", "state"}


def test_it_says_that_a_device_is_no_printer(snmpsim: Snmpsim) -> None:
    async def read() -> Printer:
        async with Client() as client:
            return await read_printer(await client.session(snmpsim.target("no_printer")))

    with pytest.raises(NotThisKind, match="no Printer-MIB"):
        asyncio.run(read())


def test_it_keeps_what_was_read_of_a_printer_that_falls_silent() -> None:
    def silent_after_supplies(question: Question, answer: Answer) -> Answer:
        if any(each[:8] == oid("1.3.6.1.2.1.43.8") for each in question[1]):
            raise NoAnswer("printer did not answer")
        return answer

    entry = oid("1.3.6.1.2.1.43.11.1.1")
    variables: dict[Oid, Value] = {
        oid("1.3.6.1.2.1.43.10.2.1.4.1.1"): 12,
        (*entry, 6, 1, 1): b"Toner",
        (*entry, 8, 1, 1): 100,
        (*entry, 9, 1, 1): 50,
    }
    agent = ScriptedAgent(variables, misbehave=silent_after_supplies)
    printer = asyncio.run(read_printer(Session(agent)))
    assert amounts(printer.supplies) == [(50, "ok")]
    assert printer.partial == ("trays: printer did not answer",)
    # Every further question would cost its time limit.
    assert oid("1.3.6.1.2.1.43.18.1.1.2") not in {each for _op, oids, _n in agent.questions for each in oids}
