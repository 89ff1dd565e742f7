"""The agent with one input that counts; run as a child, so that it can be killed.

Its journal has `+N` before and `=N` after line N went to the spool. Lines are `mem` points, which the gateway takes.
"""

import dataclasses
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from collectors.agent import service
from collectors.agent.config import parse
from collectors.agent.runner import Job
from collectors.agent.settings import Config
from collectors.agent.spool import Limits, Spool
from collectors.inputs.mem import MEASUREMENT
from collectors.point import Point
from collectors.registry import INPUTS

POINTS_EACH_TIME = 7


class Journal:
    """What was begun and what was done, one write for each note, so that a kill leaves whole lines."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, sign: str, lines: Sequence[str]) -> None:
        numbers = [line.split(" used=")[1].split("i")[0] for line in lines if line.startswith("mem,")]
        os.write(self._descriptor, "".join(f"{sign}{number}\n" for number in numbers).encode())


class Counting:
    """Gives the numbers that no agent before has begun with."""

    def __init__(self, first: int) -> None:
        self._next = first
        self._start_ns = time.time_ns() - 3600 * 10**9

    def gather(self) -> list[Point]:
        numbers = range(self._next, self._next + POINTS_EACH_TIME)
        self._next = numbers.stop
        return [Point("mem", {}, {"used": number}, time_ns=self._start_ns + number) for number in numbers]


class JournalledSpool(Spool):
    """Notes what it is given."""

    journal: Journal

    def append(self, lines: Sequence[str]) -> int:
        self.journal.note("+", lines)
        written = super().append(lines)
        self.journal.note("=", lines)
        return written


def main(data_dir: str, url: str) -> None:
    data = Path(data_dir)
    journal = data / "journal"
    begun = [int(line[1:]) for line in journal.read_text().split() if line[0] == "+"] if journal.exists() else []
    JournalledSpool.journal = Journal(journal)
    config = parse(f"[agent]\ndata_dir = {data_dir!r}\n[gateway]\nurl = {url!r}\n", None, INPUTS)
    config = dataclasses.replace(config, gateway=dataclasses.replace(config.gateway, flush_interval_s=0.05, batch=50))
    first = max(begun, default=-1) + 1
    job = Job("numbers", (MEASUREMENT,), lambda: Counting(first), interval_s=0.005, timeout_s=5.0)

    def jobs(config: Config) -> list[Job]:
        return [job]

    def open_spool(config: Config) -> Spool:
        return JournalledSpool(config.spool_dir, Limits(record_lines=20, segment_bytes=4000))

    service.jobs, service.open_spool = jobs, open_spool
    service.run(config)


if __name__ == "__main__":
    main(*sys.argv[1:])
