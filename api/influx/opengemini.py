"""openGemini: InfluxDB 1's API over a cluster, with differences of its own.

What a SELECT has to be for it stands in `api.influx.opengemini_select`, all that differs in `docs/ENGINES.md`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import urllib3

from api.config import Config
from api.influx.chunks import read_chunks
from api.influx.connection import Connection
from api.influx.engine import CannotDelete, EngineError, EngineUnavailable, Form, RawAnswer, Series
from api.influx.influxdb1 import InfluxDB1
from api.influx.opengemini_select import adapt, counts_rows_of_series
from api.influxql.parser import parse
from api.influxql.tokens import scan
from api.influxql.tree import Binary, Call, Column, Expression, Group, Limits, Literal, Reference, Select
from api.influxql.writer import fill, pieces

_NOT_FOUND = "measurement not found"
_TOLD_NOT_FOUND = b',"error":"measurement not found"}'
"""What openGemini says of a measurement without points, where InfluxDB answers with nothing."""

_HOUR_NS = 3600 * 10**9

_MATCHED = re.compile(
    r"""
    '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*"
  | (?:(?<=SELECT[ ])|(?<=FROM[ ])|(?<=BY[ ])|(?<=,[ ])|(?<=\()|(?<=\.))/(?:[^/\\]|\\.)*/
  | (?<=[=!]~[ ])/(?P<pattern>(?!\^)(?:[^/\\]|\\.)+)/
    """,
    re.VERBOSE | re.DOTALL,
)
"""Quoted text and regular expressions over names, which stay, or one without ^ that values are compared with."""


class OpenGemini(InfluxDB1):
    """Speaks `/write`, `/query` and `/ping` as InfluxDB 1.x; a statement is written anew where it would mean less."""

    def adapt(self, select: Select) -> Select:
        """Return a SELECT that openGemini answers as InfluxDB 1 answers the given one; see `Engine`."""
        return adapt(select)

    def query(self, database: str, statement: str) -> list[Series]:
        """Run one InfluxQL read statement; see `Engine`."""
        if statement[:7].upper() != "SELECT ":
            return super().query(database, statement)
        scanned = scan(statement)
        (select,) = parse(scanned)
        assert isinstance(select, Select)  # noqa: S101  # it begins with the word
        if counts_rows_of_series(select):
            return _Limited(self, database, select, scanned.literals).answer()
        return super().query(database, fill(pieces(adapt(select)), scanned.literals, {}))

    def ask(self, database: str, statement: str, form: Form, timeout_s: float) -> RawAnswer:
        """Run InfluxQL read statements and hand on the answer as it comes; see `Engine`."""
        return OpenGeminiAnswer(super().ask(database, with_regexes(statement), form, timeout_s))

    def delete_contract(self, database: str, contract: str) -> None:
        """Delete all points of one contract, if this version can; see `Engine`.

        Those known so far say "unsupported command" to DELETE and DROP SERIES, and drop measurements only as a whole,
        which hold the points of all contracts. Source: https://github.com/openGemini/openGemini/issues/560
        """
        try:
            super().delete_contract(database, contract)
        except EngineUnavailable:
            raise
        except EngineError as error:
            raise CannotDelete(str(error)) from None

    def _run(self, statement: str, database: str = "") -> list[Series]:
        try:
            return super()._run(with_regexes(statement), database)
        except EngineError as error:
            if str(error) == _NOT_FOUND:
                return []
            raise


def with_regexes(statement: str) -> str:
    """Return a statement whose regular expressions match any part of a tag's value, as they do elsewhere.

    openGemini takes one that stands for a few texts, like `a|b` or `[12]`, for a list of whole values; one that may
    begin with anything is none.
    """
    return _MATCHED.sub(_anywhere, statement) if "~ /" in statement else statement


def _anywhere(found: re.Match[str]) -> str:
    return found[0] if found["pattern"] is None else f"/(?s:.*)(?:{found['pattern']})/"


class OpenGeminiAnswer:
    """An answer without the error of a measurement that is not there."""

    def __init__(self, answer: RawAnswer) -> None:
        self.status = answer.status
        self._answer = answer

    def chunks(self) -> Iterator[bytes]:
        """Yield the body in pieces; see `RawAnswer`."""
        held = b""
        for chunk in self._answer.chunks():
            held = (held + chunk).replace(_TOLD_NOT_FOUND, b"}")
            # The error may come in two pieces, so as much as its beginning takes stays back.
            ready, held = held[: -len(_TOLD_NOT_FOUND)], held[-len(_TOLD_NOT_FOUND) :]
            if ready:
                yield ready
        if held:
            yield held

    def close(self) -> None:
        """End the request; see `RawAnswer`."""
        self._answer.close()


@dataclass(frozen=True, slots=True)
class _Limited:
    """A SELECT that wants some rows of every series, which openGemini's LIMIT cannot give.

    Attributes:
        engine: which is asked.
        database: in it.
        select: as InfluxDB means it.
        literals: of the select.
    """

    engine: OpenGemini
    database: str
    select: Select
    literals: Sequence[str]

    def answer(self) -> list[Series]:
        return self._newest() if self._wants_newest() else self._cut()

    def _wants_newest(self) -> bool:
        plain = all(isinstance(column.expression, Reference) for column in self.select.columns)
        tags = not any(isinstance(dimension, Call) for dimension in self.select.dimensions)
        return plain and tags and bool(self.select.descending) and self._counts() == (1, 0)

    def _counts(self) -> tuple[int | None, int]:
        limit, offset = (
            None if count is None else int(self.literals[count.slot])
            for count in (self.select.limits.limit, self.select.limits.offset)
        )
        return limit or None, offset or 0

    def _cut(self) -> list[Series]:
        """Return the rows that are wanted of all rows."""
        limit, offset = self._counts()
        kept: dict[tuple[str, ...], Series] = {}
        for piece in read_chunks(self.engine, self.database, self._text(self.select)):
            series = kept.setdefault(_key(piece), replace(piece, values=[]))
            end = None if limit is None else offset + limit
            series.values.extend(piece.values if end is None else piece.values[: end - len(series.values)])
        return [replace(series, values=rows) for series in kept.values() if (rows := series.values[offset:])]

    def _newest(self) -> list[Series]:
        """Return the newest row of every series.

        `last()` tells when each series was last heard of, without reading it; then those hours are read.
        """
        newest = self._newest_times()
        found: dict[tuple[str, ...], Series] = {}
        waiting = sorted(set(newest.values()), reverse=True)
        while waiting:
            end = waiting[0]
            begin = end - _HOUR_NS
            for series in self._ask(replace(self.select, condition=self._within(begin, end))):
                if begin <= newest.get(_key(series), -1) <= end:
                    found.setdefault(_key(series), replace(series, values=series.values[:1]))
            waiting = [at for at in waiting if at < begin]
        return [found[key] for key in sorted(found, reverse=True)]

    def _newest_times(self) -> dict[tuple[str, ...], int]:
        times: dict[tuple[str, ...], int] = {}
        for column in self.select.columns:
            last = replace(self.select, columns=(Column(Call("last", (column.expression,))),), descending=None)
            for series in self._ask(last):
                times[_key(series)] = max(times.get(_key(series), 0), series.values[0][0])
        return times

    def _within(self, begin: int, end: int) -> Expression:
        time = Reference("time")
        after = Binary(">=", time, Literal("INTEGER", text=str(begin)))
        before = Binary("<=", time, Literal("INTEGER", text=str(end)))
        within = Binary("AND", after, before)
        return within if self.select.condition is None else Binary("AND", Group(self.select.condition), within)

    def _ask(self, select: Select) -> list[Series]:
        return self.engine.query(self.database, self._text(select))

    def _text(self, select: Select) -> str:
        return fill(pieces(adapt(replace(select, limits=Limits()))), self.literals, {})


def _key(series: Series) -> tuple[str, ...]:
    return (series.name, *(f"{name}={value}" for name, value in sorted(series.tags.items())))


def create(config: Config) -> OpenGemini:
    """Return the engine at the configured URL; the token is "user:password", or None where it asks for none."""
    headers = urllib3.make_headers(basic_auth=config.influx_token) if config.influx_token else {}
    return OpenGemini(Connection(config.influx_url, headers))
