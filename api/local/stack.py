"""The local stack put together: what is started, in which order, and with what."""

import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from api.config import Config
from api.db import Database, open_database
from api.demo.office import HISTORY_DAYS
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local import agentsetup, dashboards, firststart
from api.local.datadir import DataDir
from api.local.feed import Feed
from api.local.grafana import Grafana, find_grafana, start_grafana
from api.local.influxd import InfluxdError, start_influxd
from api.local.logs import cap
from api.local.service import Deployment, start_agent, start_service, start_worker
from api.local.simulation import Simulation
from api.local.state import Mode, State, save_state
from api.local.supervisor import ChildError, Supervisor
from api.schema import upgrade
from collectors.text import Lang, Text

RETENTION_DAYS: dict[Mode, int] = {"local": 35, "demo": HISTORY_DAYS + 10, "trial": 35}
"""Raw points of the demo are kept long enough for its whole history."""

_CHORES_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for.

    Attributes:
        mode: what kind of stack.
        data: its data directory.
        lang: language to speak.
        port: public port asked for; None for the usual one or the next free.
        once: one cycle, then the end.
        grafana_home: where a Grafana is installed; None to look on PATH.
        history_days: days of the simulated office's past that are stored at its first start.
    """

    mode: Mode
    data: DataDir
    lang: Lang
    port: int | None = None
    once: bool = False
    grafana_home: Path | None = None
    history_days: int = HISTORY_DAYS


class Stack:
    """Everything that runs on one data directory. Its attributes are complete once `start` has returned.

    Attributes:
        options: what the user asked for.
        state: what the data directory holds.
        config: the service's settings, for this process' own reading and reporting.
        database: the relational database.
        engine: the time-series engine.
        deployment: how the service runs.
        agent_config: the configuration of this machine's agent.
        grafana: the Grafana that runs; None if there is none.
        feed: sends the simulated machines' data; None without them.
    """

    config: Config
    database: Database
    engine: Engine
    deployment: Deployment
    agent_config: Path

    def __init__(self, options: Options, state: State, listener: socket.socket, say: Callable[[Text], None]) -> None:
        self.options, self.state = options, state
        self.grafana: Grafana | None = None
        self.feed: Feed | None = None
        self._listener = listener
        self._supervisor = Supervisor(say)
        self._simulation: Simulation | None = None
        self._influx_url = ""
        self._chores_due = 0.0

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the children."""
        return tuple(child.name for child in self._supervisor.children)

    def start(self) -> None:
        """Start all of it; when this returns the service answers.

        Raises:
            ChildError: something did not come up.
            DatabaseError: the relational database cannot be used.
            EngineError: the time-series engine refused.
            StateError: a file of the data directory is damaged.
        """
        self._supervisor.add("influxd", self._start_influxd)
        self._prepare_stores()
        if not self.options.once:
            self._start_grafana()
        self._start_service()
        if self.options.mode != "local":
            self._start_simulation()
        self._start_agent()

    def start_worker(self) -> None:
        """Let jobs run by the clock from now on; to be called once the simulated office's history is stored.

        The first thing that the worker does is to roll up what is there.
        """
        self._supervisor.add("worker", lambda: start_worker(self.deployment))

    def set_up_grafana(self) -> Text | None:
        """Bring Grafana in step, if there is one; return what went wrong, for people, if anything did.

        To be called once all contracts and users are there.
        """
        if self.grafana is None:
            return None
        config = dashboards.settings(self.config, self.grafana.url, self.options.data, self.deployment.url)
        return dashboards.set_up(config, self.database)

    def tend(self) -> None:
        """Look after the children; to be called every second or so."""
        self._supervisor.tend()
        if time.monotonic() < self._chores_due:
            return
        self._chores_due = time.monotonic() + _CHORES_EVERY_S
        for path in self.options.data.log.glob("*.log"):
            cap(path)
        if self._simulation:
            self._simulation.refresh()

    def stop(self) -> None:
        """Stop everything; nothing is left running."""
        if self.feed:
            self.feed.stop()
        self._supervisor.stop()
        if hasattr(self, "database"):
            self.database.close()

    def _start_influxd(self) -> "subprocess.Popen[bytes]":
        # The others know it by its port, so it keeps that when it is started again.
        port = int(self._influx_url.rsplit(":", 1)[1]) if self._influx_url else None
        data = self.options.data
        log_path = data.log / "influxd.log"
        cap(log_path)
        try:
            running = start_influxd(data.influxdb, port, log_path=log_path)
        except InfluxdError as error:
            raise ChildError(error.text) from None
        self._influx_url = running.url
        return running.process

    def _prepare_stores(self) -> None:
        data, retention = self.options.data, RETENTION_DAYS[self.options.mode]
        self.config = Config(
            database_url=data.database_url,
            secret_key=data.secret_key(),
            influx_url=self._influx_url,
            raw_retention_days=retention,
            report_dir=data.reports,
        )
        self.database = open_database(data.database_url)
        upgrade(self.database)
        firststart.ensure_contract(self.database, self.state, self.options.lang)
        save_state(data.state, self.state)
        self.engine = create_engine(self.config)
        self.engine.ensure_database(self.config.influx_database, timedelta(days=retention))
        kept = timedelta(days=self.config.rollup_retention_days)
        self.engine.ensure_database(self.config.influx_rollup_database, kept)

    def _start_grafana(self) -> None:
        # Before the service, whose settings name the file with its password; it is up some seconds later.
        grafana, data = find_grafana(self.options.grafana_home), self.options.data
        if grafana is not None:
            self.grafana = grafana
            url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
            self._supervisor.add("grafana", lambda: start_grafana(grafana, data, url))

    def _start_service(self) -> None:
        grafana_url = self.grafana.url if self.grafana else None
        self.deployment = Deployment(
            self.options.data, self._listener, self._influx_url, self.config.raw_retention_days, grafana_url
        )
        self._supervisor.add("service", lambda: start_service(self.deployment))
        self.state.url, self.state.influx_url = self.deployment.url, self._influx_url
        self.state.grafana_url = grafana_url or ""
        save_state(self.options.data.state, self.state)

    def _start_simulation(self) -> None:
        self._simulation = simulation = Simulation(self.options.data, self.options.history_days)
        simulation.serve(self._supervisor)
        if self.options.mode == "demo":
            enrolled = simulation.enrol(self.deployment.url, self._issue_code)
            firststart.backdate(self.database, enrolled, simulation.begin)

    def _start_agent(self) -> None:
        data, url = self.options.data, self.deployment.url
        ports = self._simulation.ports if self._simulation else {}
        self.agent_config = config = agentsetup.write_config(data, self.options.lang, ports)
        if not agentsetup.is_enrolled(data, url):
            agentsetup.enrol(config, url, self._issue_code(1))
        if self._simulation and self.options.mode == "demo":
            own = agentsetup.credentials(data)
            self._simulation.adopt_probe(own.device, own.token)
            self.feed = self._simulation.feed(url)
        if not self.options.once:
            self._supervisor.add("agent", lambda: start_agent(data, config))

    def _issue_code(self, uses: int) -> str:
        return firststart.issue_code(self.database, self.state, uses)
