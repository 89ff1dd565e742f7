"""The simulated office's last 35 days, as the gateway would have stored them, and what staff see."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from api.config import Config
from api.demo.calendar import DAY_S
from api.demo.cast import MACHINES
from api.demo.history import equipment_points, machine_points, mfp_points
from api.demo.mfp import MFPS
from api.demo.office import Office
from api.influx.registry import create_engine
from collectors.point import Point
from tests.dashboards.staff_points import staff_points

DAYS = 35
BATCH = 5_000
KEPT = timedelta(days=36_500)


def store_office(settings: Config, now: int) -> None:
    """Store all points up to a moment in the raw database that settings name; the rollup is there and empty."""
    engine = create_engine(settings)
    for name in (settings.influx_database, settings.influx_rollup_database):
        engine.ensure_database(name, KEPT)
    lines = _lines(now)
    while batch := list(islice(lines, BATCH)):
        outcome = engine.write(settings.influx_database, "\n".join(batch).encode(), "ns")
        assert (outcome.status, outcome.message) == (204, "")


def _lines(now: int) -> Iterator[str]:
    office = Office(now)
    since = now - DAYS * DAY_S
    for machine in MACHINES:
        for point in machine_points(office, machine, since, now):
            yield _stamped(point, f"d-{machine.key}")
    for mfp in MFPS:
        for point in mfp_points(office, mfp, "probe", since, now):
            yield _stamped(point, "d-probe")
    for point in equipment_points(office, "probe", since, now):
        yield _stamped(point, "d-probe")
    yield from (point.to_line() for point in staff_points(now))


def _stamped(point: Point, device: str) -> str:
    tags = {**point.tags, "contract": "c-office", "site": "s-office", "device": device}
    return Point(point.measurement, tags, point.fields, point.time_ns).to_line()
