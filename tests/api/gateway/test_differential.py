"""A real influxd must read every line that leaves the gateway as the slow parser read it."""

import itertools
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.config import Config
from api.gateway.batch import read_batch
from api.gateway.judge import judge
from api.gateway.lineprotocol import BadLine, content, line_at, parse
from api.gateway.patterns import ShapeBook
from api.gateway.series import SeriesTable
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from tests.api.gateway.conftest import GRANT
from tests.api.gateway.test_batch import BODIES, RULES

DATABASE = "differential"
Stored = dict[tuple[str, frozenset[tuple[str, str]], int], dict[str, object]]

_CONTRACTS = itertools.count(1)


@pytest.fixture(scope="module")
def engine(influxd: Influxd) -> Engine:
    made = create_engine(Config("", "", influx_url=influxd.url))
    made.ensure_database(DATABASE, timedelta(days=36500))
    return made


def unescape(raw: bytes) -> str:
    return re.sub(r"\\([,= ])", r"\1", raw.decode())


def value_of(raw: bytes) -> object:
    if raw.startswith(b'"'):
        return re.sub(r'\\(["\\])', r"\1", raw[1:-1].decode())
    if raw[:1] in b"tTfF":
        return raw[:1] in b"tT"
    return int(raw[:-1]) if raw.endswith(b"i") else float(raw)


def read_by_judge(body: bytes, contract: str) -> Stored:
    """What the slow parser says is in a body, later fields of the same point over earlier ones."""
    rules = replace(RULES, grant=replace(GRANT, contract=contract))
    found: Stored = {}
    position = 0
    body = body.replace(b"\r\n", b"\n")
    while position <= len(body):
        line = line_at(body, position, rules.max_line_bytes)
        position += len(line) + 1
        try:
            verdict = judge(content(line), rules.schema, rules.grant, rules.window)
        except BadLine:
            continue
        stored = parse(verdict.stored)
        tags = frozenset((unescape(name), unescape(value)) for name, value in stored.tags)
        assert stored.time is not None
        point = found.setdefault((stored.measurement.decode(), tags, stored.time), {})
        point.update({name.decode(): value_of(value) for name, value in stored.fields})
    return found


def read_by_influxd(engine: Engine, contract: str) -> Stored:
    statement = f"SELECT * FROM disk, printer WHERE contract = '{contract}' GROUP BY *"
    return {
        (
            series.name,
            frozenset((name, value) for name, value in series.tags.items() if value),
            row[0],
        ): {name: value for name, value in zip(series.columns[1:], row[1:], strict=True) if value is not None}
        for series in engine.query(DATABASE, statement)
        for row in series.values
    }


TIMED = BODIES.map(
    lambda body: b"".join(line + b"\n" for line in body.split(b"\n") if re.search(rb" \d{19}\r?$", line))
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TIMED, min_size=1, max_size=3).map(b"".join))
def test_influxd_stores_what_the_slow_parser_says(engine: Engine, body: bytes) -> None:
    contract = f"c-{next(_CONTRACTS)}"
    rules = replace(RULES, grant=replace(GRANT, contract=contract))
    batch = read_batch(body, rules, SeriesTable(ShapeBook()))
    if batch.lines:
        outcome = engine.write(DATABASE, batch.stored, "ns")
        assert (outcome.status, outcome.message) == (204, "")
    assert read_by_influxd(engine, contract) == read_by_judge(body, contract)


STRANGE = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(STRANGE, STRANGE), min_size=1, max_size=5))
def test_influxd_takes_every_strange_text_that_the_gateway_takes(engine: Engine, texts: list[tuple[str, str]]) -> None:
    contract = f"c-{next(_CONTRACTS)}"
    rules = replace(RULES, grant=replace(GRANT, contract=contract))
    body = b"".join(
        b'printer,asset=%b status="%b" %d\n' % (tag.encode(), text.encode(), rules.window.newest - i)
        for i, (tag, text) in enumerate(texts)
    )
    batch = read_batch(body, rules, SeriesTable(ShapeBook()))
    if batch.lines:
        outcome = engine.write(DATABASE, batch.stored, "ns")
        assert (outcome.status, outcome.message) == (204, "")
    assert read_by_influxd(engine, contract) == read_by_judge(body, contract)
