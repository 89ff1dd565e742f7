"""The evaluator and a real Grafana find the same on the same data: what opens when, what closes when, and why.

Points are stored as time goes by, in the middle between two evaluations. Grafana evaluates them by the exported rules;
its history of states is compared with what the evaluator makes of the same points. What it then tells the service's
webhook comes a while later, and what opens and closes between two messages is not told at all.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from alert_rules.evaluation import evaluate
from alert_rules.export.rules import rule_uid
from alert_rules.machine import Bounds, End, Standing
from alert_rules.query import moment_query
from alert_rules.registry import Entry
from alert_rules.rule import Category, NoData, Rule, seconds
from alert_rules.series import NS, Key, readings
from api.alerts.thresholds import Thresholds
from api.config import Config
from api.grafana.alerting import converge, wanted_of
from api.grafana.setting import create_grafana
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Finding
from api.models.base import utc_now
from api.routes import alerts as alerts_route
from api.standing.store import store
from api.standing.thresholds import threshold_points, zero_points
from collectors.point import Point
from tests.live.grafana_place import MARKS, Place, placed

pytestmark = MARKS

EVERY_S = 10
"""The shortest that Grafana takes."""

STEPS = 20

Values = Sequence[float | None]


def rule(name: str, **changes: Any) -> Rule:
    """A rule on the memory of devices, evaluated every ten seconds."""
    whole: dict[str, Any] = {
        "id": name,
        "name": {"ja": f"{name} ja", "en": name},
        "message": {"ja": "{value}", "en": "{value}"},
        "severity": "warning",
        "subject": "device",
        "measurement": "mem",
        "field": "used_percent",
        "reduce": "last",
        "window": "10s",
        "every": "10s",
        "compare": "above",
        "no_data": "unknown",
        "hold": "40s",
        "where": f"\"host\" = '{name}'",
        **changes,
    }
    return msgspec.convert(whole, Rule)


@dataclass(frozen=True, slots=True)
class Case:
    """A rule, and the values of its series, one a step: contract and device -> values; None where nothing is told."""

    rule: Rule
    series: Mapping[tuple[str, str], Values]


def parameter(default: float) -> dict[str, Any]:
    return {"id": "limit", "default": default, "min": 1, "max": 99, "text": {"ja": "x", "en": "x"}}


def padded(*values: float | None) -> Values:
    """Values of all steps; the last one goes on."""
    return [*values, *[values[-1]] * (STEPS - len(values))]


CASES = (
    # Up, down within the margin, and back; ends only below the recovery threshold.
    Case(
        rule("level", threshold=90, margin=5),
        {
            ("a", "d-1"): padded(50, 50, 95, 95, 87, 86, 85, 84, 91, 91, 50),
            ("a", "d-2"): padded(90, 90, 90.5, 90, 85.5, 85, 90, 89),
            ("b", "d-3"): padded(10),
        },
    ),
    # Long enough, not long enough, and firing on for a while.
    Case(
        rule("slow", threshold=90, **{"for": "20s", "keep_firing": "30s"}),
        {
            ("a", "d-1"): padded(50, 95, 95, 95, 50, 95, 50, 50, 50, 50, 50),
            ("a", "d-2"): padded(50, 95, 95, 50, 95, 95, 50),
            ("b", "d-3"): padded(95, 95, 95, 95, 50, 50, 50, 95, 95, 95, 95, 50),
        },
    ),
    Case(
        rule("low", compare="at_most", threshold=20, margin=3, **{"for": "10s"}),
        {("a", "d-1"): padded(50, 20, 20, 20, 22, 23, 23.5, 23.5, 19, 50, 50), ("b", "d-3"): padded(21)},
    ),
    # Several points of a window; none that hit is not the same as none at all.
    Case(
        rule("hits", reduce="hits", hit='"used_percent" > 70', window="30s", compare="at_least", threshold=2),
        {("a", "d-1"): padded(50, 75, 75, 50, 75, 50, 50, 50, 75, 75, 75, 50), ("b", "d-3"): padded(75, 50)},
    ),
    Case(
        rule("mean", reduce="mean", window="30s", compare="above", threshold=60),
        {("a", "d-1"): padded(30, 60, 90, 90, 30, 30, 30, 0, 90, 90, 90, 10)},
    ),
    # What is told only while it holds ends as it is told no longer; what stops stays for a while.
    Case(
        rule("gone", threshold=50, no_data="ok"),
        {("a", "d-1"): padded(None, 60, 60, None, 60, None, None, None, 60, 60, None), ("b", "d-3"): padded(10)},
    ),
    Case(
        rule("held", threshold=50),
        {
            ("a", "d-1"): padded(60, 60, None, None, None, 60, 60, None, None, None, None, None, None),
            ("b", "d-3"): padded(10),
        },
    ),
    # All series of a rule at once.
    Case(rule("silent", threshold=50), {("a", "d-1"): padded(60, 60, None, None, 60, None, None, None, None, None)}),
    Case(
        rule("gone_all", threshold=50, no_data="ok"),
        {("a", "d-1"): padded(60, 60, None, 60, 60, None, None, None)},
    ),
    # Thresholds of contracts and devices.
    Case(
        rule("tuned", parameter=parameter(80), margin=2),
        {
            ("a", "d-1"): padded(75, 85, 85, 79, 77, 75),
            ("a", "d-2"): padded(75, 85, 92, 89, 87, 75),
            ("b", "d-3"): padded(75, 65, 60, 57, 50, 61, 65),
            ("b", "d-4"): padded(75, 65, 60, 57, 40, 30, 28, 27),
        },
    ),
)

RULES = {case.rule.id: Entry(Category.HARDWARE, case.rule) for case in CASES}


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A finding, by the step at which it opened and closed."""

    rule: str
    device: str
    opened: int
    closed: int | None
    end: str | None


