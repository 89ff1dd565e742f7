"""Every list, search and other reading operation of the API, with 10,000 contracts and 100,000 devices in the database.

The operations come from the OpenAPI document, and the portal's pages from the application's routes, so that a new one
is measured by itself. They are asked in one process, one after the other, as one worker of the service would be, on
SQLite and on PostgreSQL; the engine does not run, so nothing but SQL and Python is measured. The contract that is asked
for is larger than the others.
"""

import gc
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from flask import Flask

from api.app import create_app
from api.config import Config
from api.db import Database, open_database
from api.identity.accounts import create_user
from api.schema import upgrade
from tests.api.crowd import RULE, Crowded, Size, crowd, sizes
from tests.api.office import PASSWORD
from tests.api.signed_in import Api
from tests.api.stored import Asked
from tests.bench.figure import Figure
from tests.postgres import start_postgres

CONTRACTS = 10_000
OTHERS = Size(devices=10, programs=5, each=3)
ASKED_FOR = Size(devices=100, programs=60, each=30, sites=3)
ROUNDS = 40
AIM_MS = 100.0
STAFF = "bench"

FILTERS = {
    "/api/v1/audit": ("action=user.create", "actor=boss", "since=2026-01-01T00:00:00Z"),
    "/api/v1/contracts": ("state=suspended", "q=佐藤", "q=c-a", "page=150"),
    "/api/v1/devices": ("q=pc-0", "q=pc-04711", "q=d-a"),
    "/api/v1/notices": ("state=waiting", "state=dispatched"),
    "/api/v1/users": ("q=person1", "role=staff", "disabled=true", "contract={contract_id}", "page=150"),
    "/api/v1/tokens/devices": ("contract={contract_id}", "page=400"),
    "/api/v1/tokens/readers": ("contract={contract_id}",),
    "/api/v1/contracts/{contract_id}/devices": ("q=pc", "state=enrolled", "kind=server", "site={site_id}"),
    "/api/v1/contracts/{contract_id}/findings": ("state=open", "severity=critical", "device={device_id}"),
    "/api/v1/contracts/{contract_id}/search": ("q=office", "q=mfp"),
    "/api/v1/contracts/{contract_id}/software": ("name=cad", "publisher=beta", "device={device_id}"),
    "/api/v1/contracts/{contract_id}/software/products": ("name=cad", "publisher=beta"),
    "/api/v1/contracts/{contract_id}/software/holders": ("name=acme+office",),
    "/api/v1/contracts/{contract_id}/software/changes": ("name=office", "change=added", "since=2026-11-01"),
    "/api/v1/contracts/{contract_id}/assets": ("name=mfp", "kind=printer"),
    "/portal/staff/contracts": ("q=佐藤", "state=suspended"),
    "/portal/staff/devices": ("q=pc-04711", "q=pc-0"),
}
"""Path -> what it is asked with, besides with nothing."""

NEEDED = frozenset(
    {
        "/api/v1/contracts/{contract_id}/search",
        "/api/v1/contracts/{contract_id}/software/holders",
        "/api/v1/devices",
    }
)
"""Paths that are asked for nothing without a filter."""

LEFT_OUT = {
    "/api/v1/contracts/{contract_id}/export": "makes a ZIP of everything",
    "/api/v1/contracts/{contract_id}/erasure": "no contract of the bench is erased",
    "/api/v1/rules/{rule_id}/backtest": "reads the engine",
    "/api/v1/terms/{document_id}": "one document",
    "/healthz": "asks the engine",
    "/portal": "only leads on",
}


Cpu = Callable[[], float]
"""Tells how many seconds of CPU were used so far."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for, and what that took.

    Attributes:
        operation: path with its parameters' names, and its filter.
        seconds: of each answer.
        cpu_s: of this process and the database's, for each on average.
        queries: of one.
    """

    operation: str
    seconds: Sequence[float]
    cpu_s: float
    queries: int

    @property
    def p50_ms(self) -> float:
        """The middle one."""
        return 1000 * statistics.median(self.seconds)

    @property
    def p95_ms(self) -> float:
        """What 95 of a hundred take at most."""
        return 1000 * statistics.quantiles(self.seconds, n=20, method="inclusive")[18]


