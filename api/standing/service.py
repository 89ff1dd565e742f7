"""The service's own parts as points. They are of no contract, so no customer's token reads them."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from api.influx.engine import Engine, EngineError
from api.readings.scope import to_ns
from api.rollup.status import Status
from collectors.point import FieldValue, Point
from collectors.service.engine import SERVICE_ENGINE
from collectors.service.job import SERVICE_JOB, SERVICE_ROLLUP

REMEMBERED = 1_440
"""Failed looks at the engine that are kept until they can be stored: a day, one a minute."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the engine.

    Attributes:
        at: when.
        answer_ms: time until it answered; None where it did not.
        version: the engine's; "" where it did not answer.
    """

    at: datetime
    answer_ms: float | None
    version: str = ""


class EngineWatch:
    """Looks at the engine, and keeps what cannot be stored while it is away."""

    def __init__(self) -> None:
        self._looks: deque[Look] = deque(maxlen=REMEMBERED)

    def look(self, engine: Engine, at: datetime) -> list[Look]:
        """Return this look and those that are not stored yet."""
        begun = time.perf_counter()
        try:
            version = engine.ping()
        except EngineError:
            self._looks.append(Look(at, None))
        else:
            self._looks.append(Look(at, (time.perf_counter() - begun) * 1000, version))
        return list(self._looks)

    def stored(self) -> None:
        """Forget what is stored now."""
        self._looks.clear()


def engine_points(looks: list[Look]) -> Iterator[Point]:
    """Yield a point of each look at the engine."""
    for look in looks:
        fields: dict[str, FieldValue] = {"reachable": 0}
        if look.answer_ms is not None:
            fields = {"reachable": 1, "answer_ms": look.answer_ms, "version": look.version}
        yield Point(SERVICE_ENGINE.name, {}, fields, to_ns(look.at))


def rollup_points(status: Status, at: datetime) -> Iterator[Point]:
    """Yield a point of how far the rollup is; none where it never was begun."""
    if status.behind_hours is not None:
        fields = {"hours_behind": status.behind_hours, "contracts_again": len(status.pending)}
        yield Point(SERVICE_ROLLUP.name, {}, fields, to_ns(at))


def job_point(job: str, begun: datetime, duration_s: float, error: str) -> Point:
    """Return how a run of a job went.

    Args:
        job: its name.
        begun: when.
        duration_s: how long it took.
        error: why it failed; "" where it did not.
    """
    fields: dict[str, FieldValue] = {"duration_s": duration_s, "failed": 1 if error else 0}
    if error:
        fields["error"] = error
    return Point(SERVICE_JOB.name, {"job": job}, fields, to_ns(begun))
