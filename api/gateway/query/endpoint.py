"""`GET` and `POST /query`: InfluxDB's query API, for a read token's own data.

Errors are told as InfluxDB tells them, `{"error": "…"}`, so that Grafana and other clients show them.
"""

import time
from collections.abc import Callable
from itertools import chain

import msgspec
from flask import Blueprint
from werkzeug import Request, Response

from api.config import Config
from api.gateway.answers import header_safe
from api.gateway.body import BodyError, read_body
from api.gateway.credentials import sent_token
from api.gateway.front import put_before
from api.gateway.grant import ReadLookup
from api.gateway.query.parameters import BadParameter, read_parameters
from api.gateway.query.queries import Fault, Queries
from api.influx.engine import Engine
from collectors import __version__

MAX_BODY_BYTES = 256 * 1024
"""Largest body of a POST; a query's text is bounded far below."""

_NO_TOKEN = "読み取りトークンがありません / no read token; send it as Authorization: Token …"  # noqa: S105  # a message


def create_queries(
    engine: Engine, lookup: ReadLookup, config: Config, clock_ns: Callable[[], int] = time.time_ns
) -> Blueprint:
    """Return the blueprint of the read side.

    The app finds its counters as `app.extensions["karte_queries"].counters`.

    Args:
        engine: where points are.
        lookup: asked for every query.
        config: bounds and the databases' names.
        clock_ns: now, Unix nanoseconds.
    """
    queries = Queries(engine, lookup, config, clock_ns)
    blueprint = Blueprint("queries", __name__)
    blueprint.record_once(lambda state: state.app.extensions.update(karte_queries=queries))

    def query(request: Request) -> Response:
        begun = time.perf_counter()
        try:
            return _answer(queries, request)
        except BadParameter as error:
            return _told(Fault(400, str(error)))
        except Fault as fault:
            return _told(fault)
        finally:
            queries.counters.took(time.perf_counter() - begun)

    blueprint.record_once(lambda state: put_before(state.app, {"/query": {"GET": query, "POST": query}}))
    return blueprint


def _answer(queries: Queries, request: Request) -> Response:
    sent = _sent(request)
    token = sent_token(request.headers.get("Authorization"), sent)
    if token is None:
        raise Fault(401, _NO_TOKEN)
    asked = read_parameters(sent, request.headers.get("Accept", ""))
    found = queries.answer(token, asked)
    body = found.beginning if found.rest is None else chain((found.beginning,), found.rest)
    answer = Response(body, content_type="text/csv; charset=utf-8" if asked.form.csv else "application/json")
    answer.headers["X-Influxdb-Version"] = f"karte-{__version__}"
    answer.headers["X-Influxdb-Build"] = "Karte"
    if found.rest is not None:
        answer.call_on_close(found.rest.close)
    return answer


def _told(fault: Fault) -> Response:
    body = msgspec.json.encode({"error": fault.message}) + b"\n"
    answer = Response(body, fault.status, content_type="application/json")
    answer.headers["X-Influxdb-Error"] = header_safe(fault.message)
    if fault.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="karte"'
    if fault.retry_after_s is not None:
        answer.headers["Retry-After"] = str(fault.retry_after_s)
    return answer


def _sent(request: Request) -> dict[str, str]:
    """Return the parameters of the URL and of the body, the body's first, as InfluxDB's server takes them.

    Raises:
        Fault: the body is too large.
    """
    sent = request.args.to_dict()
    if request.method != "POST":
        return sent
    length = request.content_length
    if length is not None and length > MAX_BODY_BYTES:
        raise Fault(413, f"the body is larger than the limit of {MAX_BODY_BYTES} bytes")
    if request.mimetype == "application/vnd.influxql":
        return {**sent, "q": _text_body(request, length)}
    files = {name: file.read(MAX_BODY_BYTES).decode("utf-8", errors="replace") for name, file in request.files.items()}
    return {**sent, **files, **request.form.to_dict()}


def _text_body(request: Request, length: int | None) -> str:
    if length is None and not request.environ.get("wsgi.input_terminated"):
        length = 0  # WSGI: without a length, only a server that says so ends the stream
    try:
        return read_body(request.environ["wsgi.input"], length, MAX_BODY_BYTES).decode("utf-8", errors="replace")
    except BodyError as error:
        raise Fault(400, str(error)) from None
