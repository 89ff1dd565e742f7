"""Runs a planned query and hands on its answer piece by piece.

A query of SELECTs only (nearly all that a dashboard sends) is one request to the engine, whose answer passes as it
comes. With a SHOW in between, each statement is run by itself and the answers are joined.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from api.gateway.query import assembly
from api.gateway.query.bounds import Meter
from api.gateway.query.parameters import Asked
from api.gateway.query.plans import Moment, Query, SelectPlan, ShowPlan, select_text
from api.gateway.query.show import Shower
from api.influx.engine import Engine, EngineError, EngineUnavailable, RawAnswer, Series
from api.influxql.errors import QueryRefused


class EngineRefused(Exception):
    """The engine did not take the query at all; the message is its own."""


@dataclass(frozen=True, slots=True)
class Run:
    """One query on its way.

    Attributes:
        engine: which is asked.
        shower: answers SHOW.
        asked: the request.
        query: planned.
        moment: whose data, and when.
        database: in the engine; "" where the request names none.
        meter: watches what passes.
    """

    engine: Engine
    shower: Shower
    asked: Asked
    query: Query
    moment: Moment
    database: str
    meter: Meter

    def chunks(self) -> Iterator[bytes]:
        """Yield the answer.

        Raises:
            BoundExceeded: it is larger, or takes longer, than is allowed.
            Ended: the token does not hold any more.
            EngineRefused: the engine did not take the query.
            EngineUnavailable: the engine does not answer.
        """
        if self.asked.pretty and not self.asked.form.csv:
            return iter((assembly.indented(b"".join(self._plain())),))
        return self._plain()

    def _plain(self) -> Iterator[bytes]:
        selects = [plan for plan in self.query.plans if isinstance(plan, SelectPlan)]
        if len(selects) == len(self.query.plans):
            return self._asked("; ".join(self._text(plan) for plan in selects))
        if self.asked.form.csv:
            return self._tables()
        return self._documents() if self.asked.form.chunk_size is not None else self._document()

    def _text(self, plan: SelectPlan) -> str:
        return select_text(plan, self.query.literals, self.moment)[0]

    def _asked(self, text: str) -> Iterator[bytes]:
        answer = self.engine.ask(self.database, text, self.asked.form, self.meter.left_s)
        with closing(answer):
            _check(answer)
            yield from self.meter.watch(answer.chunks(), csv=self.asked.form.csv)

    def _shown(self, plan: ShowPlan) -> list[Series]:
        found = self.shower.answer(plan, self.query.literals, self.moment, self.database)
        self.meter.count(sum(len(series.values) for series in found), len(found))
        return found

    def _document(self) -> Iterator[bytes]:
        separator = b'{"results":['
        failed = False
        for number, plan in enumerate(self.query.plans):
            yield separator
            separator = b","
            if failed:
                yield assembly.failure(number, "not executed")
            elif isinstance(plan, SelectPlan):
                yield from assembly.bare_results(self._asked(self._text(plan)), number)
            else:
                part, failed = self._show_result(number, plan)
                yield part
        yield b"]}\n"

    def _documents(self) -> Iterator[bytes]:
        for number, plan in enumerate(self.query.plans):
            if isinstance(plan, SelectPlan):
                yield from assembly.renumbered(self._asked(self._text(plan)), number)
                continue
            part, failed = self._show_result(number, plan)
            yield assembly.document([part])
            if failed:
                return

    def _show_result(self, number: int, plan: ShowPlan) -> tuple[bytes, bool]:
        try:
            return assembly.result(number, self._shown(plan)), False
        except QueryRefused as refused:
            return assembly.failure(number, refused.reason), True
        except EngineUnavailable:
            raise
        except EngineError as error:
            return assembly.failure(number, str(error)), True

    def _tables(self) -> Iterator[bytes]:
        between = b""
        for plan in self.query.plans:
            if isinstance(plan, SelectPlan):
                chunks = self._asked(self._text(plan))
            else:
                try:
                    chunks = iter((assembly.table(self._shown(plan)),))
                except EngineUnavailable:
                    raise
                except (EngineError, QueryRefused) as error:
                    chunks = iter((f"error\n{error}\n".encode(),))
            for chunk in chunks:
                if chunk:
                    yield between + chunk
                    between = b""
            between = b"\n"


def _check(answer: RawAnswer) -> None:
    """Raise unless the engine took the query.

    Raises:
        EngineRefused: it found fault with the query.
        EngineUnavailable: it found fault with us, or is too busy.
    """
    if answer.status == 200:
        return
    body = b"".join(answer.chunks())[:2_000]
    told = assembly.told_error(body)
    if answer.status == 400:
        raise EngineRefused(told)
    raise EngineUnavailable(f"query: the engine answered {answer.status} {told}")
