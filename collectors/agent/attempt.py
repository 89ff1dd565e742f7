"""One run of an input's code, whatever it does: the boundary that lets one failure stop nothing else."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from collectors.input import InputError, NothingToReport, ToolMissing
from collectors.point import Point

MAX_ERROR_CHARS = 200

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """How a run ended; the values of `collector_run.outcome`."""

    OK = "ok"
    NOTHING = "nothing"
    FAILED = "failed"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"


class Unavailable(InputError):
    """The input cannot work on this machine."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run gave.

    Attributes:
        outcome: how it ended.
        points: what it gave; empty unless the outcome is OK.
        error_class: name of the exception; "" if none.
        error: one short line on what went wrong; "" if nothing did.
        unexpected: True where the exception is a fault of ours rather than a state of the machine.
    """

    outcome: Outcome
    points: list[Point] = field(default_factory=list)
    error_class: str = ""
    error: str = ""
    unexpected: bool = False


def attempt(perform: Callable[[], list[Point]]) -> Result:
    """Run a function that reads a source or parses a recording, and tell how it ended. Raises nothing."""
    try:
        points = perform()
    except NothingToReport as reason:
        return Result(Outcome.NOTHING, error=_short(reason))
    except (ToolMissing, Unavailable) as reason:
        return _failure(Outcome.UNAVAILABLE, reason)
    except InputError as reason:
        return _failure(Outcome.FAILED, reason)
    except (Exception, SystemExit) as fault:  # the one boundary between inputs and the agent
        _log.debug("unexpected in an input", exc_info=True)
        return _failure(Outcome.FAILED, fault, unexpected=True)
    return Result(Outcome.OK, points) if points else Result(Outcome.NOTHING)


def _failure(outcome: Outcome, error: BaseException, unexpected: bool = False) -> Result:
    return Result(outcome, error_class=type(error).__name__, error=_short(error), unexpected=unexpected)


def _short(error: BaseException) -> str:
    line = " ".join(str(error).split())
    return line if len(line) <= MAX_ERROR_CHARS else line[: MAX_ERROR_CHARS - 1] + "…"
