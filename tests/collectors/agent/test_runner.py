import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from collectors.agent.runner import CONCURRENCY, Job, Runner
from collectors.agent.schedule import RECHECK_S
from collectors.agent.wording import LangFormatter
from collectors.declaration import Field, FieldType, Measurement
from collectors.input import Availability, Gatherer, InputError, NothingToReport, ToolMissing
from collectors.point import Point
from collectors.text import Text

ROOM = Measurement("room", Text("部屋", "room"), (), (Field("heat", FieldType.FLOAT, Text("温度", "heat"), "°C"),))
WARM = [Point("room", {}, {"heat": 21.5})]


class Doing:
    """A gatherer that does what it is given."""

    def __init__(self, act: Callable[[], list[Point]]) -> None:
        self._act = act

    def gather(self) -> list[Point]:
        return self._act()


def job(name: str, act: Callable[[], list[Point]], interval_s: float = 0.05, timeout_s: float = 5.0) -> Job:
    def create() -> Gatherer:
        return Doing(act)

    return Job(name, (ROOM,), create, interval_s, timeout_s)


def failing(error: BaseException) -> Callable[[], list[Point]]:
    def act() -> list[Point]:
        raise error

    return act


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """Something to hang on; it comes when the test is over, so that no thread is left behind."""
    event = threading.Event()
    yield event
    event.set()


def once(*jobs: Job) -> list[str]:
    lines: list[str] = []
    Runner(jobs, "pc1", lines.extend).once()
    return lines


def runs(lines: Sequence[str], name: str) -> list[str]:
    return [line for line in lines if line.startswith(f"collector_run,host=pc1,input={name} ")]


def fields(line: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in line.split(" ", 1)[1].rsplit(" ", 1)[0].split(","))


def test_it_adds_host_and_time_and_tells_how_the_run_went() -> None:
    before = time.time_ns()

    measured, run = once(job("room", lambda: WARM))

    assert measured.startswith("room,host=pc1 heat=21.5 ")
    stamped = int(measured.rsplit(" ", 1)[1])
    assert stamped % 1_000_000_000 == 0
    assert abs(stamped - before) < 5_000_000_000
    told = fields(run)
    assert (told["ok"], told["outcome"], told["points"], told["refused"]) == ("true", '"ok"', "1i", "0i")
    assert float(told["duration_ms"]) >= 0
    assert run.rsplit(" ", 1)[1] == str(stamped)


def test_it_keeps_the_time_that_a_point_brings() -> None:
    assert once(job("room", lambda: [Point("room", {}, {"heat": 1.0}, time_ns=42)]))[0] == "room,host=pc1 heat=1.0 42"


@pytest.mark.parametrize(
    ("error", "outcome", "ok", "kind"),
    [
        (NothingToReport("no sensor"), "nothing", "true", None),
        (InputError("it is broken"), "failed", "false", '"InputError"'),
        (ToolMissing("no thermometer"), "unavailable", None, '"ToolMissing"'),
        (ZeroDivisionError("oops"), "failed", "false", '"ZeroDivisionError"'),
        (MemoryError(), "failed", "false", '"MemoryError"'),
        (RecursionError("deep"), "failed", "false", '"RecursionError"'),
        (SystemExit(3), "failed", "false", '"SystemExit"'),
    ],
)
def test_it_tells_outcomes_apart_and_lets_none_stop_another(
    error: BaseException, outcome: str, ok: str | None, kind: str | None
) -> None:
    lines = once(job("bad", failing(error)), job("good", lambda: WARM))

    told = fields(runs(lines, "bad")[0])
    assert (told["outcome"], told.get("ok"), told.get("error_class")) == (f'"{outcome}"', ok, kind)
    assert fields(runs(lines, "good")[0])["outcome"] == '"ok"'


def test_it_reports_an_input_whose_creation_fails() -> None:
    broken = Job("bad", (ROOM,), failing(ValueError("no such setting")), 60.0, 5.0)  # type: ignore[arg-type]

    (run,) = once(broken)

    assert fields(run)["error"] == '"no such setting"'


def test_it_does_not_run_what_is_not_available_here() -> None:
    ran = threading.Event()
    reason = Text("Windows専用です", "only on Windows")

    def create() -> Gatherer:
        ran.set()
        return Doing(lambda: WARM)

    (run,) = once(Job("absent", (ROOM,), create, 60.0, 5.0, lambda: Availability(False, reason)))

    assert not ran.is_set()
    assert fields(run)["outcome"] == '"unavailable"'
    assert fields(run)["error"] == '"only on Windows"'


