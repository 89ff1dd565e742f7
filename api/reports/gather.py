"""Reading all that a report is made from: one query a measurement, whatever the number of devices."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.analysis.devices.analyse import analyse
from api.analysis.devices.read import read_devices
from api.analysis.devices.tree import DeviceAnalysis
from api.analysis.tree import Subject
from api.display.tokyo import TOKYO
from api.influx.engine import Engine
from api.models import Contract, OptionKind, RollupProgress
from api.models.base import service_day
from api.readings.consumption import PRINTED, read_consumption, to_consumption
from api.readings.contract import read_contract
from api.readings.equipment import read_equipment, read_lan_events
from api.readings.hardware import read_hardware
from api.readings.history import Daily, DeviceHistory, read_history
from api.readings.hours import SplicedReader
from api.readings.outlook import read_forecasts
from api.readings.presence import read_presence
from api.readings.scope import Scope, Window
from api.reports.brand import Brand
from api.reports.facts import facts_of
from api.reports.found import found_of
from api.reports.inputs import ContractFacts, ReportInputs
from api.reports.known import DeviceFigures, MonthBefore
from api.reports.listed import assets_of, software_of
from api.reports.period import Period
from collectors import __version__
from collectors.text import Lang


@dataclass(frozen=True, slots=True)
class Stored:
    """Where measured values are.

    Attributes:
        engine: the time-series engine.
        raw: its database of raw points.
        rollup: its database of the hourly rollup.
        kept_since: from when on raw points are kept.
        rolled_until: every hour before it is rolled up; None where none is.
    """

    engine: Engine
    raw: str
    rollup: str
    kept_since: datetime
    rolled_until: datetime | None

    def reader(self, contract: str, window: Window) -> SplicedReader:
        """Return what reads a window of a contract."""
        scope = Scope(contract, window)
        return SplicedReader(self.engine, self.raw, scope, self.rollup, self.rolled_until, self.kept_since)


@dataclass(frozen=True, slots=True)
class Made:
    """How a report is made.

    Attributes:
        at: when.
        lang: its language.
        by_grafana: whether Grafana evaluates the rules.
        brand: whose report it is.
    """

    at: datetime
    lang: Lang
    by_grafana: bool = False
    brand: Brand = field(default_factory=Brand)


def rolled_until(session: Session) -> datetime | None:
    """Return until when the hourly rollup is complete; None where it has nothing."""
    progress = session.get(RollupProgress, 1)
    return progress.done_until if progress else None


def gather(session: Session, contract: Contract, stored: Stored, period: Period, made: Made) -> ReportInputs:
    """Read all that a report says.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    window, before = period.window, period_before(period)
    reader = stored.reader(contract.public_id, window)
    facts = facts_of(contract, period)
    reading, equipment = read_contract(reader), read_equipment(reader)
    names = {
        **facts.sites,
        **{each.asset: each.name for each in equipment},
        **{each.asset: each.name for each in reading.printers},
    }
    return ReportInputs(
        lang=made.lang,
        version=__version__,
        built_at=made.at,
        kept_since=stored.kept_since,
        period=period,
        contract=facts,
        reading=reading,
        history=read_history(reader),
        findings=replace(found_of(session, contract, window, before.start, names), by_grafana=made.by_grafana),
        software=software_of(session, contract, window),
        assets=assets_of(session, contract, window, read_lan_events(reader)),
        forecasts=read_forecasts(reader),
        presence=read_presence(reader),
        hardware=read_hardware(reader),
        equipment=equipment,
        printers=read_consumption(reader),
        before=read_before(stored.reader(contract.public_id, before)),
        analysis=_analysed(contract, reader, period, facts),
        brand=made.brand,
        rolled_until=stored.rolled_until,
    )


def _analysed(contract: Contract, reader: SplicedReader, period: Period, facts: ContractFacts) -> DeviceAnalysis | None:
    if not contract.has_option(OptionKind.DEVICE_ANALYSIS, service_day(period.last_moment)):
        return None
    subjects = tuple(Subject(each.id, each.name, each.kind, each.site) for each in facts.devices)
    return analyse(read_devices(reader), subjects)


def period_before(period: Period) -> Window:
    """Return the month of Tokyo before a month, or the week before a week."""
    if period.week is not None:
        return Window(period.start - timedelta(days=7), period.start)
    last = period.start - timedelta(days=1)
    return Window(datetime(last.year, last.month, 1, tzinfo=TOKYO), period.start)


def read_before(reader: SplicedReader) -> MonthBefore | None:
    """Return what is known of the month before; None where nothing came.

    Raises:
        EngineError: the engine refused or could not be reached.
    """
    reading = read_contract(reader)
    if not reading.devices and not reading.printers:
        return None
    history = read_history(reader)
    return MonthBefore(
        start=reader.scope.window.start,
        end=reader.scope.window.end,
        reading=reading,
        equipment=read_equipment(reader),
        figures={device: _figures(each) for device, each in history.devices.items()},
        presence=read_presence(reader),
        printers=to_consumption(reader.daily(PRINTED, ("first", "last")), (), history.days),
    )


def _figures(history: DeviceHistory) -> DeviceFigures:
    return DeviceFigures(
        cpu_percent=_mean(history.cpu_percent),
        memory_percent=_mean(history.memory_percent),
        disks={path: daily.known[-1] for path, daily in history.disks.items() if daily.known},
    )


def _mean(daily: Daily) -> float | None:
    return sum(daily.known) / len(daily.known) if daily.known else None
