"""Keeps children running: starts them in order, starts again what ends, stops them in reverse order."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from api.local.child import stop_child
from collectors.text import Text

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0
_HEALTHY_AFTER_S = 60.0


class ChildError(Exception):
    """A child did not come up; the message says which, why, and where its log is.

    Attributes:
        text: the message in both languages.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(slots=True)
class Child:
    """A process that belongs to the stack.

    Attributes:
        name: for people and log files.
        start: starts it and waits until it can be used.
        process: the running process; None before the start.
        started_at: monotonic seconds.
        wait_s: how long to wait before the next start.
        due_at: monotonic seconds at which it is started again; None while it runs.
    """

    name: str
    start: Callable[[], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    wait_s: float = _FIRST_WAIT_S
    due_at: float | None = field(default=None)


class Supervisor:
    """Runs children.

    Children are started from the thread that calls `add` and `tend`, which must be the main one: the kernel ends a
    child when the *thread* that started it ends.
    """

    def __init__(self, say: Callable[[Text], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._children: list[Child] = []

    @property
    def children(self) -> tuple[Child, ...]:
        """All children in the order of their start."""
        return tuple(self._children)

    def add(self, name: str, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        """Start a child and keep it running from now on.

        Raises:
            ChildError: it did not come up.
        """
        child = Child(name, start)
        child.process = start()
        child.started_at = self._clock()
        self._children.append(child)

    def tend(self) -> None:
        """Look after all children once; to be called every second or so."""
        now = self._clock()
        for child in self._children:
            if child.due_at is not None:
                if now >= child.due_at:
                    self._start_again(child)
            elif child.process is not None and child.process.poll() is not None:
                self._schedule(child, _how_it_ended(child.process.returncode))

    def stop(self) -> None:
        """Stop all children, the last started first."""
        for child in reversed(self._children):
            if child.process is not None:
                stop_child(child.process)
        self._children.clear()

    def _schedule(self, child: Child, why: Text) -> None:
        now = self._clock()
        if now - child.started_at > _HEALTHY_AFTER_S:
            child.wait_s = _FIRST_WAIT_S
        child.due_at = now + child.wait_s
        self._say(
            Text(
                f"{child.name} が停止しました（{why.ja}）。{child.wait_s:.0f} 秒後に再起動します。",
                f"{child.name} ended ({why.en}); starting it again in {child.wait_s:.0f} s.",
            )
        )
        child.wait_s = min(child.wait_s * 2, _LONGEST_WAIT_S)

    def _start_again(self, child: Child) -> None:
        child.due_at = None
        child.started_at = self._clock()
        try:
            child.process = child.start()
        except ChildError as error:
            self._schedule(child, error.text)
            return
        self._say(Text(f"{child.name} を再起動しました。", f"{child.name} runs again."))


def _how_it_ended(code: int) -> Text:
    if code < 0:
        return Text(f"シグナル {-code}", f"signal {-code}")
    return Text(f"終了コード {code}", f"exit code {code}")
