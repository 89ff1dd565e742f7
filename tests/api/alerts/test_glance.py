"""Leaving out series that are never beyond their threshold changes nothing of what a backtest finds."""

from datetime import timedelta

import pytest

from alert_rules.cases import load_cases
from alert_rules.registry import entries
from alert_rules.replay import Scene
from alert_rules.rule import Rule
from api.alerts.history import DAY_S, Databases, Looked, Resolution, Span, look_back
from api.config import Config
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from collectors.point import to_lines
from tests.bench.crowd import rolled_of

START = 1_795_651_200
"""Midnight UTC."""

CASES = load_cases()
NAMES = sorted(CASES)


@pytest.fixture(scope="module")
def engine(influxd: Influxd) -> Engine:
    return create_engine(Config("", "", influx_url=influxd.url))


def stored(engine: Engine, scene: Scene) -> Databases:
    """Store the points of a rule's cases, and their rollup."""
    databases = Databases(f"glance_{scene.rule.id}", f"glance_{scene.rule.id}_1h")
    points = sorted(scene.points(), key=lambda point: point.time_ns or 0)
    for name, lines, precision in (
        (databases.raw, to_lines(points), "ns"),
        (databases.hours, rolled_of(points), "s"),
    ):
        engine.ensure_database(name, timedelta(days=36_500))
        outcome = engine.write(name, lines.encode(), precision)
        assert (outcome.status, outcome.message) == (204, "")
    return databases


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_the_same_in_every_recorded_case(name: str, engine: Engine) -> None:
    rule, cases = entries()[name].rule, CASES[name][1]
    databases = stored(engine, Scene(rule, cases, START))
    span = Span(START, START + 3 * DAY_S, START + 3 * DAY_S)
    opened = 0
    for contract in cases.named():
        for resolution in Resolution:
            whole = look_back(engine, databases, rule, contract, span, resolution)
            glanced = look_back(engine, databases, rule, contract, span, resolution, [lambda _key: rule.limit])
            assert found(glanced, rule) == found(whole, rule)
            assert keys(glanced) == keys(whole)
            opened += len(found(whole, rule))
    assert opened or name in ("reboot_pending", "agent_outdated")  # These take longer than the span.


def test_it_reads_nothing_more_of_series_that_are_never_beyond(engine: Engine) -> None:
    rule = entries()["disk_full"].rule
    databases = stored(engine, Scene(rule, CASES["disk_full"][1], START))
    asked: list[str] = []

    class Watched:
        """An engine that remembers what it was asked."""

        def query(self, database: str, statement: str) -> object:
            asked.append(statement)
            return engine.query(database, statement)

    span = Span(START, START + DAY_S)
    for contract, questions in (("never_fires[0]", 1), ("fires", 2)):
        asked.clear()
        looked = look_back(
            Watched(),  # type: ignore[arg-type]  # only asks
            databases,
            rule,
            contract,
            span,
            Resolution.RAW,
            [lambda _key: rule.limit],
        )
        assert len(asked) == questions
        assert looked.past.series
    assert "\"path\" = 'C:'" in asked[1]
    assert "'D:'" not in asked[1]


def test_what_is_beyond_any_of_several_thresholds_is_read(engine: Engine) -> None:
    rule = entries()["disk_full"].rule
    databases = stored(engine, Scene(rule, CASES["disk_full"][1], START))
    span = Span(START, START + DAY_S)

    limits = [lambda _key: 99.0, lambda _key: 30.0]
    looked = look_back(engine, databases, rule, "fires", span, Resolution.RAW, limits)

    assert [len(looked.past.spells(limit)) for limit in limits] == [0, 2]


def found(looked: Looked, rule: Rule) -> list[object]:
    return list(looked.past.spells(lambda _key: rule.limit))


def keys(looked: Looked) -> set[tuple[str, ...]]:
    return {key for key, _values in looked.past.series}
