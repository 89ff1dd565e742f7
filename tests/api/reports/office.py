"""Offices of any size as report inputs, made by hand."""

from datetime import datetime, timedelta

from api.display.tokyo import TOKYO
from api.readings.check import Check
from api.readings.contract import ContractReading
from api.readings.device import DeviceReading, Disk, Temperature
from api.readings.drive import Drive
from api.readings.history import Daily, DeviceHistory, History, days_of
from api.readings.inputrun import InputFailure
from api.readings.printer import Alert, PrinterReading, Supply, Tray
from api.reports.inputs import ContractFacts, RegisteredDevice, ReportInputs
from api.reports.period import Period
from collectors.inputs.smart.rules import Level
from collectors.text import Lang, Text
from collectors.verdict import State

NOW = datetime(2026, 11, 23, 17, 35, tzinfo=TOKYO)
PERIOD = Period(2026, 11, NOW)
DAYS = days_of(PERIOD.window)

HOSTILE_NAMES = (
    "<script>alert('経理')</script>&\"",
    "経理部 🖨️ プリンター 🏢",
    "מחשב הנהלה",
    "x\u202egnp.exe\u0000\n二行目",
    "とても長い名前" * 29,
    "A" * 200,
)


def inputs(devices: int = 4, lang: Lang = "ja", names: tuple[str, ...] = (), printers: bool = True) -> ReportInputs:
    """An office with data; every fourth device needs attention, is silent, or never sent anything, in turn."""
    facts = tuple(_facts(number, names) for number in range(devices))
    readings = {each.id: _reading(number, each.id) for number, each in enumerate(facts) if number % 8 != 7}
    return ReportInputs(
        lang=lang,
        version="0.1.0",
        built_at=NOW,
        kept_since=NOW - timedelta(days=35),
        period=PERIOD,
        contract=ContractFacts("c-7k2m9x4tqa", names[0] if names else "みなと会計事務所", max(10, devices), facts),
        reading=ContractReading(readings, _printers(names) if printers else ()),
        history=History(
            days=DAYS,
            devices={device: _history(number) for number, device in enumerate(readings)},
            pages={"mfp-1": Daily(tuple(120.0 if day.weekday() < 5 else None for day in DAYS))} if printers else {},
        ),
    )


def empty(lang: Lang = "ja", devices: int = 2) -> ReportInputs:
    """An office from which nothing came."""
    facts = tuple(_facts(number, ()) for number in range(devices))
    return ReportInputs(
        lang=lang,
        version="0.1.0",
        built_at=NOW,
        kept_since=NOW - timedelta(days=35),
        period=PERIOD,
        contract=ContractFacts("c-0000000000", "空っぽ商店", 10, facts),
        reading=ContractReading({}, ()),
        history=History(DAYS, {}, {}),
    )


def _facts(number: int, names: tuple[str, ...]) -> RegisteredDevice:
    kind = ("pc", "pc", "server", "nas")[number % 4]
    name = names[number % len(names)] if names else f"{kind.upper()}-{number + 1:03d}"
    return RegisteredDevice(
        id=f"d-{number:010d}",
        name=name,
        kind=kind,
        site=name if names else "本社",
        os="Windows 11 Pro 25H2" if kind == "pc" else "",
        enrolled_at=NOW - timedelta(days=200),
    )


def _reading(number: int, device: str) -> DeviceReading:
    ailing, silent, blind = number % 8 == 1, number % 8 == 3, number % 8 == 5
    return DeviceReading(
        device=device,
        last_seen=NOW - (timedelta(days=5) if silent else timedelta(minutes=1)),
        cpu_percent=None if blind else 12.0 + number % 60,
        memory_percent=None if blind else 48.3,
        memory_bytes=17_179_869_184,
        disks=(
            Disk("C:", 93.4 if ailing else 61.2, 33_700_000_000, 511_000_000_000),
            Disk("D:", None, None, None) if blind else Disk("D:", 8.25, 1_835_000_000_000, 2_000_000_000_000),
        ),
        temperature=None if blind else Temperature("coretemp_package_id_0", 52.0),
        drives=(_drive(ailing),),
        checks=(
            Check(
                "antivirus",
                Text("ウイルス対策の状態", "antivirus protection"),
                State.UNKNOWN if blind else State.OK,
                Text("状態を読み取れません", "the state cannot be read")
                if blind
                else Text("有効で、定義ファイルも最新です", "on, with current definitions"),
            ),
        ),
        failures=(InputFailure("smart", "NoPermission", "smartctl: permission denied", NOW),) if blind else (),
    )


def _drive(failing: bool) -> Drive:
    return Drive(
        name="sda",
        model="KARTE SSD 512",
        state=Level.FAILING if failing else Level.OK,
        reason=Text("代替処理済みセクターが 184 個あります", "184 sectors were reallocated")
        if failing
        else Text("異常はありません", "no fault found"),
        celsius=38.0,
        power_on_hours=12_345,
        wear_percent=7.0,
    )


def _history(number: int) -> DeviceHistory:
    cpu = tuple(None if day.weekday() >= 5 else 8.0 + (number * 7 + day.day * 5) % 40 for day in DAYS)
    disk = tuple(None if day.weekday() >= 5 else min(99.0, 50.0 + day.day * 1.9) for day in DAYS)
    return DeviceHistory(Daily(cpu), Daily(tuple(None if c is None else c + 30 for c in cpu)), {"C:": Daily(disk)})


def _printers(names: tuple[str, ...]) -> tuple[PrinterReading, ...]:
    colours = (("black", 62.0), ("cyan", 8.0), ("magenta", 41.0), ("yellow", 77.0))
    toner = tuple(
        Supply(str(n), "", "toner", color, False, percent, "low" if percent < 10 else "ok")
        for n, (color, percent) in enumerate(colours, start=1)
    )
    first = PrinterReading(
        asset="mfp-1",
        probe="d-probe00000",
        name=names[1] if len(names) > 1 else "複合機 2F",
        model="KARTE Color MFP 3000",
        serial="KX0012345",
        status="idle",
        errors=("low_toner",),
        page_count=184_022,
        last_seen=NOW - timedelta(minutes=3),
        supplies=(
            *toner,
            Supply("5", "Waste Toner Box", "waste_toner", "", True, None, "some_left"),
            Supply("6", "Drum Unit", "opc", "", False, None, "unknown"),
        ),
        trays=(Tray("1", "カセット1", 75.0, "ok"), Tray("2", "", None, "some_left"), Tray("3", "Tray 3", 0.0, "empty")),
        alerts=(Alert("warning", "Toner low: cyan"),),
    )
    second = PrinterReading("mfp-2", "d-probe00000", "モノクロ機", "", "", "unknown", (), None, NOW - timedelta(days=9))
    return (first, second)
