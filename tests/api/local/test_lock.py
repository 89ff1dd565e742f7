import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from api.local.lock import AlreadyRunning, DirectoryLock, Holder


def _hold(path: Path) -> None:
    with DirectoryLock(path) as lock:
        lock.tell(Holder(os.getpid(), "http://127.0.0.1:8100"))
        time.sleep(60)


def test_it_tells_a_second_one_who_runs(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with DirectoryLock(path) as lock:
        lock.tell(Holder(os.getpid(), "http://127.0.0.1:1"))
        with pytest.raises(AlreadyRunning) as refused, DirectoryLock(path):
            pass
        assert refused.value.holder == Holder(os.getpid(), "http://127.0.0.1:1")


def test_it_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        with DirectoryLock(tmp_path / "lock"):
            pass


def test_it_is_free_once_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(path,))
    holder.start()
    until = time.monotonic() + 30
    while not (path.exists() and "8100" in path.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    with pytest.raises(AlreadyRunning) as refused, DirectoryLock(path):
        pass
    assert refused.value.holder.pid == holder.pid
    assert holder.pid
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(10)
    assert "8100" in path.read_text()  # the stale words are still there, and do not matter
    with DirectoryLock(path):
        assert '"url": null' in path.read_text()


def test_it_copes_with_nonsense_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with DirectoryLock(path):
        path.write_text("[")
        with pytest.raises(AlreadyRunning) as refused, DirectoryLock(path):
            pass
        assert refused.value.holder == Holder()
