"""`karte up` as a person starts it: in a process of its own, with a data directory of its own."""

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from api.demo.calendar import DAY_S
from api.demo.cast import machine
from api.demo.history import machine_points
from api.demo.office import Office
from api.influx.influxql import quote_string
from api.local.influxd import start_influxd
from api.local.ports import free_port

KARTE = [sys.executable, "-m", "api.cli", "up", "--lang", "en"]
START_WITHIN_S = 90.0
DAYS = 11
PASSWORD = re.compile(r"password ([0-9a-z]{5}(-[0-9a-z]{5})+)")

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children when their parent is killed"),
]


@dataclass
class Up:
    """A running `karte up`."""

    process: "subprocess.Popen[bytes]"
    output: Path

    @property
    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def url(self) -> str:
        found = re.search(r"Pages +(http://\S+)", self.text)
        assert found, self.text
        return found[1]

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, words: str) -> psutil.Process:
        (found,) = (each for each in psutil.Process(self.process.pid).children() if words in " ".join(each.cmdline()))
        return found

    def wait_for(self, words: str) -> None:
        until = time.monotonic() + START_WITHIN_S
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < until, self.text
            time.sleep(0.1)


def start(tmp_path: Path, *arguments: str) -> Up:
    output = tmp_path / f"output-{time.monotonic_ns()}"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*KARTE, *arguments],
            stdout=file,
            stderr=subprocess.STDOUT,
            # A shell that runs the tests in the background has them ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
    up = Up(process, output)
    try:
        up.wait_for("Office Karte is running.")
        up.wait_for("Stop ")
    except AssertionError:
        process.kill()
        process.wait()
        raise
    return up


def run(*arguments: str, environment: dict[str, str] | None = None) -> "subprocess.CompletedProcess[bytes]":
    """A `karte up` that is expected not to come up."""
    return subprocess.run([*KARTE, *arguments], capture_output=True, timeout=60, check=False, env=environment)


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def all_gone(processes: list[psutil.Process], within_s: float = 30.0) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]:
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A stack of this machine only, for tests that leave it as it was."""
    directory = tmp_path_factory.mktemp("up")
    up = start(directory, "--data-dir", str(directory / "data"), "--port", str(free_port()))
    family = up.family()
    yield up
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(60) == 0
    assert all_gone(family)


def data_of(up: Up) -> Path:
    return up.output.parent / "data"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The output and the data directory of one whole cycle with the simulated office and some of its past."""
    directory = tmp_path_factory.mktemp("once") / "data"
    command = [*KARTE, "--demo", "--history-days", str(DAYS), "--once", "--data-dir", str(directory)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280, check=False)
    text = done.stdout.decode()
    assert done.returncode == 0, text
    return text, directory


def test_it_runs_one_whole_cycle_with_the_simulated_office(once: tuple[str, Path]) -> None:
    text, directory = once
    assert re.search(r"This machine: CPU [\d.]+%, memory [\d.]+% / [\d.]+ GB\n  /\S*: [\d.]+%", text), text
    assert re.search(r"MFP-1F \(Sample Office SC-3010\): \w+, [\d,]+ pages\n  ブラックトナー: [\d.]+% \(", text), text
    assert "Waste Toner Box: " in text
    paths = [Path(found) for found in re.findall(r"Report: (\S+)", text)]
    assert [path.suffix for path in paths] == [".pdf", ".html"]
    assert paths[0].read_bytes().startswith(b"%PDF-")
    assert "ブラックトナー" in paths[1].read_text(encoding="utf-8")
    assert not [each for each in psutil.process_iter(["cmdline"]) if str(directory) in " ".join(each.info["cmdline"])]
    assert not PASSWORD.search(text)


def test_it_has_stored_every_point_of_the_history(once: tuple[str, Path]) -> None:
    _text, directory = once
    ledger = json.loads((directory / "office.json").read_text())
    office = Office(ledger["anchor"])
    influxd = start_influxd(directory / "influxdb")
    try:
        for key in ("nas", "pc-eigyo"):
            account = ledger["accounts"][key]
            points = machine_points(office, machine(key), office.anchor - DAYS * DAY_S, account["sent_until"])
            made = Counter(point.measurement for point in points)
            for measurement, field in (("cpu", "usage_idle"), ("disk", "total"), ("smart_device", "state")):
                assert _count(influxd.url, measurement, field, account["device"]) == made[measurement] > DAYS
    finally:
        influxd.stop()


def _count(url: str, measurement: str, field: str, device: str) -> int:
    statement = f'SELECT count("{field}") FROM "{measurement}" WHERE "device" = {quote_string(device)}'
    query = urllib.parse.urlencode({"db": "karte", "q": statement})
    with urllib.request.urlopen(f"{url}/query?{query}") as answer:
        return int(json.load(answer)["results"][0]["series"][0]["values"][0][1])


