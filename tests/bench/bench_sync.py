"""Grafana brought in step with many contracts: all of it made, then runs that have nothing to do.

With a real Grafana where `KARTE_LIVE_GRAFANA_HOME` names one; else with the tests' stand-in for it, which tells what
the sync itself costs.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert

from api.db import Database, open_database
from api.grafana.api import Grafana
from api.grafana.outcome import Outcome, lines
from api.grafana.sync import How, Sync
from api.local.child import stop_child
from api.local.datadir import DataDir
from api.local.grafana import comes_up, find_grafana, password_path, start_grafana
from api.models import Position, Role, User
from api.schema import upgrade
from tests.api.grafana.server import PASSWORD, USER, World, grafana
from tests.bench.contracts import make_contracts
from tests.bench.figure import Figure
from tests.live.grafana_place import HOME

CONTRACTS = 1_000
_FULL_AIM_S, _UNCHANGED_AIM_S = 600, 30


def measure(contracts: int = CONTRACTS) -> list[Figure]:
    """Return seconds of a full and of an unchanged run, and what the sync itself used of them."""
    with tempfile.TemporaryDirectory(prefix="karte-bench-") as root, _grafana(Path(root)) as (server, what):
        database = _database(Path(root), contracts)
        try:
            sync = Sync(database, server, "http://127.0.0.1:8100", Path(root) / "export", progress=_progress)
            figures = [
                _figure(sync, How(), f"full, {contracts:,} contracts", what, contracts, _FULL_AIM_S),
                _figure(sync, How(), f"unchanged, {contracts:,} contracts", what, contracts, _UNCHANGED_AIM_S),
                _figure(sync, How(is_quick=True), f"quick, nothing new, {contracts:,} contracts", what, contracts, 0),
            ]
        finally:
            database.close()
    return figures


def _figure(sync: Sync, how: How, name: str, what: str, contracts: int, aim_s: int) -> Figure:
    cpu, begun = time.process_time(), time.monotonic()
    outcome = sync.run(how)
    seconds, used = time.monotonic() - begun, time.process_time() - cpu
    _require(outcome, is_still=not name.startswith("full"))
    aim = f"≤ {aim_s * contracts / CONTRACTS:g} s" if aim_s else ""
    return Figure(f"sync {name}, {what}", seconds, "s", aim, f"{used:.1f} s of it CPU of the sync itself")


def _require(outcome: Outcome, is_still: bool) -> None:
    if not outcome.is_good or (is_still and outcome.has_changed):
        raise RuntimeError("\n".join(line.en for line in lines(outcome)[:10]))


def _database(root: Path, contracts: int) -> Database:
    database = open_database(f"sqlite:///{root / 'karte.db'}")
    upgrade(database)
    made = make_contracts(database, [1] * contracts)
    people = [
        {"username": f"{each.public_id}@example.jp", "password_hash": "-", "role": Role.CUSTOMER}
        | {"position": Position.IT_STAFF, "contract_id": each.row}
        for each in made
    ]
    with database.writing.begin() as session:
        session.execute(insert(User), people)
    return database


@contextmanager
def _grafana(root: Path) -> Iterator[tuple[Grafana, str]]:
    if not HOME:
        with grafana(World()) as url:
            yield Grafana(url, USER, PASSWORD), "stand-in for Grafana"
        return
    found = find_grafana(Path(HOME))
    if found is None:
        raise RuntimeError(f"{HOME} has no Grafana in bin/")
    data = DataDir(root)
    data.create()
    process = start_grafana(found, data)
    try:
        password = password_path(data).read_text(encoding="ascii")
        if not comes_up(found.url):
            raise RuntimeError("Grafana did not come up")
        server = Grafana(found.url, "admin", password)
        yield server, f"Grafana {server.hello().version}"
    finally:
        stop_child(process)


def _progress(done: int, due: int) -> None:
    if sys.stderr.isatty() or os.environ.get("CI"):
        sys.stderr.write(f"\r{done} of {due}")
