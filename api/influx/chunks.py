"""Long answers of an engine read as they come: what is held is a few thousand rows, however long the answer."""

from collections.abc import Iterable, Iterator

from api.influx.answers import read_pieces
from api.influx.connection import Answer
from api.influx.engine import Engine, Form, Series

CHUNK_ROWS = 5_000
"""Rows that an engine sends together."""

_SILENCE_S = 90.0


def read_chunks(engine: Engine, database: str, statement: str) -> Iterator[Series]:
    """Run one InfluxQL read statement and give its answer in pieces.

    Pieces of one series follow each other, its rows in their order. What was given before an error is true, but not
    all.

    Raises:
        EngineError: the engine refused the statement, or ended its answer with an error.
        EngineUnavailable: no answer, or it broke off.
    """
    answer = engine.ask(database, statement, Form("ns", CHUNK_ROWS), _SILENCE_S)
    try:
        if not 200 <= answer.status < 300:
            Answer(answer.status, b"".join(answer.chunks())).checked("query")
        yield from read_pieces(_lines(answer.chunks()))
    finally:
        answer.close()


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Give the lines of what comes in parts, without their ends and without empty ones."""
    begun: list[bytes] = []
    for part in parts:
        first, *rest = part.split(b"\n")
        begun.append(first)
        if rest:
            yield from filter(None, (b"".join(begun), *rest[:-1]))
            begun = [rest[-1]]
    yield from filter(None, (b"".join(begun),))
