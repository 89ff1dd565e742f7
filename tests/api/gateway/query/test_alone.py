"""A customer is told what an engine would tell that holds nothing but its points, and no tag of the contract.

What may differ:

- columns and tags that only other contracts have: null, and "" as a GROUP BY tag;
- a measurement beside a subquery is read as a subquery, which gives a row wherever there is a point;
- SHOW MEASUREMENTS under `!=`: InfluxDB names measurements without a series that meets `=`;
- sums of floats from the hourly rollup, in their last digits;
- names that begin with `_`, and `contract`, are refused.
"""

import json
import math
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import urllib3

from api.config import Config
from api.influx.registry import create_engine
from api.influxql.parser import parse
from api.influxql.tokens import scan
from api.influxql.tree import Show
from api.influxql.writer import fill as written
from api.influxql.writer import pieces
from api.local.influxd import Influxd, start_influxd
from tests.api.gateway.query.influxql_strategies import Made, Maker
from tests.api.gateway.query.test_hostile import ask
from tests.api.gateway.query.worlds import HOUR_S, MINE, NOW_S, THEIRS, World, fill, world

COUNT = 20_000 if os.environ.get("KARTE_NIGHTLY") == "1" else 800

OTHERS_ONLY = re.compile(r"mode(_[0-9]+)?|(.*_)?(usage_steal|load_percent)(_.*)?")
"""Columns and tags that only the other contract has, and what is made of them."""

Answer = list[dict[str, Any]]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influxd]:
    """An influxd with nothing but the customer's points, in databases named as clients know them."""
    running = start_influxd(tmp_path_factory.mktemp("alone"))
    config = Config("", "", influx_url=running.url)
    fill(create_engine(config), config, (MINE,), stamped=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared(influxd: Influxd) -> World:
    return world(influxd.url, "differential_read", (MINE, THEIRS))


def direct(alone: Influxd, text: str) -> Answer:
    answer = urllib3.request("POST", f"{alone.url}/query", fields={"db": "karte", "q": text})
    return results(answer.data)


def results(body: bytes) -> Answer:
    """Return the results of an answer; of one that failed as a whole, one result with the error."""
    found = json.loads(body)
    listed: Answer = found["results"] if "results" in found else [{"statement_id": 0, "error": found["error"]}]
    return listed


def plain(result: dict[str, Any]) -> Any:
    """Return a result without what only others have, and without an error's wording."""
    if "error" in result:
        return "error"
    return [_plain_series(series) for series in result.get("series", []) if _has_own(series)]


def _has_own(series: dict[str, Any]) -> bool:
    return any(name != "time" and not OTHERS_ONLY.fullmatch(name) for name in series["columns"])


def _plain_series(series: dict[str, Any]) -> dict[str, Any]:
    kept = [place for place, name in enumerate(series["columns"]) if not OTHERS_ONLY.fullmatch(name)]
    return {
        "name": series.get("name"),
        "tags": {
            name: value for name, value in series.get("tags", {}).items() if value and not OTHERS_ONLY.fullmatch(name)
        },
        "columns": [series["columns"][place] for place in kept],
        "values": [[row[place] for place in kept] for row in series["values"]],
    }


def same(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, float) or isinstance(right, float):
        return (
            isinstance(left, int | float)
            and isinstance(right, int | float)
            and math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
        )
    return bool(left == right)


def agree(ours: Answer, theirs: Answer) -> bool:
    if any("error" in result for result in ours) and any("error" in result for result in theirs):
        return True
    return same([plain(result) for result in ours], [plain(result) for result in theirs])


SINCE = f"time >= {NOW_S - 50 * HOUR_S}s AND time < {NOW_S}s AND host = 'own-host-1'"

KNOWN = [
    "SELECT /.*/ FROM mem",
    "SELECT // FROM /.*/ LIMIT 5",
    "SELECT /t/, *::tag FROM disk GROUP BY /o/",
    "SELECT /.*/ FROM (SELECT mean(used_percent) AS odd, max(total) FROM mem GROUP BY host)",
    "SELECT /./ FROM (SELECT mean(*) FROM mem GROUP BY *) GROUP BY /./",
    "SELECT *::tag, odd FROM (SELECT used_percent AS odd, total FROM mem GROUP BY host, site)",
    "SELECT * FROM (SELECT * FROM (SELECT * FROM mem GROUP BY *) GROUP BY *)",
    "SELECT used_percent FROM mem WHERE host =~ /[\\\\/]|own/",
    "SELECT used_percent FROM mem WHERE host =~ /x\\\\\\/|own/",
    'SELECT asset, page_count FROM printer WHERE asset =~ /"q"\'\\\\y$/',
    "SHOW TAG VALUES WITH KEY =~ /.*/",
    "SHOW SERIES FROM printer",
    *(
        f"SELECT {columns} FROM mem WHERE {SINCE} GROUP BY time({bucket}) fill({how})"
        for columns in ("mean(used_percent)", "spread(used_percent)", "mean(used_percent) / max(used_percent)")
        for bucket in ("1h", "6h")
        for how in ("null", "none", "previous", "linear", "0", "2.5", "-1")
    ),
]


@pytest.mark.parametrize("query", KNOWN)
def test_it_answers_known_queries_as_an_engine_of_the_customers_own(shared: World, alone: Influxd, query: str) -> None:
    ours, theirs = results(ask(shared, Made(query), {}).data), direct(alone, query)
    assert "error" not in str(theirs)
    assert agree(ours, theirs), f"{query}\nours:   {ours}\ntheirs: {theirs}"


@pytest.mark.timeout(1_200)
def test_it_answers_as_an_engine_of_the_customers_own(shared: World, alone: Influxd) -> None:
    kinds = Counter[str]()
    for seed in range(COUNT):
        made = Maker(Random(seed), plain=True).query()
        ours, theirs = results(ask(shared, made, {}).data), direct(alone, made.text)
        assert agree(ours, theirs), f"{seed}: {made.text}\nours:   {ours}\ntheirs: {theirs}"
        kinds["error" if "error" in str(theirs) else "data" if "values" in str(theirs) else "empty"] += 1
    assert kinds["data"] > COUNT // 5, kinds


def test_it_writes_what_it_reads_so_that_it_reads_the_same(alone: Influxd) -> None:
    """The canonical text is its own canonical text, of the same tree, and an engine answers it as it did the other."""
    for seed in range(COUNT):
        text = Maker(Random(COUNT + seed), plain=True).query().text
        if re.search("KEY (=~|!)", text):
            continue  # which keys these are is worked out before they are written
        first = canonical(text)
        assert canonical(first) == first
        assert tree(first) == tree(text)
        if seed % 4 == 0:
            assert agree(direct(alone, first), direct(alone, text)), text


def canonical(text: str) -> str:
    scanned = scan(text)
    return "; ".join(written(pieces(statement), scanned.literals, {}) for statement in parse(scanned))


def tree(text: str) -> object:
    scanned = scan(text)
    statements = (
        replace(statement, key_operator="IN") if isinstance(statement, Show) and statement.keys else statement
        for statement in parse(scanned)
    )
    return [*statements], scanned.literals
