"""Takes lines from the spool to the gateway, and does about each answer what the policy says."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from collectors.agent.gateway import Answer, Gateway
from collectors.agent.policy import SOON, Action, Backoff, Rule, rule_for
from collectors.agent.spool import Batch, Reject, Spool
from collectors.agent.wording import fill
from collectors.text import Text

_log = logging.getLogger(__name__)

REFUSALS_IN_A_ROW = 32
"""After so many refused writes with none between that was stored, each further one waits like a failure: a server that
refuses everything without naming lines is not asked line by line at full speed."""

_MOST_REASONS_KEPT = 200

_KEPT = Text(
    "送信できません（{why}）。データはスプールに残し、{delay:.0f}秒後に再送します",
    "cannot send ({why}): the data stays in the spool; next try in {delay:.0f} s",
)
_WORKS = Text("送信できるようになりました", "sending works again")
_REFUSED = Text(
    "ゲートウェイが{count}行を拒否しました（{why}）。rejects.lpに残し、再送しません",
    "the gateway refused {count} lines ({why}): they are kept in rejects.lp and not sent again",
)
_STATUS = Text("HTTP {status}: {message}", "HTTP {status}: {message}")
_NO_ANSWER = Text("応答なし: {message}", "no answer: {message}")
_UNAUTHORISED = Text(
    "デバイストークンが無効です（HTTP {status}: {message}）。karte agent enroll で登録し直してください",
    "the device token is not accepted (HTTP {status}: {message}); enrol again with karte agent enroll",
)
_NOT_ALLOWED = Text(
    "サービスがこの機器のデータをいまは受け付けません（HTTP {status}: {message}）",
    "the service does not take this device's data now (HTTP {status}: {message})",
)
_NOT_GATEWAY = Text(
    "ゲートウェイではないものが応答しています（HTTP {status}、{message}）。"
    "URL、プロキシー、ネットワークの認証画面を確認してください",
    "something other than the gateway answers (HTTP {status}, {message}); check URL, proxy and network sign-in pages",
)


class Progress(Enum):
    """What one step of the sender came to."""

    IDLE = auto()
    SENT = auto()
    WAIT = auto()


@dataclass(slots=True)
class _Work:
    """A batch under way.

    Attributes:
        batch: what the spool gave.
        chunks: parts of it that are still to be sent, the next one last.
        rejects: its lines that were refused for good.
    """

    batch: Batch
    chunks: list[list[bytes]]
    rejects: list[Reject]


class Sender:
    """Sends what the spool holds.

    While the sender waits, its batch is back in the spool, where the limits of age and size hold for it; what was
    already sorted out of it is remembered and not sorted out again. A process that ends in between sends the whole
    batch once more, which stores the same points.

    Attributes:
        delay_s: seconds to wait where `step` said WAIT.
        clock_offset_s: this machine's clock minus the gateway's; None before the first answer.
    """

    def __init__(
        self,
        spool: Spool,
        gateway: Gateway,
        batch_lines: int,
        backoff: Backoff | None = None,
        besides: "Callable[[], Progress]" = lambda: Progress.IDLE,
    ) -> None:
        """Prepare to send.

        Args:
            spool: what is sent.
            gateway: where it is sent.
            batch_lines: most lines in one write.
            backoff: how long to wait after failures.
            besides: one step of whatever else is sent, taken when no lines are left.
        """
        self._spool, self._gateway, self._batch_lines = spool, gateway, batch_lines
        self._besides = besides
        self._backoff = backoff or Backoff()
        self._work: _Work | None = None
        self._is_put_back = False
        self._refusals = 0
        self._is_failing = False
        self._stopping = False
        self._wake = threading.Event()
        self._told: set[str] = set()
        self.delay_s = 0.0
        self.clock_offset_s: float | None = None

    def step(self) -> Progress:
        """Make one request, if there is anything to send."""
        work = self._work = self._current_work()
        if work is None:
            return self._besides()
        answer = self._gateway.write(work.chunks[-1])
        if answer.clock_offset_s is not None:
            self.clock_offset_s = answer.clock_offset_s
        rule = rule_for(answer)
        progress = _STEPS[rule.action](self, work, answer, rule)
        if not work.chunks:
            self._finish(work)
        elif progress is Progress.WAIT:
            self._spool.put_back()
            self._is_put_back = True
        return progress

    def run(self, interval_s: float) -> None:
        """Send all there is, every `interval_s` seconds, until `stop` is called."""
        wait_s = 0.0
        while not self._stopping:
            self._wake.wait(wait_s)
            self._wake.clear()
            if not self._stopping:
                progress = self.step()
                wait_s = {Progress.IDLE: interval_s, Progress.SENT: 0.0, Progress.WAIT: self.delay_s}[progress]

    def stop(self) -> None:
        """End `run` after the request that is under way."""
        self._stopping = True
        self._wake.set()

    def use(self, gateway: Gateway) -> None:
        """Send to another gateway, or with another token, from now on; try at once."""
        self._gateway = gateway
        self._wake.set()

    def flush(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Send all there is now; stop at the first failure or when `until` says so. Return whether all is sent."""
        while not until():
            progress = self.step()
            if progress is not Progress.SENT:
                return progress is Progress.IDLE
        return False

    def _current_work(self) -> _Work | None:
        if self._work is not None and not self._is_put_back:
            return self._work
        before, self._is_put_back = self._work, False
        batch = self._spool.take(self._batch_lines)
        if batch is None:
            return None
        begun = len(before.batch.lines) if before else 0
        if before and batch.lines[:begun] == before.batch.lines:
            return _Work(batch, self._chunks(batch.lines[begun:]) + before.chunks, before.rejects)
        return _Work(batch, self._chunks(batch.lines), [])

    def _chunks(self, lines: list[bytes]) -> list[list[bytes]]:
        return [lines[at : at + self._batch_lines] for at in range(0, len(lines), self._batch_lines)][::-1]

    def _finish(self, work: _Work) -> None:
        self._spool.done(work.batch, work.rejects)
        self._work = None
        if work.rejects:
            why = work.rejects[0].reason
            is_known = why in self._told or len(self._told) >= _MOST_REASONS_KEPT
            _log.log(logging.DEBUG if is_known else logging.WARNING, fill(_REFUSED, count=len(work.rejects), why=why))
            self._told.add(why)

    def _stored(self, work: _Work, _answer: Answer, _rule: Rule) -> Progress:
        work.chunks.pop()
        self._refusals = 0
        self._backoff.succeeded()
        if self._is_failing:
            self._is_failing = False
            _log.info(_WORKS)
        return Progress.SENT

    def _split(self, work: _Work, answer: Answer, rule: Rule) -> Progress:
        chunk = work.chunks.pop()
        named = {each.number: each.reason for each in answer.refused if 1 <= each.number <= len(chunk)}
        if named:
            work.rejects += [Reject(chunk[number - 1], reason) for number, reason in sorted(named.items())]
            # The others are stored already if it is our gateway; only a 204 for them makes that certain.
            _push(work, [line for number, line in enumerate(chunk, 1) if number not in named])
            return Progress.SENT
        if len(chunk) > 1:
            half = len(chunk) // 2
            _push(work, chunk[half:])
            _push(work, chunk[:half])
        elif answer.is_api:
            work.rejects.append(Reject(chunk[0], f"HTTP {answer.status} {answer.message}"))
        else:
            _push(work, chunk)  # one line, too large for something on the way: not for the agent to judge
            return self._keep(work, answer, rule)
        self._refusals += 1
        if self._refusals <= REFUSALS_IN_A_ROW:
            return Progress.SENT
        self.delay_s = self._backoff.failed(SOON)
        return Progress.WAIT

    def _keep(self, _work: _Work, answer: Answer, rule: Rule) -> Progress:
        self.delay_s = self._backoff.failed(rule.pace, answer.retry_after_s)
        text = fill(_KEPT, why=why(answer), delay=self.delay_s)
        _log.log(logging.DEBUG if self._is_failing else logging.WARNING, text)
        self._is_failing = True
        return Progress.WAIT


_STEPS: dict[Action, Callable[[Sender, _Work, Answer, Rule], Progress]] = {
    Action.STORED: Sender._stored,
    Action.SPLIT: Sender._split,
    Action.KEEP: Sender._keep,
}


def _push(work: _Work, lines: Sequence[bytes]) -> None:
    if lines:
        work.chunks.append(list(lines))


def why(answer: Answer) -> Text:
    """Return why an answer confirms nothing, for people."""
    if answer.status == 0:
        text = _NO_ANSWER
    elif answer.status == 401 and answer.is_api:
        text = _UNAUTHORISED
    elif answer.status == 403 and answer.is_api:
        text = _NOT_ALLOWED
    elif answer.is_api or answer.status >= 429:
        text = _STATUS
    else:
        text = _NOT_GATEWAY
    return fill(text, status=answer.status, message=answer.message)
