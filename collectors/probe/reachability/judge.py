"""What the attempts of one check mean: reached, not reached, or this machine cannot tell."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from collectors.probe.reachability.attempt import Attempt, Failure
from collectors.reasons import Reasons
from collectors.text import Text
from collectors.verdict import State, Verdict

REACHED: Final = "reached"
WITH_LOSS: Final = "reached_with_loss"

_REASONS: Final = Reasons(
    {
        REACHED: (State.OK, Text("応答があります", "it answers")),
        WITH_LOSS: (
            State.OK,
            Text(
                "応答がありますが{sent}回中{lost}回失敗しました（{why}）",
                "it answers, but {lost} of {sent} attempts failed ({why})",
            ),
        ),
        Failure.NO_ANSWER: (State.BAD, Text("{sent}回問い合わせても応答がありません", "no answer to {sent} attempts")),
        Failure.REFUSED: (
            State.BAD,
            Text(
                "接続を拒否されました（相手は動いていますがサービスがありません）",
                "the connection is refused: the host is up, the service is not",
            ),
        ),
        Failure.UNREACHABLE: (State.BAD, Text("届きません（{why}）", "cannot be reached: {why}")),
        Failure.NO_SUCH_HOST: (State.BAD, Text("名前が見つかりません（{why}）", "there is no such name: {why}")),
        Failure.DNS_FAILED: (State.BAD, Text("名前を引けません（{why}）", "the name cannot be looked up: {why}")),
        Failure.BAD_ANSWER: (State.BAD, Text("応答が正しくありません（{why}）", "it answers something else: {why}")),
        Failure.HTTP_ERROR: (State.BAD, Text("エラーを返しています（{why}）", "it answers with an error: {why}")),
        Failure.TLS_FAILED: (State.BAD, Text("TLSで接続できません（{why}）", "no TLS connection: {why}")),
        Failure.CERTIFICATE: (
            State.BAD,
            Text("証明書を信頼できません（{why}）", "its certificate is not trusted: {why}"),
        ),
        Failure.CANNOT_CHECK: (
            State.UNKNOWN,
            Text("この機器からは確認できません（{why}）", "this machine cannot check it: {why}"),
        ),
    }
)


def judge(attempts: Sequence[Attempt]) -> Verdict:
    """Return the verdict on one check's attempts: one success is enough to have reached it."""
    failed = [each for each in attempts if each.failure is not None]
    if not failed:
        return _REASONS.verdict(REACHED)
    values = {"sent": len(attempts), "lost": len(failed)}
    if len(failed) < len(attempts):
        return _REASONS.verdict(WITH_LOSS, why=_word(failed[-1]), **values)
    # The failure that came most often; of equal ones the last.
    counts = Counter(each.failure for each in failed)
    worst = max(reversed(failed), key=lambda each: counts[each.failure])
    return _REASONS.verdict(str(worst.failure), why=_word(worst), **values)


def _word(attempt: Attempt) -> str:
    return attempt.detail or str(attempt.failure)
