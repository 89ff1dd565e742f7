"""Building a report: reading what it says, freezing that, and writing it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import object_session

from api.config import Config
from api.influx.engine import Engine, EngineError
from api.models import Contract
from api.reports.brand import brand_of
from api.reports.errors import ReportError
from api.reports.gather import Made, Stored, gather, rolled_until
from api.reports.inputs import ReportInputs
from api.reports.pdf import DEFAULT_LIMITS, Limits
from api.reports.period import Period
from api.reports.store import StoredReport, write_report
from collectors.text import Lang, Text


def gather_inputs(
    contract: Contract, engine: Engine, config: Config, period: Period, lang: Lang, now: datetime
) -> ReportInputs:
    """Read all that a report says.

    Args:
        contract: what it is about; its session must still be open.
        engine: the time-series engine.
        config: the service's settings.
        period: the month.
        lang: language of the report.
        now: time of building.

    Raises:
        ReportError: the engine refused or could not be reached, and no report is made of what could not be asked; or
            the provider's logo or colour cannot be used.
    """
    session = object_session(contract)
    if session is None:
        raise ValueError("the contract's session is closed")
    brand = brand_of(config.provider_name, config.provider_contact, config.provider_color, config.provider_logo)
    stored = Stored(
        engine=engine,
        raw=config.influx_database,
        rollup=config.influx_rollup_database,
        kept_since=now - timedelta(days=config.raw_retention_days),
        rolled_until=rolled_until(session),
    )
    try:
        return gather(session, contract, stored, period, Made(now, lang, config.alerting == "grafana", brand))
    except EngineError as error:
        raise ReportError(
            Text(f"保存されている測定値を読めません: {error}", f"the stored data cannot be read: {error}")
        ) from None


def build_report(
    contract: Contract,
    engine: Engine,
    config: Config,
    period: Period,
    lang: Lang,
    directory: Path,
    limits: Limits = DEFAULT_LIMITS,
) -> StoredReport:
    """Build one report into a directory of somebody's choice; it is not archived.

    Args:
        contract: what it is about; its session must still be open.
        engine: the time-series engine.
        config: the service's settings.
        period: the month.
        lang: language of the report.
        directory: where to.
        limits: what rendering may use.

    Raises:
        ReportError: the data cannot be read, or the report cannot be made or written; nothing is left half done.
    """
    inputs = gather_inputs(contract, engine, config, period, lang, datetime.now(UTC))
    return write_report(inputs, directory, limits)
