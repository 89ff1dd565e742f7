"""The agent put together: inputs, runner, spool and sender."""

import logging
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from collectors import __version__
from collectors.agent import credentials
from collectors.agent.documents import DocumentSender, address_lists
from collectors.agent.gateway import InfluxGateway
from collectors.agent.identity import host_name
from collectors.agent.inventory_service import InventoryService
from collectors.agent.jobs import jobs_of, registers_of
from collectors.agent.runner import Job, Runner
from collectors.agent.selfmeasure import Readings, self_job
from collectors.agent.sender import Sender
from collectors.agent.settings import Config
from collectors.agent.spool import Limits, Spool
from collectors.agent.wording import AgentError, fill
from collectors.inventory.outbox import Outbox
from collectors.registry import INPUTS
from collectors.text import Text

TICK_S = 1.0
LAST_FLUSH_S = 10.0
"""How long an agent that is told to end still tries to send; what is left stays in the spool."""

_RECORD_LINES = 500

_log = logging.getLogger(__name__)

_STARTED = Text(
    "エージェント{version}を開始しました（機器{device}、送信先{url}、未送信{points}行）",
    "agent {version} started (device {device}, gateway {url}, {points} lines not sent yet)",
)
_NEW_CREDENTIALS = Text("新しい資格情報を読み込みました（機器{device}）", "took over new credentials (device {device})")
_CANNOT_ADDRESS = Text("{path}に書き込めません: {why}", "cannot write to {path}: {why}")
_STOPPING = Text("終了します。残りを送信中です", "ending; sending what is left")
_STOPPED = Text(
    "終了しました（未送信{points}行はスプールにあります）", "ended ({points} unsent lines are in the spool)"
)
_SENDER_ENDED = Text(
    "送信処理が異常終了しました。データはスプールにあります。エージェントを再起動してください",
    "the sender has ended unexpectedly; the data is in the spool. Start the agent again",
)


def jobs(config: Config) -> list[Job]:
    """Return everything that is collected, apart from the agent's own state."""
    return jobs_of(config, INPUTS)


def host(config: Config) -> str:
    """Return the value of the tag `host`."""
    return config.agent.host or host_name()


def collect_once(config: Config) -> list[str]:
    """Run every input once and return this machine's points as lines of line protocol."""
    lines: list[str] = []

    def take(more: Sequence[str]) -> None:
        lines.extend(more)

    Runner([*jobs_of(config, INPUTS, sends=False), self_job()], host(config), take).once()
    return lines


def open_spool(config: Config) -> Spool:
    """Open the spool of this configuration.

    Raises:
        SpoolError: it cannot be used.
        SpoolInUse: another agent uses it.
    """
    chosen = config.spool
    limits = Limits(
        max_age_s=chosen.max_age_s,
        max_bytes=chosen.max_bytes,
        fsync_interval_s=chosen.fsync_interval_s,
        record_lines=min(_RECORD_LINES, config.gateway.batch),
    )
    return Spool(config.spool_dir, limits)


