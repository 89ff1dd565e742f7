"""Reachability checks as an input of the agent: all checks of a site beside each other."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from collectors.input import Input, NothingToReport
from collectors.point import Point
from collectors.probe.ping import Pinger, open_pinger
from collectors.probe.reachability.attempt import Attempt, Failure
from collectors.probe.reachability.attempts import Asker
from collectors.probe.reachability.check import Check
from collectors.probe.reachability.declaration import MEASUREMENTS
from collectors.probe.reachability.points import to_points
from collectors.text import Text

NAME: Final = "reachability"
CONCURRENCY: Final = 16
PAUSE_S: Final = 0.2
"""Between two attempts of one check, so that one short disturbance does not take all of them."""

_HOPELESS: Final = frozenset({Failure.CANNOT_CHECK, Failure.NO_SUCH_HOST, Failure.CERTIFICATE})
"""Failures that another attempt a moment later would only repeat."""


class Reachability:
    """Checks what the site names."""

    def __init__(
        self, checks: Sequence[Check], pinger: Callable[[], Pinger] = open_pinger, pause_s: float = PAUSE_S
    ) -> None:
        self._checks, self._pinger, self._pause_s = checks, pinger, pause_s

    def gather(self) -> list[Point]:
        """Make all checks once.

        Raises:
            NothingToReport: no check is configured.
        """
        if not self._checks:
            raise NothingToReport("no check is configured")
        return asyncio.run(self._all())

    async def _all(self) -> list[Point]:
        asker, turns = Asker(self._pinger), asyncio.Semaphore(CONCURRENCY)
        try:
            found = await asyncio.gather(*(self._one(asker, each, turns) for each in self._checks))
        finally:
            asker.close()
        return [
            point for check, attempts in zip(self._checks, found, strict=True) for point in to_points(check, attempts)
        ]

    async def _one(self, asker: Asker, check: Check, turns: asyncio.Semaphore) -> list[Attempt]:
        attempts: list[Attempt] = []
        async with turns:
            while len(attempts) < check.count:
                if attempts:
                    await asyncio.sleep(self._pause_s)
                attempts.append(await asker.attempt(check))
                if attempts[-1].failure in _HOPELESS:
                    break
        return attempts


def longest_s(checks: Sequence[Check]) -> float:
    """Return how long a run of these checks can take, in seconds."""
    slowest = max((each.count * (each.timeout_s + PAUSE_S) for each in checks), default=0.0)
    return slowest * -(-len(checks) // CONCURRENCY) + 5.0


def reachability_input(checks: Sequence[Check], interval_s: float) -> Input:
    """Return the input that makes these checks."""

    def create(_settings: Mapping[str, Any]) -> Reachability:
        return Reachability(checks)

    return Input(
        name=NAME,
        text=Text("指定した相手への到達性", "reachability of what the site names"),
        measurements=MEASUREMENTS,
        create=create,
        interval_s=interval_s,
        timeout_s=longest_s(checks),
    )
