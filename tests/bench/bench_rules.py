"""Rules on the simulated office's 90 days, whose incidents are known: what they find, how soon, and what that costs.

The office's devices tell as often as they do by default, so that rules see what they would see in operation. Backtests
are timed on nine devices from raw points, and on fifty from the hourly rollup. Last, one round of evaluation with 1,000
contracts of ten devices each.
"""

import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete

from alert_rules.backtest import Spell
from alert_rules.registry import entries
from alert_rules.rule import Rule, Severity, seconds
from api.alerts.evaluator import Round, evaluate_due
from api.alerts.history import Databases, Looked, Resolution, Span, look_back
from api.config import Config
from api.db import Database, open_database
from api.demo.calendar import DAY_S
from api.demo.cast import MACHINES
from api.demo.office import HISTORY_DAYS, Office
from api.demo.truth import all_incidents
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd, start_influxd
from api.models import RuleRun
from api.schema import upgrade
from tests.bench.contracts import make_contracts, write_directly
from tests.bench.figure import Figure
from tests.bench.judged import Judged, judge
from tests.bench.simulated import CONTRACT, days, now_of, twins

RAW, HOURS = "karte", "karte_1h"
CROWD, CROWD_DEVICES = "c-crowd", 50
CONTRACTS, DEVICES = 1_000, 10
BATCH_LINES = 10_000
ROUNDS = 3
HOUR_S = 3600
_FOREVER = timedelta(days=36_500)

AIM_CRITICAL, AIM_ALL = 0.0, 0.1
"""False alerts a device and week."""

AIM_BACKTEST_S, AIM_ROUND_S = 10, 60

Found = dict[str, tuple[Rule, list[Spell]]]


def measure(history_days: int = HISTORY_DAYS, contracts: int = CONTRACTS) -> list[Figure]:
    """Return what rules find, and what trying and evaluating them costs."""
    anchor = int(time.time()) // HOUR_S * HOUR_S
    with _influxd() as influxd:
        fill(influxd, anchor, history_days)
        engine = create_engine(Config("", "", influx_url=influxd.url))
        found = on_history(engine, anchor, history_days)
    with _influxd() as influxd, tempfile.TemporaryDirectory(prefix="karte-bench-") as folder:
        return [*found, *rounds(influxd, Path(folder), anchor, contracts)]


class _influxd:  # noqa: N801  # used as a function
    """An influxd with a directory of its own, until the block ends."""

    def __enter__(self) -> Influxd:
        self._folder = tempfile.TemporaryDirectory(prefix="karte-bench-")
        self._running = start_influxd(Path(self._folder.name) / "influxd")
        return self._running

    def __exit__(self, *_raised: object) -> None:
        self._running.stop()
        self._folder.cleanup()


def rules() -> list[Rule]:
    """Return all rules."""
    return [entry.rule for entry in entries().values()]


def told() -> frozenset[str]:
    """Return the measurements that rules read."""
    return frozenset(rule.measurement for rule in rules())


def fill(influxd: Influxd, anchor: int, history_days: int) -> None:
    """Store the office's past, and the rollup of it and of fifty devices of its kind."""
    engine = create_engine(Config("", "", influx_url=influxd.url))
    for name in (RAW, HOURS):
        engine.ensure_database(name, _FOREVER)
    for day in days(anchor, told(), history_days):
        crowd = (line for own in day.rolled for line in twins(own, CROWD, CROWD_DEVICES))
        write_directly(influxd.url, RAW, _bodies(day.raw))
        write_directly(influxd.url, f"{HOURS}&precision=s", _bodies([*day.rolled, *crowd]))


def _bodies(lines: Sequence[bytes]) -> Iterator[bytes]:
    for begin in range(0, len(lines), BATCH_LINES):
        yield b"\n".join(lines[begin : begin + BATCH_LINES])


def on_history(engine: Engine, anchor: int, history_days: int) -> list[Figure]:
    """Try every rule on the past."""
    start = anchor - history_days * DAY_S
    span = Span(start, anchor, anchor)
    raw, raw_s = _all(engine, CONTRACT, span, Resolution.RAW)
    hours = [_all(engine, CROWD, span, Resolution.HOURS)[1] for _ in range(ROUNDS)]
    own_hours, _own_s = _all(engine, CONTRACT, span, Resolution.HOURS)
    incidents = all_incidents(Office(anchor))
    weeks = history_days / 7 * len(MACHINES)
    judged, coarse = (judge(incidents, each, start) for each in (raw, own_hours))
    crowd_name = f"{len(rules())} rules, {history_days} d, {CROWD_DEVICES} devices, from the hourly rollup"
    own_name = f"{len(rules())} rules, {history_days} d, {len(MACHINES)} devices, from raw points"
    return [
        *_found(judged),
        *_beside(judged, weeks),
        Figure(
            "incidents found from the hourly rollup",
            sum(bool(each.after_s) for each in coarse.caught),
            f"of {len(coarse.caught)}",
            "",
            "what is over within an hour may be missed there",
        ),
        Figure(crowd_name, statistics.median(hours), "s", f"≤ {AIM_BACKTEST_S} s", "median of 3"),
        Figure(own_name, raw_s, "s", "", "chosen up to 7 d; every minute or five"),
    ]


