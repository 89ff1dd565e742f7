"""Building a report: reading what it says, freezing that, and writing it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.config import Config
from api.influx.engine import Engine, EngineError
from api.models import Contract
from api.readings.contract import read_contract
from api.readings.history import read_history
from api.readings.reader import Reader
from api.readings.scope import Scope
from api.reports.errors import ReportError
from api.reports.facts import facts_of
from api.reports.inputs import ContractFacts, ReportInputs
from api.reports.pdf import DEFAULT_LIMITS, Limits
from api.reports.period import Period
from api.reports.store import StoredReport, contract_directory, write_report
from collectors import __version__
from collectors.text import Lang, Text


def gather_inputs(
    engine: Engine, database: str, facts: ContractFacts, period: Period, lang: Lang, now: datetime, kept: timedelta
) -> ReportInputs:
    """Read all that a report says.

    Args:
        engine: the time-series engine.
        database: its raw database.
        facts: the contract, as the relational database knows it.
        period: the month.
        lang: language of the report.
        now: time of building.
        kept: how long the engine keeps points.

    Raises:
        ReportError: the engine refused or could not be reached; no report is made of what could not be asked.
    """
    reader = Reader(engine, database, Scope(facts.id, period.window))
    try:
        reading, history = read_contract(reader), read_history(reader)
    except EngineError as error:
        raise ReportError(
            Text(f"保存されている測定値を読めません: {error}", f"the stored data cannot be read: {error}")
        ) from None
    return ReportInputs(
        lang=lang,
        version=__version__,
        built_at=now,
        kept_since=now - kept,
        period=period,
        contract=facts,
        reading=reading,
        history=history,
    )


def build_report(
    contract: Contract,
    engine: Engine,
    config: Config,
    period: Period,
    lang: Lang,
    directory: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> StoredReport:
    """Build one report and put it in place.

    Args:
        contract: what it is about; its session must still be open.
        engine: the time-series engine.
        config: the service's settings.
        period: the month.
        lang: language of the report.
        directory: where to; the contract's own directory in the report store if None.
        limits: what rendering may use.

    Raises:
        ReportError: the data cannot be read, or the report cannot be made or written; nothing is left half done.
    """
    inputs = gather_inputs(
        engine,
        config.influx_database,
        facts_of(contract, period),
        period,
        lang,
        now=datetime.now(UTC),
        kept=timedelta(days=config.raw_retention_days),
    )
    return write_report(inputs, directory or contract_directory(config.report_dir, contract.public_id), limits)
