"""What an agent sends after an hour without network: minute after minute of one PC, in line protocol."""

import itertools
import random
from collections.abc import Iterator

from collectors import catalogue
from collectors.declaration import FieldType

_MINUTE_NS = 60 * 10**9
_SERIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("cpu", "cpu", ("cpu-total", *(f"cpu{n}" for n in range(8)))),
    ("mem", "", ("",)),
    ("swap", "", ("",)),
    ("disk", "path", ("/", "/home", "/srv/data")),
    ("diskio", "name", ("sda", "sdb", "nvme0n1")),
    ("net", "interface", ("eth0", "eth1", "wlan0")),
    ("system", "", ("",)),
    ("processes", "", ("",)),
    ("temp", "sensor", ("coretemp_core_0", "coretemp_core_1", "nvme_composite", "acpitz")),
    ("collector_run", "input", ("cpu", "mem", "swap", "disk", "diskio", "net", "system", "processes", "temp")),
)
"""Measurement, its distinguishing tag, and that tag's values."""

_MAX_FIELDS = 11

LINES_A_MINUTE = sum(len(values) for _name, _tag, values in _SERIES)
"""Lines of one device and minute."""


class Recording:
    """So many lines of one device, which can be told as of any time.

    Making up values costs more than sending them, so they are made up once.
    """

    def __init__(self, seed: int, host: str, lines: int) -> None:
        endless = _lines(random.Random(seed), host)
        self._lines = [next(endless) for _ in range(lines)]

    def body(self, start_ns: int) -> bytes:
        """Return the lines, with the points of consecutive minutes from `start_ns` on."""
        return "".join(f"{told} {start_ns + minute * _MINUTE_NS}\n" for told, minute in self._lines).encode()


def stamped(body: bytes, contract: str, site: str, device: str) -> bytes:
    """Return lines as the gateway hands them on: with its three tags, and the tags sorted."""
    own = [f"contract={contract}".encode(), f"device={device}".encode(), f"site={site}".encode()]
    out = []
    for line in body.splitlines():
        head, _space, rest = line.partition(b" ")
        measurement, *tags = head.split(b",")
        out.append(b",".join([measurement, *sorted(tags + own)]) + b" " + rest)
    return b"\n".join(out)


def _lines(rnd: random.Random, host: str) -> Iterator[tuple[str, int]]:
    declared = catalogue.measurements()
    for minute in itertools.count():
        for name, tag, values in _SERIES:
            if name not in declared:
                continue
            fields = declared[name].fields[:_MAX_FIELDS]
            for value in values:
                tags = "".join(f",{key}={text}" for key, text in sorted({"host": host, tag: value}.items()) if text)
                told = ",".join(f"{field.name}={_value(rnd, field.type)}" for field in fields)
                yield f"{name}{tags} {told}", minute


def _value(rnd: random.Random, kind: FieldType) -> str:
    if kind is FieldType.FLOAT:
        return repr(rnd.uniform(0, 100))
    if kind is FieldType.INTEGER:
        return f"{rnd.randrange(10**9)}i"
    return "true" if kind is FieldType.BOOLEAN else '"ok"'