def _all(engine: Engine, contract: str, span: Span, resolution: Resolution) -> tuple[Found, float]:
    """Return what all rules find, and how many seconds that took."""
    begun = time.perf_counter()
    found: Found = {}
    for rule in rules():
        looked: Looked = look_back(engine, Databases(RAW, HOURS), rule, contract, span, resolution, [_own_limit(rule)])
        found[rule.id] = (rule, looked.past.spells(_own_limit(rule)))
    return found, time.perf_counter() - begun


def _own_limit(rule: Rule) -> Callable[[object], float]:
    return lambda _key: rule.limit


def _found(judged: Judged) -> Iterator[Figure]:
    """Tell of each kind of incident how many were found, and how soon by each rule."""
    caught = judged.caught
    yield Figure(
        "incidents found", sum(bool(each.after_s) for each in caught), f"of {len(caught)}", f"{len(caught)}", ""
    )
    kinds = dict.fromkeys(each.incident.kind for each in caught)
    for kind in kinds:
        mine = [each for each in caught if each.incident.kind == kind]
        firsts = [min(each.after_s.values()) for each in mine if each.after_s]
        by_rule: dict[str, list[int]] = {}
        for each in mine:
            for name, after in each.after_s.items():
                by_rule.setdefault(name, []).append(after)
        note = ", ".join(f"{name} {_span(statistics.median(after))}" for name, after in by_rule.items())
        if len(firsts) < len(mine):
            yield Figure(f"{kind}: missed", len(mine) - len(firsts), f"of {len(mine)}", "0")
        if firsts:
            yield Figure(f"{kind} ({len(mine)}): found after", statistics.median(firsts) / HOUR_S, "h", "", note)


def _span(after_s: float) -> str:
    if after_s < 2 * HOUR_S:
        return f"{after_s / 60:.0f} min"
    return f"{after_s / HOUR_S:.0f} h" if after_s < 2 * DAY_S else f"{after_s / DAY_S:.1f} d"


def _beside(judged: Judged, device_weeks: float) -> Iterator[Figure]:
    critical = [rule for rule, _spell in judged.beside if rule.severity is Severity.CRITICAL]
    by_rule = Counter(rule.id for rule, _spell in judged.beside)
    named = ", ".join(f"{name} {count}" for name, count in by_rule.most_common())
    for name, count, aim in (
        ("false critical alerts a device and week", len(critical), AIM_CRITICAL),
        ("false alerts a device and week", len(judged.beside), AIM_ALL),
    ):
        yield Figure(name, count / device_weeks, "", f"≤ {aim:g}" if aim else "0", f"{count}: {named}" if count else "")


@dataclass(frozen=True, slots=True)
class _Stage:
    """What rounds work with."""

    database: Database
    engine: Engine
    at: datetime


def rounds(influxd: Influxd, folder: Path, anchor: int, contracts: int) -> list[Figure]:
    """Evaluate all rules over many contracts, at a moment at which all are due, and those of every minute."""
    database = open_database(f"sqlite:///{folder}/karte.db")
    upgrade(database)
    engine = create_engine(Config("", "", influx_url=influxd.url))
    engine.ensure_database(RAW, _FOREVER)
    made = make_contracts(database, [DEVICES] * contracts)
    windows = {rule.measurement: 0 for rule in rules()}
    for rule in rules():
        windows[rule.measurement] = max(windows[rule.measurement], seconds(rule.window))
    template = list(now_of(anchor, windows))
    for begin in range(0, contracts, 10):
        some = made[begin : begin + 10]
        lines = [line for each in some for own in template for line in twins(own, each.public_id, DEVICES)]
        write_directly(influxd.url, RAW, _bodies(lines))
    stage = _Stage(database, engine, datetime.fromtimestamp(anchor, UTC))
    often = [rule for rule in rules() if seconds(rule.every) == 60]
    first_s, first = _round(stage, rules())
    again_s, _again = _round(stage, rules())
    often_s, _often = _round(stage, often)
    database.close()
    size = f"{contracts:,} contracts of {DEVICES} devices"
    aim = f"≤ {AIM_ROUND_S} s"
    return [
        Figure(f"round of all rules, {size}, all findings open anew", first_s, "s", aim, f"{first.opened:,} findings"),
        Figure(f"round of all rules, {size}, nothing new", again_s, "s", aim, "once an hour; else some are due"),
        Figure(f"round of the {len(often)} rules of every minute, {size}", often_s, "s", aim),
    ]


def _round(stage: _Stage, some: Iterable[Rule]) -> tuple[float, Round]:
    with stage.database.writing.begin() as session:
        session.execute(delete(RuleRun))
    begun = time.perf_counter()
    done = evaluate_due(stage.database, stage.engine, RAW, some, stage.at)
    took = time.perf_counter() - begun
    if done.failed:
        raise RuntimeError(f"not evaluated: {dict(done.failed)}")
    return took, done
