"""Report inputs made by hand, with all that a diagnosis looks at."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from alert_rules.registry import entries
from api.display.tokyo import TOKYO
from api.readings.check import Check
from api.readings.consumption import Consumption, Counted, SupplyHistory
from api.readings.contract import ContractReading
from api.readings.device import DeviceReading, Disk, Temperature
from api.readings.drive import Drive
from api.readings.equipment import EquipmentReading, LanEvents
from api.readings.hardware import Battery, Hardware, System
from api.readings.history import Daily, History, days_of
from api.readings.outlook import Forecast
from api.readings.presence import Presence
from api.readings.printer import PrinterReading, Supply
from api.reports.inputs import ContractFacts, RegisteredDevice, ReportInputs
from api.reports.known import AssetFacts, FoundFinding, FoundFindings, MonthBefore, RuleFacts, SoftwareFacts
from api.reports.period import Period
from collectors.inputs.smart.rules import Level
from collectors.text import Text
from collectors.verdict import State

END = datetime(2026, 12, 1, tzinfo=TOKYO)
PERIOD = Period(2026, 11, END)
START = PERIOD.start
BEFORE = datetime(2026, 10, 1, tzinfo=TOKYO)
DAYS = days_of(PERIOD.window)
DAYS_BEFORE = tuple(date(2026, 10, 1) + timedelta(days=n) for n in range(31))
FINE = Text("異常はありません", "no fault found")


def pc(number: int = 0) -> str:
    """Id of a PC."""
    return f"d-pc{number}"


SERVER, NAS, PRINTER, ROUTER = "d-server", "d-nas", "mfp-1", "router-1"


def office(*findings: FoundFinding, pcs: int = 3, with_before: bool = True) -> ReportInputs:
    """An office of some PCs, a server, a NAS, a printer and a router; all is well but for what is found."""
    devices = (
        *(device(pc(n), f"PC-{n}") for n in range(pcs)),
        device(SERVER, "SV", "server"),
        device(NAS, "NAS", "nas"),
    )
    return ReportInputs(
        lang="ja",
        version="0.1.0",
        built_at=END + timedelta(hours=6),
        kept_since=END - timedelta(days=35),
        period=PERIOD,
        contract=ContractFacts("c-1", "みなと会計事務所", 10, devices, sites={"s-1": "本社"}),
        reading=readings(devices),
        history=History(DAYS, {}, {}),
        findings=found(*findings),
        software=SoftwareFacts(listed={each.id: END - timedelta(days=1) for each in devices}),
        assets=AssetFacts(listed={"d-probe": END - timedelta(hours=3)}, events=LanEvents()),
        presence=presence(devices, DAYS),
        hardware={each.id: hardware() for each in devices},
        equipment=(router(),),
        printers={PRINTER: consumption()},
        before=before(devices) if with_before else None,
        rolled_until=END,
    )


def before(devices: tuple[RegisteredDevice, ...]) -> MonthBefore:
    """The month before, in which all was well."""
    return MonthBefore(
        start=BEFORE,
        end=START,
        reading=readings(devices, START),
        equipment=(router(START),),
        presence=presence(devices, DAYS_BEFORE),
        printers={PRINTER: Consumption({"page_count": Counted(4000)}, ())},
    )


def device(id_: str, name: str, kind: str = "pc", enrolled: datetime = BEFORE - timedelta(days=90)) -> RegisteredDevice:
    return RegisteredDevice(id_, name, kind, "本社", "Windows 11 Pro", enrolled)


def readings(devices: tuple[RegisteredDevice, ...], end: datetime = END) -> ContractReading:
    return ContractReading({each.id: reading(each.id, end) for each in devices}, (printer(end),))


def reading(id_: str, end: datetime = END) -> DeviceReading:
    """A device on which all is well."""
    return DeviceReading(
        device=id_,
        last_seen=end - timedelta(minutes=1),
        cpu_percent=12.0,
        memory_percent=48.0,
        memory_bytes=17_179_869_184,
        disks=(Disk("C:", 61.2, 33_700_000_000, 511_000_000_000),),
        temperature=Temperature("package", 52.0),
        drives=(Drive("sda", "SSD 512", Level.OK, FINE, 38.0, 9000, 7.0),),
        checks=tuple(check(name) for name in ("antivirus", "firewall", "patches")),
    )


def check(name: str, state: State = State.OK) -> Check:
    return Check(name, Text(name, name), state, FINE)


def printer(end: datetime = END, *supplies: Supply, name: str = "複合機 2F") -> PrinterReading:
    return PrinterReading(
        asset=PRINTER,
        probe="d-probe",
        name=name,
        model="KARTE MFP 3000",
        serial="KX1",
        status="idle",
        errors=(),
        page_count=184_022,
        last_seen=end - timedelta(minutes=5),
        supplies=supplies or (Supply("1", "", "toner", "black", False, 62.0, "ok"),),
    )


def router(end: datetime = END) -> EquipmentReading:
    return EquipmentReading(
        ROUTER, "router", "s-1", "RT-1", "KARTE R1", "", True, "ok", FINE, end - timedelta(minutes=5)
    )


def hardware(support_end: date | None = date(2027, 10, 12), health: float | None = None) -> Hardware:
    return Hardware(
        system=System("Windows 11 Pro", "25H2", "26200", support_end),
        batteries=(Battery("BAT0", health, 210),) if health is not None else (),
    )


def consumption(*percent: float | None, pages: Mapping[str, Counted] | None = None) -> Consumption:
    levels = percent or tuple(80.0 - n / 2 for n in range(len(DAYS)))
    toner = SupplyHistory("1", "toner", "black", False, "", Daily(levels))
    return Consumption(dict(pages or {"page_count": Counted(5000), "count_color": Counted(1200)}), (toner,))


def presence(devices: tuple[RegisteredDevice, ...], days: tuple[date, ...]) -> Presence:
    """PCs run for nine hours on working days, all else always."""
    hours = {
        each.id: tuple(24 if each.kind != "pc" else 9 if day.weekday() < 5 else 0 for day in days) for each in devices
    }
    return Presence(days, hours, {"d-probe": (24,) * len(days)})


def forecast(kind: str, subject: str, part: str, days: float | None, state: str = "ok", low: float = 0.8) -> Forecast:
    """A forecast of six hours before the period's end."""
    at = END - timedelta(hours=6)
    if days is None:
        return Forecast(kind, subject, part, "", state, at)
    return Forecast(kind, subject, part, "", state, at, days, days * low, days * 1.5, 0.97)


