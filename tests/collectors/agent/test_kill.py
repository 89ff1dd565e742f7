"""Kill -9 at random moments: what was produced and what is stored are the same."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from collectors.agent.credentials import Credentials
from tests.api.gateway.test_faults import Machine
from tests.collectors.agent.fake_gateway import STORED, FakeGateway, Reply, Request

ROUNDS = 6


@contextmanager
def agent(data: Path, url: str, repository: Path) -> "Iterator[subprocess.Popen[bytes]]":
    command = [sys.executable, "-m", "tests.collectors.agent.numbering_agent", str(data), url]
    with (data / "log").open("ab") as log, subprocess.Popen(command, cwd=repository, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()


def enrolled(data: Path, url: str, token: str = "t") -> None:
    Credentials(url, "d-1", token, "c-1", "s-1").save(data / "credentials.json")


def numbers(data: Path, sign: str) -> set[int]:
    return {int(line[1:]) for line in (data / "journal").read_text().split() if line[0] == sign}


def stored_numbers(gateway: FakeGateway) -> list[int]:
    with gateway.lock:
        lines = [line for line in gateway.stored if line.startswith(b"mem,")]
    return [int(line.split(b" used=")[1].split(b"i")[0]) for line in lines]


def wait_for(condition: Callable[[], bool], pause_s: float = 0.005) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(pause_s)


def sometimes_failing(chance: random.Random) -> Callable[[Request], Reply]:
    replies = [STORED] * 14 + [Reply(0), Reply(503, b"", {"Retry-After": "0"})]
    return lambda _request: chance.choice(replies)


def test_it_stores_what_it_produced_however_often_it_is_killed(
    gateway: FakeGateway, tmp_path: Path, repository: Path
) -> None:
    chance = random.Random(20260601)
    gateway.answer = sometimes_failing(chance)
    enrolled(tmp_path, gateway.url)
    for _round in range(ROUNDS):
        before = len(gateway.requests)
        with agent(tmp_path, gateway.url, repository) as process:
            wait_for(lambda before=before: len(gateway.requests) > before + 1)  # type: ignore[misc]
            time.sleep(chance.uniform(0.0, 0.25))
            process.kill()
            assert process.wait() == -signal.SIGKILL
    gateway.answer = lambda _request: STORED
    with agent(tmp_path, gateway.url, repository) as process:
        wait_for(lambda: numbers(tmp_path, "=") <= set(stored_numbers(gateway)))
        process.terminate()
        assert process.wait(30) == 0

    stored = stored_numbers(gateway)
    assert len(stored) == len(set(stored)), "a number came with two different lines"
    assert numbers(tmp_path, "=") <= set(stored) <= numbers(tmp_path, "+")
    assert len(stored) > 200
    assert not list((tmp_path / "spool").glob("*.seg"))


def test_it_sends_what_is_left_when_it_is_told_to_end(gateway: FakeGateway, tmp_path: Path, repository: Path) -> None:
    gateway.answer = lambda _request: Reply(503, b"", {"Retry-After": "3600"})
    enrolled(tmp_path, gateway.url)
    with agent(tmp_path, gateway.url, repository) as process:
        wait_for(lambda: (tmp_path / "journal").exists() and len(numbers(tmp_path, "=")) > 100)
        gateway.answer = lambda _request: STORED
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0

    assert set(stored_numbers(gateway)) == numbers(tmp_path, "=")


def test_it_takes_over_the_credentials_of_a_new_enrolment(
    gateway: FakeGateway, tmp_path: Path, repository: Path
) -> None:
    gateway.answer = lambda request: STORED if request.headers["authorization"] == "Token new" else Reply(401)
    enrolled(tmp_path, gateway.url)
    with agent(tmp_path, gateway.url, repository) as process:
        wait_for(lambda: len(gateway.requests) > 0)
        enrolled(tmp_path, gateway.url, "new")
        wait_for(lambda: bool(gateway.stored))
        process.terminate()
        assert process.wait(30) == 0


def test_it_stores_what_it_produced_whichever_part_is_killed(tmp_path: Path, repository: Path) -> None:
    chance = random.Random(20260602)
    data = tmp_path / "agent"
    data.mkdir()
    machine = Machine(tmp_path / "machine")
    try:
        enrolled(data, machine.deployment.url, machine.tokens[0])
        for _round in range(4):
            with agent(data, machine.deployment.url, repository):
                time.sleep(chance.uniform(0.6, 1.2))
                if chance.random() < 0.5:
                    machine.kill_influxd()
                    time.sleep(chance.uniform(0.0, 0.3))
                    machine.start_influxd()
                else:
                    machine.kill_service()
                    machine.start_service()
        with agent(data, machine.deployment.url, repository) as process:
            wait_for(lambda: numbers(data, "=") <= in_influxd(machine), pause_s=0.2)
            process.terminate()
            assert process.wait(30) == 0
        stored = in_influxd(machine)
    finally:
        machine.stop()

    assert numbers(data, "=") <= stored <= numbers(data, "+")
    assert len(stored) > 200
    assert not (data / "spool" / "rejects.lp").exists()


def in_influxd(machine: Machine) -> set[int]:
    series = machine.engine.query("karte", "SELECT used FROM mem")
    return {row["used"] for each in series for row in each.rows()}
