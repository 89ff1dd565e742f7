"""Many contracts at once: their rows made directly in SQL, their history written directly to influxd.

What is measured is what reads and writes them afterwards; enrolling ten thousand devices one by one would take longer
than that.
"""

import itertools
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import urllib3
from sqlalchemy import insert

from api.db import Database
from api.identity.identifiers import public_id
from api.identity.reading import issue_read_token
from api.identity.tokens import new_device_token, secret_hash
from api.models import Contract, ContractState, Device, DeviceKind, DeviceToken, Site
from api.models.base import utc_now
from api.models.device import machine_hash

_FIRST_ROW = 1_000
"""Above the rows that a served office makes."""

_WRITERS = 2
_ATTEMPTS = 5
"""On a busy machine influxd gives up writes that make many new series; what it has made of them it keeps."""

_VALUES = 997


@dataclass(frozen=True, slots=True)
class BenchDevice:
    """A device that may send.

    Attributes:
        public_id: the `device` tag of its points.
        host: its name, the `host` tag.
        token: its device token.
    """

    public_id: str
    host: str
    token: str


@dataclass(frozen=True, slots=True)
class BenchContract:
    """An active contract with one site.

    Attributes:
        row: its row in the database.
        public_id: the `contract` tag.
        site: the `site` tag.
        devices: all of its devices.
    """

    row: int
    public_id: str
    site: str
    devices: Sequence[BenchDevice]


def make_contracts(database: Database, sizes: Iterable[int]) -> list[BenchContract]:
    """Make contracts with so many devices each, all enrolled and in use."""
    made, serial = [], itertools.count(1)
    for row, size in enumerate(sizes, _FIRST_ROW):
        devices = [BenchDevice(public_id("d"), f"pc-{next(serial):05d}", new_device_token()) for _ in range(size)]
        made.append(BenchContract(row, public_id("c"), public_id("s"), devices))
    now = utc_now()
    numbered = list(enumerate(((each, device) for each in made for device in each.devices), _FIRST_ROW))
    with database.writing.begin() as session:
        session.execute(insert(Contract), [_contract_row(each) for each in made])
        session.execute(insert(Site), [_site_row(each) for each in made])
        session.execute(insert(Device), [_device_row(row, *pair) for row, pair in numbered])
        session.execute(
            insert(DeviceToken),
            [
                {"device_id": row, "token_hash": secret_hash(device.token), "first_used_at": now}
                for row, (_contract, device) in numbered
            ],
        )
    return made


def _contract_row(contract: BenchContract) -> dict[str, object]:
    name, state = f"契約 {contract.row}", ContractState.ACTIVE
    return {"id": contract.row, "public_id": contract.public_id, "name": name, "state": state, "state_reason": ""}


def _site_row(contract: BenchContract) -> dict[str, object]:
    own = {"id": contract.row, "public_id": contract.site, "contract_id": contract.row}
    return {**own, "name": "本社", "prefecture": "13", "address": ""}


def _device_row(row: int, contract: BenchContract, device: BenchDevice) -> dict[str, object]:
    return {
        "id": row,
        "public_id": device.public_id,
        "contract_id": contract.row,
        "site_id": contract.row,
        "kind": DeviceKind.PC,
        "hostname": device.host,
        "machine_hash": machine_hash(contract.public_id, DeviceKind.PC, device.host),
        "os": "Windows 11 Pro",
    }


def read_token(database: Database, contract: BenchContract) -> str:
    """Return a new read token of a contract."""
    with database.writing.begin() as session:
        return issue_read_token(session, session.get_one(Contract, contract.row), "bench", utc_now())[1]


@dataclass(frozen=True, slots=True)
class Kind:
    """A series that every device has, for a history of it.

    Attributes:
        measurement: its name.
        tags: its own tags, as they stand in a line; "" for none.
        fields: its fields, each a float unless its name begins with "bytes", which counts up.
    """

    measurement: str
    tags: str
    fields: Sequence[str]

    def values(self) -> list[bytes]:
        """Return field sets, random but the same every time."""
        rnd = random.Random(self.measurement)
        return [",".join(self._field(rnd, each, n) for each in self.fields).encode() for n in range(_VALUES)]

    def _field(self, rnd: random.Random, name: str, step: int) -> str:
        if name.startswith("bytes"):
            return f"{name}={step * 10**6 + rnd.randrange(10**6)}i"
        return f"{name}={rnd.uniform(0, 100)!r}"


CPU = Kind("cpu", "cpu=cpu-total", ("usage_user", "usage_system", "usage_idle", "usage_iowait", "usage_irq"))
MEM = Kind("mem", "", ("used_percent", "available_percent"))
DISK = Kind("disk", "path=/", ("used_percent",))
NET = Kind("net", "interface=eth0", ("bytes_recv", "bytes_sent"))
KINDS = (CPU, MEM, DISK, NET)


@dataclass(frozen=True, slots=True)
class Span:
    """When there are points: Unix seconds from `start` on, every `step_s` seconds, before `end`."""

    start: int
    end: int
    step_s: int

    def __len__(self) -> int:
        return max(0, -(-(self.end - self.start) // self.step_s))


def days_until_now(days: float, step_s: int) -> Span:
    """Return the span of the last days."""
    end = int(time.time())
    return Span(end - int(days * 86_400), end, step_s)


def history(contracts: Iterable[BenchContract], kinds: Sequence[Kind], span: Span) -> Iterator[bytes]:
    """Yield points of all devices of contracts, one body a device and kind."""
    values = {kind: kind.values() for kind in kinds}
    ends = [b" %d" % (second * 10**9) for second in range(span.start, span.end, span.step_s)]
    place = 0
    for contract in contracts:
        for device in contract.devices:
            for kind in kinds:
                place += 1
                yield _body(_head(contract, device, kind), values[kind], ends, place)


def _head(contract: BenchContract, device: BenchDevice, kind: Kind) -> bytes:
    stamped = [f"contract={contract.public_id}", f"device={device.public_id}", f"site={contract.site}"]
    own = [kind.tags] if kind.tags else []
    return ",".join([kind.measurement, *sorted([*stamped, f"host={device.host}", *own])]).encode() + b" "


def _body(head: bytes, values: Sequence[bytes], ends: Sequence[bytes], place: int) -> bytes:
    first = place % len(values)
    endless = itertools.islice(itertools.cycle(values), first, None)
    return b"\n".join([head + value + end for value, end in zip(endless, ends, strict=False)])


def write_directly(influx_url: str, database: str, bodies: Iterable[bytes]) -> None:
    """Write bodies to influxd.

    Raises:
        RuntimeError: it did not take one.
    """
    pool = urllib3.PoolManager(maxsize=_WRITERS, retries=False)

    def write(body: bytes) -> None:
        for _attempt in range(_ATTEMPTS):
            answer = pool.request("POST", f"{influx_url}/write?db={database}", body=body)
            if answer.status < 500:
                break
        if answer.status != 204:
            raise RuntimeError(f"influxd answered {answer.status}: {answer.data[:300]!r}")

    with ThreadPoolExecutor(_WRITERS) as writers:
        waiting = iter(bodies)
        # A few at a time, so that not all of the history is in memory at once.
        while some := list(itertools.islice(waiting, 4 * _WRITERS)):
            list(writers.map(write, some))
