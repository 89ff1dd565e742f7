"""The write path: what a device sends, judged against its token and the catalogue, and stored before it is confirmed.

`POST /api/v2/write` speaks as InfluxDB 2, `POST /write` as InfluxDB 1. `org`, `bucket`, `db` and `rp` may hold
anything: where points go is decided by the token alone. What is stored of a line and what is refused: see
`api.gateway.batch`.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from flask import Blueprint, Response, jsonify
from werkzeug import Request
from werkzeug import Response as PlainResponse

from api.config import Config
from api.gateway.answers import V1, V2, Dialect, Failure, partial_write
from api.gateway.batch import Batch, Rules, TooLarge, read_batch
from api.gateway.body import BodyError, BodyTooLarge, read_body, unpack
from api.gateway.counters import Counters
from api.gateway.credentials import sent_token
from api.gateway.front import Handler, put_before
from api.gateway.grant import Refusal, WriteGrant, WriteLookup
from api.gateway.late import NoteLate, NotNoted, late_hour_ns
from api.gateway.schema import build_schema
from api.gateway.series import SeriesMemory
from api.gateway.window import window
from api.influx.engine import Engine, EngineUnavailable, WriteOutcome
from collectors import __version__, catalogue

MAX_WRITES_PER_DEVICE = 8
"""Requests of one device that one worker serves at the same time; so one device cannot take every thread."""

LARGE_WAIT_S = 10.0
"""How long a large body waits until others are done."""

_LARGE_BYTES = 4 * 1024 * 1024
_LARGE_AT_ONCE = 2
_RETRY_ENGINE_S = 10
_RETRY_BUSY_S = 1
_RETRY_NOTE_S = 5

_log = logging.getLogger(__name__)


class Gateway:
    """The write path, apart from HTTP routes.

    Attributes:
        counters: what was done so far.
    """

    def __init__(
        self, engine: Engine, lookup: WriteLookup, config: Config, clock: Callable[[], float], note_late: NoteLate
    ) -> None:
        self.counters = Counters()
        self._engine = engine
        self._lookup = lookup
        self._config = config
        self._clock = clock
        self._note_late = note_late
        self._schema = build_schema(catalogue.sent_measurements().values())
        self._memory = SeriesMemory()
        self._busy: Counter[WriteGrant] = Counter()
        self._lock = Lock()
        self._large = BoundedSemaphore(_LARGE_AT_ONCE)
        self._engine_away = False

    def write(self, dialect: Dialect, request: Request) -> None:
        """Store the lines of a request.

        Raises:
            Failure: they are not, or not all, stored.
        """
        self.counters.add(requests=1)
        grant = self._granted(request)
        precision = request.args.get("precision") or "ns"
        if precision not in dialect.precisions:
            raise Failure(
                400, f"precision {precision[:20]!r} is not known; use {', '.join(sorted(dialect.precisions))}"
            )
        with self._turn(grant), self._unpacked(request) as body:
            span = window(precision, self._clock(), self._config.raw_retention_days, self._config.future_limit_s)
            rules = Rules(self._schema, grant, span, self._config.max_line_bytes)
            self._store(dialect, grant, self._batch(body, rules), span.precision)

    def health(self) -> str | None:
        """Return the engine's version, or None if it does not answer."""
        try:
            return self._engine.ping()
        except EngineUnavailable:
            return None

    def _granted(self, request: Request) -> WriteGrant:
        token = sent_token(request.headers.get("Authorization"), request.args)
        if token is None:
            raise Failure(
                401, "no device token; send it as Authorization: Token …", details={"reason": "token_missing"}
            )
        found = self._lookup(token)
        if isinstance(found, Refusal):
            retry_after = _RETRY_ENGINE_S if found.status == 503 else None
            raise Failure(found.status, found.message, retry_after, {"reason": found.code})
        return found

    @contextmanager
    def _turn(self, grant: WriteGrant) -> Iterator[None]:
        with self._lock:
            if self._busy[grant] >= MAX_WRITES_PER_DEVICE:
                raise Failure(429, f"this device has {MAX_WRITES_PER_DEVICE} writes under way already", _RETRY_BUSY_S)
            self._busy[grant] += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy[grant] -= 1
                if not self._busy[grant]:
                    del self._busy[grant]

    def _body(self, request: Request) -> bytes:
        length = request.content_length
        if length is None and not request.environ.get("wsgi.input_terminated"):
            length = 0  # WSGI: without a length, only a server that says so ends the stream
        try:
            # Not `request.stream`: Flask's limit would answer in another shape, and copy every byte twice.
            return read_body(request.environ["wsgi.input"], length, self._config.max_body_bytes)
        except BodyTooLarge as error:
            raise Failure(413, str(error)) from None
        except BodyError as error:
            raise Failure(400, str(error)) from None

    @contextmanager
    def _unpacked(self, request: Request) -> Iterator[bytes]:
        """Give the body before its encoding; only a few large ones are held in memory at the same time."""
        packed = self._body(request)
        encoding = request.headers.get("Content-Encoding", "").strip().lower()
        limit = self._config.max_unpacked_bytes
        try:
            small = _unpack_small(packed, encoding, limit)
            if small is not None:
                yield small
                return
            if not self._large.acquire(timeout=LARGE_WAIT_S):
                raise Failure(503, "other large batches are under way; send less at once, or again", _RETRY_BUSY_S)
            try:
                yield unpack(packed, encoding, limit)
            finally:
                self._large.release()
        except BodyTooLarge as error:
            raise Failure(413, str(error)) from None
        except BodyError as error:
            raise Failure(400, str(error)) from None

    def _batch(self, body: bytes, rules: Rules) -> Batch:
        try:
            batch = read_batch(body, rules, self._memory.table(rules.grant))
        except TooLarge as error:
            raise Failure(413, str(error)) from None
        if not batch.lines and not batch.refused:
            raise Failure(400, "writing requires points: the body holds no line")
        return batch

    def _store(self, dialect: Dialect, grant: WriteGrant, batch: Batch, precision: str) -> None:
        message = ""
        if batch.lines:
            outcome = self._send(batch.stored, precision)
            message = self._refused_by_engine(outcome)
            self._note(grant, late_hour_ns(batch.oldest, precision, self._clock()))
        self.counters.add(
            lines_forwarded=batch.lines,
            lines_refused=len(batch.refused),
            tags_dropped=batch.dropped_tags,
            fields_dropped=batch.dropped_fields,
        )
        if batch.refused or message:
            raise partial_write(dialect, batch.lines, batch.refused, message)

    def _note(self, grant: WriteGrant, hour_ns: int | None) -> None:
        """Note that the batch had points of hours that are over, if it had.

        Raises:
            Failure: that cannot be kept; the points are stored, and must be sent again so that it is.
        """
        if hour_ns is None:
            return
        try:
            self._note_late(grant.contract, hour_ns)
        except NotNoted as error:
            _log.error("late points cannot be noted: %s", error)
            raise Failure(503, "the contracts' database does not answer; nothing is confirmed", _RETRY_NOTE_S) from None

    def _send(self, lines: bytes, precision: str) -> WriteOutcome:
        try:
            outcome = self._engine.write(self._config.influx_database, lines, precision)
        except EngineUnavailable as error:
            self._note_engine(str(error))
            raise Failure(503, "the database does not answer; nothing is confirmed", _RETRY_ENGINE_S) from None
        return outcome

    def _refused_by_engine(self, outcome: WriteOutcome) -> str:
        """Return what the engine refused of the lines, "" if it stored all.

        Raises:
            Failure: the engine did not take the request, so that the sender must keep its lines.
        """
        if outcome.status == 204:
            self._note_engine(None)
            return ""
        if outcome.status in {400, 422}:
            return outcome.message or f"the database refused lines with status {outcome.status}"
        if outcome.status == 413:
            raise Failure(413, "the database finds the batch too large; send less at once")
        # What is left is busy (429, 5xx), or our own set-up (401, 403, 404): the sender is not at fault and keeps.
        self._note_engine(f"status {outcome.status} {outcome.message}")
        raise Failure(
            503, "the database cannot store now; nothing is confirmed", outcome.retry_after_s or _RETRY_ENGINE_S
        )

    def _note_engine(self, problem: str | None) -> None:
        """Log when the engine goes away and when it is back, and count what happens between."""
        if problem is None:
            if self._engine_away:
                self._engine_away = False
                _log.warning("the time-series engine stores again")
            return
        self.counters.add(engine_unavailable=1)
        if not self._engine_away:
            self._engine_away = True
            _log.error("the time-series engine does not store: %s", problem)


