"""The InfluxDB data source of an unmodified Grafana, in InfluxQL mode, against `/query`.

`KARTE_LIVE_GRAFANA_HOME` is the home of a Grafana (11 or later) with its server in `bin/`.
"""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.identity.reading import issue_read_token
from api.local.child import stop_child
from api.local.datadir import DataDir
from api.local.grafana import comes_up, find_grafana, password_path, start_grafana
from api.local.influxd import Influxd
from api.models import Contract, ContractEvent
from api.models.base import utc_now
from tests.serving import Served, serving

HOME = os.environ.get("KARTE_LIVE_GRAFANA_HOME", "")

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not HOME, reason="KARTE_LIVE_GRAFANA_HOME names no Grafana"),
]

MINUTES = 180


@dataclass
class Grafana:
    """A running Grafana with one data source."""

    url: str
    password: str
    served: Served
    now_s: int
    source: str = ""

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        manager = urllib.request.HTTPPasswordMgrWithPriorAuth()
        manager.add_password(None, self.url, "admin", self.password, is_authenticated=True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(manager))
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    def ask(self, query: str, form: str = "time_series", **more: Any) -> dict[str, Any]:
        """Return the result of a query as a panel, a variable, an annotation or Explore sends it."""
        target = {
            "refId": "A",
            "datasource": {"type": "influxdb", "uid": self.source},
            "query": query,
            "rawQuery": True,
            "resultFormat": form,
            "intervalMs": 60_000,
            "maxDataPoints": 500,
            **more,
        }
        body = {
            "queries": [target],
            "from": str((self.now_s - MINUTES * 60) * 1000),
            "to": str(self.now_s * 1000),
        }
        _status, answer = self.call("POST", "/api/ds/query", body)
        result: dict[str, Any] = answer["results"]["A"]
        return result

    def values(self, query: str, form: str = "time_series", **more: Any) -> list[list[Any]]:
        """Return the columns of all frames."""
        result = self.ask(query, form, **more)
        assert "error" not in result, result["error"]
        return [column for frame in result["frames"] for column in frame["data"]["values"]]


@pytest.fixture(scope="module")
def grafana(influxd: Influxd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    root = tmp_path_factory.mktemp("grafana")
    found = find_grafana(Path(HOME))
    assert found is not None, f"{HOME} has no Grafana in bin/"
    with serving(root / "service", influxd.url) as served:
        data = DataDir(root / "grafana")
        data.create()
        process = start_grafana(found, data)
        try:
            running = Grafana(found.url, password_path(data).read_text().strip(), served, int(time.time()))
            assert comes_up(found.url), "Grafana did not come up"
            _store(running)
            running.source = _add_source(running)
            yield running
        finally:
            stop_child(process)


def _store(grafana: Grafana) -> None:
    office = grafana.served.office
    lines = []
    for contract in (office.contract, "c-other"):
        for machine in ("pc1", "pc2"):
            host = machine if contract == office.contract else f"secret-{machine}"
            tags = f"contract={contract},device=d-{machine},host={host},site=s-1"
            for minute in range(MINUTES):
                at = (grafana.now_s - minute * 60) * 10**9
                lines.append(f"cpu,{tags},cpu=cpu-total usage_idle={50 + minute % 7} {at}")
                lines.append(f"mem,{tags} used_percent={minute % 90} {at}")
    line = f"event_log,contract={office.contract},device=d-pc1,host=pc1,site=s-1 errors=3i"
    lines.append(f"{line} {(grafana.now_s - 600) * 10**9}")
    outcome = grafana.served.engine.write(grafana.served.database_name, "\n".join(lines).encode(), "ns")
    assert (outcome.status, outcome.message) == (204, "")


def _add_source(grafana: Grafana) -> str:
    office = grafana.served.office
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        _token, plain = issue_read_token(session, contract, "grafana", utc_now())
    body = {
        "name": "karte",
        "type": "influxdb",
        "access": "proxy",
        "url": grafana.served.url,
        "jsonData": {"dbName": "karte", "httpMode": "POST", "version": "InfluxQL", "httpHeaderName1": "Authorization"},
        "secureJsonData": {"httpHeaderValue1": f"Token {plain}"},
    }
    status, answer = grafana.call("POST", "/api/datasources", body)
    assert status == 200, answer
    uid: str = answer["datasource"]["uid"]
    return uid


def test_the_data_source_says_that_it_works(grafana: Grafana) -> None:
    status, answer = grafana.call("GET", f"/api/datasources/uid/{grafana.source}/health")
    assert (status, answer["status"]) == (200, "OK")
    assert answer["message"] == "datasource is working. 3 measurements found"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SHOW MEASUREMENTS LIMIT 100", {"cpu", "event_log", "mem"}),
        ("SHOW MEASUREMENTS WITH MEASUREMENT =~ /(?i)ME/ LIMIT 100", {"mem"}),
        ('SHOW RETENTION POLICIES on "karte"', {"autogen"}),
        ('SHOW TAG KEYS FROM "mem"', {"device", "host", "site"}),
        ("SHOW TAG KEYS", {"cpu", "device", "host", "site"}),
        ('SHOW TAG KEYS FROM "mem" WHERE "host"::tag = \'pc1\'', {"device", "host", "site"}),
        ('SHOW TAG VALUES FROM "mem" WITH KEY = "host"', {"pc1", "pc2"}),
        ('SHOW TAG VALUES WITH KEY = "host" WHERE "device" =~ /^(d-pc1)$/', {"pc1"}),
        ('SHOW TAG VALUES FROM "mem" WITH KEY = "host" WHERE time > now() - 1h', {"pc1", "pc2"}),
        ("SHOW DATABASES", {"karte", "karte_1h"}),
    ],
)
def test_the_editor_and_variables_list_the_contracts_own(grafana: Grafana, query: str, shown: set[str]) -> None:
    columns = grafana.values(query, refId="A")
    assert {str(value) for column in columns for value in column if isinstance(value, str)} >= shown
    assert "secret" not in json.dumps(columns)
    assert "contract" not in {value for column in columns for value in column if isinstance(value, str)}


