"""Long answers in pieces, of a real influxd and of engines that break off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.config import Config
from api.influx import chunks
from api.influx.chunks import CHUNK_ROWS, read_chunks
from api.influx.engine import Engine, EngineError, EngineUnavailable, Series
from api.influx.registry import create_engine
from api.local.influxd import Influxd

NOW_NS = 1_900_000_000_000_000_000
EVER = timedelta(days=36500)


@pytest.fixture
def engine(influxd: Influxd, settings: Callable[..., Config]) -> Engine:
    return create_engine(settings(influxd.url))


def lines(host: str, count: int) -> bytes:
    return b"\n".join(b"mem,host=%s used=%di %d" % (host.encode(), i, NOW_NS + i) for i in range(count))


def test_it_gives_a_long_series_in_pieces_and_in_order(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, EVER)
    many = CHUNK_ROWS * 2 + 3
    for body in (lines("a", many), lines("b", 2)):
        assert engine.write(database_name, body, "ns").status == 204
    pieces = list(read_chunks(engine, database_name, "SELECT used FROM mem GROUP BY *"))
    assert max(len(piece.values) for piece in pieces) <= CHUNK_ROWS
    rows = [(piece.tags["host"], row[1]) for piece in pieces for row in piece.values]
    assert rows == [*(("a", i) for i in range(many)), ("b", 0), ("b", 1)]


def test_it_gives_nothing_where_nothing_is_stored(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, EVER)
    assert list(read_chunks(engine, database_name, "SELECT used FROM mem")) == []


def test_it_can_be_left_in_the_middle(engine: Engine, database_name: str) -> None:
    engine.ensure_database(database_name, EVER)
    assert engine.write(database_name, lines("a", CHUNK_ROWS * 3), "ns").status == 204
    for _ in range(3):
        reading = read_chunks(engine, database_name, "SELECT used FROM mem")
        assert next(reading).values[0][1] == 0
        reading.close()  # type: ignore[attr-defined]  # what leaving a loop does to a generator
    assert engine.ping()


def test_it_raises_the_engines_own_words(engine: Engine) -> None:
    with pytest.raises(EngineError, match="error parsing query"):
        list(read_chunks(engine, "", "SELEKT 1"))
    with pytest.raises(EngineError, match="database not found"):
        list(read_chunks(engine, "no_such_database", "SELECT used FROM mem"))


def test_it_says_when_nothing_answers(settings: Callable[..., Config]) -> None:
    with pytest.raises(EngineUnavailable, match="no answer from the engine"):
        list(read_chunks(create_engine(settings("http://127.0.0.1:9")), "x", "SELECT used FROM mem"))


@dataclass
class Scripted:
    """An engine that answers with given parts."""

    parts: list[bytes | Exception]
    status: int = 200
    closed: bool = False

    def ask(self, *_arguments: object) -> "Scripted":
        return self

    def chunks(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            yield part

    def close(self) -> None:
        self.closed = True


def read(engine: Scripted) -> Iterator[Series]:
    return read_chunks(engine, "karte", "SELECT")  # type: ignore[arg-type]  # the one method that is called


FIRST = b'{"results":[{"series":[{"name":"m","columns":["time"],"values":[[1]],"partial":true}],"partial":true}]}\n'
LAST = b'{"results":[{"series":[{"name":"m","columns":["time"],"values":[[2]]}]}]}\n'


@pytest.mark.parametrize(
    ("parts", "kind", "told"),
    [
        ([FIRST], EngineError, "cut its answer off"),
        ([FIRST, b'{"results":[{"error":"query timeout reached"}]}\n'], EngineError, "query timeout reached"),
        ([FIRST, b"json: error\n"], EngineError, "not understood"),
        ([FIRST, EngineUnavailable("broke off")], EngineUnavailable, "broke off"),
    ],
)
def test_it_takes_no_answer_for_whole_that_is_not(parts: list[bytes | Exception], kind: type, told: str) -> None:
    engine = Scripted(parts)
    reading = read(engine)
    assert next(reading).values == [[1]]
    with pytest.raises(kind, match=told):
        list(reading)
    assert engine.closed


@pytest.mark.parametrize(("status", "kind"), [(400, EngineError), (503, EngineUnavailable)])
def test_it_tells_refusal_from_want_of_time(status: int, kind: type[EngineError]) -> None:
    with pytest.raises(EngineError, match=f"the engine answered {status} no") as raised:
        list(read(Scripted([b'{"error":', b'"no"}'], status)))
    assert type(raised.value) is kind


@given(st.lists(st.integers(1, 400), max_size=20))
def test_it_does_not_mind_where_an_answer_is_cut(cuts: list[int]) -> None:
    whole = b"\n" + FIRST + FIRST + LAST.rstrip()
    at = sorted({0, len(whole), *(cut % len(whole) for cut in cuts)})
    engine = Scripted([whole[start:end] for start, end in pairwise(at)])
    assert list(chain.from_iterable(piece.values for piece in read(engine))) == [[1], [1], [2]]


def test_it_joins_each_line_once() -> None:
    assert list(chunks._lines([b"a", b"", b"b\n\nc", b"\n", b"d"])) == [b"ab", b"c", b"d"]
