"""From an input's points to lines that may be sent: checked against their declaration, with host and time."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from collectors.declaration import Measurement
from collectors.point import Point

SECOND_NS = 1_000_000_000
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
        measurement = known.get(point.measurement)
        problem = _problem(point, measurement)
        if problem:
            stamped.problems.append(problem)
            continue
        time = time_ns if point.time_ns is None else point.time_ns
        tags = {**point.tags, "host": host}
        try:
            stamped.lines.append(replace(point, tags=tags, time_ns=time).to_line())
        except ValueError as error:
            stamped.problems.append(str(error))
    return stamped


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
