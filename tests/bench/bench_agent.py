"""The agent as on a customer's machine: all inputs at their own intervals, sending to a gateway on the loopback.

The first minute, in which every input runs once however long its interval, is left out of the CPU figure, which is
that of the second minute: one run of each input of 60 s. CPU includes the programs that inputs start.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from collectors.agent.spool import Limits, Spool
from tests.bench.figure import Figure
from tests.collectors.agent.fake_gateway import FakeGateway

FIRST_MINUTE_S = 62.0
WINDOW_S = 60.0
LINES = 100_000
BATCH = 5000


def measure() -> list[Figure]:
    """Return the figures."""
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as work:
        return [*_running(Path(work)), *_spool(Path(work))]


def _running(work: Path) -> list[Figure]:
    with FakeGateway() as gateway:
        (work / "agent.toml").write_text(f"[agent]\ndata_dir = {json.dumps(str(work / 'data'))}\n")
        known = {"url": gateway.url, "device": "d-bench", "token": "t", "contract": "c", "site": "s"}
        (work / "data").mkdir()
        (work / "data" / "credentials.json").write_text(json.dumps(known))
        command = [sys.executable, "-m", "api.cli", "agent", "run", "--config", str(work / "agent.toml")]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                return _watched(psutil.Process(process.pid), gateway)
            finally:
                process.terminate()


def _watched(process: psutil.Process, gateway: FakeGateway) -> list[Figure]:
    time.sleep(FIRST_MINUTE_S)
    cpu, lines, requests = _cpu_s(process), sum(gateway.stored.values()), len(gateway.requests)
    time.sleep(WINDOW_S)
    cpu, lines = _cpu_s(process) - cpu, sum(gateway.stored.values()) - lines
    memory = process.memory_full_info()
    hour = 3600.0 / WINDOW_S
    return [
        Figure("agent: resident memory", memory.rss / 1024**2, "MiB", "≤ 60 MiB"),
        Figure("agent: memory of its own (USS)", memory.uss / 1024**2, "MiB"),
        Figure(
            "agent: CPU",
            cpu * hour,
            "s/h",
            "≤ 18 s/h (0.5 % of a core)",
            "inputs of 60 s, with the programs they start; to 0.6",
        ),
        Figure("agent: threads between runs", process.num_threads(), "threads"),
        Figure("agent: lines sent", lines, "lines/min"),
        Figure("agent: writes", len(gateway.requests) - requests, "requests/min"),
    ]


def _cpu_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system + used.children_user + used.children_system)


def _spool(work: Path) -> list[Figure]:
    line = "disk,device=sda1,fstype=ext4,host=pc1,mode=rw,path=/ used_percent=41.5,free=123456789i 1780000000000000000"
    spool = Spool(work / "spool", Limits())
    began = time.perf_counter()
    for _batch in range(LINES // 20):
        spool.append([line] * 20)
        spool.maintain()
    spool.sync()
    appended = time.perf_counter() - began
    began = time.perf_counter()
    while batch := spool.take(BATCH):
        spool.done(batch)
    taken = time.perf_counter() - began
    spool.close()
    return [
        Figure("spool: append, 20 lines at a time", LINES / appended, "lines/s"),
        Figure("spool: take and finish, batches of 5,000", LINES / taken, "lines/s"),
    ]
