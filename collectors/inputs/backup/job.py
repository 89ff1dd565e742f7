"""What is known of one backup, and how it is judged. Ages and results only: never what was backed up."""

from dataclasses import dataclass

from collectors.reasons import Reasons
from collectors.text import Text
from collectors.verdict import State, Verdict

BAD_AFTER_DAYS = 7.0
DAY_S = 86_400.0
_AHEAD_S = DAY_S
_EARLIEST_S = 946_684_800
"""2000-01-01: .NET writes the year 1 where there never was a backup."""

_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN

REASONS = Reasons(
    {
        # The device as a whole.
        "all_ok": (_OK, Text("バックアップは正常です（{count} 件）", "all {count} backups in order")),
        "some_bad": (_BAD, Text("異常のあるバックアップがあります：{names}", "not in order: {names}")),
        "some_unknown": (_UNKNOWN, Text("状態の分からないバックアップがあります：{names}", "not known: {names}")),
        "none_found": (
            _UNKNOWN,
            Text(
                "状態を読み取れるバックアップが見つかりません（設定 stamp_files、units で指定できます）",
                "no backup was found that can be read; the settings stamp_files and units can name one",
            ),
        ),
        # One backup.
        "ok": (_OK, Text("{days} 日前に成功しています", "succeeded {days} days ago")),
        "stale": (_BAD, Text("{days} 日間成功していません", "has not succeeded for {days} days")),
        "failed": (
            _BAD,
            Text("前回は失敗しました（最後の成功は {days} 日前）", "failed last time; succeeded {days} days ago"),
        ),
        "failed_last": (
            _BAD,
            Text("前回は失敗しました（最後の成功は分かりません）", "failed last time; its last success is not known"),
        ),
        "never": (_BAD, Text("成功した記録がありません", "has no record of a success")),
        "not_told": (_UNKNOWN, Text("最後に成功した時刻が分かりません", "when it last succeeded is not told")),
        "implausible": (_UNKNOWN, Text("記録された時刻が正しくありません", "the recorded time cannot be right")),
    }
)


@dataclass(frozen=True, slots=True)
class Job:
    """One backup.

    Attributes:
        tool: what makes it: windows_server_backup, veeam_agent, stamp_file, systemd, restic or borg.
        name: what it is called; "" where its tool has but one.
        succeeded_at: Unix time of its last success; None if not known.
        failed_at: Unix time of its last failure; None if not known or none.
        never: True where it is known that it never succeeded.
        unread: why it could not be read; None where it could.
    """

    tool: str
    name: str = ""
    succeeded_at: float | None = None
    failed_at: float | None = None
    never: bool = False
    unread: Text | None = None

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.name or self.tool

    def age_days(self, now_s: float) -> float | None:
        """Return the age of its last success; None if that is not known, or lies in the future."""
        at = plausible(self.succeeded_at, now_s)
        return None if at is None else round(max(0.0, now_s - at) / DAY_S, 2)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was read of a device.

    Attributes:
        jobs: every backup that was found.
        unread: why a source could not be read.
    """

    jobs: tuple[Job, ...] = ()
    unread: tuple[Text, ...] = ()


def plausible(at: float | None, now_s: float) -> float | None:
    """Return a time at which a backup can have been made, else None."""
    return at if at is not None and _EARLIEST_S <= at <= now_s + _AHEAD_S else None


def judge(job: Job, now_s: float, bad_after_days: float = BAD_AFTER_DAYS) -> Verdict:
    """Return whether a backup is in order."""
    if job.unread:
        return REASONS.verdict("unreadable", why=job.unread)
    if job.never:
        return REASONS.verdict("never")
    age = job.age_days(now_s)
    if job.succeeded_at is None and plausible(job.failed_at, now_s) is not None:
        return REASONS.verdict("failed_last")
    if age is None:
        return REASONS.verdict("not_told" if job.succeeded_at is None else "implausible")
    days = f"{age:.1f}"
    if age > bad_after_days:
        return REASONS.verdict("stale", days=days)
    failed = job.failed_at is not None and job.succeeded_at is not None and job.failed_at > job.succeeded_at
    return REASONS.verdict("failed" if failed else "ok", days=days)
