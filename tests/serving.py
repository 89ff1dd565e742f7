"""The service as customers' machines meet it: gunicorn over HTTP, with an enrolled device."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from api.config import Config
from api.db import open_database
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.child import stop_child
from api.local.datadir import DataDir
from api.local.service import ANY_PORT, Deployment, listen, start_service
from api.schema import upgrade
from tests.api.office import Office, make_office


@dataclass(frozen=True, slots=True)
class Served:
    """A running service.

    Attributes:
        url: its base URL.
        office: an active contract in its database.
        engine: the engine behind it, for reading back.
        process: gunicorn's master.
        database_name: the engine's database.
    """

    url: str
    office: Office
    engine: Engine
    process: "subprocess.Popen[bytes]"
    database_name: str = "karte"


@contextmanager
def serving(root: Path, influx_url: str) -> Iterator[Served]:
    """Run the service under gunicorn on a database of its own, in front of an influxd of the caller's."""
    data = DataDir(root)
    data.log.mkdir(parents=True)
    data.secret_key_path.write_text("a key for tests only, long enough to sign", encoding="utf-8")
    database = open_database(data.database_url)
    upgrade(database)
    office = make_office(database, "山田商事株式会社")
    engine = create_engine(Config(database_url=data.database_url, secret_key="", influx_url=influx_url))
    engine.ensure_database("karte", timedelta(days=35))
    with listen(ANY_PORT) as listener:
        deployment = Deployment(data, listener, influx_url, raw_retention_days=35)
        process = start_service(deployment)
        try:
            yield Served(deployment.url, office, engine, process)
        finally:
            stop_child(process)
            database.close()
