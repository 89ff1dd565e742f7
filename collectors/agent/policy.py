"""What is done about each outcome of a write: the one table of it.

| outcome | what is done |
| --- | --- |
| 204 | the lines are stored |
| 400, 422 from the gateway | the lines it names are set aside and the rest sent again; if it names none, split |
| 413 | split, also where a proxy says it |
| 401, 403 | keep, slow down: somebody has to mend the token or the contract |
| 429, 5xx, no answer | keep, back off, honour Retry-After |
| anything else | keep, slow down: something between here and the gateway answers in its place |

Inventory documents differ in one line: the service confirms one with 200 and an answer that is its own.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from collectors.agent.gateway import Answer


class Action(Enum):
    """What is done with the lines of a write."""

    STORED = auto()
    SPLIT = auto()
    KEEP = auto()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one comes again: a random time up to a ceiling that doubles with each failure.

    Attributes:
        first_s: ceiling after the first failure.
        most_s: highest ceiling.
    """

    first_s: float
    most_s: float


SOON = Pace(2.0, 300.0)
"""For what ends by itself: a network, a busy or restarting server."""

SLOW = Pace(60.0, 1800.0)
"""For what somebody has to mend."""

LONGEST_RETRY_AFTER_S = 3600.0
"""No answer makes the agent silent for longer than this."""

SHORTEST_DELAY_S = 0.5


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table.

    Attributes:
        action: what is done with the lines.
        pace: how fast they are tried again, where they are.
        needs_api: True where the rule holds only if the gateway itself answered.
    """

    action: Action
    pace: Pace = SOON
    needs_api: bool = False


POLICY: dict[int, Rule] = {
    204: Rule(Action.STORED),
    400: Rule(Action.SPLIT, needs_api=True),
    422: Rule(Action.SPLIT, needs_api=True),
    413: Rule(Action.SPLIT),
    401: Rule(Action.KEEP, SLOW),
    403: Rule(Action.KEEP, SLOW),
    429: Rule(Action.KEEP),
    0: Rule(Action.KEEP),
}
INVENTORY: dict[int, Rule] = {
    **{status: rule for status, rule in POLICY.items() if rule.action is not Action.STORED},
    200: Rule(Action.STORED, SLOW, needs_api=True),
}
_SERVER_ERROR = Rule(Action.KEEP)
_OTHER = Rule(Action.KEEP, SLOW)


def rule_for(answer: Answer, policy: Mapping[int, Rule] = POLICY) -> Rule:
    """Return what is done about an answer."""
    rule = policy.get(answer.status, _SERVER_ERROR if answer.status >= 500 else _OTHER)
    return _OTHER if rule.needs_api and not answer.is_api else rule


class Backoff:
    """Exponential backoff with full jitter and a cap, so that a fleet does not come back all at once.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    def __init__(self, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self._uniform = uniform
        self._failures = 0

    def succeeded(self) -> None:
        """Begin again from the first ceiling."""
        self._failures = 0

    def failed(self, pace: Pace, retry_after_s: float | None = None) -> float:
        """Return the seconds to wait after one more failure; at least what the answer asked for."""
        ceiling = min(pace.most_s, pace.first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        delay = self._uniform(SHORTEST_DELAY_S, max(SHORTEST_DELAY_S, ceiling))
        if retry_after_s is None:
            return delay
        asked = min(retry_after_s, LONGEST_RETRY_AFTER_S)
        return max(SHORTEST_DELAY_S, asked + self._uniform(0.0, min(asked * 0.1, pace.first_s)))
