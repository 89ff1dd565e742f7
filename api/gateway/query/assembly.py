"""Answers put together: what an engine says of one statement, and what the service says itself, as one answer.

InfluxDB's answer to several statements is one document with a `results` list, numbered by `statement_id`; with
`chunked` it is a document a chunk, and with CSV a table a result.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from api.influx.engine import Series

_HEAD = b'{"results":['
_FIRST = b'{"statement_id":0'
_TAIL = b"]}"


def result(number: int, found: Sequence[Series]) -> bytes:
    """Return the JSON of one statement's result."""
    body: dict[str, Any] = {"statement_id": number}
    if found:
        body["series"] = [
            {
                **({"name": series.name} if series.name else {}),
                **({"tags": dict(series.tags)} if series.tags else {}),
                "columns": series.columns,
                "values": series.values,
            }
            for series in found
        ]
    return msgspec.json.encode(body)


def failure(number: int, message: str) -> bytes:
    """Return the JSON of one statement that failed."""
    return msgspec.json.encode({"statement_id": number, "error": message})


def document(results: Iterable[bytes]) -> bytes:
    """Return results as one document, with the line break that InfluxDB ends it with."""
    return _HEAD + b",".join(results) + _TAIL + b"\n"


def table(found: Sequence[Series]) -> bytes:
    """Return a result as InfluxDB's CSV; b"" where there is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns: list[str] | None = None
    for series in found:
        if series.columns != columns:
            if columns is not None:
                out.write("\n")
            columns = series.columns
            writer.writerow(["name", "tags", *columns])
        tags = ",".join(f"{name}={value}" for name, value in series.tags.items())
        writer.writerows([series.name, tags, *map(_cell, row)] for row in series.values)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def bare_results(chunks: Iterable[bytes], number: int) -> Iterator[bytes]:
    """Yield the result objects of an engine's document, numbered for their place in a larger one.

    An answer that does not begin as InfluxDB's do is passed on as it is, where its client will not understand it
    either; none has been seen.
    """
    begun = False
    held = b""
    for chunk in chunks:
        held += chunk
        if not begun:
            if len(held) < len(_HEAD + _FIRST):
                continue
            held = held.removeprefix(_HEAD)
            if held.startswith(_FIRST):
                held = b'{"statement_id":%d' % number + held[len(_FIRST) :]
            begun = True
        # The end of the document may come in any piece, so as much as it takes stays back.
        ready, held = held[: -len(_TAIL) - 1], held[-len(_TAIL) - 1 :]
        if ready:
            yield ready
    yield (held if begun else held.removeprefix(_HEAD)).rstrip(b"\n").removesuffix(_TAIL)


def renumbered(chunks: Iterable[bytes], number: int) -> Iterator[bytes]:
    """Yield the documents of an engine's chunked answer, numbered anew."""
    wanted = b'{"statement_id":%d' % number
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.replace(_HEAD + _FIRST, _HEAD + wanted, 1) + b"\n"
    if rest:
        yield rest.replace(_HEAD + _FIRST, _HEAD + wanted, 1) + b"\n"


def indented(body: bytes) -> bytes:
    """Return JSON documents indented as InfluxDB's `pretty` does."""
    documents = [json.loads(line) for line in body.splitlines() if line]
    return b"".join(json.dumps(each, indent=4, ensure_ascii=False).encode() + b"\n" for each in documents)


def told_error(body: bytes) -> str:
    """Return the error text of an engine's answer."""
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        found = None
    if isinstance(found, dict):
        return str(found.get("error") or found.get("message") or "")
    return body[:200].decode("utf-8", errors="replace").strip()
