"""What Grafana's rules ask goes through the gateway to a real engine: values, thresholds for all that has some."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from alert_rules.export.queries import TIME_FILTER, contract_query, subject_query, value_query
from alert_rules.registry import Entry, entries
from alert_rules.rule import Rule
from alert_rules.series import Key, key_of
from api.alerts.thresholds import Thresholds
from api.config import Config
from api.gateway.grant import ReadGrant
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models.base import utc_now
from api.standing.store import store
from api.standing.thresholds import threshold_points, zero_points
from collectors.point import Point
from tests.api.gateway.query.reading import Reading, client_for

NOW = utc_now().replace(second=0, microsecond=0)
Ask = Callable[[str], list[dict[str, object]]]


@pytest.fixture
def settings(influxd: Influxd, config: Config, database_name: str) -> Config:
    settings = replace(config, influx_url=influxd.url, influx_database=database_name)
    create_engine(settings).ensure_database(database_name, timedelta(days=36_500))
    return settings


@pytest.fixture
def ask(settings: Config) -> Ask:
    """Asks as the staff's data source does, for the hour until now; series with their tags, the value in `last`."""
    reading: Reading = client_for(settings, lookup=lambda _token: ReadGrant("r-s", None))
    until = int(NOW.timestamp() * 1000)
    window = f"time >= {until - 3_600_000}ms and time <= {until}ms"

    def ask(query: str) -> list[dict[str, object]]:
        found = reading.series(query.replace(TIME_FILTER, window))
        return [{**series.get("tags", {}), "last": series["values"][-1][-1]} for series in found]

    return ask


def disk(contract: str, device: str, path: str, used: float) -> Point:
    tags = {"contract": contract, "site": f"s-{contract}", "device": device, "host": device.upper(), "path": path}
    at = int((NOW - timedelta(minutes=5)).timestamp()) * 10**9
    return Point("disk", {**tags, "fstype": "NTFS", "mode": "rw"}, {"used_percent": used}, at)


@pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.rule.id)
def test_every_rule_can_be_asked(entry: Entry, ask: Ask, settings: Config) -> None:
    store(create_engine(settings), settings.influx_database, [disk("c-1", "d-1", "C:", 50.0)])
    for query in filter(None, (value_query(entry.rule), contract_query(entry.rule), subject_query(entry.rule))):
        ask(query)


def joined(rule: Rule, ask: Ask) -> dict[Key, float]:
    """The limit of each series, as Grafana's expressions join them: by those labels that both have."""
    (subject,) = filter(None, [subject_query(rule)])
    limits = {}
    for series in ask(value_query(rule)):
        matched = [_matching(series, ask(query)) for query in (contract_query(rule), subject)]
        # Exactly one partner each: none would leave the series out, two would make it an error.
        assert [len(each) for each in matched] == [1, 1], (series, matched)
        limits[_key(rule, series)] = rule.limit + sum(each[0] for each in matched)
    return limits


def _key(rule: Rule, series: Mapping[str, object]) -> Key:
    return key_of(rule, {name: str(value) for name, value in series.items()})


def _matching(series: Mapping[str, object], others: list[dict[str, object]]) -> list[float]:
    return [
        float(str(other["last"]))
        for other in others
        if all(series.get(name) == value for name, value in other.items() if name != "last")
    ]


def test_thresholds_joined_are_those_of_the_evaluator(ask: Ask, settings: Config) -> None:
    rule = entries()["disk_full"].rule
    engine = create_engine(settings)
    disks = [
        disk(contract, f"d-{contract[-1]}{number}", path, 90.0)
        for contract in ("c-1", "c-2", "c-3")
        for number in (1, 2)
        for path in ("C:", "D:")
    ]
    thresholds = Thresholds(
        {
            ("disk_full", "c-1", ""): 90.0,
            ("disk_full", "c-1", "d-11"): 95.5,
            ("disk_full", "c-2", "d-22"): 99.0,
            ("disk_full", "c-9", ""): 80.0,
            ("swap_used", "c-3", ""): 50.0,
        }
    )
    points = [
        *threshold_points(Thresholds({("disk_full", "c-3", "d-31"): 81.0}), [], entries(), NOW - timedelta(minutes=9)),
        *threshold_points(thresholds, [("disk_full", "c-3", "d-31")], entries(), NOW - timedelta(minutes=2)),
    ]
    devices = {(point.tags["contract"], point.tags["device"]) for point in disks}
    zero = zero_points(
        {contract for contract, _device in devices},
        [{"contract": contract, "device": device} for contract, device in devices],
        NOW - timedelta(minutes=1),
    )
    store(engine, settings.influx_database, [*disks, *points, *zero])
    limit_of = thresholds.limits(rule)
    expected = {key: limit_of(key) for key in (key_of(rule, point.tags) for point in disks)}

    assert len(expected) == 12
    assert joined(rule, ask) == pytest.approx(expected)


def test_equipment_has_thresholds_of_its_own_too(ask: Ask, settings: Config) -> None:
    rule = entries()["toner_low"].rule
    tags = {"contract": "c-1", "site": "s-1", "device": "p-1", "host": "PROBE", "type": "toner", "class": "consumed"}
    at = int((NOW - timedelta(minutes=5)).timestamp()) * 10**9
    supplies = [
        Point("printer_supply", {**tags, "asset": asset, "color": color, "index": "1"}, {"percent": 5.0}, at)
        for asset in ("SN-1", "SN-2")
        for color in ("black", "cyan")
    ]
    thresholds = Thresholds({("toner_low", "c-1", "SN-1"): 20.0})
    assets = [{"contract": "c-1", "asset": asset} for asset in ("SN-1", "SN-2")]
    zero = zero_points(["c-1"], assets, NOW - timedelta(minutes=3))
    store(
        create_engine(settings),
        settings.influx_database,
        [*supplies, *threshold_points(thresholds, [], entries(), NOW - timedelta(minutes=1)), *zero],
    )
    limit_of = thresholds.limits(rule)

    assert joined(rule, ask) == pytest.approx(
        {key: limit_of(key) for key in (key_of(rule, point.tags) for point in supplies)}
    )
