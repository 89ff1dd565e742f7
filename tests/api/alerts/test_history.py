"""A rule over stored points: raw and from the rollup, on a real influxd."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from alert_rules.rule import Rule
from api.alerts.history import DAY_S, Databases, Resolution, Span, choose, look_back
from api.config import Config
from api.db import Database
from api.rollup.fill import Filler
from tests.api.alerts.conftest import NOON, Bench

T0 = int(NOON.timestamp())
HOUR = 3600


@pytest.mark.parametrize(
    ("name", "days", "rolled", "expected"),
    [
        ("patches_lagging", 2, True, Resolution.HOURS),
        ("disk_full", 2, True, Resolution.RAW),
        ("disk_full", 30, True, Resolution.HOURS),
        ("disk_full", 30, False, Resolution.RAW),
        ("patches_lagging", 2, False, Resolution.RAW),
    ],
)
def test_it_reads_hours_where_they_are_exact_or_the_span_is_long(
    rule: Callable[[str], Rule], name: str, days: int, rolled: bool, expected: Resolution
) -> None:
    span = Span(T0 - days * DAY_S, T0, T0 if rolled else None)

    assert choose(rule(name), span) is expected


def test_raw_points_and_the_rollup_tell_the_same_where_the_rule_is_hourly(
    bench: Bench, database: Database, rule: Callable[[str], Rule]
) -> None:
    patches = msgspec.structs.replace(rule("patches_lagging"), pending="2h")
    for hour in range(40):
        lag = 40.5 if 8 <= hour < 20 else 3.0
        if not 24 <= hour < 28:
            bench.store("patches", f"lag_days={lag}", NOON + timedelta(hours=hour, minutes=20))
    config = Config("", "", influx_url="", influx_database=bench.raw, influx_rollup_database=bench.hours)
    Filler(database, bench.engine, config, now=lambda: NOON + timedelta(hours=48)).run(NOON)
    databases, span = Databases(bench.raw, bench.hours), Span(T0, T0 + 40 * HOUR, T0 + 40 * HOUR)

    found = {how: look_back(bench.engine, databases, patches, bench.contract, span, how) for how in Resolution}

    raw, hours = (found[how].past.spells(lambda _key: 35.0) for how in (Resolution.RAW, Resolution.HOURS))
    assert raw == hours
    assert [(each.opened - T0, (each.closed or 0) - T0) for each in raw] == [(11 * HOUR, 21 * HOUR)]
    assert all(each.is_exact for each in found.values())


def test_hours_of_a_rule_that_is_evaluated_more_often_are_said_to_be_coarse(
    bench: Bench, database: Database, rule: Callable[[str], Rule]
) -> None:
    for minute in range(0, 240, 5):
        full = 99.0 if 60 <= minute < 150 else 50.0
        bench.store("disk", f"used_percent={full}", NOON + timedelta(minutes=minute), ",path=C:,fstype=NTFS,mode=rw")
    config = Config("", "", influx_url="", influx_database=bench.raw, influx_rollup_database=bench.hours)
    Filler(database, bench.engine, config, now=lambda: NOON + timedelta(hours=8)).run(NOON)
    databases, span = Databases(bench.raw, bench.hours), Span(T0, T0 + 4 * HOUR, T0 + 4 * HOUR)

    raw, hours = (
        look_back(bench.engine, databases, rule("disk_full"), bench.contract, span, how) for how in Resolution
    )

    assert [(each.opened - T0) // 60 for each in raw.past.spells(lambda _key: 97.0)] == [105]
    assert (raw.is_exact, hours.is_exact) == (True, False)
    assert [(each.opened - T0) // HOUR for each in hours.past.spells(lambda _key: 97.0)] == [2]


def test_another_contract_s_points_are_not_read(bench: Bench, rule: Callable[[str], Rule]) -> None:
    bench.store("disk", "used_percent=99", NOON, ",path=C:,fstype=NTFS,mode=rw")
    disk = msgspec.structs.replace(rule("disk_full"), pending="0s")
    databases, span = Databases(bench.raw, bench.hours), Span(T0, T0 + HOUR)

    found = [
        look_back(bench.engine, databases, disk, contract, span, Resolution.RAW).past.spells(lambda _key: 97.0)
        for contract in (bench.contract, "c-other")
    ]

    assert [len(each) for each in found] == [1, 0]
