"""What the read side must do on every engine: answer as it does on InfluxDB 1.6, which CI tests at length.

Two places, one on the engine and one on a real influxd 1.x, hold the same points of the same two contracts; the hourly
rollup of both is made by the job that makes it. Each query goes through the gateway to both.
"""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from api.config import Config
from api.db import open_database
from api.gateway.grant import ReadGrant
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.rollup.fill import Filler
from api.schema import upgrade
from tests.api.gateway.query.influxql_strategies import Maker
from tests.api.gateway.query.reading import Reading, client_for
from tests.api.gateway.query.worlds import HOUR_S, MEASUREMENTS, MINE, NOW_S, THEIRS

EVER = timedelta(days=1_000)
GENERATED = 400
FROM_S = NOW_S - 58 * HOUR_S - 1_800
RANGE = f"time >= {FROM_S}s AND time < {NOW_S}s"
SHORT = f"time >= {NOW_S - 5 * HOUR_S}s AND time < {NOW_S}s"

_SETTLED_S = 30.0
"""How long an engine may take until points of a new measurement are found."""

SELECTS = [
    "SELECT * FROM cpu",
    "SELECT * FROM mem LIMIT 3",
    "SELECT *::field FROM mem LIMIT 2",
    "SELECT *::tag, used_percent FROM mem LIMIT 2",
    "SELECT /^(host|total)$/ FROM mem LIMIT 2",
    "SELECT used_percent, host FROM mem WHERE host = 'own-host-2' ORDER BY time DESC LIMIT 4",
    "SELECT total FROM mem WHERE host = 'own-host-1' LIMIT 3 OFFSET 2",
    "SELECT state, total FROM disk WHERE state =~ /own/ AND total > 20 AND host != 'own-host-3'",
    "SELECT total FROM mem WHERE (host = 'own-host-1' OR total > 35) AND used_percent < 20",
    "SELECT total FROM mem WHERE host =~ /1|3/ AND host !~ /3$/ LIMIT 2",
    "SELECT total FROM mem WHERE host = 'zqbthem-host-1' OR total > 38",
    "SELECT total FROM mem WHERE host = 'nobody'",
    "SELECT nothing FROM mem",
    "SELECT total FROM ups",
    "SELECT load_percent FROM ups",
    "SELECT status FROM printer WHERE asset =~ /x/",
    "SELECT total / 2 AS half, total + used_percent, -total FROM mem WHERE host = 'own-host-1' LIMIT 2",
    "SELECT abs(total), sqrt(used_percent), round(used_percent), pow(total, 2) FROM mem WHERE host = 'own-host-2'",
    f"SELECT count(total), sum(total), min(total), max(total), mean(total), spread(total) FROM mem WHERE {RANGE}",
    "SELECT first(total), last(total) FROM mem WHERE host = 'own-host-1'",
    f"SELECT median(total) FROM mem WHERE {RANGE}",
    f"SELECT stddev(total) FROM mem WHERE {RANGE} GROUP BY time(12h)",
    f"SELECT percentile(total, 90) FROM mem WHERE {RANGE} GROUP BY time(12h), host",
    "SELECT distinct(status) FROM printer",
    "SELECT count(distinct(total)) FROM mem",
    "SELECT top(used_percent, 1) FROM mem WHERE host = 'own-host-1'",
    "SELECT max(total) FROM mem GROUP BY host",
    "SELECT last(*) FROM disk GROUP BY host",
    "SELECT mean(/total|used/) FROM mem GROUP BY host",
    f"SELECT mean(total) FROM mem WHERE {RANGE} GROUP BY time(6h), * fill(none)",
    f"SELECT mean(total) FROM mem WHERE {RANGE} GROUP BY time(6h), /^(host|site)$/",
    f"SELECT count(total) FROM mem WHERE {SHORT} AND host = 'own-host-1' GROUP BY time(20m)",
    f"SELECT mean(total) FROM mem WHERE {SHORT} AND host = 'own-host-1' GROUP BY time(20m) fill(previous)",
    f"SELECT mean(total) FROM mem WHERE {SHORT} AND host = 'own-host-1' GROUP BY time(20m) fill(linear)",
    f"SELECT mean(total) FROM mem WHERE {SHORT} AND host = 'own-host-1' GROUP BY time(20m) fill(-1)",
    f"SELECT mean(total) FROM mem WHERE {RANGE} GROUP BY time(1d) tz('Asia/Tokyo')",
    f"SELECT mean(total) FROM mem WHERE {RANGE} GROUP BY time(1d, -9h) ORDER BY time DESC LIMIT 2",
    f"SELECT mean(total) * 2 - min(used_percent) AS x FROM mem WHERE {RANGE} GROUP BY time(12h)",
    f"SELECT derivative(mean(total), 1h) FROM mem WHERE {SHORT} GROUP BY time(1h)",
    f"SELECT non_negative_derivative(max(total), 1s) AS a FROM mem WHERE {SHORT} GROUP BY time(1h), host",
    f"SELECT difference(last(total)) FROM mem WHERE {SHORT} GROUP BY time(1h), host fill(none) ORDER BY time DESC",
    f"SELECT non_negative_difference(mean(total)) * 8 FROM mem WHERE {SHORT} GROUP BY time(30m), host",
    f"SELECT cumulative_sum(count(total)) FROM mem WHERE {SHORT} GROUP BY time(1h), host",
    f"SELECT elapsed(max(total), 1m) FROM mem WHERE {SHORT} GROUP BY time(1h), host",
    f"SELECT moving_average(mean(total), 3) FROM mem WHERE {SHORT} GROUP BY time(1h), host",
    "SELECT difference(total) FROM mem WHERE host = 'own-host-1' LIMIT 3",
    f"SELECT max(m) FROM (SELECT mean(total) AS m FROM mem WHERE {RANGE} GROUP BY time(6h), host) GROUP BY host",
    f"SELECT max(d) FROM (SELECT difference(mean(total)) AS d FROM mem WHERE {SHORT} GROUP BY time(1h), host)",
    "SELECT * FROM (SELECT last(total) AS t FROM mem GROUP BY host) GROUP BY host",
    "SELECT mean(total) FROM karte..mem",
    "SELECT mean(total) FROM karte.autogen./^mem$/",
    "SELECT sum(total_count) FROM karte_1h..mem GROUP BY host",
    "SELECT max(total) FROM mem WHERE time > now() - 7d AND time < now() GROUP BY host",
    "SELECT total FROM mem WHERE time >= '2020-01-01' AND time < '2020-01-02T00:00:00Z'",
    "SELECT last(total) FROM mem; SELECT last(page_count) FROM printer; SHOW MEASUREMENTS",
]
"""SELECTs that are answered alike everywhere."""