def test_the_editor_lists_fields(grafana: Grafana) -> None:
    columns = grafana.values('SHOW FIELD KEYS FROM "mem"')
    assert "used_percent" in {value for column in columns for value in column}


@pytest.mark.parametrize("form", ["time_series", "table"])
def test_a_panel_shows_values(grafana: Grafana, form: str) -> None:
    query = (
        'SELECT mean("used_percent") FROM "mem" WHERE ("host"::tag =~ /^(pc1|pc2)$/) AND $timeFilter'
        ' GROUP BY time($__interval), "host"::tag fill(null)'
    )
    columns = grafana.values(query, form)
    assert any(isinstance(value, int | float) for value in columns[-1])
    assert len(columns[0]) >= MINUTES


def test_a_panel_of_the_visual_editor_shows_values(grafana: Grafana) -> None:
    built: dict[str, Any] = {
        "rawQuery": False,
        "measurement": "mem",
        "policy": "default",
        "select": [[{"type": "field", "params": ["used_percent"]}, {"type": "mean", "params": []}]],
        "groupBy": [{"type": "time", "params": ["$__interval"]}, {"type": "tag", "params": ["host::tag"]}],
        "tags": [{"key": "host::tag", "operator": "=", "value": "pc1"}],
        "adhocFilters": [{"key": "device::tag", "operator": "=", "value": "d-pc1"}],
    }
    columns = grafana.values("", "time_series", **built)
    assert any(isinstance(value, int | float) for value in columns[1])


def test_an_annotation_shows_events(grafana: Grafana) -> None:
    query = 'SELECT "errors" FROM "event_log" WHERE $timeFilter'
    columns = grafana.values(query, "table")
    assert [3] in columns


def test_explore_is_told_what_is_wrong(grafana: Grafana) -> None:
    assert "found EOF" in grafana.ask("SELECT mean(used_percent) FROM")["error"]
    assert "DROP is not allowed" in grafana.ask("DROP MEASUREMENT mem")["error"]
    assert "'contract' is not available" in grafana.ask('SELECT "contract" FROM mem')["error"]
    assert "undefined function" in grafana.ask("SELECT nothing(used_percent) FROM mem")["error"]


def test_explore_finds_nothing_of_another_contract(grafana: Grafana) -> None:
    for query in (
        "SELECT * FROM /.*/ LIMIT 500",
        "SELECT * FROM mem WHERE host = 'secret-pc1' OR 1 = 1 LIMIT 500",
        "SHOW SERIES",
        "SHOW TAG VALUES WITH KEY =~ /.*/",
        "SHOW MEASUREMENTS WHERE host = 'secret-pc1'",
    ):
        frames = grafana.ask(query, "table").get("frames", [])  # each holds the query's own text besides the values
        assert "secret" not in json.dumps([frame["data"] for frame in frames])


def test_a_suspended_contract_is_told_so_within_a_second(grafana: Grafana) -> None:
    query = "SELECT last(used_percent) FROM mem"
    assert "error" not in grafana.ask(query)
    grafana.served.office.apply(ContractEvent.SUSPEND, "料金未払い")
    try:
        until = time.monotonic() + 30  # what a token opens is remembered for half a second
        while "error" not in grafana.ask(query) and time.monotonic() < until:
            pass
        assert "料金未払い" in grafana.ask(query)["error"]
        _status, answer = grafana.call("GET", f"/api/datasources/uid/{grafana.source}/health")
        assert answer["status"] == "ERROR"
        assert "料金未払い" in answer["message"]
    finally:
        grafana.served.office.apply(ContractEvent.RESUME)
    assert "error" not in grafana.ask(query)