@pytest.fixture(scope="module")
def running(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A Grafana that evaluates at the very ticks that the evaluator does."""
    config = Config("", "", influx_url=influxd.url, influx_database="karte", influx_rollup_database="karte_1h")
    engine = create_engine(config)
    for name in ("karte", "karte_1h"):
        engine.ensure_database(name, timedelta(days=36_500))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GF_UNIFIED_ALERTING_DISABLE_JITTER", "true")
        patch.setenv("GF_UNIFIED_ALERTING_MIN_INTERVAL", f"{EVERY_S}s")
        # The route looks rules up in the product's own table.
        patch.setattr(alerts_route, "entries", lambda: RULES)
        with placed(tmp_path_factory.mktemp("conformance"), replace(config, alerting="grafana")) as place:
            yield place


def test_grafana_and_the_evaluator_find_the_same(running: Place) -> None:
    contracts = {name: running.contract(f"契約 {name}", people=0) for name in ("a", "b")}
    running.sync()
    engine = create_engine(running.config)
    thresholds = Thresholds(
        {
            ("tuned", contracts["a"], "d-2"): 90.0,
            ("tuned", contracts["b"], ""): 60.0,
            ("tuned", contracts["b"], "d-4"): 30.0,
        }
    )
    _told_of_thresholds(engine, running.config, contracts, thresholds)
    begin = _put(running)
    for step in range(STEPS):
        at = begin + (step + 1) * EVERY_S
        _sleep_until(at - EVERY_S / 2)
        store(engine, running.config.influx_database, list(_points(contracts, step, at)))
    _sleep_until(begin + STEPS * EVERY_S + 8)

    expected = sorted(_evaluated(engine, running.config, thresholds, begin))
    assert {each.rule for each in expected} == set(RULES)
    assert sorted(_seen(running, begin)) == expected
    _let_it_tell(running, {(each.rule, each.device) for each in expected if each.closed is None})
    assert set(_told(running, begin)) <= set(expected)


def _let_it_tell(place: Place, open_: set[tuple[str, str]]) -> None:
    """Wait until the service was told of all that is open, as long as Grafana may keep messages back."""
    until = time.monotonic() + 90
    told: set[tuple[str, str]] = set()
    while told != open_ and time.monotonic() < until:
        time.sleep(2)
        with place.database.reading() as session:
            rows = session.query(Finding).filter(Finding.closed_at.is_(None))
            told = {(each.rule, each.tags["device"]) for each in rows}
    assert told == open_


def _told_of_thresholds(engine: Engine, config: Config, contracts: Mapping[str, str], thresholds: Thresholds) -> None:
    now = utc_now().replace(microsecond=0)
    subjects = [
        {"contract": contracts[contract], "device": device} for case in CASES for contract, device in case.series
    ]
    points = [*zero_points(contracts.values(), subjects, now), *threshold_points(thresholds, [], RULES, now)]
    store(engine, config.influx_database, points)


def _put(place: Place) -> int:
    """Put the rules into Grafana, and return the tick from which on it certainly evaluates them, Unix seconds."""
    grafana = create_grafana(place.config)
    done = converge(grafana, wanted_of(place.config, RULES))
    assert not done.failed
    assert not converge(grafana, wanted_of(place.config, RULES)).told
    grafana.close()
    assert {rule_uid(name) for name in RULES} <= {
        each["uid"] for each in place.admin.get("/api/v1/provisioning/alert-rules")
    }
    return (int(time.time()) // EVERY_S + 4) * EVERY_S


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))


def _points(contracts: Mapping[str, str], step: int, at: int) -> Iterator[Point]:
    for case in CASES:
        for (contract, device), values in case.series.items():
            value = values[step]
            if value is not None:
                tags = {"contract": contracts[contract], "site": "s-1", "device": device, "host": case.rule.id}
                yield Point("mem", tags, {"used_percent": float(value)}, int((at - EVERY_S / 2) * NS))


def _evaluated(engine: Engine, config: Config, thresholds: Thresholds, begin: int) -> Iterator[Found]:
    for case in CASES:
        bounds, window = Bounds.of(case.rule), seconds(case.rule.window)
        standings: Mapping[Key, Standing] = {}
        open_: dict[Key, int] = {}
        for step in range(1, STEPS + 1):
            at = begin + step * EVERY_S
            when = f"time >= {(at - window) * NS} AND time < {at * NS}"
            told = readings(case.rule, engine.query(config.influx_database, moment_query(case.rule, when)))
            done = evaluate(bounds, told, standings, thresholds.limits(case.rule), at)
            standings = done.standings
            for change in done.changes:
                if change.end is None:
                    open_[change.key] = step
                else:
                    device = change.key[case.rule.tags.index("device")]
                    yield Found(case.rule.id, device, open_.pop(change.key), step, change.end.value)
        for key, opened in open_.items():
            yield Found(case.rule.id, key[case.rule.tags.index("device")], opened, None, None)


def _step(moment_s: float, begin: int) -> int:
    return round((moment_s - begin) / EVERY_S)


def _seen(place: Place, begin: int) -> Iterator[Found]:
    """Findings by Grafana's history of states."""
    for case in CASES:
        uid = rule_uid(case.rule.id)
        items = place.admin.get(f"/api/annotations?type=alert&limit=5000&alertUID={uid}")
        open_: dict[str, int] = {}
        for item in sorted(items, key=lambda each: int(each["time"])):
            device = re.search(r"device=([^,}]+)", item["text"])
            if device is None:
                continue  # Grafana's own, that the rule has no data
            step = _step(item["time"] / 1000, begin)
            was, now = (item[name].split(" ")[0] in ("Alerting", "Recovering") for name in ("prevState", "newState"))
            if now and not was:
                open_[device[1]] = step
            elif was and not now:
                yield Found(case.rule.id, device[1], open_.pop(device[1]), step, _end(case.rule, item["newState"]))
        for name, opened in open_.items():
            yield Found(case.rule.id, name, opened, None, None)


def _end(rule: Rule, state: str) -> str:
    if "MissingSeries" not in state:
        return End.RECOVERED.value
    return (End.GONE if rule.no_data is NoData.OK else End.UNKNOWN).value


def _told(place: Place, begin: int) -> Iterator[Found]:
    """Findings as the service was told of them; what happens after the last step is left out."""
    with place.database.reading() as session:
        for each in session.query(Finding):
            opened = _step(each.opened_at.timestamp(), begin)
            closed = None if each.closed_at is None else _step(each.closed_at.timestamp(), begin)
            if closed is not None and closed > STEPS:
                closed = None
            end = each.end.value if each.end and closed is not None else None
            if opened <= STEPS:
                yield Found(each.rule, each.tags["device"], opened, closed, end)