PARTLY = [
    "SELECT total FROM mem GROUP BY host LIMIT 1",
    "SELECT max(total) FROM mem GROUP BY host SLIMIT 1 SOFFSET 1",
    f"SELECT mean(total) FROM mem WHERE {SHORT} GROUP BY time(1h), host ORDER BY time DESC LIMIT 1",
    "SELECT total FROM mem, disk WHERE host = 'own-host-1' LIMIT 1",
    "SELECT mean(used_percent) FROM /mem|disk/",
    "SELECT top(total, host, 2) FROM mem",
    f"SELECT difference(mean(total)), mean(total) FROM mem WHERE {SHORT} GROUP BY time(1h)",
    "SELECT sum(m) FROM (SELECT last(total) AS m FROM mem), (SELECT last(total) AS m FROM disk)",
]
"""SELECTs that not every engine answers; where it is, it is alike."""

SHOWS = [
    "SHOW DATABASES",
    "SHOW RETENTION POLICIES",
    "SHOW RETENTION POLICIES ON karte_1h",
    "SHOW MEASUREMENTS",
    "SHOW MEASUREMENTS ON karte_1h",
    "SHOW MEASUREMENTS WITH MEASUREMENT =~ /m/",
    "SHOW MEASUREMENTS WITH MEASUREMENT = cpu",
    "SHOW MEASUREMENTS WHERE host = 'own-host-1'",
    "SHOW MEASUREMENTS WHERE host = 'zqbthem-host-1'",
    "SHOW MEASUREMENTS WHERE asset =~ /own/ OR host = 'own-host-3' LIMIT 2 OFFSET 1",
    "SHOW SERIES FROM mem",
    "SHOW SERIES WHERE host =~ /2|zqb/",
    "SHOW SERIES FROM mem LIMIT 1 OFFSET 1",
    "SHOW TAG KEYS",
    "SHOW TAG KEYS FROM disk",
    "SHOW TAG KEYS FROM /^m/ WHERE host = 'own-host-1'",
    "SHOW TAG KEYS WITH KEY =~ /o/ SLIMIT 2",
    "SHOW TAG VALUES WITH KEY = host",
    "SHOW TAG VALUES FROM mem WITH KEY IN (host, device) WHERE host != 'own-host-2'",
    "SHOW TAG VALUES FROM disk WITH KEY =~ /./",
    "SHOW TAG VALUES FROM printer WITH KEY = site",
    "SHOW TAG VALUES WITH KEY = host WHERE host =~ /them/ OR device = 'own-dev-1' LIMIT 1",
    "SHOW FIELD KEYS",
    "SHOW FIELD KEYS FROM mem",
    "SHOW MEASUREMENT CARDINALITY",
    "SHOW SERIES CARDINALITY",
    "SHOW SERIES EXACT CARDINALITY FROM mem",
    "SHOW TAG KEY CARDINALITY",
    "SHOW TAG VALUES CARDINALITY WITH KEY = host",
    "SHOW FIELD KEY CARDINALITY",
    "SELECT last(total) FROM mem; SHOW TAG VALUES FROM mem WITH KEY = host; SHOW DATABASES",
]

