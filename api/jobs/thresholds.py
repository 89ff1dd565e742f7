"""The job that stores thresholds that differ from the rules' own, and which findings are still open."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import select

from alert_rules.registry import entries
from alert_rules.rule import Subject
from api.alerts.thresholds import in_force, taken_back
from api.influx.engine import EngineError, Series
from api.jobs.job import EVERY_MINUTE, Job, Tools
from api.models import Contract, ContractState, Device
from api.models.base import utc_now
from api.standing.findings import open_points, read_open
from api.standing.store import store
from api.standing.thresholds import threshold_points, zero_points
from api.told import ToldError
from collectors.point import Point
from collectors.text import Text


class NotTold(ToldError):
    """The engine did not say what equipment there is; the next run asks again."""


_TOLD_AS_TAKEN_BACK = timedelta(hours=6)
"""Longer than rules look back for thresholds (`alert_rules.export.queries.THRESHOLDS_WITHIN`)."""


_ZERO_EVERY_MINUTES = 10


def _zero(tools: Tools, at: datetime) -> Iterator[Point]:
    """Yield points without a difference, where Grafana needs them to join values and thresholds."""
    with tools.database.reading() as session:
        contracts = list(session.scalars(select(Contract.public_id).where(Contract.state != ContractState.TERMINATED)))
        devices = session.execute(
            select(Contract.public_id, Device.public_id)
            .join(Device, Device.contract_id == Contract.id)
            .where(Device.revoked_at.is_(None), Contract.state != ContractState.TERMINATED)
        ).all()
    subjects = [{"contract": contract, "device": device} for contract, device in devices]
    subjects += _equipment(tools)
    return zero_points(contracts, subjects, at)


def _equipment(tools: Tools) -> list[dict[str, str]]:
    """Return the equipment that has told anything lately of what rules are about; no inventory knows all of it."""
    about = {
        (entry.rule.measurement, entry.rule.field): None
        for entry in entries().values()
        if entry.rule.subject is Subject.EQUIPMENT and entry.rule.parameter is not None
    }
    found: dict[tuple[str, str], None] = {}
    for measurement, field in about:
        asked = (
            f'SELECT count("{field}") FROM "{measurement}"'  # noqa: S608  # rules are our own
            ' WHERE time > now() - 1h GROUP BY "contract", "asset"'
        )
        for series in _asked(tools, asked):
            found[series.tags["contract"], series.tags["asset"]] = None
    return [{"contract": contract, "asset": asset} for contract, asset in found if contract and asset]


def _asked(tools: Tools, statement: str) -> list[Series]:
    try:
        return tools.engine.query(tools.config.influx_database, statement)
    except EngineError as error:
        raise NotTold(
            Text(f"しきい値の対象になる機器を読めません: {error}", f"what thresholds are of cannot be read: {error}")
        ) from None


def _run(tools: Tools) -> None:
    now = utc_now()
    # Two workers in one minute write the same points.
    minute = now.replace(second=0, microsecond=0)
    hour = minute.replace(minute=0)
    rules = entries()
    with tools.database.reading() as session:
        gone = taken_back(session, now - _TOLD_AS_TAKEN_BACK)
        points = chain(
            threshold_points(in_force(session), gone, rules, minute),
            # The same points all through the hour.
            open_points(read_open(session, hour), rules, hour),
        )
        store(tools.engine, tools.config.influx_database, points)
    if tools.config.alerting == "grafana" and now.minute % _ZERO_EVERY_MINUTES == 0:
        store(tools.engine, tools.config.influx_database, _zero(tools, minute))


JOB = Job(
    name="thresholds",
    text=Text(
        "変更されたしきい値（毎分）と、続いている検知（毎時）の記録",
        "thresholds that were changed: every minute; findings that are still open: every hour",
    ),
    minutes=EVERY_MINUTE,
    run=_run,
    expires_s=50,
)
