"""A real engine, a real database and one contract with a PC."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from alert_rules.registry import entries
from alert_rules.rule import Rule
from api.alerts.evaluator import Round, evaluate_due
from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from tests.api.office import Office

NOON = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
"""Noon in Japan, a multiple of every rule's `every`."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Stores points of one PC and evaluates rules at given moments."""

    database: Database
    engine: Engine
    raw: str
    hours: str
    contract: str
    device: str

    @property
    def tags(self) -> str:
        return f"contract={self.contract},site=s-1,device={self.device},host=PC-1"

    def store(self, measurement: str, fields: str, at: datetime, tags: str = "") -> None:
        line = f"{measurement},{self.tags}{tags} {fields} {int(at.timestamp())}"
        outcome = self.engine.write(self.raw, line.encode(), "s")
        assert (outcome.status, outcome.message) == (204, "")

    def evaluate(self, *names: str, at: datetime) -> Round:
        rules = [entries()[name].rule for name in names]
        return evaluate_due(self.database, self.engine, self.raw, rules, at)


@pytest.fixture
def bench(influxd: Influxd, database: Database, database_name: str, office: Office) -> Bench:
    config = Config("", "", influx_url=influxd.url)
    engine = create_engine(config)
    hours = f"{database_name}_1h"
    for name in (database_name, hours):
        engine.ensure_database(name, timedelta(days=36_500))
    return Bench(database, engine, database_name, hours, office.contract, "d-1")


@pytest.fixture
def rule() -> Callable[[str], Rule]:
    return lambda name: entries()[name].rule