def create_gateway(
    engine: Engine,
    lookup: WriteLookup,
    config: Config,
    clock: Callable[[], float] = time.time,
    note_late: NoteLate = lambda _contract, _hour_ns: None,
) -> Blueprint:
    """Return the blueprint of the write path.

    The app finds the gateway's counters as `app.extensions["karte_gateway"].counters`.

    Args:
        engine: where points are stored.
        lookup: asked for every request.
        config: limits and the database's name.
        clock: now, Unix seconds.
        note_late: told of points of hours that are over.
    """
    gateway = Gateway(engine, lookup, config, clock, note_late)
    blueprint = Blueprint("gateway", __name__)
    blueprint.record_once(lambda state: state.app.extensions.update(karte_gateway=gateway))

    def writing(dialect: Dialect) -> Mapping[str, Handler]:
        def write(request: Request) -> PlainResponse:
            begun = time.perf_counter()
            try:
                gateway.write(dialect, request)
            except Failure as failure:
                gateway.counters.add(requests_failed=1)
                return dialect.answer(failure)
            finally:
                gateway.counters.took(time.perf_counter() - begun)
            return PlainResponse(status=204)

        return {"POST": write}

    paths = {"/api/v2/write": writing(V2), "/write": writing(V1)}
    blueprint.record_once(lambda state: put_before(state.app, paths))

    @blueprint.route("/ping", methods=["GET", "HEAD"])
    def ping() -> Response:
        return Response(status=204, headers={"X-Influxdb-Version": _version(), "X-Influxdb-Build": "Karte"})

    @blueprint.get("/health")
    def health() -> Response:
        engine_version = gateway.health()
        ready = engine_version is not None
        answer = jsonify(
            name="karte",
            message="ready for queries and writes" if ready else "the database does not answer",
            status="pass" if ready else "fail",
            checks=[],
            version=_version(),
        )
        answer.status_code = 200 if ready else 503
        return answer

    return blueprint


def _unpack_small(packed: bytes, encoding: str, limit: int) -> bytes | None:
    """Return the unpacked body; None if it is a large one."""
    if len(packed) > _LARGE_BYTES:
        return None
    try:
        return unpack(packed, encoding, min(limit, _LARGE_BYTES))
    except BodyTooLarge:
        if limit <= _LARGE_BYTES:
            raise
        return None


def _version() -> str:
    return f"karte-{__version__}"
