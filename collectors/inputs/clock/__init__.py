"""The machine's clock against the time servers that it follows, or one that the settings name.

The agent also compares its clock with the gateway's when it checks the way there; that is another question.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from collectors import command
from collectors.decode import decode_text
from collectors.input import Input, InputError, ToolMissing, find_program
from collectors.inputs.clock import sntp, unix, w32tm
from collectors.inputs.clock.points import CLOCK, no_source, to_points, unreadable
from collectors.inputs.clock.recording import parse
from collectors.inputs.clock.status import BAD_FROM_MS, Clock
from collectors.point import Point
from collectors.programs import Run
from collectors.reasons import because, told_by
from collectors.scalar import first_line
from collectors.systems import available_on
from collectors.text import Text

_TIMEOUT_S = 10.0

Ask = Callable[[], Clock]


class ClockOffset:
    """Asks the first time service that has an answer; where none tells an offset, what the last one told stands."""

    def __init__(self, sources: Iterable[Ask], bad_from_ms: float = BAD_FROM_MS) -> None:
        self._sources = tuple(sources)
        self._bad_from_ms = bad_from_ms

    def gather(self) -> list[Point]:
        """Read once; a clock that nothing tells of becomes a point that is `unknown`, with the reason."""
        told: list[Clock] = []
        failed: list[Text] = []
        for ask in self._sources:
            try:
                clock = ask()
            except ToolMissing:
                continue
            except InputError as error:
                failed.append(told_by(error))
                continue
            if clock.offset_ms is not None and clock.synchronized is not False:
                return to_points(clock, self._bad_from_ms)
            told.append(clock)
        if told:
            return to_points(told[0], self._bad_from_ms)
        return unreadable(because(failed)) if failed else no_source()


def unix_sources(run: Run = command.run, has_program: Callable[[str], object] = find_program) -> list[Ask]:
    """Return how to ask each time service of Linux."""

    def source(
        program: str, arguments: tuple[str, ...], matches: Callable[[str], bool], read: Callable[[str], Clock]
    ) -> Ask:
        def ask() -> Clock:
            if not has_program(program):
                raise ToolMissing(f"{program} is not installed")
            done = run(program, arguments, _TIMEOUT_S)
            answer = decode_text(done.stdout)
            if not matches(answer):
                said = first_line(answer or decode_text(done.stderr))
                raise InputError(f"{program}: {said or f'no answer, exit code {done.code}'}")
            return read(answer)

        return ask

    return [
        source("chronyc", ("-n", "tracking"), unix.is_chrony, unix.read_chrony),
        source("timedatectl", ("timesync-status", "--no-pager"), unix.is_timesync, unix.read_timesync),
        source("ntpq", ("-pn",), unix.is_ntpq, unix.read_ntpq),
        source("timedatectl", ("show",), unix.is_timedated, unix.read_timedated),
    ]


def windows_source(run: Run = command.run) -> Ask:
    """Return how to ask the Windows Time service."""

    def ask() -> Clock:
        done = run("w32tm", w32tm.ARGUMENTS, _TIMEOUT_S)
        answer = decode_text(done.stdout)
        if not w32tm.is_status(answer):
            raise InputError(f"w32tm gave an answer that is not known (exit code {done.code})")
        return w32tm.read(answer)

    return ask


def _create(settings: Mapping[str, Any]) -> ClockOffset:
    server = settings["server"]
    sources = [windows_source()] if sys.platform == "win32" else unix_sources()
    if server:
        # Who names a server wants its answer before what a service says of itself.
        sources.insert(0, lambda: sntp.ask(server))
    return ClockOffset(sources, settings["bad_from_ms"])


INPUT = Input(
    name="clock",
    text=CLOCK.text,
    measurements=(CLOCK,),
    create=_create,
    settings={"server": "", "bad_from_ms": BAD_FROM_MS},
    parse=parse,
    available=available_on({"linux": (), "win32": ("w32tm",)}),
    interval_s=900.0,
    timeout_s=60.0,
)
