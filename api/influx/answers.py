"""The JSON that `/query` answers, as `Series`. InfluxDB 1.x, 2.x and openGemini share this form."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from api.influx.engine import EngineError, Series


class _Row(msgspec.Struct):
    columns: list[str]
    name: str = ""
    tags: dict[str, str] = {}
    values: list[list[Any]] = []


class _Result(msgspec.Struct):
    series: list[_Row] = []
    error: str = ""
    partial: bool = False


class _Body(msgspec.Struct):
    results: list[_Result] = []
    error: str = ""


_DECODER = msgspec.json.Decoder(_Body)
_CUT_OFF = "the engine cut its answer off at its row limit; ask for less or raise max-row-limit"


def read_series(body: bytes) -> list[Series]:
    """Return the series of a one-statement answer.

    Raises:
        EngineError: the engine reported an error, cut its answer off, answered several statements, or the body is
            not this form.
    """
    answer = _decoded(body)
    if any(result.partial for result in answer.results):
        raise EngineError(_CUT_OFF)
    return _series(answer)


def read_results(body: bytes) -> list[list[Series]]:
    """Return the series of each statement's answer.

    Raises:
        EngineError: the engine reported an error, cut an answer off, or the body is not this form.
    """
    answer = _checked(body)
    if any(result.partial for result in answer.results):
        raise EngineError(_CUT_OFF)
    return [[_one(row) for row in result.series] for result in answer.results]


def read_pieces(documents: Iterable[bytes]) -> Iterator[Series]:
    """Give the series of a one-statement answer that comes in many documents; a long series comes in several pieces.

    Raises:
        EngineError: as `read_series`; also what came before an error is no whole answer.
    """
    goes_on = False
    for document in documents:
        answer = _decoded(document)
        yield from _series(answer)
        # All but the last document of an answer say that there is more.
        goes_on = any(result.partial for result in answer.results)
    if goes_on:
        raise EngineError(_CUT_OFF)


def _decoded(body: bytes) -> _Body:
    answer = _checked(body)
    if len(answer.results) > 1:
        raise EngineError(f"one statement was meant, the engine ran {len(answer.results)}")
    return answer


def _checked(body: bytes) -> _Body:
    try:
        answer = _DECODER.decode(body)
    except msgspec.DecodeError as error:
        raise EngineError(f"the engine's answer is not understood: {error}") from None
    errors = [answer.error, *(result.error for result in answer.results)]
    if any(errors):
        raise EngineError(next(error for error in errors if error))
    return answer


def _series(answer: _Body) -> list[Series]:
    return [_one(row) for result in answer.results for row in result.series]


def _one(row: _Row) -> Series:
    return Series(row.name, row.tags, row.columns, row.values)
