"""A burst of findings: stored, and told through a channel that refuses half of what it gets.

1,000 contracts have ten findings each that open in the same minute. Each has a webhook of its own at one receiver, a
real HTTP server that answers every other request with 500. The relay's clock runs `FASTER` times as fast, so that a
wait of minutes is one of seconds; what is measured is CPU and whether every finding arrives.
"""

import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import func, select

from alert_rules.evaluation import Change, Evaluated
from alert_rules.machine import Phase, Standing
from alert_rules.registry import entries
from api.alerts.findings import store
from api.channels.entry import Entered, channel_of
from api.channels.sending import guard_of, sender
from api.channels.vault import vault_of
from api.config import Config
from api.db import Database, open_database
from api.models import Contract, ContractEvent, Delivery, DeliveryState, Site
from api.models.base import utc_now
from api.relay.compose import Addresses
from api.relay.dispatch import Relay, Tools
from api.schema import upgrade
from tests.bench.figure import Figure

CONTRACTS = 1_000
DEVICES = 10
RULE = "disk_full"
FASTER = 20.0
AT_MOST_S = 600.0


def measure() -> list[Figure]:
    """Measure and return the figures."""
    with tempfile.TemporaryDirectory() as directory, _receiver() as receiver:
        config = Config(
            f"sqlite:///{Path(directory) / 'karte.db'}",
            "a key for the bench only, long enough",
            channel_allow="127.0.0.1",
        )
        database = open_database(config.database_url)
        upgrade(database)
        contracts = _contracts(database, config, receiver.url)
        stored_s = _burst(database, contracts)
        cpu_s, took_s = _deliver(database, config)
        with database.reading() as session:
            sent = select(func.count()).where(Delivery.state == DeliveryState.SENT)
            left = select(func.count()).where(Delivery.state != DeliveryState.SENT)
            counts = session.scalar(sent) or 0, session.scalar(left) or 0
        database.close()
        return _figures(stored_s, cpu_s, took_s, receiver, counts)


def _figures(
    stored_s: float, cpu_s: float, took_s: float, receiver: "Receiver", counts: tuple[int, int]
) -> list[Figure]:
    opened = CONTRACTS * DEVICES
    return [
        Figure(f"a burst of {opened:,} findings stored", stored_s, "s", "≤ 10 s", f"{opened / stored_s:,.0f} a second"),
        Figure(
            "findings that arrived ÷ findings that opened",
            len(receiver.findings) / opened,
            "ratio",
            "1",
            f"{receiver.refused:,} of {receiver.refused + receiver.taken:,} requests were answered with 500",
        ),
        Figure("messages left over", counts[1], "", "0", f"{counts[0]:,} were sent"),
        Figure(
            "telling them: CPU of the relay and the receiver",
            cpu_s,
            "s",
            note=f"{1000 * cpu_s / (receiver.refused + receiver.taken):.2g} ms a request; all were sent after"
            f" {took_s * FASTER / 60:.0f} minutes by the relay's clock",
        ),
    ]


def _contracts(database: Database, config: Config, url: str) -> list[str]:
    vault, guard = vault_of(config), guard_of(config)
    with database.writing.begin() as session:
        contracts = [Contract(name=f"Office {number}") for number in range(CONTRACTS)]
        session.add_all(contracts)
        session.flush()
        for contract in contracts:
            contract.apply(ContractEvent.ACTIVATE, utc_now())
            contract.sites.append(Site(name="HQ", prefecture="13"))
            entered = Entered("webhook", "bench", {}, {"url": url, "key": "0123456789abcdef"})
            session.add(channel_of(contract.id, entered, vault, guard))
        return [contract.public_id for contract in contracts]


def _burst(database: Database, contracts: list[str]) -> float:
    """Let every device have a finding, and return how long storing them takes."""
    rule = entries()[RULE].rule
    now = int(time.time())
    keys = [
        (contract, "s-1", f"d-{contract[2:]}{number}", f"PC-{number}", "C:")
        for contract in contracts
        for number in range(DEVICES)
    ]
    done = Evaluated(
        {key: Standing(Phase.FIRING, now, now) for key in keys},
        [Change(key, now, None, 98.0, 97.0, now - 600) for key in keys],
    )
    begun = time.perf_counter()
    with database.writing.begin() as session:
        stored = store(session, rule, done, {}, {})
    assert len(stored) == len(keys)
    return time.perf_counter() - begun


def _deliver(database: Database, config: Config) -> tuple[float, float]:
    """Let the relay work until nothing waits; return its CPU seconds and how long it took."""
    begun, base = time.monotonic(), utc_now()

    def now() -> datetime:
        return base + timedelta(seconds=FASTER * (time.monotonic() - begun))

    addresses = Addresses("https://karte.example.jp", None, config.secret_key)
    relay = Relay(Tools(database, entries(), addresses, sender(config), now))
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,))
    cpu = time.process_time()
    thread.start()
    while time.monotonic() - begun < AT_MOST_S:
        time.sleep(0.5)
        with database.reading() as session:
            waiting = session.scalar(select(func.count()).where(Delivery.state == DeliveryState.WAITING))
            sent = session.scalar(select(func.count()).where(Delivery.state == DeliveryState.SENT))
        if sent and not waiting:
            break
    took = time.monotonic() - begun
    stop.set()
    thread.join()
    return time.process_time() - cpu, took


class Receiver:
    """What the receiver has seen."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/hook"
        self.findings: set[str] = set()
        self.taken = self.refused = 0
        self.lock = threading.Lock()
        self.chance = random.Random(1)

    def take(self, body: bytes) -> int:
        """Return what a request is answered with."""
        with self.lock:
            if self.chance.random() < 0.5:
                self.refused += 1
                return 500
            self.taken += 1
            self.findings |= {each["id"] for each in json.loads(body)["findings"]}
            return 200


@contextmanager
def _receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # the library's name
            status = receiver.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
