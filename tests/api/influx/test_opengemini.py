"""How a SELECT is written for openGemini; `tests/live/test_opengemini.py` asks a real one."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.influx.connection import Answer, Connection
from api.influx.engine import CannotDelete, EngineUnavailable
from api.influx.opengemini import OpenGemini, OpenGeminiAnswer, with_regexes
from api.influx.opengemini_select import adapt
from api.influxql.errors import QueryRefused
from api.influxql.parser import parse
from api.influxql.tokens import scan
from api.influxql.tree import Select
from api.influxql.writer import fill, pieces


def adapted(text: str) -> str:
    scanned = scan(text)
    (select,) = parse(scanned)
    assert isinstance(select, Select)
    return fill(pieces(adapt(select)), scanned.literals, {})


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("SELECT mean(x) FROM m GROUP BY host", 'SELECT mean("x") FROM "m" GROUP BY "host"'),
        (
            "SELECT derivative(mean(x), 1s) * 8 AS a FROM m WHERE time > 5 AND h = 'a' GROUP BY time(1h), h",
            'SELECT derivative("value_0", 1s) * 8 AS "a" FROM (SELECT mean("x") AS "value_0" FROM "m" WHERE "time" > 5'
            ' - 1h AND "h" = \'a\' GROUP BY time(1h), "h" fill(none)) GROUP BY "h"',
        ),
        (
            "SELECT difference(max(x)), difference(max(y)) FROM m GROUP BY time(1h) fill(0) ORDER BY time DESC LIMIT 3",
            'SELECT difference("value_0"), difference("value_1") FROM (SELECT max("x") AS "value_0", max("y") AS'
            ' "value_1" FROM "m" GROUP BY time(1h) fill(0) ORDER BY time DESC) ORDER BY time DESC LIMIT 3',
        ),
        (
            "SELECT cumulative_sum(count(x)) FROM m WHERE time > 5 GROUP BY time(1h)",
            'SELECT cumulative_sum("value_0") FROM (SELECT count("x") AS "value_0" FROM "m" WHERE "time" > 5 GROUP BY'
            " time(1h) fill(none))",
        ),
        (
            "SELECT stddev(x) FROM m GROUP BY time(1h), host tz('Asia/Tokyo')",
            'SELECT "value_0" AS "stddev" FROM (SELECT stddev("x") AS "value_0", count("x") AS "values" FROM "m" GROUP'
            " BY time(1h), \"host\" tz('Asia/Tokyo')) GROUP BY \"host\" tz('Asia/Tokyo')",
        ),
        ("SELECT x FROM /^(m)$/ OFFSET 3", 'SELECT "x" FROM "m" LIMIT 1000000000 OFFSET 3'),
        ("SELECT difference(x) FROM m", 'SELECT difference("x") FROM "m"'),
    ],
)
def test_it_writes_a_select_so_that_it_means_the_same(sent: str, written: str) -> None:
    assert adapted(sent) == written
    assert adapted(written) == written


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("SELECT x FROM m GROUP BY host LIMIT 1", "rows of all series"),
        ("SELECT max(x) FROM (SELECT x FROM m GROUP BY * OFFSET 1)", "rows of all series"),
        ("SELECT x FROM m GROUP BY host SLIMIT 1", "SLIMIT"),
        ("SELECT x FROM m, n", "one measurement"),
        ("SELECT x FROM /m|n/", "one measurement"),
        ("SELECT x FROM (SELECT x FROM m), (SELECT x FROM n)", "one measurement"),
        ("SELECT mean(x), difference(mean(x)) FROM m GROUP BY time(1h)", r"mean\(\) beside"),
        ("SELECT top(x, host, 2) FROM m", r"top\(\) with a tag"),
    ],
)
def test_it_refuses_what_would_be_answered_wrongly(sent: str, told: str) -> None:
    with pytest.raises(QueryRefused, match=told):
        adapted(sent)


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ('"h" =~ /1|2/ OR "h" !~ /a\\/b/', '"h" =~ /(?s:.*)(?:1|2)/ OR "h" !~ /(?s:.*)(?:a\\/b)/'),
        ('"h" =~ /^(a|b)$/', '"h" =~ /^(a|b)$/'),
        ('"h" = \'it =~ /1|2/\' AND "a =~ /b/" = 1', '"h" = \'it =~ /1|2/\' AND "a =~ /b/" = 1'),
        ("SELECT /it's|x/ FROM /m'/ WHERE \"h\" =~ /'|2/", "SELECT /it's|x/ FROM /m'/ WHERE \"h\" =~ /(?s:.*)(?:'|2)/"),
        ('"h" = \'a\\\'b =~ /c/\' AND "x" / 2 > 1 / 3', '"h" = \'a\\\'b =~ /c/\' AND "x" / 2 > 1 / 3'),
    ],
)
def test_it_lets_a_regular_expression_match_any_part_of_a_value(sent: str, written: str) -> None:
    assert with_regexes(sent) == written


class Whole:
    """An answer in pieces of so many bytes."""

    status = 200

    def __init__(self, body: bytes, size: int) -> None:
        self.body, self.size, self.closed = body, size, False

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), self.size):
            yield self.body[start : start + self.size]

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("size", [1, 7, 40, 1000])
def test_it_answers_nothing_of_a_measurement_that_is_not_there(size: int) -> None:
    told = b'{"statement_id":%d,"error":"measurement not found"}'
    body = b'{"results":[' + told % 0 + b',{"statement_id":1,"error":"measurement not found!"},' + told % 2 + b"]}\n"
    whole = Whole(body, size)
    answer = OpenGeminiAnswer(whole)
    assert b"".join(answer.chunks()) == (
        b'{"results":[{"statement_id":0},{"statement_id":1,"error":"measurement not found!"},{"statement_id":2}]}\n'
    )
    answer.close()
    assert whole.closed


def test_an_engine_that_knows_no_deletion_says_that_it_cannot() -> None:
    class Unable(Connection):
        def send(self, *_args: Any, **_named: Any) -> Answer:
            return Answer(200, b'{"results":[{"statement_id":0,"error":"unsupported command"}]}')

    with pytest.raises(CannotDelete, match="unsupported command"):
        OpenGemini(Unable("http://127.0.0.1:9", {})).delete_contract("karte", "c-a")


def test_one_that_is_away_may_be_able_to() -> None:
    with pytest.raises(EngineUnavailable):
        OpenGemini(Connection("http://127.0.0.1:9", {})).delete_contract("karte", "c-a")
