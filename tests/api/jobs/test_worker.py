"""The worker with jobs of its own."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from api.config import Config
from api.db import Database
from api.influx.registry import create_engine
from api.jobs.job import Job, Tools
from api.jobs.worker import Worker
from api.rollup.progress import RollupError
from collectors.text import Text

TEXT = Text("試験", "test")
SOON_S = 30


def job(name: str, run: Callable[[Tools], None]) -> Job:
    return Job(name, TEXT, "59", run, expires_s=60)


@dataclass
class Running:
    worker: Worker
    thread: threading.Thread

    def end(self) -> None:
        self.worker.stop()
        self.thread.join(SOON_S)
        assert not self.thread.is_alive()


@pytest.fixture
def start(config: Config, database: Database) -> Callable[..., Running]:
    def begin(*jobs: Job) -> Running:
        worker = Worker(config, database, create_engine(config), jobs)
        thread = threading.Thread(target=worker.run)
        thread.start()
        return Running(worker, thread)

    return begin


def test_it_begins_every_job_at_once(start: Callable[..., Running], database: Database) -> None:
    met: list[tuple[str, Tools]] = []
    done = [threading.Event(), threading.Event()]

    def first(tools: Tools) -> None:
        met.append(("first", tools))
        done[0].set()

    def second(tools: Tools) -> None:
        met.append(("second", tools))
        done[1].set()

    running = start(job("first", first), job("second", second))
    assert all(each.wait(SOON_S) for each in done)
    running.end()
    # A set: when a minute ends in between, the schedule begins one again.
    assert {name for name, _tools in met} == {"first", "second"}
    assert met[0][1].database is database


def test_it_goes_on_after_a_job_that_failed(start: Callable[..., Running], caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def told(_tools: Tools) -> None:
        raise RollupError(Text("だめです", "no good"))

    def broken(_tools: Tools) -> None:
        raise ZeroDivisionError

    running = start(job("told", told), job("broken", broken), job("good", lambda _tools: done.set()))
    assert done.wait(SOON_S)
    running.end()
    assert "told: no good" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_it_asks_a_long_job_to_end_and_lets_it(start: Callable[..., Running]) -> None:
    begun, ended = threading.Event(), threading.Event()

    def long(tools: Tools) -> None:
        begun.set()
        while tools.going():
            time.sleep(0.01)
        ended.set()

    running = start(job("long", long))
    assert begun.wait(SOON_S)
    running.end()
    assert ended.is_set()


def test_loops_run_beside_the_jobs_and_end_with_the_worker(config: Config, database: Database) -> None:
    begun, ended = threading.Event(), threading.Event()

    def loop(stop: threading.Event) -> None:
        begun.set()
        stop.wait(SOON_S)
        ended.set()

    worker = Worker(config, database, create_engine(config), [job("idle", lambda _tools: None)], [loop])
    running = Running(worker, threading.Thread(target=worker.run))
    running.thread.start()

    assert begun.wait(SOON_S)
    running.end()
    assert ended.is_set()
