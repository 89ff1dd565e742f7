"""Two contracts whose every name, text and number is told from the other's, and the databases that hold them.

In a world there is a raw database and its hourly rollup. What the first contract is told must not depend on who else is
in its world; whoever else is there has nothing but canaries.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import urllib3
from flask import Flask
from flask.testing import FlaskClient

from api.config import Config
from api.gateway.grant import ReadGrant
from api.gateway.query.endpoint import create_queries
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.rollup.fields import functions_of, stored_name
from collectors import catalogue

HOUR_S = 3600
NOW_S = int(time.time()) // HOUR_S * HOUR_S
"""The full hour in which the tests began; engines know no other now() than that of the clock."""

HOURS = 60
"""How far back there are points, one an hour: long enough for the rollup to be asked."""

TOKEN = "token-mine"

MEASUREMENTS = ("cpu", "disk", "mem", "printer", "system", "ups")
FIELDS = {
    "cpu": ("usage_idle", "usage_user", "usage_steal"),
    "disk": ("total", "used_percent", "state"),
    "mem": ("total", "used_percent"),
    "printer": ("status", "page_count"),
    "system": ("load1", "uptime", "os"),
    "ups": ("load_percent",),
}


@dataclass(frozen=True, slots=True)
class Tenant:
    """A contract and its points.

    Attributes:
        contract: its id.
        mark: stands in every tag value and text of its points.
        canary: its one number; None for one whose numbers vary.
        hosts: how many machines.
    """

    contract: str
    mark: str
    canary: int | None
    hosts: int = 2

    def host(self, number: int) -> str:
        return f"{self.mark}-host-{number}"

    def points(self, *, stamped: bool = True) -> Iterator[str]:
        """Yield its points as line protocol, in seconds; without the contract's tag unless `stamped`."""
        contract = f"contract={self.contract}," if stamped else ""
        for number in range(1, self.hosts + 1):
            own = f"{contract}device={self.mark}-dev-{number},host={self.host(number)},site={self.mark}-site"
            for hour in range(HOURS):
                at = NOW_S - hour * HOUR_S - 600 * number
                yield from (f"{line} {at}" for line in self._lines(number, hour, own))

    def _lines(self, number: int, hour: int, own: str) -> Iterator[str]:
        whole = self.canary or (number * 7 + hour * 3) % 41
        real = f"{self.canary}.25" if self.canary else f"{(number * 5 + hour) % 23}.5"
        others = self.canary is not None
        steal = f",usage_steal={real}" if others else ""
        yield f"cpu,cpu=cpu{number % 2},{own} usage_idle={real},usage_user={whole}{steal}"
        mode = f",mode={self.mark}" if others else ""
        disk = f"disk,fstype={self.mark}fs{mode},path=/{self.mark},{own}"
        yield f'{disk} total={whole}i,used_percent={real},state="{self.mark}"'
        yield f"mem,{own} total={whole}i,used_percent={real}"
        yield f'system,{own} load1={real},uptime={whole}i,os="{self.mark} os"'
        if number == 1:
            asset = rf"{self.mark}-asset\,\ \=\ x\ \"q\"'\\y"
            yield f'printer,asset={asset},{own} status="{self.mark} \\"idle\\"",page_count={whole}i'
            if others:
                yield f"ups,asset={self.mark}-ups,{own} load_percent={real}"


MINE = Tenant("c-mine7f3a", "own", None, hosts=3)
THEIRS = Tenant("c-zqbother", "zqbthem", 765432187)
OTHERS = Tenant("c-xkcother", "xkcelse", 912345678)
"""Stands in the place of THEIRS in the second world; its names are as long, and its measurements are the same."""


@dataclass(frozen=True, slots=True)
class World:
    """Databases, and the customer of MINE who asks.

    Attributes:
        config: of the service.
        client: of its application.
    """

    config: Config
    client: FlaskClient


def fill(engine: Engine, config: Config, tenants: Sequence[Tenant], *, stamped: bool = True) -> None:
    """Store points, and roll them up with the engine itself."""
    for name in (config.influx_database, config.influx_rollup_database):
        engine.ensure_database(name, timedelta(days=36_500))
    for tenant in tenants:
        outcome = engine.write(config.influx_database, "\n".join(tenant.points(stamped=stamped)).encode(), "s")
        assert (outcome.status, outcome.message) == (204, "")
    declared = catalogue.measurements()
    for name, fields in FIELDS.items():
        partials = ", ".join(
            f'{function}("{field.name}") AS "{stored_name(field.name, function)}"'
            for field in declared[name].fields
            if field.name in fields
            for function in functions_of(field)
        )
        statement = (
            f'SELECT {partials} INTO "{config.influx_rollup_database}".autogen."{name}" FROM "{name}"'
            f" WHERE time >= {NOW_S - (HOURS + 2) * HOUR_S}s AND time < {rolled_until_s()}s GROUP BY time(1h), *"
        )
        answer = urllib3.request(
            "POST", f"{config.influx_url}/query", fields={"db": config.influx_database, "q": statement}
        )
        assert answer.status == 200
        assert b"error" not in answer.data


def rolled_until_s() -> int:
    return NOW_S - 2 * HOUR_S


def world(influx_url: str, name: str, tenants: Sequence[Tenant]) -> World:
    """Return a world of its own databases."""
    config = Config(
        "", "", influx_url=influx_url, influx_database=name, influx_rollup_database=f"{name}_1h", query_max_rows=20_000
    )
    engine = create_engine(config)
    fill(engine, config, tenants)
    grant = ReadGrant("r-mine", MINE.contract, rolled_until_s() * 10**9)
    app = Flask(__name__)
    app.register_blueprint(create_queries(engine, lambda _token: grant, config))
    return World(config, app.test_client())
