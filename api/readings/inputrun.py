"""Inputs that failed on a device: what a report must say openly, as their values are missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.readings.reader import Row
from api.readings.scope import Source

RUN_SOURCE = Source("collector_run", ("ok", "error_class", "error"), ("device", "input"), {})


@dataclass(frozen=True, slots=True)
class InputFailure:
    """An input whose last run failed.

    Attributes:
        input: its name.
        error: stable name of the kind of failure; "" if not told.
        message: one line for a person; "" if not told.
        time: when it ran.
    """

    input: str
    error: str
    message: str
    time: datetime


def to_failures(rows: Mapping[str, Sequence[Row]]) -> tuple[InputFailure, ...]:
    """Return the inputs whose newest run failed, by name."""
    failed = (_to_failure(row) for row in rows.get(RUN_SOURCE.measurement, ()) if row.flag("ok") is False)
    return tuple(sorted(failed, key=lambda failure: failure.input))


def _to_failure(row: Row) -> InputFailure:
    return InputFailure(
        input=row.tags.get("input", "?"),
        error=row.text("error_class") or "",
        message=row.text("error") or "",
        time=row.time,
    )
