"""The simulated office as it would lie in the engine and the database after seven weeks of two months.

Its points are coarse, as of `karte up --demo`, and close around short incidents; findings come from the evaluator's own
look back over them, forecasts from the job's own code, hours from the service's own rollup.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice

from sqlalchemy import select, update

from alert_rules.registry import entries
from api.alerts.beginning import begin
from api.alerts.history import Databases, Span
from api.config import Config
from api.db import Database
from api.demo.calendar import DAY_S, at
from api.demo.cast import MACHINES, Machine
from api.demo.history import equipment_points, machine_points, mfp_points
from api.demo.mfp import MFPS
from api.demo.office import Office as Simulated
from api.forecasts.make import points_of
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.models import Contract, Device, DeviceKind
from api.reports.build import gather_inputs
from api.reports.inputs import ReportInputs
from api.reports.period import period_of
from api.rollup.fill import Filler
from collectors.point import Point
from tests.api.office import Office, make_office

ANCHOR = at(date(2026, 11, 30), 18)
START = at(date(2026, 10, 13), 0)
FORECAST_DAYS = 45
_NS = 10**9
_BATCH = 5_000
_MINUTE_S = 60
_UNREAD = frozenset({"diskio", "net", "processes", "physical_disk", "smart_attribute", "event_log_source"})
"""Neither rules nor reports of this size look at these."""


@dataclass(frozen=True, slots=True)
class Place:
    """The office after seven weeks.

    Attributes:
        simulated: what happened.
        devices: key of a machine -> its public id.
        probe: public id of the probe.
    """

    config: Config
    database: Database
    engine: Engine
    office: Office
    simulated: Simulated
    devices: dict[str, str]
    probe: str

    def inputs(self, month: str) -> ReportInputs:
        """Return what a report of a month, made as the history ends, is made from."""
        now = moment(ANCHOR)
        with self.database.reading() as session:
            contract = session.scalars(select(Contract).where(Contract.public_id == self.office.contract)).one()
            return gather_inputs(contract, self.engine, self.config, period_of(month, now), "ja", now)


def moment(seconds: int) -> datetime:
    """Return a moment of Unix seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def build(config: Config, database: Database) -> Place:
    """Store seven weeks of the office, roll them up, forecast, and let rules look at them."""
    engine = create_engine(config)
    for name in (config.influx_database, config.influx_rollup_database):
        engine.ensure_database(name, timedelta(days=36_500))
    place = _enrolled(config, database, engine)
    write(engine, config.influx_database, chain(_machines(place), _probe(place)))
    # As if it had been filled all along; later reports find raw points of the last weeks only.
    filling = replace(config, raw_retention_days=50)
    Filler(database, engine, filling, now=lambda: moment(ANCHOR + 3600)).run(moment(START))
    moments = [moment(at) for at in range(ANCHOR - FORECAST_DAYS * DAY_S, ANCHOR + 1, DAY_S)]
    forecasts = points_of(engine, config.influx_rollup_database, place.office.contract, moments)
    write(engine, config.influx_database, forecasts)
    databases = Databases(config.influx_database, config.influx_rollup_database)
    begin(database, engine, databases, (entry.rule for entry in entries().values()), Span(START, ANCHOR))
    return place


def _enrolled(config: Config, database: Database, engine: Engine) -> Place:
    office = make_office(database, "みなと会計事務所")
    devices = {each.key: office.enrol(each.key, DeviceKind(each.kind)).device for each in MACHINES}
    probe = office.enrol("probe", DeviceKind.PROBE).device
    with database.writing.begin() as session:
        session.execute(update(Device).values(first_seen_at=moment(START - DAY_S)))
        for machine in MACHINES:
            session.execute(
                update(Device).where(Device.public_id == devices[machine.key]).values(hostname=machine.host)
            )
    return Place(config, database, engine, office, Simulated(ANCHOR), devices, probe)


def _machines(place: Place) -> Iterator[Point]:
    for machine in MACHINES:
        stamp = {"device": place.devices[machine.key]}
        points = chain(machine_points(place.simulated, machine, START, ANCHOR), _standing(place.simulated, machine))
        yield from _stamped(points, place, stamp)


def _probe(place: Place) -> Iterator[Point]:
    sources = [equipment_points(place.simulated, "probe", START, ANCHOR)]
    sources += [mfp_points(place.simulated, mfp, "probe", START, ANCHOR) for mfp in MFPS]
    yield from _stamped(chain.from_iterable(sources), place, {"device": place.probe})


def _standing(simulated: Simulated, machine: Machine) -> Iterator[Point]:
    """Yield what the service itself stores: since when a machine is silent, close around the times when it is."""
    kinds = ("device_silent", "unexpected_shutdown")
    spells = [each for kind in kinds for each in simulated.of(kind, machine.key)]
    times = {
        *range(START // 3600 * 3600 + 3600, ANCHOR, 3600),
        *(
            at
            for each in spells
            for at in range(each.start // 60 * 60 - 3600, (each.end or ANCHOR) // 60 * 60 + 3600, _MINUTE_S)
        ),
    }
    for each in sorted(time for time in times if START < time <= ANCHOR):
        since = [spell.start for spell in spells if spell.holds_at(each)]
        silent = float(each - min(since) if since else 0)
        tags = {"host": machine.host, "kind": machine.kind}
        yield Point("device_status", tags, {"seconds_since_seen": silent}, each * _NS)


def _stamped(points: Iterable[Point], place: Place, stamp: dict[str, str]) -> Iterator[Point]:
    own = {"contract": place.office.contract, "site": place.office.site, **stamp}
    for point in points:
        if point.measurement not in _UNREAD and point.tags.get("cpu", "cpu-total") == "cpu-total":
            yield Point(point.measurement, {**point.tags, **own}, point.fields, point.time_ns)


def write(engine: Engine, database: str, points: Iterable[Point]) -> None:
    """Store points."""
    waiting = iter(points)
    while batch := list(islice(waiting, _BATCH)):
        outcome = engine.write(database, "\n".join(point.to_line() for point in batch).encode(), "ns")
        assert outcome.status == 204, outcome.message
