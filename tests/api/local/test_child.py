import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from api.local.child import run_child, start_child, stop_child

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
PARENT = """
import subprocess, sys, time
from api.local.child import start_child
child = start_child([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int, within_s: float = 10.0) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can end a child when its parent is killed")
def test_it_dies_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(child)


def test_it_stops_what_does_not_listen() -> None:
    deaf = start_child(
        [
            sys.executable,
            "-c",
            "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
    )
    assert deaf.stdout
    deaf.stdout.readline()
    stop_child(deaf, wait_s=0.3)
    deaf.stdout.close()
    assert deaf.returncode == -signal.SIGKILL


def test_it_leaves_no_grandchild(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)\n"
        "time.sleep(60)"
    )
    child = start_child([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert child.stdout
    grandchild = int(child.stdout.readline())
    stop_child(child)
    child.stdout.close()
    assert gone(grandchild)


def test_it_adds_to_the_environment() -> None:
    child = start_child(
        [sys.executable, "-c", "import os; print(os.environ['KARTE_X'], 'PATH' in os.environ)"],
        stdout=subprocess.PIPE,
        extra_env={"KARTE_X": "1"},
    )
    assert child.communicate()[0] == b"1 True\n"


def test_it_runs_to_the_end_or_its_time() -> None:
    done = run_child([sys.executable, "-c", "import sys; print(1); sys.exit(3)"], 30)
    assert (done.returncode, done.stdout) == (3, b"1\n")
    assert run_child(SLEEP, 0.2).returncode == -signal.SIGKILL
