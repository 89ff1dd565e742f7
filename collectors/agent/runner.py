"""Runs inputs, each at its own interval and within its own time, so that none waits for or is stopped by another."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from collectors.agent.attempt import Outcome, Result, Unavailable, attempt
from collectors.agent.measurements import COLLECTOR_RUN
from collectors.agent.schedule import RECHECK_S, first_delay_s, next_due
from collectors.agent.stamping import Stamped, round_time, stamp
from collectors.agent.wording import fill
from collectors.declaration import Measurement
from collectors.input import AVAILABLE, Availability, Gatherer
from collectors.point import FieldValue, Point
from collectors.text import Text

CONCURRENCY = 4
"""Runs at the same time. One that has passed its timeout no longer counts, so hanging inputs take nobody's place."""

_MOST_PROBLEMS_KEPT = 500

_log = logging.getLogger(__name__)

_FAILED = Text("収集項目{name}: {outcome}: {error}", "input {name}: {outcome}: {error}")
_RECOVERED = Text("収集項目{name}: 正常に戻りました", "input {name}: works again")
_REFUSED = Text(
    "収集項目{name}: 宣言に合わないポイントを捨てました: {problem}", "input {name}: dropped a point: {problem}"
)
_LATE = Text(
    "収集項目{name}: 時間切れのあと{seconds:.0f}秒で終わりました",
    "input {name}: ended {seconds:.0f} s after its timeout",
)


@dataclass(frozen=True, slots=True)
class Job:
    """An input as the runner sees it.

    Attributes:
        name: value of the tag `input`.
        measurements: all that it may produce.
        create: makes the gatherer; called in the run, so that its failure is the run's failure.
        interval_s: seconds between two runs.
        timeout_s: seconds after which a run counts as failed.
        available: whether it can work on this machine.
    """

    name: str
    measurements: tuple[Measurement, ...]
    create: Callable[[], Gatherer]
    interval_s: float
    timeout_s: float
    available: Callable[[], Availability] = lambda: AVAILABLE


@dataclass(slots=True)
class _Slot:
    job: Job
    due: float
    gatherer: Gatherer | None = None
    run: "_Run | None" = None
    outcome: Outcome | None = None

    @property
    def is_busy(self) -> bool:
        return self.run is not None and not self.run.overdue

    def perform(self) -> list[Point]:
        found = self.job.available()
        if not found.ok:
            raise Unavailable(found.reason.en)
        if self.gatherer is None:
            self.gatherer = self.job.create()
        return self.gatherer.gather()


@dataclass(slots=True, eq=False)
class _Run:
    slot: _Slot
    started: float
    time_ns: int
    overdue: bool = False
    ended: float = 0.0
    result: Result = field(default_factory=lambda: Result(Outcome.FAILED, error="ended without a result"))


