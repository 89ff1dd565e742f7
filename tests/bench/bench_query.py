"""Gateway query against the same query to influxd itself: a dashboard's shapes, planning, a long answer, a long range.

Both sides take turns on the same times, each over one kept connection, and the one that goes first changes: influxd
has a range's blocks in memory when it is asked for it again. Ratios are those of medians.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from api.config import Config
from api.gateway.query.plans import Planner, router_for
from api.gateway.query.scope import Scope
from api.gateway.query.vocabulary import rollup_vocabulary, union, vocabulary
from api.rollup.fill import Filler
from collectors import catalogue
from tests.bench.contracts import (
    CPU,
    KINDS,
    MEM,
    BenchContract,
    BenchDevice,
    days_until_now,
    history,
    make_contracts,
    read_token,
    write_directly,
)
from tests.bench.dashboard import SHAPES, Moments, Shape
from tests.bench.figure import Figure
from tests.bench.stack import Stack, Watch, running_stack
from tests.bench.wire import Reply, Wire

SMALL, LARGE = 10, 50
OTHERS = 30
DAYS = 7.1
LONG_DAYS = 30

ROUNDS = 21
LEAST_ROUNDS = 5
WARM_UP = 2
SHAPE_S = 3.0
"""So long one shape is measured at most, once it has had the least rounds."""

STREAMS = 4
STREAM_ROWS = 460_000
"""About 50 MB of JSON, within the bounds of an answer."""

PLAN_ROUNDS = 40
LONG_ROUNDS = 9
SETTLE_S = 20.0

LONG_SHAPES = (
    Shape(
        "mean by device, time(6h)",
        'SELECT mean("used_percent") FROM "mem"{where} GROUP BY time(6h), "device"::tag fill(null) ORDER BY time ASC',
        "all",
        24 * LONG_DAYS,
    ),
    Shape(
        "max, time(6h)",
        'SELECT max("used_percent") FROM "mem"{where} GROUP BY time(6h) fill(null) ORDER BY time ASC',
        "all",
        24 * LONG_DAYS,
    ),
)

_MIB = 1024**2


@dataclass(slots=True)
class Turns:
    """Answers of both sides.

    Attributes:
        scoped: of the gateway.
        direct: of influxd.
        cpu_s: CPU seconds of the gateway; in the direct turns it has nothing to do.
    """

    scoped: list[Reply] = field(default_factory=list)
    direct: list[Reply] = field(default_factory=list)
    cpu_s: float = 0.0

    @property
    def medians_ms(self) -> tuple[float, float]:
        """Median milliseconds to the last byte, of the gateway and of influxd."""
        scoped, direct = (statistics.median(each.whole_s for each in side) for side in (self.scoped, self.direct))
        return 1000 * scoped, 1000 * direct

    @property
    def ratio(self) -> float:
        """Median of the gateway over median of influxd."""
        scoped, direct = self.medians_ms
        return scoped / direct

    def __add__(self, other: "Turns") -> "Turns":
        return Turns(self.scoped + other.scoped, self.direct + other.direct, self.cpu_s + other.cpu_s)


class Bench:
    """The running service, and a connection to each side for one contract."""

    def __init__(self, stack: Stack, contract: BenchContract) -> None:
        self.stack = stack
        self.contract = contract
        token = read_token(stack.served.office.database, contract)
        self.gateway = Wire(stack.gateway_url, {"Authorization": f"Token {token}"})
        self.influxd = Wire(stack.influx_url, {})

    def turns(self, shape: Shape, moments: Moments, rounds: int) -> Turns:
        """Ask both sides in turns."""
        turns, began, before = Turns(), time.monotonic(), self.stack.cpu()
        for number in range(WARM_UP + rounds):
            if number == WARM_UP:
                turns, began, before = Turns(), time.monotonic(), self.stack.cpu()
            end_ms = moments.next_ms()
            asked = [
                (self.gateway, turns.scoped, shape.asked(self.contract, end_ms, by_hand=False)),
                (self.influxd, turns.direct, shape.asked(self.contract, end_ms, by_hand=True)),
            ]
            for wire, replies, text in asked[:: 1 if number % 2 else -1]:
                replies.append(wire.query(text))
            if number >= WARM_UP + LEAST_ROUNDS and time.monotonic() - began > SHAPE_S:
                break
        turns.cpu_s = (self.stack.cpu() - before).gateway
        return turns


def measure() -> list[Figure]:
    """Measure and return the figures."""
    return [*_planning(), *_asking(), *_long_range()]


def _asking() -> Iterator[Figure]:
    with running_stack() as stack:
        small, large, *others = make_contracts(stack.served.office.database, [SMALL, LARGE, *[SMALL] * OTHERS])
        week = days_until_now(DAYS, 60)
        for contracts, kinds, span in (
            ([small, large], KINDS, week),
            (others, KINDS, days_until_now(DAYS, 1800)),
        ):
            write_directly(stack.influx_url, stack.served.database_name, history(contracts, kinds, span))
        stack.settle(SETTLE_S)
        for contract in (small, large):
            yield from _dashboard(Bench(stack, contract), week.end)
        yield from _long_answer(Bench(stack, large), week.end)


def _dashboard(bench: Bench, newest_s: int) -> Iterator[Figure]:
    who = f"{len(bench.contract.devices)} devices"
    moments, all_turns, rows = Moments(newest_s), Turns(), []
    ratios = []
    for shape in SHAPES:
        turns = bench.turns(shape, moments, ROUNDS)
        all_turns += turns
        ratios.append(turns.ratio)
        what = f"{shape.name}, {shape.hours} h" if shape.hours else shape.name
        rows.append(Figure(f"· {who}: {what}", turns.ratio, "ratio", note=_told(turns)))
    yield Figure(
        f"gateway ÷ direct query, a dashboard of {who}",
        all_turns.ratio,
        "ratio",
        "≤ 1.15",
        f"{_told(all_turns)}; median of the shapes' ratios {statistics.median(ratios):.2f}",
    )
    yield Figure(
        f"CPU of the gateway a query, a dashboard of {who}", 1000 * all_turns.cpu_s / len(all_turns.scoped), "ms"
    )
    yield from rows


def _told(turns: Turns) -> str:
    return "{:.2f} ÷ {:.2f} ms".format(*turns.medians_ms)


def _planning() -> Iterator[Figure]:
    """The gateway's own work on a query's text, in this process."""
    contract = BenchContract(0, "c-0000000000", "s-0000000000", [BenchDevice("d-0000000000", "pc", "")] * SMALL)
    shapes = [shape for shape in SHAPES if shape.text.startswith("SELECT")]
    moments, planner = Moments(int(time.time())), _planner()
    known, new = [], []
    for number in range(PLAN_ROUNDS):
        for shape in shapes:
            known_text = shape.asked(contract, moments.next_ms(), by_hand=False)
            planner.plan(known_text, {}, scoped=True)
            known.append(_seconds(planner, known_text))
            new.append(_seconds(planner, known_text.replace("SELECT ", f'SELECT max("ttl") AS "new {number}", ', 1)))
    yield Figure(
        "plan of a known shape ÷ plan of a new one",
        statistics.median(known) / statistics.median(new),
        "ratio",
        note=f"{1e6 * statistics.median(known):,.0f} ÷ {1e6 * statistics.median(new):,.0f} µs",
    )


def _planner() -> Planner:
    config, declared = Config("", ""), catalogue.measurements()
    raw, rolled = config.influx_database, config.influx_rollup_database
    names = union([vocabulary(declared.values()), rollup_vocabulary(declared.values())])
    scope = Scope(True, {"karte": raw, "karte_1h": rolled}, names)
    return Planner({True: scope}, router_for(declared, raw, rolled))


def _seconds(planner: Planner, text: str) -> float:
    began = time.perf_counter()
    planner.plan(text, {}, scoped=True)
    return time.perf_counter() - began


def _long_answer(bench: Bench, newest_s: int) -> Iterator[Figure]:
    """Stream all points of a week, as an export does, and watch the gateway's memory meanwhile."""
    minutes = STREAM_ROWS // len(bench.contract.devices)
    fields = ", ".join(f'"{name}"' for name in CPU.fields)
    shape = Shape("", f'SELECT {fields} FROM "cpu"{{where}} GROUP BY "device"::tag', "all", minutes // 60)
    end_ms = newest_s * 1000
    replies: dict[str, list[Reply]] = {"gateway": [], "influxd": []}
    memory = [bench.stack.memory()]
    for _number in range(STREAMS):
        for name, wire in (("gateway", bench.gateway), ("influxd", bench.influxd)):
            text = shape.asked(bench.contract, end_ms, by_hand=name == "influxd")
            with Watch(bench.stack) as watch:
                replies[name].append(wire.query(text, chunked="true"))
            if name == "gateway":
                memory.append(watch.most)
    size = replies["gateway"][0].size / _MIB
    before, *most = (each.gateway / _MIB for each in memory)
    yield Figure(
        f"gateway's memory, growth while it streams {size:.0f} MiB",
        most[0] - before,
        "MiB",
        "flat",
        f"{before:.0f} MiB before; {max(most[1:]) - most[0]:+.1f} MiB at the most in {STREAMS - 1} more answers",
    )
    yield _compared("gateway ÷ direct, first byte of that answer", replies, lambda reply: reply.first_s)
    yield _compared("gateway ÷ direct, last byte of that answer", replies, lambda reply: reply.whole_s)


def _compared(name: str, replies: Mapping[str, Sequence[Reply]], seconds: Callable[[Reply], float]) -> Figure:
    scoped, direct = (1000 * statistics.median(map(seconds, replies[side])) for side in ("gateway", "influxd"))
    return Figure(name, scoped / direct, "ratio", note=f"{scoped:,.0f} ÷ {direct:,.0f} ms")


def _long_range() -> Iterator[Figure]:
    """Ask for a month in intervals of six hours: the gateway answers from the rollup, influxd from the raw points."""
    with running_stack() as stack:
        database, engine = stack.served.office.database, stack.served.engine
        (large,) = make_contracts(database, [LARGE])
        month = days_until_now(LONG_DAYS + 1, 60)
        write_directly(stack.influx_url, stack.served.database_name, history([large], (MEM,), month))
        url = database.engine.url.render_as_string(hide_password=False)
        filled = Filler(database, engine, Config(url, "", influx_url=stack.influx_url)).run()
        stack.settle(SETTLE_S)
        bench = Bench(stack, large)
        for shape in LONG_SHAPES:
            turns = bench.turns(shape, Moments(month.end), LONG_ROUNDS)
            yield Figure(
                f"gateway from the rollup ÷ direct from raw, {LARGE} devices, {LONG_DAYS} d: {shape.name}",
                turns.ratio,
                "ratio",
                "< 1",
                f"{_told(turns)}; {len(month) * LARGE:,} raw points, {filled.points:,} of the rollup",
            )
