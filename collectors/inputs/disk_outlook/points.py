"""What the `disk_outlook` input collects, and outlooks to points."""

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.inputs.disk_outlook.trend import DAY_S, MIN_DAYS, MIN_READINGS, Outlook
from collectors.point import Point
from collectors.reasons import Reasons, known
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict

BAD_BELOW_DAYS = 30.0

_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN

_REASONS = Reasons(
    {
        "far": (_OK, Text("いっぱいになる見込みはありません", "is not filling up")),
        "enough": (_OK, Text("あと約 {days} 日でいっぱいになります", "will be full in about {days} days")),
        "not_sure": (
            _OK,
            Text(
                "増えているとは言い切れません（増え続けた場合は約 {days} 日）",
                "may not be filling up at all; about {days} days if it is",
            ),
        ),
        "soon": (_BAD, Text("あと約 {days} 日でいっぱいになります", "will be full in about {days} days")),
        "full": (_BAD, Text("空きがありません", "is full")),
        "too_short": (
            _UNKNOWN,
            Text(
                "記録が足りません（{span} 日間に {readings} 回。{days} 日間に {least} 回以上必要）",
                "not enough readings: {readings} in {span} days, and {least} in {days} days are needed",
            ),
        ),
    }
)


def _days(name: str, ja: str, en: str) -> Field:
    return Field(name, FieldType.FLOAT, Text(ja, en), "d", Rollup.STATE)


OUTLOOK = Measurement(
    name="disk_outlook",
    text=Text("ディスクがいっぱいになるまでの日数", "days until a disk is full"),
    tags=(Tag("path", Text("マウント先またはドライブ", "mount point or drive")),),
    fields=(
        *VERDICT_FIELDS,
        _days("days_to_full", "いっぱいになるまでの日数", "days until it is full"),
        _days("days_low", "同、早い場合（90 % 区間の下端）", "the same at the earliest (90 % interval)"),
        _days("days_high", "同、遅い場合（90 % 区間の上端）", "the same at the latest (90 % interval)"),
        Field("growth_bytes_per_s", FieldType.FLOAT, Text("増加の速さ", "speed of growth"), "B/s"),
        Field("readings", FieldType.INTEGER, Text("もとになった記録の数", "readings it rests on"), rollup=Rollup.STATE),
        _days("span_days", "記録の期間", "days between the first and the last reading"),
    ),
)


def to_point(path: str, found: Outlook, free: int, bad_below_days: float = BAD_BELOW_DAYS) -> Point:
    """Return the point of one file system."""
    fields = {
        **_verdict(found, free, bad_below_days).fields(),
        "days_to_full": _rounded(found.days),
        "days_low": _rounded(found.low),
        "days_high": _rounded(found.high),
        "growth_bytes_per_s": round(found.slope.middle / DAY_S, 3) if found.slope else None,
        "readings": found.readings,
        "span_days": round(found.span_days, 2),
    }
    return Point(OUTLOOK.name, {"path": path}, known(fields))


def unreadable(why: Text) -> list[Point]:
    """Return the point of a machine whose disks could not be read."""
    return [Point(OUTLOOK.name, {}, _REASONS.verdict("unreadable", why=why).fields())]


def _verdict(found: Outlook, free: int, bad_below_days: float) -> Verdict:
    if free <= 0:
        return _REASONS.verdict("full")
    if found.slope is None:
        return _REASONS.verdict(
            "too_short",
            readings=found.readings,
            span=f"{found.span_days:.1f}",
            least=MIN_READINGS,
            days=f"{MIN_DAYS:g}",
        )
    if found.days is None:
        return _REASONS.verdict("far")
    code = "not_sure" if found.slope.low <= 0 else "soon" if found.days < bad_below_days else "enough"
    return _REASONS.verdict(code, days=f"{found.days:.0f}")


def _rounded(days: float | None) -> float | None:
    return None if days is None else round(days, 1)