class Agent:
    """A spool, a sender and a runner that work together."""

    def __init__(self, config: Config, spool: Spool) -> None:
        """Put the parts together.

        Raises:
            NotEnrolled: there are no credentials.
            AgentError: they cannot be read.
        """
        self._config, self._spool = config, spool
        self._known = credentials.load(config.credentials_path)
        self._gateway = self._connect()
        self._address_lists()
        self._documents = DocumentSender(Outbox(config.outbox_dir), self._inventory(), config.spool.max_age_s)
        self._sender = Sender(spool, self._gateway, config.gateway.batch, besides=self._documents.step)
        everything = [*jobs(config), self_job(self._readings)]
        self._runner = Runner(everything, host(config), self._spool.append, device=self._known.device)

    def once(self) -> bool:
        """Collect once, keep it on the disk, send all there is; return whether all was sent."""
        self._runner.once()
        self._spool.sync()
        return self._sender.flush() and not self._documents.status().waiting

    def run(self) -> None:
        """Collect and send until SIGTERM or SIGINT.

        Raises:
            AgentError: the sender ended by itself.
        """
        interval_s = self._config.gateway.flush_interval_s
        thread = threading.Thread(target=self._sender.run, args=(interval_s,), name="sender", daemon=True)

        def tick() -> None:
            self._spool.maintain()
            self._take_new_credentials()
            if not thread.is_alive():
                self._runner.stop()

        points = self._spool.status().points
        known = self._known
        _log.info(fill(_STARTED, version=__version__, device=known.device, url=self._gateway.url, points=points))
        thread.start()
        with self._ended_by_signals():
            self._runner.run(tick, TICK_S)
            if not thread.is_alive():
                raise AgentError(_SENDER_ENDED)
            self._end(thread)

    def close(self) -> None:
        """Give up the connection."""
        self._gateway.close()

    def _connect(self) -> InfluxGateway:
        chosen, known = self._config.gateway, self._known
        return InfluxGateway(chosen.url or known.url, known.token, chosen.timeout_s, chosen.proxy, chosen.ca_file)

    def _inventory(self) -> InventoryService:
        chosen, known = self._config.gateway, self._known
        url = chosen.url or known.url
        return InventoryService(url, known.token, chosen.timeout_s, chosen.proxy, chosen.ca_file)

    def _address_lists(self) -> None:
        try:
            address_lists(self._config.outbox_dir, registers_of(self._config), self._known.device)
        except OSError as error:  # a full disk: the lists come again with their heartbeat
            _log.warning(fill(_CANNOT_ADDRESS, path=self._config.outbox_dir, why=error.strerror))

    def _take_new_credentials(self) -> None:
        """Go on with what another enrolment has written, so that nobody needs to start the agent again for it."""
        try:
            known = credentials.load(self._config.credentials_path)
        except AgentError:  # gone or damaged: those in memory are as good as before
            return
        if known != self._known:
            self._known = known
            self._gateway = self._connect()
            self._address_lists()
            self._documents.use(self._inventory())
            self._sender.use(self._gateway)
            _log.info(fill(_NEW_CREDENTIALS, device=known.device))

    def _end(self, thread: threading.Thread) -> None:
        _log.info(_STOPPING)
        until = time.monotonic() + LAST_FLUSH_S
        self._runner.drain(1.0)
        self._spool.sync()
        self._sender.stop()
        thread.join(LAST_FLUSH_S)
        if not thread.is_alive():  # else it waits for an answer: what it sends stays in the spool
            self._sender.flush(lambda: time.monotonic() > until)
        _log.info(fill(_STOPPED, points=self._spool.status().points))

    @contextmanager
    def _ended_by_signals(self) -> Iterator[None]:
        def end(_number: int, _frame: FrameType | None) -> None:
            self._runner.stop()

        before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _readings(self) -> Readings:
        status, lists = self._spool.status(), self._documents.status()
        return Readings(
            spool_bytes=status.bytes,
            spool_points=status.points,
            dropped_points=status.dropped,
            rejected_points=status.rejected,
            quarantined_segments=status.quarantined,
            clock_offset_s=self._sender.clock_offset_s,
            lists_waiting=lists.waiting,
            lists_dropped=lists.dropped,
            lists_rejected=lists.rejected,
        )


def run(config: Config) -> None:
    """Run the agent until it is told to end.

    Raises:
        AgentError: it cannot start.
    """
    credentials.load(config.credentials_path)  # before a spool is made for nothing
    with _spool_of(config) as spool:
        agent = Agent(config, spool)
        agent.run()
        agent.close()


def send_once(config: Config) -> tuple[int, bool]:
    """Collect once and send all there is; return the number of lines still unsent, and whether none is.

    Raises:
        AgentError: the machine is not enrolled, or the spool cannot be used.
    """
    credentials.load(config.credentials_path)  # before a spool is made for nothing
    with _spool_of(config) as spool:
        agent = Agent(config, spool)
        sent = agent.once()
        agent.close()
        return spool.status().points, sent


@contextmanager
def _spool_of(config: Config) -> Iterator[Spool]:
    spool = open_spool(config)
    try:
        yield spool
    finally:
        spool.close()