class Runner:
    """Schedules jobs and hands their lines on.

    A run has a thread of its own while it lasts. A run that passes its timeout is reported at once, and again each time
    the input is due while it still hangs; it is never started twice, and what it gives late is thrown away.
    """

    def __init__(
        self,
        jobs: Iterable[Job],
        host: str,
        deliver: Callable[[Sequence[str]], object],
        device: str = "",
        clock: Callable[[], float] = time.monotonic,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """Prepare to run.

        Args:
            jobs: what to run.
            host: value of the tag `host`.
            deliver: takes lines of line protocol without line ends; must not raise.
            device: identifies this machine, for its place within the intervals.
            clock: seconds that never go back.
            wall_ns: Unix time in nanoseconds.
        """
        self._host, self._deliver, self._clock, self._wall_ns = host, deliver, clock, wall_ns
        now = clock()
        self._slots = [_Slot(job, now + first_delay_s(device, job.name, job.interval_s)) for job in jobs]
        self._ended: queue.SimpleQueue[_Run | None] = queue.SimpleQueue()
        self._stopping = False
        self._told: set[tuple[str, str]] = set()

    def run(self, tick: Callable[[], None] = lambda: None, tick_s: float = 1.0) -> None:
        """Run the jobs until `stop` is called; call `tick` about every `tick_s` seconds."""
        while not self._stopping:
            self._advance(self._slots)
            tick()
            self._wait(min(self._next_event(self._slots), self._clock() + tick_s))

    def stop(self) -> None:
        """End `run` soon. May be called from a signal handler or another thread."""
        self._stopping = True
        self._ended.put(None)

    def drain(self, wait_s: float) -> None:
        """Give runs that are under way up to `wait_s` seconds to hand over what they have."""
        until = self._clock() + wait_s
        while self._clock() < until and self._busy():
            self._wait(until)

    def once(self) -> None:
        """Run every job once, now, and return when each has ended or passed its timeout."""
        now = self._clock()
        waiting = list(self._slots)
        for slot in waiting:
            slot.due = now
        while waiting and not self._stopping:
            self._advance(waiting)
            waiting = [slot for slot in waiting if slot.is_busy or slot.outcome is None]
            if waiting:
                self._wait(self._next_event(waiting))

    def _advance(self, slots: Sequence[_Slot]) -> None:
        now = self._clock()
        for slot in slots:
            if slot.run and slot.is_busy and now >= slot.run.started + slot.job.timeout_s:
                slot.run.overdue = True
                self._report_hanging(slot, slot.run, now)
        busy = self._busy()
        for slot in sorted(slots, key=lambda each: each.due):
            if slot.due > now:
                break
            if slot.run is not None:
                if slot.run.overdue:
                    self._report_hanging(slot, slot.run, now)
                slot.due = next_due(slot.due, now, slot.job.interval_s)
            elif busy < CONCURRENCY:
                busy += 1
                self._start(slot, now)

    def _start(self, slot: _Slot, now: float) -> None:
        run = slot.run = _Run(slot, now, round_time(self._wall_ns()))
        slot.due = next_due(slot.due, now, slot.job.interval_s)
        # A daemon, so that an input that hangs for ever cannot keep the process from ending.
        thread = threading.Thread(target=self._work, args=(run,), name=f"input {slot.job.name}", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the system gives no more threads just now
            run.result = Result(Outcome.FAILED, error_class="RuntimeError", error=str(error))
            run.ended = now
            self._ended.put(run)

    def _work(self, run: _Run) -> None:
        try:
            run.result = attempt(run.slot.perform)
        finally:
            run.ended = self._clock()
            self._ended.put(run)

    def _wait(self, until: float) -> None:
        try:
            ended = self._ended.get(timeout=max(0.0, until - self._clock()))
            while True:
                if ended is not None:
                    self._finish(ended)
                ended = self._ended.get_nowait()
        except queue.Empty:
            return

    def _busy(self) -> int:
        return sum(slot.is_busy for slot in self._slots)

    def _next_event(self, slots: Sequence[_Slot]) -> float:
        events = [slot.run.started + slot.job.timeout_s for slot in slots if slot.run and slot.is_busy]
        can_start = self._busy() < CONCURRENCY  # otherwise what is due waits for a run to end
        events += [slot.due for slot in slots if not slot.is_busy and (can_start or slot.run)]
        return min(events, default=self._clock() + 1.0)

    def _finish(self, run: _Run) -> None:
        slot = run.slot
        slot.run = None
        if run.overdue:
            slot.gatherer = None  # nobody knows what state the hanging left it in
            late = run.ended - run.started - slot.job.timeout_s
            _log.info(fill(_LATE, name=slot.job.name, seconds=late))
            return
        if run.result.outcome is Outcome.UNAVAILABLE:
            slot.due = max(slot.due, run.ended + RECHECK_S)
        stamped = stamp(run.result.points, slot.job.measurements, self._host, run.time_ns)
        self._tell_refused(slot.job.name, stamped)
        self._report(slot, run.result, run.ended - run.started, run.time_ns, stamped)

    def _report_hanging(self, slot: _Slot, run: _Run, now: float) -> None:
        seconds = now - run.started
        error = f"has not ended after {seconds:.0f} s (timeout {slot.job.timeout_s:g} s)"
        result = Result(Outcome.TIMEOUT, error_class="Timeout", error=error)
        self._report(slot, result, seconds, round_time(self._wall_ns()), Stamped())

    def _report(self, slot: _Slot, result: Result, duration_s: float, time_ns: int, stamped: Stamped) -> None:
        self._log_change(slot, result)
        slot.outcome = result.outcome
        own = _run_point(slot.job.name, result, duration_s, stamped)
        self._deliver([*stamped.lines, *stamp([own], (COLLECTOR_RUN,), self._host, time_ns).lines])

    def _log_change(self, slot: _Slot, result: Result) -> None:
        before, now = slot.outcome, result.outcome
        if now == before:
            return
        if now in (Outcome.FAILED, Outcome.TIMEOUT):
            error = f"{result.error_class}: {result.error}" if result.unexpected else result.error
            _log.warning(fill(_FAILED, name=slot.job.name, outcome=now, error=error))
        elif before in (Outcome.FAILED, Outcome.TIMEOUT):
            _log.info(fill(_RECOVERED, name=slot.job.name))

    def _tell_refused(self, name: str, stamped: Stamped) -> None:
        for problem in stamped.problems:
            if (name, problem) not in self._told and len(self._told) < _MOST_PROBLEMS_KEPT:
                self._told.add((name, problem))
                _log.warning(fill(_REFUSED, name=name, problem=problem))


def _run_point(name: str, result: Result, duration_s: float, stamped: Stamped) -> Point:
    fields: dict[str, FieldValue] = {
        "duration_ms": round(duration_s * 1000.0, 3),
        "outcome": result.outcome.value,
        "points": len(stamped.lines),
        "refused": len(stamped.problems),
    }
    if result.outcome is not Outcome.UNAVAILABLE:
        fields["ok"] = result.outcome in (Outcome.OK, Outcome.NOTHING)
    if result.error_class:
        fields["error_class"] = result.error_class
    if result.error:
        fields["error"] = result.error
    return Point("collector_run", {"input": name}, fields)
