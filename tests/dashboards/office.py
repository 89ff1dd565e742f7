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
from collectors.point import FieldValue, Point
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
    for point in _forecasts(now):
        yield _stamped(point, "d-probe")
    for machine in MACHINES:
        tags = {"host": machine.host, "kind": machine.kind}
        yield _stamped(Point("device_status", tags, {"seconds_since_seen": 30.0}, now * 10**9), f"d-{machine.key}")
    yield from (point.to_line() for point in staff_points(now))


def _forecasts(now: int) -> Iterator[Point]:
    """Yield how long supplies and a volume will last: one can be told, one cannot."""
    known: dict[str, FieldValue] = {"state": "ok", "days_left": 33.5, "days_left_low": 20.2, "days_left_high": 51.0}
    for mfp in MFPS:
        for supply in mfp.supplies:
            tags = {"kind": "supply_empty", "asset": mfp.serial, "index": str(supply.index), "type": supply.kind}
            told: dict[str, FieldValue] = known if supply.colour else {"state": "no_trend"}
            colored = {"color": supply.colour} if supply.colour else {}
            yield Point("forecast", {**tags, **colored}, told, now * 10**9)
    server = next(each for each in MACHINES if each.key == "sv-kaikei")
    yield Point("forecast", {"kind": "disk_full", "host": server.host, "path": "\\D:"}, known, now * 10**9)


def _stamped(point: Point, device: str) -> str:
    tags = {**point.tags, "contract": "c-office", "site": "s-office", "device": device}
    return Point(point.measurement, tags, point.fields, point.time_ns).to_line()
