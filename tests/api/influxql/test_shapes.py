"""The shape at a glance agrees with the scanner, or is not used."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.influxql.errors import QueryRefused
from api.influxql.shapes import glance
from api.influxql.tokens import scan

DASHBOARD = (
    'SELECT mean("used_percent") AS "a 5m" FROM "disk" WHERE ("device" =~ /^(d-1|d-2)$/ AND "path" = \'/\') AND time >='
    " 1700000000000ms and time <= now() - 1.5h2 AND x5 > .5 GROUP BY time(1m), /h5/ fill(-3) -- it's 5\nLIMIT 7"
).replace("1.5h2", "90m")


def test_it_sees_the_literals_that_the_scanner_finds() -> None:
    seen = glance(DASHBOARD)
    assert seen.agrees(scan(DASHBOARD))
    assert seen.literals() == ["/^(d-1|d-2)$/", "'/'", "1700000000000ms", "90m", "0.5", "1m", "3", "7"]


def test_it_sees_the_same_shape_in_other_literals() -> None:
    other = DASHBOARD.replace("1700000000000ms", "1800000000000ms").replace("(d-1|d-2)", "d'9").replace("90m", "1h")
    assert glance(other).shape == glance(DASHBOARD).shape
    assert glance(DASHBOARD.replace("path", "mode")).shape != glance(DASHBOARD).shape
    assert glance(DASHBOARD.replace("LIMIT 7", "LIMIT 7m")).shape != glance(DASHBOARD).shape


@pytest.mark.parametrize("text", ["SELECT a FROM b WHERE c = '\0string\0'", "SELECT a FROM b" + " " * 70_000])
def test_it_refuses_what_the_scanner_refuses_whatever_it_says(text: str) -> None:
    with pytest.raises(QueryRefused):
        glance(text)


@pytest.mark.parametrize("piece", ["'", '"', "/*", "'\\'", "=~ ", "=~/\\/", "5", "5m", "=~/a", "--", "fill"])
def test_it_takes_no_longer_the_further_the_text_goes(piece: str) -> None:
    """Were the end of a quote sought again and again to the end of the text, a long query would take minutes."""
    short, long = (_seconds("SELECT " + piece * (length // len(piece))) for length in (6_000, 60_000))
    assert long < 40 * short + 0.02


def _seconds(text: str) -> float:
    tries = []
    for _ in range(3):
        started = time.process_time()
        glance(text)
        tries.append(time.process_time() - started)
    return min(tries)


@pytest.mark.parametrize("text", ["SELECT a FROM /^5m/", "SELECT a FROM /b'5'c/", "SELECT $x FROM b WHERE c = 5"])
def test_it_does_not_agree_where_it_cannot_be_sure(text: str) -> None:
    try:
        scanned = scan(text)
    except QueryRefused:
        return
    assert not glance(text).agrees(scanned)


PIECES = """\
a|b5|"c 5"|'d'|'e 5'|5|5m|1.5|.5|5.|/f/|/g5/|/h'i'/|=~ /j5/|!~ /k/|=~|=|FROM|SELECT|/* m 'n' 5 */|,|(|)|-|5h30m|é5|\
WITH KEY =~ /o5/"""
PARTS = st.sampled_from([*PIECES.split("|"), "-- l 5\n"])


@given(st.lists(PARTS, max_size=12), st.lists(PARTS, max_size=12), st.sampled_from(["", " "]))
def test_texts_of_one_shape_on_which_one_agrees_all_agree(first: list[str], second: list[str], between: str) -> None:
    texts = [between.join(first), between.join(second)]
    texts.append(texts[0].replace("5", "77").replace("'d'", "'x'").replace("/j77/", "/y/"))
    shapes: dict[str, bool] = {}
    for text in texts:
        try:
            agrees = glance(text).agrees(scan(text))
        except QueryRefused:
            continue
        assert shapes.setdefault(glance(text).shape, agrees) == agrees
