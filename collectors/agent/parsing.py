"""Points from a raw output that was recorded somewhere, for support and for tests."""

import difflib
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from collectors.agent.attempt import Outcome, attempt
from collectors.agent.stamping import stamp
from collectors.agent.wording import AgentError, fill
from collectors.input import Input, Recording
from collectors.point import Point, to_lines
from collectors.text import Text

MAX_FILE_BYTES = 64 * 1024 * 1024

_UNKNOWN = Text("「{name}」という収集項目はありません（{hint}）", "there is no input {name!r}; {hint}")
_NEAR = Text("「{near}」のことですか", "did you mean {near!r}?")
_LIST = Text("一覧は karte agent inputs", "karte agent inputs lists them")
_NO_PARSER = Text(
    "{name}は記録された出力を読みません（値はOSから直接得ます）。読めるのは {readable}",
    "{name} reads no recorded output, its values come from the system itself; those that do are {readable}",
)
_CANNOT_READ = Text("{path}を読めません: {why}", "cannot read {path}: {why}")
_TOO_LARGE = Text("{path}が大きすぎます（上限64 MiB）", "{path} is too large (at most 64 MiB)")
_CANNOT_PARSE = Text("{path}を{name}の出力として読めません: {why}", "cannot read {path} as output of {name}: {why}")
_MISMATCH = Text("宣言に合わないポイントがあります: {problem}", "a point does not match its declaration: {problem}")


class UnknownInput(AgentError):
    """There is no such input, or it parses nothing."""


class ParseError(AgentError):
    """The file cannot be read, or is no output of that input."""


def find_input(name: str, inputs: Iterable[Input]) -> Input:
    """Return the input of that name that parses recordings.

    Raises:
        UnknownInput: there is none; the text names the nearest one.
    """
    known = {each.name: each for each in inputs}
    if name not in known:
        near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
        raise UnknownInput(fill(_UNKNOWN, name=name, hint=fill(_NEAR, near=near[0]) if near else _LIST))
    if known[name].parse is None:
        readable = ", ".join(each.name for each in known.values() if each.parse)
        raise UnknownInput(fill(_NO_PARSER, name=name, readable=readable or "-"))
    return known[name]


def read_recording(path: str) -> Recording:
    """Read a file, or standard input for "-".

    Raises:
        ParseError: it cannot be read.
    """
    try:
        if path == "-":
            data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ParseError(fill(_CANNOT_READ, path=path, why=error.strerror)) from None
    if len(data) > MAX_FILE_BYTES:
        raise ParseError(fill(_TOO_LARGE, path=path))
    return Recording(data, "stdin" if path == "-" else Path(path).name, time.time_ns())


def parse_file(declared: Input, path: str) -> list[Point]:
    """Return the points in a recorded output; none where the input has nothing to report.

    Raises:
        ParseError: the file cannot be read, is no output of that input, or a point does not match its declaration.
    """
    return parse_recording(declared, read_recording(path), path)


def parse_recording(declared: Input, recording: Recording, path: str) -> list[Point]:
    """Return the points in a recording; `path` is what messages call it.

    Raises:
        ParseError: as `parse_file`.
    """
    parse = declared.parse
    if parse is None:
        raise UnknownInput(fill(_NO_PARSER, name=declared.name, readable="-"))
    result = attempt(lambda: parse(recording))
    if result.outcome in (Outcome.FAILED, Outcome.UNAVAILABLE):
        why = f"{result.error_class}: {result.error}" if result.unexpected else result.error
        raise ParseError(fill(_CANNOT_PARSE, path=path, name=declared.name, why=why))
    problems = stamp(result.points, declared.measurements, "", recording.now_ns).problems
    if problems:
        raise ParseError(fill(_MISMATCH, problem=problems[0]))
    return result.points


def as_json(points: Iterable[Point], items: Sequence[Mapping[str, object]] = ()) -> str:
    """Return points as a JSON list; `items`, what the input listed, stands with the first of them."""
    rows: list[dict[str, object]] = [
        {
            "measurement": point.measurement,
            "tags": dict(point.tags),
            "fields": dict(point.fields),
            "time_ns": point.time_ns,
        }
        for point in points
    ]
    if rows and items:
        rows[0]["items"] = list(items)
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


FORMATS = {"json": as_json, "lp": to_lines}
"""How points can be shown: name of the format -> function."""
