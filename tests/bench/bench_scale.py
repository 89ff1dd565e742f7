"""Cost per contract: one service and one influxd with 10, 100 and 1,000 contracts of ten devices each.

Every device has all series that an agent sends, with one point each; one contract has every minute of the last day and
asks for its dashboards. Every device sends once; then they send as they do each minute, spread at random over it: first
alone, for latency and CPU, then while the dashboards are asked for. Each number of contracts has a fresh service and
influxd.
"""

import gzip
import itertools
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import urllib3

from tests.bench.agentlines import LINES_A_MINUTE, Recording, stamped
from tests.bench.contracts import (
    KINDS,
    BenchContract,
    BenchDevice,
    days_until_now,
    history,
    make_contracts,
    read_token,
    write_directly,
)
from tests.bench.dashboard import SHAPES, Moments
from tests.bench.figure import Figure
from tests.bench.stack import Stack, Use, running_stack
from tests.bench.wire import Wire

CONTRACTS = (10, 100, 1_000)
DEVICES = 10
AGE_S = 600
"""How old the point of every series is: of today nearly always, as influxd keeps an index for each day."""

TOGETHER = 10
"""Contracts whose points are written together; influxd syncs its index once a write."""

INGEST_S = 20.0
LEAST_WRITES = 100
"""With few contracts it takes longer than `INGEST_S` until as many are measured."""

READING_S = 15.0
"""So long devices go on sending for those who read; reading ends earlier."""

QUERY_ROUNDS = 8
SETTLE_S = 15.0

_SENDERS = 24
_RECORDINGS = 8
_PLACEHOLDERS = ("hostname", "c-contract0", "s-thesite00", "d-thedevice")


@dataclass(frozen=True, slots=True)
class Cost:
    """What was measured with so many contracts.

    Attributes:
        contracts: how many.
        write_s: seconds of each write.
        query_s: seconds of each query.
        direct_s: seconds of the same queries to influxd itself.
        cpu: cores in use while devices send and nobody reads.
        memory: MiB at the end.
    """

    contracts: int
    write_s: Sequence[float]
    query_s: Sequence[float]
    direct_s: Sequence[float]
    cpu: Use
    memory: Use


def measure() -> list[Figure]:
    """Measure and return the figures."""
    costs = [_cost(number) for number in CONTRACTS]
    return [
        _row("a write, p50", costs, lambda cost: 1000 * _quantile(cost.write_s, 50), "ms"),
        _row("a write, p99", costs, lambda cost: 1000 * _quantile(cost.write_s, 99), "ms"),
        _row("a dashboard's query, p50", costs, lambda cost: 1000 * _quantile(cost.query_s, 50), "ms"),
        _row("a dashboard's query, p99", costs, lambda cost: 1000 * _quantile(cost.query_s, 99), "ms"),
        _row("the same to influxd itself, p50", costs, lambda cost: 1000 * _quantile(cost.direct_s, 50), "ms"),
        _row("the same to influxd itself, p99", costs, lambda cost: 1000 * _quantile(cost.direct_s, 99), "ms"),
        _row("CPU of the gateway for writes", costs, lambda cost: 100 * cost.cpu.gateway, "% of a core"),
        _row("CPU of influxd for writes", costs, lambda cost: 100 * cost.cpu.influxd, "% of a core"),
        _row("resident memory of the gateway", costs, lambda cost: cost.memory.gateway, "MiB"),
        _row("resident memory of influxd", costs, lambda cost: cost.memory.influxd, "MiB"),
    ]


def _row(what: str, costs: Sequence[Cost], value: Callable[[Cost], float], unit: str) -> Figure:
    """Return the last cost as a ratio to the first, with all of them in the note."""
    first, last = value(costs[0]), value(costs[-1])
    told = " · ".join(f"{value(cost):.3g} ({value(cost) / first:.2f})" for cost in costs)
    return Figure(
        f"{costs[-1].contracts:,} contracts ÷ {costs[0].contracts}: {what}",
        last / first,
        "ratio",
        note=f"{told} {unit} with {', '.join(f'{cost.contracts:,}' for cost in costs)} contracts",
    )


