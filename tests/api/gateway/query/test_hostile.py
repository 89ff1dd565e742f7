"""Thousands of hostile queries: whatever is asked, the answer tells nothing of another contract.

Two worlds differ in who is there besides the customer who asks. Each query is sent to both, on a real influxd. Not a
byte of an answer may speak of the others, or name the customer's own contract; and the two answers must be the same, as
nothing of what the others have may reach them in any other way: a number, an order, a limit, an error.
"""

import json
import os
import time
from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from werkzeug.test import TestResponse

from api.local.influxd import Influxd
from tests.api.gateway.query.influxql_strategies import HOSTILE, Made, Maker, hostile
from tests.api.gateway.query.worlds import MINE, OTHERS, THEIRS, TOKEN, World, world

NIGHTLY = os.environ.get("KARTE_NIGHTLY") == "1"
COUNT = 100_000 if NIGHTLY else 5_000
FIRST_SEED = int(time.time()) if NIGHTLY else 0
SHARDS = 5

HIDDEN = [
    text
    for tenant in (THEIRS, OTHERS)
    for text in (tenant.contract.encode(), tenant.mark.encode(), str(tenant.canary).encode())
]
OWN = MINE.contract.encode()
SURELY_SENT = 256 * 1024
"""So much of an answer is there before its status is sent; only after that can it be cut off."""

TRIES = 3
"""How often two answers are compared before a difference counts: now() goes on between two queries."""

