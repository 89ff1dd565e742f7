"""Takes inventory documents from the outbox to the service, when the points are through."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from collectors.agent.gateway import Answer
from collectors.agent.policy import INVENTORY, Action, Backoff, rule_for
from collectors.agent.sender import Progress, why
from collectors.agent.wording import fill
from collectors.atomic import replace_file
from collectors.inventory.outbox import MAX_AGE_S, Outbox, Waiting
from collectors.text import Text

_log = logging.getLogger(__name__)

_KEPT = Text(
    "一覧（{kind}）を送信できません（{why}）。保存してあり、{delay:.0f}秒後に再送します",
    "cannot send the list ({kind}): {why}; it is kept, next try in {delay:.0f} s",
)
_WORKS = Text("一覧を送信できるようになりました", "sending lists works again")
_REFUSED = Text(
    "サービスが一覧（{kind}）を拒否しました（{why}）。{path}に残し、再送しません",
    "the service refused the list ({kind}): {why}; it is kept as {path} and not sent again",
)
_UNREADABLE = Text("一覧{path}を読めません: {why}", "cannot read the list {path}: {why}")


class Service(Protocol):
    """Where documents are sent."""

    def send(self, packed: bytes) -> Answer:
        """Send a document as gzip; never raises for what the network or the other side does."""
        ...


@dataclass(frozen=True, slots=True)
class Status:
    """What waits and what was lost, in documents; losses are totals over the outbox's life."""

    waiting: int
    dropped: int
    rejected: int


class DocumentSender:
    """Sends what the outbox holds, the oldest first, one document a step.

    Its failures have a pace of their own: what the service does not take today holds no points up.
    """

    def __init__(
        self,
        outbox: Outbox,
        service: Service,
        max_age_s: float = MAX_AGE_S,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox, self._service, self._max_age_s = outbox, service, max_age_s
        self._backoff, self._clock = backoff or Backoff(), clock
        self._not_before = clock()
        self._is_failing = False

    def step(self) -> Progress:
        """Send one document; IDLE where there is none, or where it is too early to try again."""
        self._outbox.trim(self._max_age_s)
        waiting = self._outbox.waiting()
        if not waiting or self._clock() < self._not_before:
            return Progress.IDLE
        document = waiting[0]
        try:
            packed = document.read()
        except OSError as error:
            _log.warning(fill(_UNREADABLE, path=document.path, why=error.strerror))
            self._outbox.reject(document)
            return Progress.SENT
        return self._settle(document, self._service.send(packed))

    def use(self, service: Service) -> None:
        """Send to another service, or with another token, from now on."""
        self._service, self._not_before = service, self._clock()

    def status(self) -> Status:
        """Return what waits and what was lost."""
        counts = self._outbox.counts()
        return Status(len(self._outbox.waiting()), counts.dropped, counts.rejected)

    def _settle(self, document: Waiting, answer: Answer) -> Progress:
        rule = rule_for(answer, INVENTORY)
        if rule.action is Action.STORED:
            self._outbox.done(document)
            self._succeeded()
            return Progress.SENT
        # A document cannot be split: what the service itself finds wrong with it stays wrong.
        if rule.action is Action.SPLIT and answer.is_api:
            _log.warning(fill(_REFUSED, kind=document.kind, why=why(answer), path=document.path.name))
            self._outbox.reject(document)
            return Progress.SENT
        delay_s = self._backoff.failed(rule.pace, answer.retry_after_s)
        self._not_before = self._clock() + delay_s
        text = fill(_KEPT, kind=document.kind, why=why(answer), delay=delay_s)
        _log.log(logging.DEBUG if self._is_failing else logging.WARNING, text)
        self._is_failing = True
        return Progress.IDLE

    def _succeeded(self) -> None:
        self._backoff.succeeded()
        if self._is_failing:
            self._is_failing = False
            _log.info(_WORKS)


def address_lists(outbox_dir: Path, registers: Iterable[Path], device: str) -> None:
    """See that another device gets the whole lists: what was sent for the one before, it does not have.

    Raises:
        OSError: a file cannot be removed or written.
    """
    note = outbox_dir / "recipient"
    with contextlib.suppress(FileNotFoundError):
        if note.read_text(encoding="utf-8", errors="replace") == device:
            return
    for register in registers:
        register.unlink(missing_ok=True)
    outbox_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(note, device.encode())
