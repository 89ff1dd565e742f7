"""What the `uptime_events` input collects, and findings to points."""

from dataclasses import dataclass

from collectors.declaration import Field, FieldType, Measurement, Rollup
from collectors.inputs.uptime_events.history import DAY_S, WEEK_S, Findings, within
from collectors.point import Point
from collectors.reasons import Reasons, known
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict

_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN

_REASONS = Reasons(
    {
        "none": (_OK, Text("予期しないシャットダウンはありません", "no unexpected shutdown")),
        "some": (
            _OK,
            Text("予期しないシャットダウンが 7 日間に {week} 回あります", "{week} unexpected shutdowns in 7 days"),
        ),
        "unexpected": (
            _BAD,
            Text(
                "予期しないシャットダウンがあります（24 時間に {day} 回、7 日間に {week} 回）",
                "unexpected shutdowns: {day} in 24 hours, {week} in 7 days",
            ),
        ),
        "short_log": (
            _UNKNOWN,
            Text(
                "記録が {hours} 時間分しか残っていないため判定できません",
                "the log reaches back only {hours} hours",
            ),
        ),
        "not_told": (
            _UNKNOWN,
            Text("シャットダウンの記録がありません", "the source tells nothing of shutdowns"),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many unexpected shutdowns on a machine counts as bad."""

    day: int = 1
    week: int = 2


LIMITS = Limits()


def _count(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en), rollup=Rollup.STATE)


def _time(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en), "s", Rollup.STATE)


UPTIME = Measurement(
    name="uptime_events",
    text=Text("起動と予期しないシャットダウン", "starts and unexpected shutdowns"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _time("boot_time", "最後に起動した時刻（Unix 秒）", "Unix time of the last start"),
        Field(
            "boot_local",
            FieldType.STRING,
            Text("最後に起動した時刻（機器の現地時刻）", "last start as the machine's own clock shows it"),
            rollup=Rollup.STATE,
        ),
        _time("uptime", "起動からの時間", "time since the last start"),
        _count("unexpected_24h", "予期しないシャットダウン（24 時間）", "unexpected shutdowns in 24 hours"),
        _count("unexpected_7d", "予期しないシャットダウン（7 日間）", "unexpected shutdowns in 7 days"),
        _count("starts_7d", "起動の回数（7 日間）", "starts in 7 days"),
        _time(
            "last_unexpected",
            "最後の予期しないシャットダウンの後に起動した時刻（Unix 秒）",
            "Unix time of the start after the last unexpected shutdown",
        ),
        _time("log_reach", "記録がさかのぼれる時間", "how far back the log reaches"),
        Field("source", FieldType.STRING, Text("情報源", "where it was read"), rollup=Rollup.STATE),
    ),
)


def to_points(findings: Findings, now_ns: int, limits: Limits = LIMITS) -> list[Point]:
    """Return the device's point."""
    now_s = now_ns // 10**9
    crashes, starts, booted = findings.crashes, findings.starts, findings.booted_at
    short = findings.reaches_back_s is not None and findings.reaches_back_s < WEEK_S
    fields = {
        **_verdict(findings, now_s, limits).fields(),
        "boot_time": booted,
        "boot_local": findings.boot_local,
        "uptime": max(0, now_s - booted) if booted is not None else None,
        "unexpected_24h": _within(crashes, now_s, DAY_S, findings.reaches_back_s),
        "unexpected_7d": _within(crashes, now_s, WEEK_S, findings.reaches_back_s),
        "starts_7d": within(starts, now_s, WEEK_S) if starts is not None and not short else None,
        "last_unexpected": crashes[-1] if crashes else None,
        "log_reach": findings.reaches_back_s,
        "source": findings.source,
    }
    return [Point(UPTIME.name, {}, known(fields))]


def unreadable(why: Text) -> list[Point]:
    """Return the point of a machine that could not be read."""
    return [Point(UPTIME.name, {}, _REASONS.verdict("unreadable", why=why).fields())]


def _within(crashes: tuple[int, ...] | None, now_s: int, seconds: int, reach_s: int | None) -> int | None:
    """Return a count, or None where the log does not reach that far back and shows none."""
    if crashes is None:
        return None
    count = within(crashes, now_s, seconds)
    return count if count or reach_s is None or reach_s >= seconds else None


def _verdict(findings: Findings, now_s: int, limits: Limits) -> Verdict:
    if findings.crashes is None:
        return _REASONS.verdict("not_told")
    day, week = within(findings.crashes, now_s, DAY_S), within(findings.crashes, now_s, WEEK_S)
    if day >= limits.day or week >= limits.week:
        return _REASONS.verdict("unexpected", day=day, week=week)
    if findings.reaches_back_s is not None and findings.reaches_back_s < DAY_S:
        return _REASONS.verdict("short_log", hours=findings.reaches_back_s // 3600)
    return _REASONS.verdict("some", week=week) if week else _REASONS.verdict("none")
