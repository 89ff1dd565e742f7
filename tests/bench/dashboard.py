"""A dashboard's queries as Grafana's InfluxQL data source sends them: the same shapes again and again, at other times.

`{tags}` stands for the panel's conditions, `{time}` for the range; where somebody asks influxd itself, the contract's
condition is written in by hand.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.contracts import BenchContract

_TAGS = {
    "one": '"device"::tag =~ /^{one}$/',
    "some": '"device"::tag =~ /^({some})$/',
    "all": '"device"::tag =~ /.*/',
}
"""Which devices a dashboard's variable chooses -> the condition that Grafana makes of it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A query of a panel or of a variable.

    Attributes:
        name: for people.
        text: its text; with `{where}` in it, or without a condition of its own.
        devices: "one", "some" or "all", or "" where it has no condition.
        hours: its range; 0 where it has none.
    """

    name: str
    text: str
    devices: str = ""
    hours: int = 0

    def asked(self, contract: BenchContract, end_ms: int, *, by_hand: bool) -> str:
        """Return the query for a range that ends at a time.

        Args:
            contract: whose devices are asked for.
            end_ms: Unix milliseconds.
            by_hand: True to write the contract's condition in, as it is needed at influxd itself.
        """
        conditions = self._conditions(contract.devices[0].public_id, [d.public_id for d in contract.devices[:3]])
        if by_hand:
            conditions.append(f"\"contract\" = '{contract.public_id}'")
        if self.hours:
            conditions.append(f"time >= {end_ms - self.hours * 3_600_000}ms and time <= {end_ms}ms")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return self.text.replace("{where}", where)

    def _conditions(self, one: str, some: Sequence[str]) -> list[str]:
        return [_TAGS[self.devices].format(one=one, some="|".join(some))] if self.devices else []


SHAPES = (
    Shape(
        "mean, time(1m), one device, fill(null)",
        'SELECT mean("usage_user") FROM "cpu"{where} GROUP BY time(1m) fill(null) ORDER BY time ASC',
        "one",
        6,
    ),
    Shape(
        "mean by device, time(1m), all, fill(null)",
        'SELECT mean("usage_user") FROM "cpu"{where} GROUP BY time(1m), "device"::tag fill(null) ORDER BY time ASC',
        "all",
        6,
    ),
    Shape(
        "three fields, time(1m), one device, fill(none)",
        'SELECT mean("usage_user") AS "user", mean("usage_system") AS "system", mean("usage_iowait") AS "iowait"'
        ' FROM "cpu"{where} GROUP BY time(1m) fill(none) ORDER BY time ASC',
        "one",
        6,
    ),
    Shape(
        "last by device, no intervals, all",
        'SELECT last("used_percent") FROM "mem"{where} GROUP BY "device"::tag, "host"::tag ORDER BY time ASC',
        "all",
        6,
    ),
    Shape(
        "rate of two counters, time(1m), some, fill(null)",
        'SELECT non_negative_derivative(mean("bytes_recv"), 1s) * 8 AS "in",'
        ' non_negative_derivative(mean("bytes_sent"), 1s) * -8 AS "out" FROM "net"{where}'
        ' GROUP BY time(1m), "device"::tag, "interface"::tag fill(null) ORDER BY time ASC',
        "some",
        6,
    ),
    Shape(
        "two statements, time(1m), one device",
        'SELECT mean("usage_idle") FROM "cpu"{where} GROUP BY time(1m) fill(null);'
        ' SELECT mean("used_percent") FROM "mem"{where} GROUP BY time(1m) fill(null)',
        "one",
        6,
    ),
    Shape(
        "mean by device, time(5m), some, fill(null)",
        'SELECT mean("used_percent") FROM "mem"{where} GROUP BY time(5m), "device"::tag fill(null) ORDER BY time ASC',
        "some",
        24,
    ),
    Shape(
        "max by host, time(5m), all, fill(previous)",
        'SELECT max("usage_user") FROM "cpu"{where} GROUP BY time(5m), "host"::tag fill(previous) ORDER BY time ASC',
        "all",
        24,
    ),
    Shape(
        "last by device and path, time(5m), all, fill(previous)",
        'SELECT last("used_percent") FROM "disk"{where} GROUP BY time(5m), "device"::tag, "path"::tag fill(previous)'
        " ORDER BY time ASC",
        "all",
        24,
    ),
    Shape(
        "count, time(5m), one device, fill(0)",
        'SELECT count("usage_idle") FROM "cpu"{where} GROUP BY time(5m) fill(0) ORDER BY time ASC',
        "one",
        24,
    ),
    Shape(
        "mean by device, time(5m), some, fill(none)",
        'SELECT mean("used_percent") FROM "mem"{where} GROUP BY time(5m), "device"::tag fill(none) ORDER BY time ASC',
        "some",
        168,
    ),
    Shape(
        "max by device, time(5m), one device, fill(null)",
        'SELECT max("used_percent") FROM "disk"{where} GROUP BY time(5m), "device"::tag fill(null) ORDER BY time ASC',
        "one",
        168,
    ),
    Shape(
        "mean of all devices, time(30m), all, fill(null)",
        'SELECT mean("usage_user") FROM "cpu"{where} GROUP BY time(30m) fill(null) ORDER BY time ASC',
        "all",
        168,
    ),
    Shape("SHOW TAG VALUES, device", 'SHOW TAG VALUES FROM "cpu" WITH KEY = "device"{where}'),
    Shape("SHOW TAG VALUES, host of some", 'SHOW TAG VALUES FROM "cpu" WITH KEY = "host"{where}', "some"),
    Shape("SHOW MEASUREMENTS", "SHOW MEASUREMENTS{where} LIMIT 100"),
)


class Moments:
    """Ends of ranges: of the last hour, to the millisecond, never the same twice."""

    def __init__(self, last_s: int, seed: int = 1) -> None:
        """Take the newest, Unix seconds."""
        self._last_ms = last_s * 1000
        self._rnd = random.Random(seed)

    def next_ms(self) -> int:
        """Return one."""
        return self._last_ms - self._rnd.randrange(3_600_000)
