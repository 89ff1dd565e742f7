"""What the `backup` input collects, and backups to points."""

from collections.abc import Sequence

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.inputs.backup.job import BAD_AFTER_DAYS, REASONS, Findings, Job, judge, plausible
from collectors.point import Point
from collectors.reasons import because, known
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict

_MAX_JOBS = 50
_MAX_NAMES = 8


def _count(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en), rollup=Rollup.STATE)


_AGE = Field(
    "age_days", FieldType.FLOAT, Text("最後の成功からの日数", "days since the last success"), "d", Rollup.STATE
)

DEVICE = Measurement(
    name="backup",
    text=Text("バックアップの状態（機器全体の判定）", "backups of the device as a whole"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _count("jobs", "見つかったバックアップの数", "backups that were found"),
        _count("jobs_bad", "異常のあるバックアップの数", "backups that are not in order"),
        Field(
            _AGE.name,
            _AGE.type,
            Text("最後の成功からの日数（最も古いもの）", "days since the last success, of the oldest"),
            _AGE.unit,
            _AGE.rollup,
        ),
    ),
)
"""One point a device."""

JOB = Measurement(
    name="backup_job",
    text=Text("バックアップごとの状態", "state of each backup"),
    tags=(
        Tag("tool", Text("バックアップの仕組み", "what makes the backup")),
        Tag("job", Text("バックアップの名前", "name of the backup")),
    ),
    fields=(
        *VERDICT_FIELDS,
        _AGE,
        Field(
            "last_success",
            FieldType.INTEGER,
            Text("最後に成功した時刻（Unix 秒）", "Unix time of the last success"),
            "s",
            Rollup.STATE,
        ),
        Field(
            "last_failure",
            FieldType.INTEGER,
            Text("最後に失敗した時刻（Unix 秒）", "Unix time of the last failure"),
            "s",
            Rollup.STATE,
        ),
    ),
)
"""One point a backup."""


def to_points(findings: Findings, now_ns: int, bad_after_days: float = BAD_AFTER_DAYS) -> list[Point]:
    """Return the device's point, then one a backup."""
    now_s = now_ns / 1e9
    judged = [(job, judge(job, now_s, bad_after_days)) for job in findings.jobs]
    ages = [age for job in findings.jobs if (age := job.age_days(now_s)) is not None]
    fields = {
        **_overall(judged, findings).fields(),
        "jobs": len(judged),
        "jobs_bad": sum(verdict.state is State.BAD for _, verdict in judged),
        "age_days": max(ages) if ages else None,
    }
    jobs = [_job_point(job, verdict, now_s) for job, verdict in judged[:_MAX_JOBS]]
    return [Point(DEVICE.name, {}, known(fields)), *jobs]


def _overall(judged: Sequence[tuple[Job, Verdict]], findings: Findings) -> Verdict:
    for state, code in ((State.BAD, "some_bad"), (State.UNKNOWN, "some_unknown")):
        names = [job.title for job, verdict in judged if verdict.state is state]
        if names:
            more = " …" if len(names) > _MAX_NAMES else ""
            return REASONS.verdict(code, names=", ".join(names[:_MAX_NAMES]) + more)
    if findings.unread:
        return REASONS.verdict("unreadable", why=because(findings.unread))
    return REASONS.verdict("all_ok", count=len(judged)) if judged else REASONS.verdict("none_found")


def _job_point(job: Job, verdict: Verdict, now_s: float) -> Point:
    succeeded, failed = plausible(job.succeeded_at, now_s), plausible(job.failed_at, now_s)
    fields = {
        **verdict.fields(),
        "age_days": job.age_days(now_s),
        "last_success": int(succeeded) if succeeded is not None else None,
        "last_failure": int(failed) if failed is not None else None,
    }
    return Point(JOB.name, {"tool": job.tool, "job": job.name}, known(fields))
