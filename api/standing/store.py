"""Points of the service's own into the time-series engine, past the gateway: no token may write them."""

from collections.abc import Iterable, Iterator
from itertools import islice

from api.influx.engine import Engine, EngineError
from api.told import ToldError
from collectors.point import Point, to_lines
from collectors.text import Text

BATCH = 5_000
"""Points of one request."""


class NotStored(ToldError):
    """The engine did not take points; the next run writes what is due then."""


def store(engine: Engine, database: str, points: Iterable[Point]) -> int:
    """Write points and return how many they were.

    Raises:
        NotStored: the engine is away or did not take all; what it took stays, and may be written again.
    """
    return sum(_store(engine, database, batch) for batch in _batches(points))


def _batches(points: Iterable[Point]) -> Iterator[list[Point]]:
    left = iter(points)
    while batch := list(islice(left, BATCH)):
        yield batch


def _store(engine: Engine, database: str, batch: list[Point]) -> int:
    try:
        outcome = engine.write(database, to_lines(batch).encode(), "ns")
    except EngineError as error:
        raise _not_stored(str(error)) from None
    if outcome.status != 204:
        raise _not_stored(f"{outcome.status} {outcome.message}".rstrip())
    return len(batch)


def _not_stored(said: str) -> NotStored:
    return NotStored(
        Text(
            f"時系列データベースに状態を保存できません: {said}",
            f"the time-series engine does not take how things stand: {said}",
        )
    )
