"""What a report costs, step by step: reading, diagnosis, HTML, PDF with its page of summary.

One contract is the simulated office's November, read from a real influxd; a hundred devices are made by hand, and not
read. CPU is that of this process and of the renderer, without the engine's.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from api.analysis.diagnosis import diagnose
from api.config import Config
from api.db import open_database
from api.local.influxd import start_influxd
from api.reports.html import render_html, render_summary
from api.reports.inputs import ReportInputs
from api.reports.pdf import DEFAULT_LIMITS, write_pdfs
from api.reports.store import write_report
from api.schema import upgrade
from tests.api.analysis.offices import finding, office, pc
from tests.api.analysis.simulated import build
from tests.bench.figure import Figure

MONTH = "2026-11"
ROUNDS = 3
MANY = 98
AT_ONCE = 2
CONTRACTS = 40
"""Enough to see a pace and whether memory grows; a thousand would take as much longer."""

_AIM_ONE, _AIM_MANY, _AIM_MIB = "≤ 1 s in all", "≤ 5 s in all", "≤ 200 MiB"


_RENDER = """
import sys
from pathlib import Path
from api.reports.pdf_child import main
memory, seconds, html, pdf = sys.argv[1:]
main(int(memory), int(seconds), [(Path(html), Path(pdf))])
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""
"""The renderer, which tells its peak in KiB; what the system counts of a child includes the parent it was made of."""


@dataclass(slots=True)
class Costs:
    """Seconds of CPU of each step, round by round."""

    steps: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Add what the block takes."""
        before = _cpu()
        yield
        self.steps.setdefault(step, []).append(_cpu() - before)

    def figures(self, what: str, aim: str, note: str) -> Iterator[Figure]:
        """Yield each step and their sum."""
        medians = {step: statistics.median(each) for step, each in self.steps.items()}
        for step, seconds in medians.items():
            yield Figure(f"{what}: {step}, CPU", seconds, "s")
        yield Figure(f"{what}: all, CPU", sum(medians.values()), "s", aim, note)


def measure() -> list[Figure]:
    """Return what reports cost."""
    with _simulated() as read:
        return [
            *_one("report of the simulated office, 10 devices", _AIM_ONE, read),
            *_one("report of 100 devices, reading not counted", _AIM_MANY, _many),
            Figure("memory of the renderer at its peak, 10 devices", _peak_mib(read()), "MiB", _AIM_MIB),
            Figure("the same, 100 devices", _peak_mib(_many()), "MiB"),
            *_contracts(read()),
        ]


def _one(what: str, aim: str, read: Callable[[], ReportInputs]) -> list[Figure]:
    costs, took = Costs(), []
    read()  # once, so that what is only loaded once is not counted
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as name:
        folder = Path(name)
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            with costs.of("reading"):
                inputs = read()
            with costs.of("diagnosis"):
                diagnosis = diagnose(inputs)
            with costs.of("HTML"):
                (folder / "r.html").write_text(render_html(inputs, diagnosis), encoding="utf-8")
                (folder / "s.html").write_text(render_summary(inputs, diagnosis), encoding="utf-8")
            with costs.of("PDF and its summary"):
                write_pdfs([(folder / f"{each}.html", folder / f"{each}.pdf") for each in ("r", "s")])
            took.append(time.perf_counter() - begun)
    note = f"{statistics.median(took):.1f} s by the clock"
    return list(costs.figures(what, aim, note))


def _contracts(inputs: ReportInputs) -> Iterator[Figure]:
    """Yield what one process needs that makes the report of one contract after the other, two at once, all but read."""

    def make(number: int) -> int:
        write_report(inputs, folder / str(number))
        return _resident_kib()

    with tempfile.TemporaryDirectory(prefix="karte-bench-") as name:
        folder = Path(name)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            begun = time.perf_counter()
            resident = list(pool.map(make, range(CONTRACTS)))
            took = time.perf_counter() - begun
    yield Figure(
        "reports of 10 devices, two at once, by the clock",
        took / CONTRACTS,
        "s each",
        "≤ 0.9 s each (1,000 in 15 minutes)",
        f"{CONTRACTS} reports; 1,000 at that pace: {took / CONTRACTS * 1000 / 60:.0f} minutes",
    )
    settled = statistics.median(resident[CONTRACTS // 4 : CONTRACTS // 2])
    yield Figure(
        "memory of that process, the last quarter ÷ the second one",
        statistics.median(resident[-CONTRACTS // 4 :]) / settled,
        "ratio",
        "1 (flat)",
        f"{settled / 1024:.0f} MiB",
    )


def _resident_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS")))


@contextmanager
def _simulated() -> Iterator[Callable[[], ReportInputs]]:
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as name:
        folder = Path(name)
        influxd = start_influxd(folder / "influxd")
        try:
            database = open_database(f"sqlite:///{folder}/karte.db")
            upgrade(database)
            place = build(Config("", "", influx_url=influxd.url), database)
            yield lambda: place.inputs(MONTH)
            database.close()
        finally:
            influxd.stop()


def _many() -> ReportInputs:
    rules = ("antivirus_off", "disk_nearly_full", "patches_lagging", "drive_warning")
    return office(*(finding(rule, pc(number)) for number in range(0, MANY, 2) for rule in rules), pcs=MANY)


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _peak_mib(inputs: ReportInputs) -> float:
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as name:
        html = Path(name) / "r.html"
        html.write_text(render_html(inputs), encoding="utf-8")
        limits = [str(DEFAULT_LIMITS.memory_bytes), str(int(DEFAULT_LIMITS.time_s))]
        done = subprocess.run(
            [sys.executable, "-c", _RENDER, *limits, str(html), f"{name}/r.pdf"],
            capture_output=True,
            text=True,
            check=True,
        )
    return int(done.stdout) / 1024
