"""Runs a planned query and hands on its answer piece by piece.

A query of SELECTs only (nearly all that a dashboard sends) is one request to the engine, whose answer passes as it
comes. With a SHOW in between, or a SELECT whose answer is made here from the rollup's and the raw points, each
statement is run by itself and the answers are joined.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from api.gateway.query import assembly
from api.gateway.query.bounds import Meter
from api.gateway.query.parameters import Asked
from api.gateway.query.plans import Moment, Parts, Plan, Query, SelectPlan, ShowPlan, ready
from api.gateway.query.show import Shower
from api.gateway.query.times import time_teller
from api.influx.answers import read_results
from api.influx.engine import Engine, EngineError, EngineUnavailable, Form, RawAnswer, Series
from api.influxql.errors import QueryRefused

Step = str | Parts | ShowPlan
"""A statement to be passed on, statements whose answers are joined here, or a SHOW."""


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
        note_rolled: told of each statement that the rollup answers.
    """

    engine: Engine
    shower: Shower
    asked: Asked
    query: Query
    moment: Moment
    database: str
    meter: Meter
    note_rolled: Callable[[], None]

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
        steps = [self._step(plan) for plan in self.query.plans]
        texts = [step for step in steps if isinstance(step, str)]
        if len(texts) == len(steps):
            return self._asked("; ".join(texts))
        if self.asked.form.csv:
            return self._tables(steps)
        return self._documents(steps) if self.asked.form.chunk_size is not None else self._document(steps)

    def _step(self, plan: Plan) -> Step:
        if isinstance(plan, ShowPlan):
            return plan
        step, rolled = ready(plan, self.query.literals, self.moment, may_join=self._may_be_joined(plan))
        if rolled:
            self.note_rolled()
        return step

    def _may_be_joined(self, plan: SelectPlan) -> bool:
        """Tell whether an answer made here can have the form that is asked for: whole, its times without a zone."""
        zoned = plan.route is not None and plan.route.zone is not None
        return self.asked.form.chunk_size is None and bool(self._epoch or not zoned)

    @property
    def _epoch(self) -> str:
        """Unit of the times, where none is asked for as the engines take it: "" for RFC 3339, in CSV nanoseconds."""
        form = self.asked.form
        return form.epoch or ("ns" if form.csv else "")

    def _asked(self, text: str) -> Iterator[bytes]:
        answer = self.engine.ask(self.database, text, self.asked.form, self.meter.left_s)
        with closing(answer):
            _check(answer)
            yield from self.meter.watch(answer.chunks(), csv=self.asked.form.csv)

    def _made(self, step: ShowPlan | Parts) -> list[Series]:
        if isinstance(step, Parts):
            found = self._joined(step)
        else:
            found = self.shower.answer(step, self.query.literals, self.moment, self.database)
        self.meter.count(sum(len(series.values) for series in found), len(found))
        return found

    def _joined(self, parts: Parts) -> list[Series]:
        answer = self.engine.ask(self.database, parts.text, Form("ns"), self.meter.left_s)
        with closing(answer):
            _check(answer)
            body = b"".join(self.meter.watch(answer.chunks(), csv=False))
        found = parts.join(read_results(body))
        told = time_teller(self._epoch)
        for series in found:
            for row in series.values:
                row[0] = told(row[0])
        return found

    def _document(self, steps: Sequence[Step]) -> Iterator[bytes]:
        separator = b'{"results":['
        failed = False
        for number, step in enumerate(steps):
            yield separator
            separator = b","
            if failed:
                yield assembly.failure(number, "not executed")
            elif isinstance(step, str):
                yield from assembly.bare_results(self._asked(step), number)
            else:
                part, failed = self._made_result(number, step)
                yield part
        yield b"]}\n"

    def _documents(self, steps: Sequence[Step]) -> Iterator[bytes]:
        for number, step in enumerate(steps):
            if isinstance(step, str):
                yield from assembly.renumbered(self._asked(step), number)
                continue
            part, failed = self._made_result(number, step)
            yield assembly.document([part])
            if failed:
                return

    def _made_result(self, number: int, step: ShowPlan | Parts) -> tuple[bytes, bool]:
        try:
            return assembly.result(number, self._made(step)), False
        except QueryRefused as refused:
            return assembly.failure(number, refused.reason), True
        except EngineUnavailable:
            raise
        except EngineError as error:
            return assembly.failure(number, str(error)), True

    def _tables(self, steps: Sequence[Step]) -> Iterator[bytes]:
        between = b""
        for step in steps:
            if isinstance(step, str):
                chunks = self._asked(step)
            else:
                try:
                    chunks = iter((assembly.table(self._made(step)),))
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
