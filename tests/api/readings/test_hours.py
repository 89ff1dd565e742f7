"""The hourly rollup read as if it were raw points, and both together, on a real engine."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from api.display.tokyo import TOKYO
from api.influx.engine import Engine
from api.readings.device import CPU, DISK
from api.readings.history import PAGES, read_history
from api.readings.hours import HourReader, SplicedReader
from api.readings.presence import read_presence
from api.readings.scope import Scope, Window
from collectors.catalogue import measurements
from collectors.point import Point
from tests.api.readings.stored import NOW, Store, mfp, pc
from tests.bench.crowd import rolled_of

START = (NOW - timedelta(days=6)).replace(hour=0, minute=0)
TODAY = NOW.replace(hour=0, minute=0)


def _points() -> list[Point]:
    """A PC and a printer, every half hour for six days; the PC is off on the fourth."""
    found: list[Point] = []
    moment = START
    while moment < NOW:
        age = NOW - moment
        hour = moment.hour
        if moment.date() != (START + timedelta(days=3)).date():
            found += [each for each in pc(age, idle=90.0 - hour) if each.measurement in {"cpu", "mem", "disk"}]
        pages = int((moment - START) / timedelta(minutes=30))
        found += [
            Point("printer", each.tags, {**each.fields, "page_count": 1000 + pages}, int(moment.timestamp()) * 10**9)
            for each in mfp()
            if each.measurement == "printer"
        ][:1]
        moment += timedelta(minutes=30)
    return found


@pytest.fixture
def rollup(engine: Engine, store: Store, database_name: str) -> str:
    """The rollup of all hours; raw points of all of them are there, too."""
    points = _points()
    store.put("c-1", "d-1", points)
    name = f"{database_name}_1h"
    engine.ensure_database(name, timedelta(days=4000))
    stamp = {"contract": "c-1", "site": "s-1", "device": "d-1"}
    stamped = [Point(each.measurement, {**each.tags, **stamp}, each.fields, each.time_ns) for each in points]
    assert engine.write(name, rolled_of(stamped).encode(), "s").status == 204
    return name


Spliced = Callable[[datetime | None, datetime], SplicedReader]


@pytest.fixture
def spliced(engine: Engine, database_name: str, rollup: str) -> Spliced:
    def reader(rolled_until: datetime | None, kept_since: datetime) -> SplicedReader:
        scope = Scope("c-1", Window(START, NOW))
        return SplicedReader(engine, database_name, scope, rollup, rolled_until, kept_since)

    return reader


def test_hours_tell_of_days_what_raw_points_do(spliced: Spliced) -> None:
    raw = read_history(spliced(None, START))
    rolled = read_history(spliced(NOW, START))

    for one, other in ((raw.devices["d-1"], rolled.devices["d-1"]),):
        assert one.cpu_percent.values == pytest.approx(other.cpu_percent.values)
        assert one.disks == other.disks
    assert raw.pages == rolled.pages
    assert sum(raw.pages["mfp-1"].known) == 323


def test_the_day_that_is_not_all_rolled_up_is_read_raw(spliced: Spliced, engine: Engine, rollup: str) -> None:
    whole = read_history(spliced(NOW, START))
    engine.query(rollup, f'DELETE FROM "cpu" WHERE time >= {int(TODAY.timestamp()) * 10**9}')

    spliced_ = read_history(spliced(TODAY + timedelta(hours=5), START))

    assert spliced_.devices["d-1"].cpu_percent.values == pytest.approx(whole.devices["d-1"].cpu_percent.values)


def test_it_counts_hours_with_data(spliced: Spliced) -> None:
    for rolled_until in (None, TODAY - timedelta(days=2), NOW):
        presence = read_presence(spliced(rolled_until, START))

        assert presence.devices["d-1"] == (24, 24, 24, 0, 24, 24, NOW.hour + 1)
        assert presence.hours("d-1") == 24 * 5 + NOW.hour + 1
        assert presence.hours("d-9") == 0


def test_where_raw_points_are_gone_the_newest_hour_tells(spliced: Spliced, engine: Engine, database_name: str) -> None:
    engine.query(database_name, 'DELETE FROM "disk"')
    old, new = spliced(NOW, START), spliced(NOW, NOW - timedelta(days=1))

    assert old.latest(DISK) == []
    (row,) = new.latest(DISK)
    assert (row.number("used_percent"), row.tags["device"], row.tags["path"]) == (61.2, "d-1", "C:")


def test_of_both_the_newer_tells(spliced: Spliced, engine: Engine, database_name: str) -> None:
    engine.query(database_name, f'DELETE FROM "cpu" WHERE time < {int(TODAY.timestamp()) * 10**9}')

    (row,) = spliced(TODAY, NOW - timedelta(days=1)).latest(CPU)

    assert row.time > TODAY
    assert row.number("usage_idle") == 90.0 - 17


def test_another_contract_s_hours_are_not_read(engine: Engine, rollup: str) -> None:
    reader = HourReader(engine, rollup, Scope("c-2", Window(START, NOW)))

    assert reader.latest(CPU) == []
    assert reader.daily(CPU, ("mean", "min", "max", "last", "first")) == []


def test_all_functions_of_a_day_come_from_partials(engine: Engine, rollup: str) -> None:
    reader = HourReader(engine, rollup, Scope("c-1", Window(START, START + timedelta(days=1))))

    (row,) = reader.daily(CPU, ("mean", "min", "max", "last"))
    (pages,) = reader.daily(PAGES, ("first", "last"))

    assert row.time == START.astimezone(TOKYO)
    assert [row.number(f"{each}_usage_idle") for each in ("mean", "min", "max", "last")] == [78.5, 67.0, 90.0, 67.0]
    assert [pages.number(f"{each}_page_count") for each in ("first", "last")] == [1000, 1047]
    assert "usage_idle" in {field.name for field in measurements()["cpu"].fields}
