"""InfluxDB 1.x, and what speaks its API as it does: InfluxDB Enterprise."""

from datetime import timedelta
from urllib.parse import urlencode

import urllib3

from api.config import Config
from api.influx.answers import read_series
from api.influx.asking import ask
from api.influx.connection import Connection
from api.influx.engine import Form, Precision, RawAnswer, Series, WriteOutcome
from api.influx.influxql import duration, quote_identifier, quote_string
from api.influxql.tree import Select

_PRECISION = {"ns": "n", "us": "u", "ms": "ms", "s": "s"}


class InfluxDB1:
    """Speaks `/write`, `/query` and `/ping`; retention is the default retention policy's."""

    unites_sources = True

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ping(self) -> str:
        """Return the engine's version; see `Engine`."""
        return self._connection.send("GET", "/ping").checked("ping").version

    def ensure_database(self, name: str, retention: timedelta) -> None:
        """Create a database, or set the retention of an existing one; see `Engine`."""
        # CREATE DATABASE is a no-op where it exists; WITH DURATION would be refused there if the duration differs.
        self._run(f"CREATE DATABASE {quote_identifier(name)}")
        policies = self._run(f"SHOW RETENTION POLICIES ON {quote_identifier(name)}")
        default = next(row["name"] for series in policies for row in series.rows() if row["default"])
        self._run(
            f"ALTER RETENTION POLICY {quote_identifier(default)} ON {quote_identifier(name)}"
            f" DURATION {duration(retention)} SHARD DURATION {duration(_shard_length(retention))}"
        )

    def write(self, database: str, lines: bytes, precision: Precision) -> WriteOutcome:
        """Store line protocol; see `Engine`."""
        target = urlencode({"db": database, "precision": _PRECISION[precision]})
        answer = self._connection.send("POST", f"/write?{target}", body=lines)
        if answer.status == 204:
            return WriteOutcome(204)
        return WriteOutcome(answer.status, answer.message, answer.retry_after_s)

    def query(self, database: str, statement: str) -> list[Series]:
        """Run one InfluxQL read statement; see `Engine`."""
        return self._run(statement, database)

    def adapt(self, select: Select) -> Select:
        """Return the SELECT as it is; see `Engine`."""
        return select

    def ask(self, database: str, statement: str, form: Form, timeout_s: float) -> RawAnswer:
        """Run InfluxQL read statements and hand on the answer as it comes; see `Engine`."""
        return ask(self._connection, database, statement, form, timeout_s)

    def delete_contract(self, database: str, contract: str) -> None:
        """Delete all points of one contract; see `Engine`."""
        mine = f"{quote_identifier('contract')} = {quote_string(contract)}"
        self._run(f"DROP SERIES FROM /.*/ WHERE {mine}", database)

    def _run(self, statement: str, database: str = "") -> list[Series]:
        form = urlencode({"q": statement, "db": database, "epoch": "ns"}).encode()
        answer = self._connection.send(
            "POST", "/query", body=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        return read_series(answer.checked("query").body)


def create(config: Config) -> InfluxDB1:
    """Return the engine at the configured URL; the token is "user:password", or None where it asks for none."""
    headers = urllib3.make_headers(basic_auth=config.influx_token) if config.influx_token else {}
    return InfluxDB1(Connection(config.influx_url, headers))


def _shard_length(retention: timedelta) -> timedelta:
    """Return InfluxDB's own default shard length; a shard may not be longer than the retention."""
    if retention < timedelta(days=2):
        return timedelta(hours=1)
    return timedelta(days=1) if retention <= timedelta(days=180) else timedelta(days=7)
