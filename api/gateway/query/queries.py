"""The read side, apart from HTTP: from a token and a request to an answer on its way."""

import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from api.config import Config
from api.gateway.counters import Counters
from api.gateway.grant import ReadGrant, ReadLookup, Refusal
from api.gateway.query.assembly import document, failure
from api.gateway.query.bounds import BoundExceeded, Ended, Meter, bounds_of, check_range, too_slow
from api.gateway.query.parameters import Asked
from api.gateway.query.plans import Moment, Planner, router_for
from api.gateway.query.run import EngineRefused, Run
from api.gateway.query.scope import Scope
from api.gateway.query.show import Shower
from api.gateway.query.turns import NoTurn, Turns
from api.gateway.query.vocabulary import rollup_vocabulary, union, vocabulary
from api.influx.engine import Engine, EngineUnavailable
from api.influxql.errors import QueryRefused
from collectors import catalogue

RAW_NAME = "karte"
"""The raw database's name as clients know it, whatever it is called in the engine."""

ROLLUP_NAME = "karte_1h"
"""The hourly rollup's."""

_HELD_BYTES = 256 * 1024
"""As much of an answer is held back until its status is sent: what goes wrong before is told properly."""

_RETRY_ENGINE_S = 10
_RETRY_BUSY_S = 1
_LOGGED_TEXT = 500

_log = logging.getLogger(__name__)


class Fault(Exception):
    """A query that is not answered.

    Attributes:
        status: HTTP status.
        message: one line for a person.
        retry_after_s: seconds after which to try again; None where trying again does not help.
    """

    def __init__(self, status: int, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer on its way.

    Attributes:
        beginning: its first bytes.
        rest: what is still to come; None where the beginning was all. Whoever does not read it to its end closes it.
    """

    beginning: bytes
    rest: Generator[bytes, None, None] | None = None


class Queries:
    """Answers queries.

    Attributes:
        counters: what was done so far: `queries` seen, `queries_refused`, `queries_rolled_up` statements
            answered from the rollup, `queries_cut_off` after their answer had begun.
    """

    def __init__(self, engine: Engine, lookup: ReadLookup, config: Config, clock_ns: Callable[[], int]) -> None:
        self.counters = Counters()
        self._engine = engine
        self._lookup = lookup
        self._config = config
        self._clock_ns = clock_ns
        self._bounds = bounds_of(config)
        self._kept_days = max(config.raw_retention_days, config.rollup_retention_days)
        self._turns = Turns(config.query_concurrency)
        raw, rolled = config.influx_database, config.influx_rollup_database
        declared = catalogue.measurements()
        names = {raw: vocabulary(declared.values()), rolled: rollup_vocabulary(declared.values())}
        databases = {RAW_NAME: raw, ROLLUP_NAME: rolled}
        self._scopes = {scoped: Scope(scoped, databases, union(names.values())) for scoped in (True, False)}
        self._planner = Planner(self._scopes, router_for(declared, raw, rolled, engine.adapt), engine.adapt)
        kept = {
            raw: timedelta(days=config.raw_retention_days),
            rolled: timedelta(days=config.rollup_retention_days),
        }
        self._showers = {scoped: Shower(scope, names, kept, engine.query) for scoped, scope in self._scopes.items()}

    def answer(self, token: str, asked: Asked) -> Answer:
        """Return the answer to a query.

        Raises:
            Fault: it is not answered.
        """
        self.counters.add(queries=1)
        try:
            return self._answer(token, asked)
        except Fault:
            self.counters.add(queries_refused=1)
            raise

    def _answer(self, token: str, asked: Asked) -> Answer:
        grant = self._lookup(token)
        if isinstance(grant, Refusal):
            raise Fault(grant.status, grant.message, _RETRY_ENGINE_S if grant.status == 503 else None)
        scoped = grant.contract is not None
        database = self._scopes[scoped].databases.get(asked.database, "")
        if asked.database and not database:
            return Answer(document([failure(0, f"database not found: {asked.database[:100]}")]))
        run = self._planned(asked, grant, database, token)
        return self._begun(self._guarded(run, grant), grant)

    def _planned(self, asked: Asked, grant: ReadGrant, database: str, token: str) -> Run:
        scoped, now_ns = grant.contract is not None, self._clock_ns()
        try:
            query = self._planner.plan(asked.text, asked.parameters, scoped=scoped)
            check_range(query, self._bounds, now_ns, self._kept_days)
        except QueryRefused as refused:
            prefix = "" if refused.offset is None else "error parsing query: "
            raise Fault(400, prefix + refused.told(asked.text)) from None
        has_rollup = database == self._config.influx_database
        rolled_until_ns = grant.rolled_until_ns if has_rollup else 0
        moment = Moment(grant.contract, now_ns, rolled_until_ns, self._engine.unites_sources)
        meter = Meter(self._bounds, lambda: self._ended(token))
        return Run(self._engine, self._showers[scoped], asked, query, moment, database, meter, self._note_rolled)

    def _note_rolled(self) -> None:
        self.counters.add(queries_rolled_up=1)

    def _ended(self, token: str) -> str | None:
        """Return why a token has ceased to hold; None while it holds, or where nobody can tell now."""
        found = self._lookup(token)
        return found.message if isinstance(found, Refusal) and found.status != 503 else None

    def _guarded(self, run: Run, grant: ReadGrant) -> Generator[bytes, None, None]:
        """Yield a query's answer while it has its turn.

        Raises:
            Fault: it cannot go on.
        """
        try:
            with self._turns.turn(grant.token):
                yield from run.chunks()
        except NoTurn as error:
            raise Fault(429, str(error), _RETRY_BUSY_S) from None
        except (BoundExceeded, EngineRefused, QueryRefused) as error:
            raise Fault(400, str(error)) from None
        except Ended as error:
            raise Fault(403, str(error)) from None
        except EngineUnavailable as error:
            if run.meter.elapsed_s >= self._bounds.seconds:
                raise Fault(400, too_slow(self._bounds)) from None
            _log.error("the time-series engine does not answer a query: %s", error)
            raise Fault(503, "the database does not answer; ask again in a moment", _RETRY_ENGINE_S) from None
        finally:
            self._note(run, grant)

    def _begun(self, chunks: Generator[bytes, None, None], grant: ReadGrant) -> Answer:
        held: list[bytes] = []
        size = 0
        for chunk in chunks:
            held.append(chunk)
            size += len(chunk)
            if size >= _HELD_BYTES:
                return Answer(b"".join(held), self._passed(chunks, grant))
        return Answer(b"".join(held))

    def _passed(self, chunks: Iterator[bytes], grant: ReadGrant) -> Generator[bytes, None, None]:
        try:
            yield from chunks
        except Fault as fault:
            # The status is sent, so all that can be done is to end; as one more document the reason is readable.
            self.counters.add(queries_cut_off=1)
            _log.warning("an answer was cut off, contract %s: %s", grant.contract or "(staff)", fault.message)
            yield b"\n" + msgspec.json.encode({"error": fault.message}) + b"\n"

    def _note(self, run: Run, grant: ReadGrant) -> None:
        elapsed = run.meter.elapsed_s
        if elapsed >= self._config.query_slow_s:
            text = " ".join(run.asked.text.split())[:_LOGGED_TEXT]
            _log.warning("slow query, %.1f s, contract %s: %s", elapsed, grant.contract or "(staff)", text)
