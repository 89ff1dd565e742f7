"""`--once`: one whole cycle, from this machine and a simulated MFP to the stored values and the report."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from api.demo.office import HISTORY_DAYS
from api.display.formats import Formats
from api.display.words import AMOUNT, PRINTER_STATUS, word
from api.influx.influxql import quote_identifier
from api.jobs.forecast import Forecaster
from api.jobs.job import Tools
from api.local import agentsetup, alerting
from api.local.alerting import Told
from api.local.stack import Stack
from api.local.supervisor import ChildError
from api.models import Contract
from api.models.base import utc_now
from api.readings.contract import ContractReading, read_contract
from api.readings.device import DeviceReading
from api.readings.printer import PrinterReading
from api.readings.reader import Reader
from api.readings.scope import Scope, Window
from api.reports.cabinet import open_cabinet
from api.reports.filing import Maker
from api.reports.period import period_of
from api.reports.store import StoredReport
from api.rollup.fill import Filler
from collectors.catalogue import measurements
from collectors.text import Text

_LOOK_BACK = timedelta(minutes=15)
_ALWAYS_PRESENT = ("state", "status", "severity", "uptime", "outcome", "ok")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one cycle gave.

    Attributes:
        device: what was stored of this machine.
        printers: what was stored of the simulated MFPs.
        points: measurement -> how many points of the contract are stored.
        told: what rules found, and the messages about it.
        report: the report that was built.
    """

    device: DeviceReading
    printers: tuple[PrinterReading, ...]
    points: dict[str, int]
    told: Told
    report: StoredReport


def run_cycle(stack: Stack, say: Callable[[Text], None]) -> Outcome:
    """Collect, store, roll up, forecast, read back, evaluate, tell, report.

    Raises:
        ChildError: something of it failed, or what was collected is not in the database.
        EngineError: the time-series engine refused.
        ReportError: the report could not be built.
        RollupError: the hours could not be rolled up.
        ToldError: what will last how long could not be forecast.
    """
    say(Text("この機器と模擬複合機から収集しています…", "Collecting from this machine and the simulated MFPs …"))
    agentsetup.collect_once(stack.agent_config)
    say(Text("1時間ごとに集計しています…", "Rolling up the hours …"))
    Filler(stack.database, stack.engine, stack.config).run()
    tools = Tools(stack.config, stack.database, stack.engine, lambda: True)
    # Those of the days before would have the whole history rolled up again.
    Forecaster(past=False).run(tools, utc_now())
    say(Text("保存された値を読み戻しています…", "Reading back what was stored …"))
    now = utc_now()
    reading = read_contract(_reader(stack, Window(now - _LOOK_BACK, now + timedelta(minutes=1))))
    device = _this_machine(stack, reading)
    if not reading.printers:
        raise ChildError(Text("模擬複合機の値が保存されていません", "no value of the simulated MFPs was stored"))
    say(Text("ルールを評価しています…", "Evaluating the rules …"))
    days = HISTORY_DAYS if stack.options.mode == "demo" else 1
    alerting.look_back(stack.database, stack.engine, stack.config, days)
    told = alerting.tell_to_files(
        stack.database, stack.config, stack.state.contract, stack.options.lang, stack.options.data.messages
    )
    say(Text("レポートを作成しています…", "Building the report …"))
    with stack.database.reading() as session:
        contract = session.scalars(select(Contract.id).where(Contract.public_id == stack.state.contract)).one()
    maker = Maker(stack.engine, stack.config, open_cabinet(stack.config, stack.database))
    filed = maker.make(contract, period_of(None, utc_now()), stack.options.lang, "karte up")
    return Outcome(device, reading.printers, _points(stack), told, filed.stored)


def _reader(stack: Stack, window: Window) -> Reader:
    return Reader(stack.engine, stack.config.influx_database, Scope(stack.state.contract, window))


def _this_machine(stack: Stack, reading: ContractReading) -> DeviceReading:
    device = reading.devices.get(agentsetup.credentials(stack.options.data).device)
    if device is None or device.cpu_percent is None or device.memory_percent is None:
        raise ChildError(Text("この機器の値が保存されていません", "no value of this machine was stored"))
    return device


def _points(stack: Stack) -> dict[str, int]:
    """Count the stored points of each measurement, by a field that all its points carry."""
    where = Scope(stack.state.contract, Window(utc_now() - timedelta(days=400), utc_now() + timedelta(days=1)))
    counts: dict[str, int] = {}
    for name, declared in measurements().items():
        fields = [field.name for field in declared.fields]
        always = next((field for field in _ALWAYS_PRESENT if field in fields), fields[0])
        statement = (
            f"SELECT count({quote_identifier(always)}) FROM {quote_identifier(name)}"  # noqa: S608  # quoted
            f" WHERE {where.condition({})}"
        )
        found = [row for series in stack.engine.query(stack.config.influx_database, statement) for row in series.rows()]
        counts[name] = sum(row["count"] for row in found)
    return {name: count for name, count in counts.items() if count}


def told(outcome: Outcome, formats: Formats) -> str:
    """Return the summary of a cycle for people."""
    lang, device = formats.lang, outcome.device
    label = Text("この機器", "This machine").in_(lang)
    memory = Text("メモリー", "memory").in_(lang)
    lines = [
        f"\n{label}: CPU {formats.percent(device.cpu_percent)}, {memory} {formats.percent(device.memory_percent)}"
        f" / {formats.memory(device.memory_bytes)}",
        *(
            f"  {disk.path}: {formats.percent(disk.used_percent)} / {formats.size(disk.total_bytes)}"
            for disk in device.disks
        ),
    ]
    for printer in outcome.printers:
        pages = Text("ページ", "pages").in_(lang)
        status = word(PRINTER_STATUS, printer.status).in_(lang)
        lines.append(f"{printer.name} ({printer.model}): {status}, {formats.count(printer.page_count)} {pages}")
        lines += [f"  {each.name.in_(lang)}: {_left(each.percent, each.state, formats)}" for each in printer.supplies]
    stored = Text("保存されたポイント", "Points stored").in_(lang)
    by_name = ", ".join(f"{name} {count:,}" for name, count in sorted(outcome.points.items()))
    lines.append(f"{stored}: {sum(outcome.points.values()):,} ({by_name})")
    open_, messages = outcome.told.open, outcome.told.messages
    lines.append(Text(f"続いている検知: {open_} 件", f"Open findings: {open_}").in_(lang))
    message = Text("通知", "Message").in_(lang)
    lines += [f"{message}: {path}" for path in messages]
    if not messages:
        lines.append(Text(f"{message}: なし", f"{message}: none").in_(lang))
    report = Text("レポート", "Report").in_(lang)
    lines += [f"{report}: {outcome.report.path(kind)}" for kind in ("pdf", "html")]
    return "\n".join(lines)


def _left(percent: float | None, state: str, formats: Formats) -> str:
    told = word(AMOUNT, state).in_(formats.lang)
    return told if percent is None else f"{formats.percent(percent)} ({told})"
