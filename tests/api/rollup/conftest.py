"""The rollup of a real influxd and a real SQLite database."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Contract, RollupPending
from api.models.base import utc_now
from api.readings.scope import to_ns
from api.rollup.fill import Filled, Filler
from api.rollup.hours import hour_of
from api.rollup.late import LateRecorder
from collectors import catalogue
from collectors.point import FieldValue, Point, to_lines

NOW = hour_of(utc_now()) + timedelta(minutes=30)
EVER = timedelta(days=36500)
RETENTION_DAYS = 2


@dataclass(frozen=True)
class Place:
    """One raw database and its rollup."""

    config: Config
    database: Database
    engine: Engine

    def put(self, contract: str, *points: Point) -> None:
        """Store declared points of a contract."""
        assert catalogue.problems(points) == []
        stamped = (replace(each, tags={**each.tags, "contract": contract, "device": "d-1"}) for each in points)
        outcome = self.engine.write(self.config.influx_database, to_lines(stamped).encode(), "ns")
        assert outcome.status == 204

    def filler(self, **options: Any) -> Filler:
        """Return a filler that does not wait."""
        engine = options.pop("engine", self.engine)
        return Filler(self.database, engine, self.config, **{"now": lambda: NOW, "pause": lambda _s: None, **options})

    def run(self, **options: Any) -> Filled:
        """Roll up what is due."""
        return self.filler(**options).run()

    def rolled(self, measurement: str, contract: str = "c-1") -> dict[datetime, dict[str, Any]]:
        """Return the rollup's rows of a contract by their hour, without tags and what is absent."""
        statement = f"SELECT * FROM \"{measurement}\" WHERE contract = '{contract}'"
        found = self.engine.query(self.config.influx_rollup_database, statement)
        tags = {"time", "contract", "device", *(t.name for t in catalogue.measurements()[measurement].tags)}
        return {
            moment(row["time"]): {k: v for k, v in row.items() if k not in tags and v is not None}
            for series in found
            for row in series.rows()
        }

    def note(self, contract: str, hour: datetime, at: datetime = NOW) -> None:
        """Note that a contract got points of an hour that was over."""
        LateRecorder(self.database, now=lambda: at).note(contract, to_ns(hour))

    def pending(self) -> dict[str, datetime]:
        """Return from when on hours are to be rolled up again, by contract."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Contract.public_id, RollupPending.since).join(
                    RollupPending, RollupPending.contract_id == Contract.id
                )
            )
            return dict(rows.all())


def moment(time_ns: int) -> datetime:
    """Return a stored time as a moment, which must be exact."""
    assert time_ns % 10**9 == 0
    return hour_of(NOW) + timedelta(seconds=(time_ns - to_ns(hour_of(NOW))) // 10**9)


def ago(hours: int, minutes: int = 0) -> datetime:
    """Return a moment of an hour before the current one."""
    return hour_of(NOW) - timedelta(hours=hours) + timedelta(minutes=minutes)


def mem(at: datetime, used: int, **fields: FieldValue) -> Point:
    """Return a point of `mem`."""
    return Point("mem", {}, {"used": used, **fields}, to_ns(at))


@pytest.fixture
def place(influxd: Influxd, database_name: str, database: Database) -> Place:
    config = Config(
        str(database.engine.url),
        "a key for tests only, long enough to sign",
        influx_url=influxd.url,
        influx_database=database_name,
        influx_rollup_database=f"{database_name}_1h",
        raw_retention_days=RETENTION_DAYS,
    )
    engine = create_engine(config)
    engine.ensure_database(database_name, EVER)
    return Place(config, database, engine)
