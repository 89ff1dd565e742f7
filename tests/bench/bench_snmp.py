"""SNMP: a thousand printers polled by the probe, and its CPU against net-snmp's `snmpbulkwalk` for the same reads.

The printers are walks that snmpsim serves on the loopback, so the time of a poll is mostly snmpsim's; the CPU is ours.
`snmpbulkwalk` pays for a new process with every table, which is how scripts use it; so its CPU is measured a second
time on one long table, where starting does not count.
"""

import asyncio
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from collectors.point import Point
from collectors.probe.client import Client
from collectors.probe.input import SnmpProbe
from collectors.probe.printer import mib
from collectors.probe.printer.makers import makers
from collectors.probe.resolve import resolve
from collectors.probe.session import Session
from collectors.probe.snmp import Oid, SnmpSession, format_oid
from collectors.probe.snmp_pysnmp import PysnmpEngines
from collectors.probe.target import ProbeTarget
from tests.bench.figure import Figure
from tests.collectors.probe.conftest import Snmpsim, start_snmpsim

WALK = Path(__file__).parent.parent / "data" / "snmp" / "mfp_color.snmprec"
PRINTERS = 1000
ROUNDS = 20
LONG_ROWS = 500

_LONG = "long"
_LONG_TABLE = "1.3.6.1.2.1.43.11.1.1"


def measure() -> list[Figure]:
    """Return the figures."""
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as work:
        data = Path(work) / "data"
        data.mkdir()
        shutil.copy(WALK, data / "mfp.snmprec")
        (data / f"{_LONG}.snmprec").write_text(_long_table())
        process, simulator = start_snmpsim(data, Path(work), "mfp")
        try:
            return [*_thousand_printers(simulator, psutil.Process(process.pid)), *_against_net_snmp(simulator)]
        finally:
            process.terminate()
            process.wait(10)


def _thousand_printers(simulator: Snmpsim, agent: psutil.Process) -> list[Figure]:
    targets = [_named(simulator.target("mfp"), f"printer {number}") for number in range(PRINTERS)]
    probe = SnmpProbe(targets)
    asyncio.run(SnmpProbe(targets[:10]).poll())
    wall, cpu, agent_cpu = time.perf_counter(), time.process_time(), _seconds(agent)
    points = probe.gather()
    wall, cpu, agent_cpu = time.perf_counter() - wall, time.process_time() - cpu, _seconds(agent) - agent_cpu
    answered = sum(1 for point in points if _answered(point))
    return [
        Figure("printers answered in full", answered, f"of {PRINTERS}", f"{PRINTERS}"),
        Figure("1,000 printers, wall time", wall, "s", "≤ 60 s on one core", "snmpsim's time included"),
        Figure("1,000 printers, the probe's CPU", cpu, "s", "≤ 60 s"),
        Figure("1,000 printers, snmpsim's CPU", agent_cpu, "s", "", "what the wall time waits for"),
        Figure("printer polls", PRINTERS / wall, "polls/s", "≥ 17"),
        Figure("printer polls that one core can make", PRINTERS / cpu, "polls/s", "≥ 17"),
    ]


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _named(target: ProbeTarget, name: str) -> ProbeTarget:
    return ProbeTarget(
        target.host, target.port, community=target.community, timeout_s=20.0, retries=target.retries, name=name
    )


def _answered(point: Point) -> bool:
    return point.measurement == "device_poll" and point.fields["ok"] is True and point.fields["partial"] == ""


