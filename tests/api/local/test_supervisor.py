import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from api.local.child import start_child
from api.local.supervisor import ChildError, Supervisor
from collectors.text import Text

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def supervisor(said: list[str], clock: Clock) -> Iterator[Supervisor]:
    made = Supervisor(lambda text: said.append(text.en), clock)
    yield made
    made.stop()


def kill(supervisor: Supervisor, index: int = 0) -> int:
    process = supervisor.children[index].process
    assert process
    process.kill()
    process.wait()
    return process.pid


def test_it_starts_again_what_ends_and_says_so(supervisor: Supervisor, said: list[str], clock: Clock) -> None:
    supervisor.add("agent", lambda: start_child(SLEEP))
    before = kill(supervisor)
    supervisor.tend()
    assert said == ["agent ended (signal 9); starting it again in 1 s."]
    clock.now += 1.0
    supervisor.tend()
    process = supervisor.children[0].process
    assert process
    assert process.poll() is None
    assert process.pid != before
    assert said[-1] == "agent runs again."


def test_it_waits_longer_each_time_and_forgets_after_a_healthy_minute(
    supervisor: Supervisor, said: list[str], clock: Clock
) -> None:
    supervisor.add("agent", lambda: start_child(SLEEP))
    waits = []
    for _ in range(8):
        kill(supervisor)
        supervisor.tend()
        waits.append(int(said[-1].rsplit(" ", 2)[1]))
        clock.now += waits[-1]
        supervisor.tend()
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    clock.now += 61
    kill(supervisor)
    supervisor.tend()
    assert said[-1].endswith("again in 1 s.")


def test_it_keeps_trying_what_does_not_come_up(supervisor: Supervisor, said: list[str], clock: Clock) -> None:
    tries = 0

    def start() -> "subprocess.Popen[bytes]":
        nonlocal tries
        tries += 1
        if tries == 2:
            raise ChildError(Text("だめ", "no luck"))
        return start_child(SLEEP)

    supervisor.add("service", start)
    kill(supervisor)
    supervisor.tend()
    clock.now += 1
    supervisor.tend()
    assert said[-1] == "service ended (no luck); starting it again in 2 s."
    clock.now += 2
    supervisor.tend()
    assert said[-1] == "service runs again."


def test_it_reports_a_child_that_does_not_come_up_at_first(supervisor: Supervisor) -> None:
    def start() -> "subprocess.Popen[bytes]":
        raise ChildError(Text("だめ", "no luck"))

    with pytest.raises(ChildError, match="no luck"):
        supervisor.add("service", start)
    assert supervisor.children == ()


def test_it_stops_the_last_first(said: list[str]) -> None:
    ended: list[str] = []
    supervisor = Supervisor(lambda text: said.append(text.en))
    for name in ("first", "second"):
        supervisor.add(name, lambda: start_child(SLEEP))
    processes = {child.name: child.process for child in supervisor.children}
    for name, process in processes.items():
        assert process
        original = process.terminate

        def terminate(name: str = name, original: object = original) -> None:
            ended.append(name)
            original()  # type: ignore[operator]

        process.terminate = terminate  # type: ignore[method-assign]
    supervisor.stop()
    assert ended == ["second", "first"]
    assert all(process and process.returncode == -signal.SIGTERM for process in processes.values())
