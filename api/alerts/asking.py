"""The questions of several rules, asked side by side: an engine has several cores, and need not wait for ours."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from alert_rules.query import moment_query
from alert_rules.rule import Rule, seconds
from alert_rules.series import NS
from api.influx.engine import Engine, Series

AT_ONCE = 2
"""Questions that an engine works on at the same time; customers' dashboards ask it too."""


@dataclass(frozen=True, slots=True)
class Due:
    """A rule and the moment for which it is evaluated."""

    rule: Rule
    tick: datetime

    @property
    def at(self) -> int:
        """The moment, Unix seconds."""
        return int(self.tick.timestamp())

    @property
    def statement(self) -> str:
        """What is asked for it."""
        when = f"time >= {(self.at - seconds(self.rule.window)) * NS} AND time < {self.at * NS}"
        return moment_query(self.rule, when, explain=True)


def answers(
    engine: Engine, raw: str, due: Iterable[Due], going: Callable[[], bool]
) -> Iterator[tuple[Due, Callable[[], list[Series]]]]:
    """Yield rules in their order, each with what gives its answer or raises the engine's error.

    No more than `AT_ONCE` answers are asked for ahead, so that few are held at a time.

    Args:
        engine: what is asked.
        raw: the database of raw points.
        due: rules with their moments.
        going: False once no more is to be asked.
    """
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="rules") as pool:
        waiting: deque[tuple[Due, Future[list[Series]]]] = deque()
        for each in due:
            if not going():
                break
            waiting.append((each, pool.submit(engine.query, raw, each.statement)))
            if len(waiting) > AT_ONCE:
                yield _first(waiting)
        while waiting and going():
            yield _first(waiting)
        for _each, future in waiting:
            future.cancel()


def _first(waiting: deque[tuple[Due, Future[list[Series]]]]) -> tuple[Due, Callable[[], list[Series]]]:
    each, future = waiting.popleft()
    return each, future.result
