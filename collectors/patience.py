"""Questions to the system that may never be answered, asked without being held up.

A file system on a dead disk or a vanished server blocks whoever looks at it, in the kernel, where no timeout reaches.
Each question runs in a thread of its own; one that still hangs is not asked again, so at most one thread is lost to it.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Patience(Generic[T]):
    """Asks one question of many things at once and waits for the answers for a limited time."""

    def __init__(self, question: Callable[[str], T], limit_s: float) -> None:
        """Take the question and how many seconds to wait for all answers together."""
        self._question = question
        self._limit_s = limit_s
        self._asked: dict[str, _Asked[T]] = {}

    def ask(self, names: Sequence[str]) -> dict[str, T | OSError]:
        """Return the answer for each name: the value, the error, or `TimeoutError` where there is none yet."""
        for name in names:
            if name not in self._asked:
                self._asked[name] = _Asked(self._question, name)
        end = time.monotonic() + self._limit_s
        return {name: self._answer(name, end) for name in names}

    def _answer(self, name: str, end: float) -> T | OSError:
        asked = self._asked[name]
        asked.thread.join(max(0.0, end - time.monotonic()))
        if asked.thread.is_alive():
            return TimeoutError(f"{name} does not respond")
        del self._asked[name]
        return asked.answer


class _Asked(Generic[T]):
    answer: T | OSError

    def __init__(self, question: Callable[[str], T], name: str) -> None:
        self.answer = OSError(f"{name} gave no answer")
        self.thread = threading.Thread(target=self._run, args=(question, name), daemon=True, name=f"ask {name}")
        self.thread.start()

    def _run(self, question: Callable[[str], T], name: str) -> None:
        try:
            self.answer = question(name)
        except OSError as error:
            self.answer = error
