"""From an input's points to lines that may be sent: checked against their declaration, with host and time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from collectors.declaration import Measurement
from collectors.point import Point

SECOND_NS = 1_000_000_000
MAX_LINE_BYTES = 64 * 1024
"""The gateway takes no longer line."""

_LINE_ENDS = re.compile(r"[\r\n]+")
_INT64_MAX = 2**63 - 1
_INT64_MIN = -(2**63)


@dataclass(slots=True)
class Stamped:
    """Lines of line protocol, and what was wrong with the points that are not among them.

    Attributes:
        lines: without line ends.
        problems: one text for each point that was refused.
    """

    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def round_time(time_ns: int) -> int:
    """Return a time rounded to whole seconds, as Telegraf does for intervals of a second and more."""
    return (time_ns + SECOND_NS // 2) // SECOND_NS * SECOND_NS


def stamp(points: Iterable[Point], declared: Iterable[Measurement], host: str, time_ns: int) -> Stamped:
    """Check points and turn them into lines.

    Args:
        points: what an input gave.
        declared: what that input may give.
        host: value of the tag `host`.
        time_ns: time of points that bring none, Unix nanoseconds.
    """
    known = {each.name: each for each in declared}
    stamped = Stamped()
    for point in points:
        problem = _problem(point, known.get(point.measurement))
        if problem:
            stamped.problems.append(problem)
            continue
        try:
            line = _line(point, host, time_ns)
        except ValueError as error:
            stamped.problems.append(str(error))
            continue
        if len(line.encode()) > MAX_LINE_BYTES:
            stamped.problems.append(f"{point.measurement}: a line of more than {MAX_LINE_BYTES} bytes")
        else:
            stamped.lines.append(line)
    return stamped


def _line(point: Point, host: str, time_ns: int) -> str:
    # Line protocol may hold line feeds in a text, but much that handles it by the line would break there.
    fields = {
        name: _LINE_ENDS.sub(" ", value) if isinstance(value, str) else value for name, value in point.fields.items()
    }
    tags = {**point.tags, "host": host}
    time = time_ns if point.time_ns is None else point.time_ns
    line = replace(point, tags=tags, fields=fields, time_ns=time).to_line()
    # Names that the system gave in no valid encoding come as lone surrogates, which UTF-8 cannot carry.
    return line.encode("utf-8", errors="replace").decode()


def _problem(point: Point, declared: Measurement | None) -> str:
    if declared is None:
        return f"measurement {point.measurement!r} is not declared by this input"
    problems = declared.problems(point)
    if problems:
        return problems[0]
    for name, value in point.fields.items():
        if isinstance(value, int) and not _INT64_MIN <= value <= _INT64_MAX:
            return f"{point.measurement}: field {name!r} does not fit in 64 bits"
    return ""