def finding(
    rule: str,
    subject: str = pc(0),
    opened: datetime = START + timedelta(days=9),
    closed: datetime | None = None,
    end: str = "",
    **tags: str,
) -> FoundFinding:
    """A finding of a rule about a device, equipment (by its id) or the site ("s-1")."""
    of = {"s-1": {"site": "s-1"}}.get(subject) or ({"device": subject, "host": subject} if subject[:2] == "d-" else {})
    return FoundFinding(
        id=f"f-{rule}-{opened:%m%d%H}",
        rule=rule,
        tags={**(of or {"asset": subject}), "site": "s-1", **tags},
        message=entries()[rule].rule.name.text,
        since=opened - timedelta(hours=1),
        opened_at=opened,
        closed_at=closed,
        end=end or ("recovered" if closed else ""),
    )


def found(*findings: FoundFinding, evaluated: datetime | None = END) -> FoundFindings:
    """Findings with the facts of their rules."""
    return FoundFindings(
        findings=findings, rules={each.rule: rule_facts(each.rule) for each in findings}, evaluated_at=evaluated
    )


def rule_facts(rule: str) -> RuleFacts:
    entry = entries()[rule]
    return RuleFacts(
        name=entry.rule.name.text,
        severity=entry.rule.severity.value,
        category=entry.category.value,
        advice=entry.rule.advice_id,
        by=entry.rule.by,
        overridden_by=entry.rule.overridden_by or "",
        is_for_staff=entry.rule.staff_only,
    )


def with_reading(inputs: ReportInputs, changed: DeviceReading) -> ReportInputs:
    """The same with another reading of a device."""
    devices = {**inputs.reading.devices, changed.device: changed}
    return replace(inputs, reading=replace(inputs.reading, devices=devices))


def without_reading(inputs: ReportInputs, id_: str) -> ReportInputs:
    """The same without any data of a device."""
    devices = {key: each for key, each in inputs.reading.devices.items() if key != id_}
    hours = {key: each for key, each in inputs.presence.devices.items() if key != id_}
    return replace(
        inputs,
        reading=replace(inputs.reading, devices=devices),
        presence=replace(inputs.presence, devices=hours),
        hardware={key: each for key, each in inputs.hardware.items() if key != id_},
    )