def rolled_up(directory: Path) -> tuple[str | None, int]:
    """How far the rollup is, and how many contracts have hours that are to be rolled up again."""
    with contextlib.closing(sqlite3.connect(directory / "karte.db")) as database:
        (until,) = database.execute("SELECT max(done_until) FROM rollup_progress").fetchone()
        (pending,) = database.execute("SELECT count(*) FROM rollup_pending").fetchone()
    return until, pending


def test_it_has_rolled_up_the_history(once: tuple[str, Path]) -> None:
    _text, directory = once
    until, pending = rolled_up(directory)
    assert until is not None
    assert pending == 0


def test_it_rolls_up_while_it_runs(running: Up) -> None:
    until = time.monotonic() + START_WITHIN_S
    while rolled_up(data_of(running))[0] is None:
        assert time.monotonic() < until, (data_of(running) / "log" / "worker.log").read_text()
        time.sleep(0.2)
    assert "jobs by the clock" in running.text


def test_it_goes_on_with_the_office_where_it_ended(once: tuple[str, Path], tmp_path: Path) -> None:
    _text, directory = once
    before = json.loads((directory / "office.json").read_text())
    up = start(tmp_path, "--demo", "--data-dir", str(directory))
    try:
        assert healthy(up.url)
        assert "10 of 10 target devices" in up.text
        assert PASSWORD.search(up.text)  # the first start that stays up is the first that can show it
        after = json.loads((directory / "office.json").read_text())
        assert after["anchor"] == before["anchor"]
        assert all(
            after["accounts"][key]["sent_until"] >= account["sent_until"] for key, account in before["accounts"].items()
        )
        assert {"snmpsim", "influxd", "gunicorn", "agent run"} == {
            words for words in ("snmpsim", "influxd", "gunicorn", "agent run") if psutil.pid_exists(up.child(words).pid)
        }
        family = up.family()
        up.process.kill()
        up.process.wait()
        assert all_gone(family)
    finally:
        up.process.kill()
        up.process.wait()


def test_it_shows_the_first_password_and_stores_it_hashed(running: Up) -> None:
    shown = PASSWORD.search(running.text)
    assert shown, running.text
    for path in data_of(running).rglob("*"):
        if path.is_file():
            assert shown[1].encode() not in path.read_bytes(), path
    for name in ("secret_key", "agent/credentials.json", "state.json", "karte.db"):
        assert (data_of(running) / name).stat().st_mode & 0o777 == 0o600, name
    assert "1 of 10 target devices" in running.text


def test_it_tells_a_second_one_who_runs(running: Up) -> None:
    second = run("--data-dir", str(data_of(running)))
    assert second.returncode == 1
    message = second.stderr.decode()
    assert f"pid {running.process.pid}" in message
    assert running.url in message
    assert len(message.splitlines()) == 1
    assert healthy(running.url)


def test_it_refuses_a_port_that_is_taken(running: Up, tmp_path: Path) -> None:
    port = running.url.rsplit(":", 1)[1]
    second = run("--data-dir", str(tmp_path / "d"), "--port", port)
    assert second.returncode == 1
    assert f"port {port} is taken" in second.stderr.decode()


@pytest.mark.parametrize("words", ["influxd", "gunicorn", "worker"])
def test_it_starts_again_what_was_killed(running: Up, words: str) -> None:
    killed = running.child(words)
    below = killed.children(recursive=True)
    killed.kill()
    name = {"gunicorn": "service"}.get(words, words)
    running.wait_for(f"{name} ended (signal 9)")
    running.wait_for(f"{name} runs again.")
    assert all_gone(below)
    assert running.child(words).pid != killed.pid
    until = time.monotonic() + START_WITHIN_S
    while not healthy(running.url):
        assert time.monotonic() < until
        time.sleep(0.2)


def test_it_leaves_nothing_behind_when_killed_and_starts_again_with_the_same_data(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"))
    first = start(tmp_path, *arguments)
    contract = re.search(r"c-[0-9a-z]{10}", first.text)
    assert contract
    family = first.family()
    assert len(family) >= 4  # influxd, gunicorn and its worker, the agent
    first.process.kill()
    first.process.wait()
    assert all_gone(family)
    again = start(tmp_path, *arguments)  # the lock of the dead one does not matter
    assert contract[0] in again.text
    assert "1 of 10 target devices" in again.text
    assert not PASSWORD.search(again.text)
    family = again.family()
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(60) == 0
    assert all_gone(family)
    other = run("--demo", *arguments)
    assert other.returncode == 1
    assert "another kind of stack (local)" in other.stderr.decode()


def test_it_tells_in_one_line_what_is_missing(tmp_path: Path) -> None:
    done = run("--data-dir", str(tmp_path / "d"), environment={"PATH": str(tmp_path), "HOME": str(tmp_path)})
    message = done.stderr.decode()
    if "influxd is not installed" not in message:
        pytest.skip("influxd is found apart from PATH here")
    assert done.returncode == 1
    assert len(message.splitlines()) == 1