def test_it_reports_a_hanging_input_and_goes_on_with_the_others(never: threading.Event) -> None:
    def hang() -> list[Point]:
        never.wait(60)
        return WARM

    hanging = [job(f"hang{number}", hang, timeout_s=0.1) for number in range(CONCURRENCY + 2)]

    lines = once(*hanging, job("good", lambda: WARM))

    assert all(fields(runs(lines, each.name)[0])["outcome"] == '"timeout"' for each in hanging)
    assert fields(runs(lines, "good")[0])["outcome"] == '"ok"'
    assert sum(line.startswith("room,") for line in lines) == 1


class Running:
    """A runner in a thread, and what it has delivered."""

    def __init__(self, *jobs: Job) -> None:
        self.lines: list[str] = []
        self.runner = Runner(jobs, "pc1", self.lines.extend)
        self.thread = threading.Thread(target=self.runner.run)

    def __enter__(self) -> "Running":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.runner.stop()
        self.thread.join()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.005)


def test_it_runs_each_input_at_its_interval() -> None:
    with Running(job("often", lambda: WARM, 0.01), job("seldom", lambda: WARM, 30.0)) as running:
        running.wait_for(lambda: len(runs(running.lines, "often")) >= 10)

    assert len(runs(running.lines, "seldom")) <= 1


def test_it_never_runs_an_input_twice_at_a_time() -> None:
    inside = threading.Lock()
    overlaps: list[str] = []

    def slow() -> list[Point]:
        if not inside.acquire(blocking=False):
            overlaps.append("again")
            return []
        time.sleep(0.03)
        inside.release()
        return WARM

    with Running(job("slow", slow, 0.005)) as running:
        running.wait_for(lambda: len(runs(running.lines, "slow")) >= 5)

    assert not overlaps


def test_it_reports_a_hanging_input_at_each_interval_and_takes_it_up_again_when_it_ends(
    never: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    calls: list[int] = []

    def hang_first() -> list[Point]:
        calls.append(1)
        if len(calls) == 1:
            never.wait(60)
        return WARM

    with Running(job("hang", hang_first, 0.03, timeout_s=0.02)) as running:
        running.wait_for(lambda: len(runs(running.lines, "hang")) >= 4)
        assert len(calls) == 1
        assert not [line for line in running.lines if line.startswith("room,")]
        never.set()
        running.wait_for(lambda: any(line.startswith("room,") for line in running.lines))

    texts = [LangFormatter("en", "%(message)s").format(record) for record in caplog.records]
    assert sum("timeout" in text and "has not ended" in text for text in texts) == 1
    assert "input hang: works again" in texts


def test_it_logs_a_lasting_failure_once(caplog: pytest.LogCaptureFixture) -> None:
    with Running(job("bad", failing(InputError("broken")), 0.01)) as running:
        running.wait_for(lambda: len(runs(running.lines, "bad")) >= 5)

    assert len(caplog.records) == 1


def test_it_drops_counts_and_names_once_what_does_not_match_its_declaration(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def stray() -> list[Point]:
        return [
            *WARM,
            Point("room", {}, {"heat": float("nan")}),
            Point("room", {"owner": "x"}, {"heat": 1.0}),
            Point("hall", {}, {"heat": 1.0}),
        ]

    with Running(job("room", stray, 0.01)) as running:
        running.wait_for(lambda: len(runs(running.lines, "room")) >= 3)

    told = fields(runs(running.lines, "room")[0])
    assert (told["points"], told["refused"]) == ("1i", "3i")
    assert not any("hall" in line or "owner" in line or "nan" in line for line in running.lines)
    assert len(caplog.records) == 3


def test_it_looks_seldom_at_what_cannot_be_used_here() -> None:
    now = [1000.0]
    looks: list[float] = []
    lines: list[str] = []

    def available() -> Availability:
        looks.append(now[0])
        return Availability(False, Text("なし", "none"))

    absent = Job("absent", (ROOM,), lambda: Doing(lambda: WARM), 60.0, 5.0, available)
    runner = Runner([absent], "pc1", lines.extend, clock=lambda: now[0])

    def tick() -> None:
        now[0] += 60.0
        if now[0] > 1000.0 + 2.5 * RECHECK_S:
            runner.stop()
        time.sleep(0.002)  # lets the run's thread end before time goes on

    runner.run(tick, tick_s=0.0)

    assert 2 <= len(looks) <= 3


def test_it_hands_over_what_is_under_way_when_it_ends() -> None:
    started = threading.Event()

    def slow() -> list[Point]:
        started.set()
        time.sleep(0.1)
        return WARM

    with Running(job("slow", slow, 0.01)) as running:
        started.wait(10)
    running.runner.drain(5.0)

    assert any(line.startswith("room,") for line in running.lines)