def _quantile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _cost(number: int) -> Cost:
    with running_stack() as stack:
        contracts = make_contracts(stack.served.office.database, [DEVICES] * number)
        asking = contracts[number // 2]
        agents = Agents(stack, contracts)
        write_directly(stack.influx_url, stack.served.database_name, agents.one_point_each())
        day = days_until_now(1.1, 60)
        write_directly(stack.influx_url, stack.served.database_name, history([asking], KINDS, day))
        stack.settle(SETTLE_S)
        seconds = max(INGEST_S, LEAST_WRITES / agents.writes_a_second)
        plan = agents.plan(seconds)
        agents.send(agents.once_each())
        before, began = stack.cpu(), time.monotonic()
        write_s = agents.send(plan)
        used, took = stack.cpu() - before, time.monotonic() - began
        with agents.sending():
            query_s, direct_s = _queries(stack, asking, day.end)
        memory = stack.memory()
        return Cost(
            number,
            write_s,
            query_s,
            direct_s,
            Use(used.gateway / took, used.influxd / took),
            Use(memory.gateway / 1024**2, memory.influxd / 1024**2),
        )


class Agents:
    """All devices, sending as agents do: what they measured in a minute, packed, once a minute."""

    def __init__(self, stack: Stack, contracts: Sequence[BenchContract]) -> None:
        self._url = stack.gateway_url
        self._contracts = contracts
        self._devices = [device for contract in contracts for device in contract.devices]
        self._recordings = [Recording(n, _PLACEHOLDERS[0], LINES_A_MINUTE) for n in range(_RECORDINGS)]
        self._rnd = random.Random(len(contracts))
        self._pool = urllib3.PoolManager(maxsize=_SENDERS, retries=False)

    @property
    def writes_a_second(self) -> float:
        """How often any of them sends."""
        return len(self._devices) / 60

    def one_point_each(self) -> Iterator[bytes]:
        """Yield a point of every series of every device."""
        then = time.time_ns() - AGE_S * 10**9
        templates = [stamped(each.body(then), *_PLACEHOLDERS[1:]) for each in self._recordings]
        for first in range(0, len(self._contracts), TOGETHER):
            yield b"\n".join(
                _filled(template, contract, device)
                for contract in self._contracts[first : first + TOGETHER]
                for device, template in zip(contract.devices, itertools.cycle(templates), strict=False)
            )

    def plan(self, seconds: float) -> list["Write"]:
        """Return the writes of so many seconds: when each is sent, and its body, made beforehand."""
        count = round(seconds * self.writes_a_second)
        moments = sorted(self._rnd.uniform(0, seconds) for _ in range(count))
        start_ns = time.time_ns()
        chosen = itertools.islice(itertools.cycle(self._rnd.sample(self._devices, len(self._devices))), count)
        return [
            Write(moment, device, self._body(device, number, start_ns))
            for number, (moment, device) in enumerate(zip(moments, chosen, strict=True))
        ]

    def once_each(self) -> list["Write"]:
        """Return a write of every device, at once: the gateway has to learn of its series."""
        start_ns = time.time_ns()
        return [Write(0.0, each, self._body(each, number, start_ns)) for number, each in enumerate(self._devices)]

    def _body(self, device: BenchDevice, number: int, start_ns: int) -> bytes:
        plain = self._recordings[number % _RECORDINGS].body(start_ns)
        return gzip.compress(plain.replace(_PLACEHOLDERS[0].encode(), device.host.encode()), 6)

    def send(self, plan: Sequence["Write"], ended: threading.Event | None = None) -> list[float]:
        """Send writes at their moments, and return the seconds of each; until all are sent or it is ended."""
        ended = ended or threading.Event()
        began = time.monotonic()
        with ThreadPoolExecutor(_SENDERS) as senders:
            waiting = []
            for write in plan:
                if ended.wait(max(0.0, began + write.moment_s - time.monotonic())):
                    break
                waiting.append(senders.submit(self._send, write))
            return [each.result() for each in waiting]

    def _send(self, write: "Write") -> float:
        headers = {"Authorization": f"Token {write.device.token}", "Content-Encoding": "gzip"}
        began = time.perf_counter()
        answer = self._pool.request("POST", f"{self._url}/api/v2/write", body=write.body, headers=headers)
        took = time.perf_counter() - began
        if answer.status != 204:
            raise RuntimeError(f"the gateway answered {answer.status}: {answer.data[:300]!r}")
        return took

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send while the block runs."""
        ended, plan = threading.Event(), self.plan(READING_S)
        thread = threading.Thread(target=self.send, args=(plan, ended))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _filled(template: bytes, contract: BenchContract, device: BenchDevice) -> bytes:
    words = (device.host, contract.public_id, contract.site, device.public_id)
    for placeholder, word in zip(_PLACEHOLDERS, words, strict=True):
        template = template.replace(placeholder.encode(), word.encode())
    return template


@dataclass(frozen=True, slots=True)
class Write:
    """A write of a device.

    Attributes:
        moment_s: seconds from the beginning of the plan.
        device: who sends.
        body: gzip.
    """

    moment_s: float
    device: BenchDevice
    body: bytes


def _queries(stack: Stack, contract: BenchContract, newest_s: int) -> tuple[list[float], list[float]]:
    """Return the seconds of one contract's queries, through the gateway and to influxd itself, in turns."""
    token = read_token(stack.served.office.database, contract)
    gateway = Wire(stack.gateway_url, {"Authorization": f"Token {token}"})
    influxd = Wire(stack.influx_url, {})
    moments = Moments(newest_s)
    shapes = [shape for shape in SHAPES if shape.hours <= 24]
    scoped: list[float] = []
    direct: list[float] = []
    for number in range(1 + QUERY_ROUNDS):
        for shape in shapes:
            end_ms = moments.next_ms()
            sides = ((gateway, scoped, False), (influxd, direct, True))
            for wire, seconds, by_hand in sides[:: 1 if number % 2 else -1]:
                took = wire.query(shape.asked(contract, end_ms, by_hand=by_hand)).whole_s
                if number:  # the first round warms up
                    seconds.append(took)
    return scoped, direct