def _against_net_snmp(simulator: Snmpsim) -> list[Figure]:
    if not shutil.which("snmpbulkwalk"):
        return [Figure("net-snmp", 0.0, "", "", "not installed (Debian: snmp), so nothing to compare with")]
    target = simulator.target("mfp")
    ours = _cpu_of(lambda: asyncio.run(_poll(target, ROUNDS)), resource.RUSAGE_SELF) / ROUNDS
    theirs = _cpu_of(lambda: _net_snmp_polls(target, ROUNDS), resource.RUSAGE_CHILDREN) / ROUNDS
    long = simulator.target(_LONG)
    ours_long = _cpu_of(lambda: asyncio.run(_walk(long, 3)), resource.RUSAGE_SELF) / 3
    pysnmp_long = _cpu_of(lambda: asyncio.run(_walk_by_pysnmp(long)), resource.RUSAGE_SELF)
    theirs_long = _cpu_of(lambda: _bulkwalk(long, *[_LONG_TABLE] * 3), resource.RUSAGE_CHILDREN) / 3
    variables = LONG_ROWS * len(mib.SUPPLIES)
    return [
        Figure("CPU of one printer, ours", 1000 * ours, "ms"),
        Figure("CPU of one printer, ours ÷ net-snmp's commands", ours / theirs, "ratio", "≤ 3", "with their start"),
        Figure(f"CPU of a table of {variables:,} variables, ours", 1000 * ours_long, "ms"),
        Figure("CPU of that table, ours ÷ snmpbulkwalk", ours_long / theirs_long, "ratio", "≤ 3", "the stricter one"),
        Figure(
            "CPU of that table, pysnmp ÷ snmpbulkwalk", pysnmp_long / theirs_long, "ratio", "", "why it has a codec"
        ),
    ]


def _cpu_of(work: Callable[[], object], who: int) -> float:
    before = resource.getrusage(who)
    work()
    after = resource.getrusage(who)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


async def _poll(target: ProbeTarget, times: int) -> None:
    probe = SnmpProbe([target])
    for _ in range(times):
        await probe.poll()


async def _walk(target: ProbeTarget, times: int) -> None:
    async with Client() as client:
        session = await client.session(target)
        for _ in range(times):
            await _read_long(session)


async def _walk_by_pysnmp(target: ProbeTarget) -> None:
    engines = PysnmpEngines()
    try:
        await _read_long(Session(engines.open(target, await resolve(target))))
    finally:
        engines.close()


async def _read_long(session: SnmpSession) -> None:
    table = await session.walk(mib.SUPPLIES)
    assert len(table.rows) == LONG_ROWS, table.partial
    assert not table.partial


def _long_table() -> str:
    columns = {3: "2|0", 4: "2|3", 5: "2|3", 6: "4|Black Toner Cartridge 042", 7: "2|19", 8: "2|100", 9: "2|64"}
    rows = ["1.3.6.1.2.1.1.1.0|4|A long table"]
    for column, value in columns.items():
        rows += [f"{_LONG_TABLE}.{column}.1.{row}|{value}" for row in range(1, LONG_ROWS + 1)]
    return "\n".join(rows) + "\n"


def _net_snmp_polls(target: ProbeTarget, times: int) -> None:
    """Read what the probe reads of that printer: its objects by one GET, its tables by a walk each."""
    objects = {
        **mib.SYSTEM,
        **{name: (*column, 1) for name, column in mib.PER_DEVICE.items()},
        **{name: (*column, 1, 1) for name, column in mib.PER_MARKER.items()},
        **next(each for each in makers() if each.maker == "Ricoh").objects(with_serial=False),
    }
    for _ in range(times):
        _run(["snmpget", *_net_snmp_options(target), *map(format_oid, objects.values())])
        _bulkwalk(target, *(_subtree(each) for each in (mib.SUPPLIES, mib.COLORANTS, mib.TRAYS, mib.ALERTS)))


def _subtree(columns: Mapping[str, Oid]) -> str:
    first = next(iter(columns.values()))
    return format_oid(first if len(columns) == 1 else first[:-1])


def _bulkwalk(target: ProbeTarget, *subtrees: str) -> None:
    for subtree in subtrees:
        _run(["snmpbulkwalk", "-Cr36", *_net_snmp_options(target), subtree])


def _net_snmp_options(target: ProbeTarget) -> list[str]:
    # Without MIB files and with numbers for names: the least work that net-snmp can do.
    return ["-v2c", "-m", "", "-On", "-t", "20", "-c", target.community, target.address]


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