FAULTS = [
    "SELECT nonsense(total) FROM mem",
    "SELECT total FROM",
    "SELECT total FROM mem WHERE contract = 'c-zqbother'",
    "SELECT total FROM _internal..mem",
    "DROP DATABASE karte",
    "SELECT total INTO x FROM mem",
]
"""What is refused, or answered with an error; its words may be the engine's."""

ROLLED = [
    f"SELECT mean(used_percent), max(total), count(total) FROM mem WHERE {RANGE} GROUP BY time(6h), host fill(none)",
    f"SELECT mean(used_percent) FROM mem WHERE {RANGE} GROUP BY time(12h)",
    f"SELECT spread(total) FROM mem WHERE {RANGE} GROUP BY time(1d, -9h), device fill(previous)",
    f"SELECT count(state) FROM disk WHERE {RANGE} GROUP BY time(1d), host",
    f"SELECT last(os), last(uptime) FROM system WHERE {RANGE} GROUP BY time(1d), *",
    f"SELECT min(load1) FROM system WHERE {RANGE} AND (host = 'own-host-1' OR device =~ /2$/) GROUP BY time(6h)",
    f"SELECT sum(page_count) FROM printer WHERE {RANGE} GROUP BY time(1d) tz('Asia/Tokyo')",
    f"SELECT non_negative_derivative(max(uptime), 1s) FROM system WHERE {RANGE} GROUP BY time(6h), host",
    f"SELECT max(total) FROM mem WHERE {RANGE} GROUP BY time(12h) ORDER BY time DESC LIMIT 3",
    "SELECT mean(total) FROM mem WHERE time > now() - 55h GROUP BY time(1h), host fill(none)",
]
"""What the rollup answers where the engine unites sources."""


@dataclass(frozen=True, slots=True)
class Place:
    """An engine with the points, and its rollup.

    Attributes:
        config: of the service.
        engine: the engine.
        reading: asks as the customer of MINE.
        raw: the same, where nothing is known to be rolled up.
        rolled_hours: hours that were rolled up.
    """

    config: Config
    engine: Engine
    reading: Reading
    raw: Reading
    rolled_hours: int


def place(config: Config, root: Path) -> Place:
    """Store the points of both contracts, wait until they are found, and roll them up."""
    engine = create_engine(config)
    for name in (config.influx_database, config.influx_rollup_database):
        engine.ensure_database(name, EVER)
    for tenant in (MINE, THEIRS):
        outcome = engine.write(config.influx_database, "\n".join(tenant.points()).encode(), "s")
        assert (outcome.status, outcome.message) == (204, "")
    _wait(lambda: len(MEASUREMENTS) == len(_names(engine, config.influx_database)))
    database = open_database(f"sqlite:///{root / 'karte.db'}")
    upgrade(database)
    try:
        filled = Filler(database, engine, config).run()
    finally:
        database.close()
    assert (filled.refused, filled.points > 0) == ("", True)
    assert filled.done_until is not None
    _wait(lambda: len(MEASUREMENTS) == len(_names(engine, config.influx_rollup_database)))
    until_ns = int(filled.done_until.timestamp()) * 10**9

    def asking(rolled_until_ns: int) -> Reading:
        grant = ReadGrant("r-mine", MINE.contract, rolled_until_ns)
        return client_for(config, lookup=lambda _token: grant, engine=engine)

    return Place(config, engine, asking(until_ns), asking(0), filled.hours)


def _names(engine: Engine, database: str) -> set[str]:
    """The measurements of which every series has a point that is found."""
    found = {
        name: engine.query(
            database, f"SELECT * FROM \"{name}\" WHERE contract = '{MINE.contract}' GROUP BY host LIMIT 1"
        )
        for name in MEASUREMENTS
        if name != "ups"
    }
    theirs = engine.query(database, f"SELECT * FROM ups WHERE contract = '{THEIRS.contract}' GROUP BY host LIMIT 1")
    return {name for name, series in {**found, "ups": theirs}.items() if len(series) == (1 if name in _ONE else 3)}


_ONE = ("printer", "ups")


def _wait(found: Callable[[], bool]) -> None:
    until = time.monotonic() + _SETTLED_S
    while not found():
        assert time.monotonic() < until, "the engine does not give the points that it took"
        time.sleep(0.2)


