"""What the `clock` input collects, and the clock to a point."""

from collectors.declaration import Field, FieldType, Measurement, Rollup
from collectors.inputs.clock.status import BAD_FROM_MS, REASONS, Clock, judge, plausible_ms
from collectors.point import Point
from collectors.reasons import known
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS

CLOCK = Measurement(
    name="clock",
    text=Text("時計のずれ", "offset of the machine's clock"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        Field(
            "offset_ms",
            FieldType.FLOAT,
            Text(
                "正しい時刻との差（正なら時計が遅れている）",
                "the right time less the machine's: above 0 where the clock is slow",
            ),
            "ms",
        ),
        Field("synchronized", FieldType.BOOLEAN, Text("同期されているか", "it is kept right"), rollup=Rollup.STATE),
        Field(
            "stratum",
            FieldType.INTEGER,
            Text("基準時計からの段数", "distance from a reference clock"),
            rollup=Rollup.STATE,
        ),
        Field("source", FieldType.STRING, Text("同期先のサーバー", "the server it follows"), rollup=Rollup.STATE),
        Field(
            "sync_age",
            FieldType.FLOAT,
            Text("最後の同期からの時間", "time since the last good answer"),
            "s",
            Rollup.STATE,
        ),
        Field(
            "method",
            FieldType.STRING,
            Text("情報源（chrony、timesyncd、ntpd、w32time、sntp）", "where it was read: chrony, timesyncd, ntpd …"),
            rollup=Rollup.STATE,
        ),
    ),
)


def to_points(clock: Clock, bad_from_ms: float = BAD_FROM_MS) -> list[Point]:
    """Return the device's point; the offset of a clock that is not synchronised is not told, for it is old."""
    offset = plausible_ms(clock.offset_ms)
    fields = {
        **judge(clock, bad_from_ms).fields(),
        "offset_ms": round(offset, 4) + 0.0 if offset is not None and clock.synchronized is not False else None,
        "synchronized": clock.synchronized,
        "stratum": clock.stratum,
        "source": clock.source,
        "sync_age": clock.sync_age_s,
        "method": clock.method,
    }
    return [Point(CLOCK.name, {}, known(fields))]


def unreadable(why: Text) -> list[Point]:
    """Return the point of a machine whose clock nothing tells of."""
    return [Point(CLOCK.name, {}, REASONS.verdict("unreadable", why=why).fields())]


def no_source() -> list[Point]:
    """Return the point of a machine without a time service that can be asked."""
    return [Point(CLOCK.name, {}, REASONS.verdict("no_source").fields())]
