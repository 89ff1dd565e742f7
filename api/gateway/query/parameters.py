"""The parameters of a query request, as InfluxDB 1.x and 2.x take them.

Source: https://docs.influxdata.com/influxdb/v1/tools/api/#query-http-endpoint
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from api.influx.engine import Form
from api.influx.influxql import quote_string
from api.influxql.errors import QueryRefused
from api.influxql.literals import check_duration
from api.influxql.tokens import Bound

EPOCHS = frozenset({"ns", "n", "u", "µ", "ms", "s", "m", "h"})
DEFAULT_CHUNK = 10_000
MAX_CHUNK = 100_000
CSV_TYPES = frozenset({"application/csv", "text/csv"})


class BadParameter(Exception):
    """A parameter that cannot be used; the message says which, and what it may be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query request.

    Attributes:
        text: the query.
        database: as the client names it; "" where it names none.
        parameters: values of `$name` in the query.
        form: of the answer.
        pretty: True for indented JSON.
    """

    text: str
    database: str
    parameters: Mapping[str, Bound]
    form: Form
    pretty: bool


def read_parameters(sent: Mapping[str, str], accept: str) -> Asked:
    """Return the request.

    Args:
        sent: all parameters, of the URL and of the body.
        accept: the Accept header.

    Raises:
        BadParameter: one is missing or cannot be used.
    """
    text = sent.get("q", "")
    if not text.strip():
        raise BadParameter('missing required parameter "q"')
    epoch = sent.get("epoch", "")
    if epoch and epoch not in EPOCHS:
        raise BadParameter(f"epoch {epoch[:20]!r} is not known; use ns, u, ms, s, m or h")
    form = Form(
        epoch={"n": "ns", "µ": "u"}.get(epoch, epoch),
        chunk_size=_chunk_size(sent) if _is_true(sent, "chunked") else None,
        csv=any(part.partition(";")[0].strip().lower() in CSV_TYPES for part in accept.split(",")),
    )
    if sent.get("rp", "") not in ("", "autogen", "default"):
        raise BadParameter(f"retention policy not found: {sent['rp'][:100]}")
    return Asked(text, sent.get("db", ""), _bound(sent.get("params", "")), form, _is_true(sent, "pretty"))


def _is_true(sent: Mapping[str, str], name: str) -> bool:
    return sent.get(name, "").lower() in ("true", "1", "t")


def _chunk_size(sent: Mapping[str, str]) -> int:
    size = sent.get("chunk_size", "")
    if not size:
        return DEFAULT_CHUNK
    if not size.isascii() or not size.isdigit() or len(size) > 9 or int(size) == 0:
        raise BadParameter("chunk_size must be a whole number above 0")
    return min(int(size), MAX_CHUNK)


def _bound(sent: str) -> dict[str, Bound]:
    if not sent:
        return {}
    try:
        found = msgspec.json.decode(sent, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise BadParameter(f"error parsing query parameters: {error}") from None
    except RecursionError:
        raise BadParameter("error parsing query parameters: values nest too deep") from None
    try:
        return {name.removeprefix("$"): _value(name, value) for name, value in found.items()}
    except QueryRefused as error:
        raise BadParameter(f"error parsing query parameters: {error.reason}") from None


def _value(name: str, value: Any) -> Bound:
    """Return what a parameter stands for: a literal, or an object with one member that says of which kind it is."""
    match value:
        case bool():
            return Bound("TRUE" if value else "FALSE", "TRUE" if value else "FALSE", 0)
        case int():
            return Bound("INTEGER", _integer(name, value), 0)
        case float():
            return Bound("NUMBER", _number(name, value), 0)
        case str():
            return Bound("STRING", quote_string(_text(name, value)), 0)
        case {"string": str(text)} if len(value) == 1:
            return Bound("STRING", quote_string(_text(name, text)), 0)
        case {"identifier": str(text)} | {"ident": str(text)} if len(value) == 1:
            return Bound("IDENT", _text(name, text), 0)
        case {"regex": str(text)} if len(value) == 1:
            return Bound("REGEX", _text(name, text), 0)
        case {"duration": str(text)} if len(value) == 1:
            return Bound("DURATION", check_duration(text), 0)
        case {"integer": bool()} | {"int": bool()} | {"float": bool()} | {"number": bool()}:
            raise BadParameter(f"parameter {name!r} is no number")
        case {"integer": int(number)} | {"int": int(number)} if len(value) == 1:
            return Bound("INTEGER", _integer(name, number), 0)
        case {"float": int(number) | float(number)} | {"number": int(number) | float(number)} if len(value) == 1:
            return Bound("NUMBER", _number(name, number), 0)
        case _:
            raise BadParameter(f"parameter {name!r} has a value that cannot be bound")


def _integer(name: str, value: int) -> str:
    if not 0 <= value < 2**63:
        raise BadParameter(f"parameter {name!r} is not a whole number from 0 to 2^63-1")
    return str(value)


def _number(name: str, value: float) -> str:
    if value < 0:
        raise BadParameter(f"parameter {name!r} is negative; write the sign in the query: -${name}")
    if value >= 2**1023:
        raise BadParameter(f"parameter {name!r} is larger than a float can be")
    whole, _dot, fraction = f"{float(value):.17f}".partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def _text(name: str, value: str) -> str:
    if any(not sign.isprintable() and sign != "\n" and not sign.isspace() for sign in value) or "\0" in value:
        raise BadParameter(f"parameter {name!r} has a control character")
    return value