def check_same(here: Place, there: Place, query: str) -> None:
    """Fail unless the engine's place answers as InfluxDB 1's does."""
    assert same(answered(here.raw, query), answered(there.raw, query)), (query, here.raw.get(query).data)


def check_same_or_refused(here: Place, there: Place, query: str, refusals: Mapping[str, str]) -> None:
    """Fail unless the engine's place answers as InfluxDB 1's does, or refuses what is known that it refuses."""
    if query not in refusals:
        check_same(here, there, query)
        return
    status, told = here.raw.error(query)
    assert status == 400
    assert refusals[query] in told


def check_fault(here: Place, query: str) -> None:
    """Fail unless a query is refused, or its one result is an error."""
    answer = here.raw.get(query)
    assert answer.status_code in (200, 400)
    found = json.loads(answer.data)
    assert found.get("error") or found["results"][0]["error"]


def check_forms(here: Place, there: Place) -> None:
    """Fail unless epochs, chunks and CSV are as InfluxDB 1 gives them."""
    query = "SELECT used_percent, total FROM mem WHERE host = 'own-host-1'"
    for epoch in ("", "ns", "u", "ms", "s", "m", "h"):
        assert here.raw.get(query, epoch=epoch).data == there.raw.get(query, epoch=epoch).data
    chunked = {"chunked": "true", "chunk_size": "7"}
    assert here.raw.get(query, **chunked).data == there.raw.get(query, **chunked).data
    assert len(here.raw.get(query, **chunked).data.splitlines()) == 9
    pretty = here.raw.get(query, pretty="true")
    assert json.loads(pretty.data) == json.loads(there.raw.get(query, pretty="true").data)
    for asked in (query, f"{query}; SHOW MEASUREMENTS", "SELECT max(total) FROM mem GROUP BY host", "SHOW TAG KEYS"):
        tables = [each.raw.client.get("/query", **_as_csv(asked)) for each in (here, there)]
        assert tables[0].data == tables[1].data
        assert {table.content_type for table in tables} == {"text/csv; charset=utf-8"}


def _as_csv(query: str) -> dict[str, Any]:
    headers = {"Authorization": "Token t", "Accept": "application/csv"}
    return {"query_string": {"db": "karte", "q": query, "epoch": "s"}, "headers": headers}


def check_rolled(here: Place, query: str) -> None:
    """Fail unless the rollup, where it is asked, answers as the raw points do."""
    before = here.reading.get("SELECT 1")  # refused, and no matter: it only shows that the client lives
    assert before.status_code == 400
    assert same(answered(here.reading, query), answered(here.raw, query)), query
    assert answered(here.raw, query)[0].get("series"), query


def check_generated(here: Place) -> Counter[str]:
    """Send made-up queries; fail if an answer tells of the other contract, or is none.

    Returns:
        How they were answered: "data", "empty", "error" or "refused".
    """
    outcomes: Counter[str] = Counter()
    for number in range(GENERATED):
        made = Maker(Random(number)).query()
        answer = here.reading.get(made.text, **({"params": made.params} if made.bound else {}))
        assert answer.status_code in (200, 400), (made, answer.data)
        for hidden in (THEIRS.mark, THEIRS.contract, str(THEIRS.canary), MINE.contract):
            text = answer.data.decode() + str(answer.headers)
            assert hidden not in text or hidden in f"{made}", (made, answer.data)
        outcomes[_outcome(answer.status_code, answer.data)] += 1
    return outcomes


def _outcome(status: int, body: bytes) -> str:
    if status != 200:
        return "refused"
    if b'"values"' in body:
        return "data"
    return "error" if b'"error"' in body else "empty"


def answered(reading: Reading, query: str) -> list[dict[str, Any]]:
    """Return the results of a query; of series only what tells them apart, sorted."""
    results = reading.results(query)
    for result in results:
        assert "error" not in result, (query, result["error"])
        if "series" in result:
            result["series"] = sorted(map(_plain, result["series"]), key=lambda each: (each["name"], str(each["tags"])))
    return results


def _plain(series: Mapping[str, Any]) -> dict[str, Any]:
    # InfluxDB lists tags that a series lacks as "", openGemini leaves them out.
    tags = {name: value for name, value in series.get("tags", {}).items() if value}
    return {"name": series.get("name", ""), "tags": tags, "columns": series["columns"], "values": series["values"]}


def same(left: Any, right: Any) -> bool:
    """Tell whether two answers are the same, floats as near as another order of addition leaves them."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    if isinstance(left, float) or isinstance(right, float):
        return left is not None and right is not None and math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    return bool(left == right)


def databases(config: Config, name: str) -> Config:
    """Return settings with databases of a test module's own."""
    return replace(config, influx_database=name, influx_rollup_database=f"{name}_1h")
