"""InfluxDB 2.x: a bucket is the database, a DBRP mapping lets InfluxQL read it.

Source: InfluxDB OSS 2 API reference, https://docs.influxdata.com/influxdb/v2/api/
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from api.config import Config
from api.influx.answers import read_series
from api.influx.asking import ask
from api.influx.connection import Connection
from api.influx.engine import EngineError, Form, Precision, RawAnswer, Series, WriteOutcome
from api.influxql.tree import Select

_RETENTION_POLICY = "autogen"

_FIRST, _LAST = "1677-09-22T00:00:00Z", "2262-04-11T00:00:00Z"
"""What a time of 64 bits in nanoseconds can be; a deletion has to say from when to when."""


class InfluxDB2:
    """Speaks `/api/v2/write`, the buckets and DBRP resources, and the v1-compatible `/query`."""

    unites_sources = True

    def __init__(self, connection: Connection, org: str) -> None:
        self._connection = connection
        self._org = org

    def ping(self) -> str:
        """Return the engine's version; see `Engine`."""
        return self._connection.send("GET", "/ping").checked("ping").version

    def ensure_database(self, name: str, retention: timedelta) -> None:
        """Create a bucket with its DBRP mapping, or set the retention of an existing one; see `Engine`."""
        rules = [{"type": "expire", "everySeconds": int(retention.total_seconds())}]
        bucket = self._bucket(name)
        if bucket is None:
            body = {"orgID": self._org_id(), "name": name, "retentionRules": rules}
            bucket = self._call("POST", "/api/v2/buckets", {}, body)
        else:
            self._call("PATCH", f"/api/v2/buckets/{bucket['id']}", {}, {"retentionRules": rules})
        self._ensure_mapping(name, bucket)

    def write(self, database: str, lines: bytes, precision: Precision) -> WriteOutcome:
        """Store line protocol; see `Engine`."""
        target = urlencode({"org": self._org, "bucket": database, "precision": precision})
        answer = self._connection.send(
            "POST", f"/api/v2/write?{target}", body=lines, headers={"Content-Type": "text/plain; charset=utf-8"}
        )
        if answer.status == 204:
            return WriteOutcome(204)
        return WriteOutcome(answer.status, answer.message, answer.retry_after_s)

    def query(self, database: str, statement: str) -> list[Series]:
        """Run one InfluxQL read statement; see `Engine`."""
        form = urlencode({"q": statement, "db": database, "epoch": "ns"}).encode()
        answer = self._connection.send(
            "POST", "/query", body=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        return read_series(answer.checked("query").body)

    def adapt(self, select: Select) -> Select:
        """Return the SELECT as it is; see `Engine`."""
        return select

    def ask(self, database: str, statement: str, form: Form, timeout_s: float) -> RawAnswer:
        """Run InfluxQL read statements and hand on the answer as it comes; see `Engine`."""
        return ask(self._connection, database, statement, form, timeout_s)

    def delete_contract(self, database: str, contract: str) -> None:
        """Delete all points of one contract; see `Engine`."""
        value = contract.replace("\\", "\\\\").replace('"', '\\"')
        body = {"start": _FIRST, "stop": _LAST, "predicate": f'contract="{value}"'}
        target = f"/api/v2/delete?{urlencode({'org': self._org, 'bucket': database})}"
        answer = self._connection.send(
            "POST", target, body=msgspec.json.encode(body), headers={"Content-Type": "application/json"}
        )
        answer.checked("delete")

    def _org_id(self) -> str:
        found = self._call("GET", "/api/v2/orgs", {"org": self._org})["orgs"]
        if not found:
            raise EngineError(f"InfluxDB has no organisation {self._org!r} that this token may see")
        return str(found[0]["id"])

    def _bucket(self, name: str) -> dict[str, Any] | None:
        answer = self._connection.send("GET", f"/api/v2/buckets?{urlencode({'org': self._org, 'name': name})}")
        if answer.status == 404:
            return None
        found: list[dict[str, Any]] = _decode(answer.checked("look for the bucket").body).get("buckets", [])
        return found[0] if found else None

    def _ensure_mapping(self, name: str, bucket: Mapping[str, Any]) -> None:
        mappings = self._call("GET", "/api/v2/dbrps", {"orgID": bucket["orgID"], "db": name}).get("content", [])
        explicit = [each for each in mappings if not each.get("virtual")]
        if any(each["bucketID"] == bucket["id"] and each["default"] for each in explicit):
            return
        if any(each["retention_policy"] == _RETENTION_POLICY for each in explicit):
            raise EngineError(
                f"InfluxDB maps database {name!r} to another bucket; remove that DBRP mapping (influx v1 dbrp list)"
            )
        body = {
            "orgID": bucket["orgID"],
            "bucketID": bucket["id"],
            "database": name,
            "retention_policy": _RETENTION_POLICY,
            "default": True,
        }
        self._call("POST", "/api/v2/dbrps", {}, body)

    def _call(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        target = f"{path}?{urlencode(query)}" if query else path
        answer = self._connection.send(
            method,
            target,
            body=None if body is None else msgspec.json.encode(body),
            headers={} if body is None else {"Content-Type": "application/json"},
        )
        return _decode(answer.checked(f"{method} {path}").body)


def create(config: Config) -> InfluxDB2:
    """Return the engine at the configured URL and organisation."""
    headers = {"Authorization": f"Token {config.influx_token}"} if config.influx_token else {}
    return InfluxDB2(Connection(config.influx_url, headers), config.influx_org)


def _decode(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise EngineError(f"InfluxDB's answer is not understood: {error}") from None
