"""Two customers of whom there is something everywhere: in every table, in a real engine, in the archive."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models.base import utc_now
from api.privacy.export import Holdings
from tests.api.archive.conftest import add, chain_of
from tests.api.office import Office, make_office
from tests.api.privacy.filling import Filled, fill

REPORT = b"%PDF-1.7 of "


@dataclass
class World:
    """All of it.

    Attributes:
        holdings: where it is.
        ours: the contract that is looked at.
        theirs: another's, which must never be touched or shown.
    """

    holdings: Holdings
    ours: Filled
    theirs: Filled

    @property
    def contract(self) -> str:
        return self.ours.office.contract

    @property
    def engine(self) -> Engine:
        return self.holdings.engine

    @property
    def database(self) -> Database:
        return self.holdings.database


def store(engine: Engine, database: str, filled: Filled) -> None:
    """Store some points over a month, and one that is older than it should be; hosts and texts are a contract's own."""
    now = int(utc_now().timestamp()) // 3600 * 3600
    stamped = f"contract={filled.office.contract},site={filled.office.site},device=d-{filled.office.contract}"
    lines = []
    for ago in (0, 1, 30, 24 * 20, 24 * 34, 24 * 60):
        at = now - ago * 3600
        lines.append(f"cpu,{stamped},host=host-{filled.office.contract},cpu=cpu-total usage_idle=9{ago % 10} {at}")
        lines.append(
            f"network_interface,{stamped},asset=mfp-1,interface=eth0"
            f' alias="=cmd of {filled.office.contract}",speed_mbps=1000i {at}'
        )
    assert engine.write(database, "\n".join(lines).encode(), "s").status == 204


@pytest.fixture
def world(config: Config, influxd: Influxd, database_name: str, database: Database, office: Office) -> World:
    settings = replace(
        config,
        influx_url=influxd.url,
        influx_database=database_name,
        influx_rollup_database=f"{database_name}_1h",
        raw_retention_days=35,
    )
    engine = create_engine(settings)
    holdings = Holdings.of(settings, database, engine)
    other = make_office(database, "鈴木医院")
    for name in (settings.influx_database, settings.influx_rollup_database):
        engine.ensure_database(name, timedelta(days=4_000))
    filled = []
    for each in (office, other):
        chain = chain_of(database, each.contract)
        add(database, holdings.cabinet.blobs, chain, REPORT + each.contract.encode())
        filled.append(fill(database, each))
        for name in (settings.influx_database, settings.influx_rollup_database):
            store(engine, name, filled[-1])
    return World(holdings, *filled)