def measure() -> list[Figure]:
    """Measure and return the figures; all operations are listed on the way."""
    figures: list[Figure] = []
    for name, opened in DATABASES.items():
        with opened() as (database, cpu):
            asked = _all(database, cpu)
        sys.stderr.write(f"{_table(name, asked)}\n")
        slowest = max(asked, key=lambda each: each.p95_ms)
        note = f"slowest of {len(asked)}: {slowest.operation}; {slowest.queries} queries"
        figures += [
            Figure(f"{name}: slowest list or search, p95", slowest.p95_ms, "ms", f"< {AIM_MS:.0f} ms", note),
            Figure(f"{name}: median of all p95", statistics.median(each.p95_ms for each in asked), "ms"),
            Figure(f"{name}: over the aim", sum(each.p95_ms >= AIM_MS for each in asked), "operations", "none"),
        ]
    return figures


def _table(name: str, asked: Sequence[Asking]) -> str:
    rows = [
        f"| `{each.operation}` | {each.p50_ms:.1f} | {each.p95_ms:.1f} | {1000 * each.cpu_s:.1f} | {each.queries} |"
        for each in sorted(asked, key=lambda each: -each.p95_ms)
    ]
    return "\n".join([f"| {name} | p50 ms | p95 ms | CPU ms | queries |", "| --- | ---: | ---: | ---: | ---: |", *rows])


def _all(database: Database, cpu: Cpu) -> list[Asking]:
    upgrade(database)
    with database.writing.begin() as session:
        create_user(session, STAFF, PASSWORD, None)
    begun = time.perf_counter()
    asked_for = crowd(database, sizes(CONTRACTS, ASKED_FOR, OTHERS), STAFF)[0]
    sys.stderr.write(f"made {CONTRACTS:,} contracts in {time.perf_counter() - begun:.0f} s\n")
    config = Config(
        str(database.engine.url),
        "a key for benches only, long enough to sign",
        influx_url="http://127.0.0.1:9",
        staff_totp="optional",
    )
    app = create_app(config)
    api = Api(app.test_client(), STAFF)
    gc.collect()
    gc.freeze()  # as the service's workers do
    try:
        return [_ask(app, api, cpu, path, filled) for path, filled in _paths(app, asked_for)]
    finally:
        app.extensions["karte_database"].close()


def _paths(app: Flask, asked_for: Crowded) -> Iterator[tuple[str, str]]:
    """Yield what is asked for by name, and as it is sent."""
    document: Any = app.test_client().get("/api/v1/openapi.json").json
    paths = [path for path, methods in document["paths"].items() if "get" in methods]
    pages = (
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    )
    paths += [page for page in pages if page.startswith("/portal")]
    for path in sorted(set(paths) - set(LEFT_OUT)):
        known = {**asked_for.ids, "rule_id": RULE}
        if "/terms/" in path:
            known["document_id"] = asked_for.ids["terms_id"]
        if not set(re.findall(r"{(\w+)}", path)) <= set(known):
            continue
        for query in (*(() if path in NEEDED else ("",)), *FILTERS.get(path, ())):
            named = f"{path}?{query}" if query else path
            yield named, re.sub(r"{(\w+)}", lambda found, known=known: known[found[1]], named)


def _ask(app: Flask, api: Api, cpu: Cpu, name: str, url: str) -> Asking:
    answer = api.client.get(url)  # once, for what is only loaded once
    if answer.status_code != 200:
        raise RuntimeError(f"{name}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
    with Asked(app.extensions["karte_database"]) as asked:
        api.client.get(url)
    seconds, before = [], cpu()
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        api.client.get(url)
        seconds.append(time.perf_counter() - begun)
    return Asking(name, seconds, (cpu() - before) / ROUNDS, len(asked.statements))


@contextmanager
def _sqlite() -> Iterator[tuple[Database, Cpu]]:
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'karte.db'}")
        yield database, time.process_time
        database.close()


@contextmanager
def _postgresql() -> Iterator[tuple[Database, Cpu]]:
    server = start_postgres(shared_buffers="256MB", jit="on", max_parallel_workers_per_gather="2")
    try:
        server.create("karte")
        database = open_database(server.url("karte"))
        yield database, lambda: time.process_time() + _used(server.process.pid)
        database.close()
    finally:
        server.stop()


def _used(pid: int) -> float:
    """Return the seconds of CPU that a server's processes have used so far."""
    return float(sum(sum(each.cpu_times()[:2]) for each in psutil.Process(pid).children()))


DATABASES = {"SQLite": _sqlite, "PostgreSQL": _postgresql}