TRIES_IN_ANY_ORDER = 60
"""The same for integral(), which InfluxDB works out of series in any order: it has several answers to one query."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """The same customer, among different others."""

    first: World
    second: World


@pytest.fixture(scope="module")
def worlds(influxd: Influxd) -> Worlds:
    return Worlds(
        world(influxd.url, "hostile_1", (MINE, THEIRS)),
        world(influxd.url, "hostile_2", (MINE, OTHERS)),
    )


def ask(asked: World, made: Made, parameters: dict[str, str]) -> TestResponse:
    sent = {"db": "karte", "q": made.text, **({"params": made.params} if made.bound else {}), **parameters}
    headers = {"Authorization": f"Token {TOKEN}"}
    if parameters.get("pretty") == "1":
        headers["Accept"] = "application/csv"
    return asked.client.post("/query", data=sent, headers=headers)


def told(answer: TestResponse) -> bytes:
    return b"%b%b" % (answer.data, str(answer.headers).encode())


def check(found: Worlds, made: Made, parameters: dict[str, str]) -> TestResponse:
    """Return the answer of the first world, after all has been checked."""
    seen: tuple[set[bytes], set[bytes]] = set(), set()
    for _attempt in range(TRIES_IN_ANY_ORDER if "integral" in made.text.lower() else TRIES):
        first = ask(found.first, made, parameters)
        check_one(first, made, parameters)
        if first.status_code != 200:
            return first  # refused for what it says, before any point is read
        second = ask(found.second, made, parameters)
        check_one(second, made, parameters)
        seen[0].add(comparable(first.data))
        seen[1].add(b"%d" % second.status_code if second.status_code != 200 else comparable(second.data))
        if seen[0] & seen[1]:
            return first
    raise AssertionError(made, parameters, *seen)


def comparable(answer: bytes) -> bytes:
    """Return an answer without what depends on how it came: where it is cut off when it exceeds a bound."""
    sent, cut_off, reason = answer.rpartition(b'\n{"error":')
    return sent[:SURELY_SENT] + cut_off + reason if len(sent) > SURELY_SENT else answer


def check_one(answer: TestResponse, made: Made, parameters: dict[str, str]) -> None:
    sent = f"{made} {parameters}".encode()
    whole = told(answer)
    assert answer.status_code < 500, (made, parameters, answer.data)
    for hidden in HIDDEN:
        # What was sent may come back in an error's text, and as the name of a column that there is not.
        assert hidden not in whole or hidden in sent, (made, parameters, answer.data)
    assert OWN not in whole, (made, parameters, answer.data)
    check_form(answer)


def check_form(answer: TestResponse) -> None:
    """Fail unless an answer is well formed."""
    if answer.status_code != 200:
        assert set(json.loads(answer.data)) == {"error"}
    elif answer.mimetype == "application/json":
        text = answer.get_data(as_text=True)
        if '\n{"error":' in text:
            return  # cut off at a bound, after its status was sent
        decoder, position = json.JSONDecoder(), 0
        while position < len(text):
            document, position = decoder.raw_decode(text, position)
            assert set(document) == {"results"}
            position += len(text[position:]) - len(text[position:].lstrip())
    else:
        assert answer.mimetype == "text/csv"


@pytest.mark.timeout(7_200 if NIGHTLY else 300)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_it_tells_nothing_of_others(worlds: Worlds, shard: int, capsys: pytest.CaptureFixture[str]) -> None:
    each = COUNT // SHARDS
    started, outcomes = time.monotonic(), Counter[str]()
    for number in range(each):
        made, parameters = hostile(Random(FIRST_SEED + shard * each + number))
        outcomes[outcome(check(worlds, made, parameters))] += 1
        if NIGHTLY and number % 1_000 == 999:
            with capsys.disabled():
                spent = time.monotonic() - started
                print(f"\n{number + 1:,} of {each:,} in {spent:,.0f} s, {dict(outcomes)}")  # noqa: T201  # a night is long
    # A test in which all is refused, or nothing, would say little.
    assert min(outcomes["data"], outcomes["refused"]) > each // 20, outcomes


def outcome(answer: TestResponse) -> str:
    if answer.status_code != 200:
        return "refused"
    if b'"values"' in answer.data or answer.data.count(b"\n") > 1:
        return "data"
    return "error" if b'"error"' in answer.data else "empty"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(HOSTILE)
def test_it_tells_nothing_of_others_by_queries_that_shrink(worlds: Worlds, query: tuple[Made, dict[str, str]]) -> None:
    check(worlds, *query)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_it_answers_of_their_names_as_of_nobodys(worlds: Worlds, shard: int) -> None:
    """Queries that ask for one of their values tell the same as those that ask for a value that nobody has."""
    for number in range(COUNT // SHARDS // 20):
        random = Random(FIRST_SEED + shard * COUNT + number)
        made = with_their_names(random)
        nobodys = Made(made.text.replace(THEIRS.mark, "qqqnone"), made.bound)
        for attempt in range(TRIES):
            theirs, others = (ask(worlds.first, each, {}) for each in (made, nobodys))
            if told(theirs).replace(THEIRS.mark.encode(), b"qqqnone") == told(others):
                break
            assert attempt < TRIES - 1, (made, theirs.data, others.data)


def with_their_names(random: Random) -> Made:
    maker = Maker(random)
    condition = f"{random.choice(['host', 'device', 'site', 'asset', 'path', 'mode'])}"
    value = random.choice(
        [THEIRS.host(1), f"{THEIRS.mark}-site", f"{THEIRS.mark}-dev-1", f"/{THEIRS.mark}", THEIRS.mark]
    )
    test = random.choice(
        [f"= '{value}'", f"!= '{value}'", f"=~ /{THEIRS.mark}/", f"!~ /^{THEIRS.mark}/", f"=~ /^{THEIRS.mark}-host-1$/"]
    )
    made = maker.query()
    asked = f"{condition} {test}"
    for word in (" where ", " WHERE ", " Where "):
        if word in made.text:
            return Made(made.text.replace(word, f"{word}{asked} {random.choice(['AND', 'OR'])} "), made.bound)
    return Made(
        random.choice(
            [
                f"SHOW SERIES WHERE {asked}",
                f"SHOW MEASUREMENTS WHERE {asked}",
                f"SHOW TAG KEYS WHERE {asked} AND site = 'own-site'",
                f"SHOW TAG VALUES WITH KEY =~ /./ WHERE {asked} OR host = 'own-host-1'",
                f"SHOW SERIES EXACT CARDINALITY WHERE {asked}",
                f"SELECT * FROM /.*/ WHERE {asked}",
            ]
        )
    )
