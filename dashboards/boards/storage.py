"""Panels over volumes and drives, of one device or of many."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import table as sdk_table
from grafana_foundation_sdk.builders import timeseries

from collectors.text import Lang, Text
from dashboards import queries
from dashboards.boards.limits import DAYS_TO_FULL, DRIVE_HEAT, ENDURANCE_USED, SPACE_USED
from dashboards.boards.variables import DEVICE
from dashboards.boards.words import DRIVE_KINDS, OUTLOOKS, reason
from dashboards.links import device_link
from dashboards.panels.parts import DRIVE_LETTER, DRIVE_LETTERS, absent, beyond, drop, stack
from dashboards.panels.table import ABSENT, Column, table
from dashboards.panels.trend import trend
from dashboards.states import DRIVE_BY_CODE, UNKNOWN

FAR_DAYS = 365
"""From where on a forecast is only called far: it rests on four weeks."""

BRIDGED_H = 12
"""Hours: drives are asked once an hour, and old points may lie further apart."""

_DRIVE = ("block_device", "model")


DISK_FULL = "\"kind\" = 'disk_full'"
"""The condition for forecasts of when a volume will be full."""


SOONEST_FULL = (
    'SELECT min("days") FROM (SELECT last("days_left") AS "days" FROM "forecast"'
    f' WHERE {queries.HERE} AND {DISK_FULL} AND {queries.since()} GROUP BY "host", "path")'
    f" WHERE {queries.since()}"
)
"""In how many days the first volume will be full."""


def far(lang: Lang) -> str:
    """Return what is said instead of a far day."""
    return Text("1 年以上", "over a year").in_(lang)


def volumes(lang: Lang, title: Text, *, many: bool) -> sdk_table.Panel:
    """Return how full each volume is and when it will be full.

    Args:
        lang: language.
        title: of the panel.
        many: True where there are several devices, which are then named.
    """
    by = ("host", "path")
    space = queries.newest("disk", ("used_percent", "free", "total"), by=by)
    outlook = queries.newest(
        "forecast",
        ("state", "days_left", "days_left_low"),
        by=by,
        where=f"{queries.HERE} AND {DISK_FULL}",
        names=("outlook", "days", "soonest"),
    )
    return table(
        lang,
        title,
        [space, outlook],
        [
            *_host(many=many),
            Column("path", Text("ボリューム", "Volume"), mappings=(DRIVE_LETTER,), pixels=100),
            Column("used_percent", Text("使用率", "Used"), "%", limits=SPACE_USED, bar=True, decimals=0, pixels=190),
            Column("free", Text("空き", "Free"), "B", decimals=1, pixels=90),
            Column("total", Text("容量", "Size"), "B", decimals=1, pixels=90),
            Column("outlook", Text("満杯の予測", "Forecast"), named=OUTLOOKS),
            _days("days", Text("満杯まで", "Full in"), lang),
            _days("soonest", Text("早ければ", "Soonest"), lang),
        ],
        hidden=() if many else ("host",),
        prepare=[drop("Time"), stack()],
        sort="used_percent",
        descending=True,
    )


def _days(key: str, text: Text, lang: Lang) -> Column:
    words = (beyond(FAR_DAYS, far(lang)), absent(ABSENT, UNKNOWN.color))
    return Column(key, text, "d", limits=DAYS_TO_FULL, mappings=words, decimals=0, pixels=95)


def drives(lang: Lang, title: Text, *, many: bool) -> sdk_table.Panel:
    """Return the verdict on each drive, with what tells most of its health.

    Args:
        lang: language.
        title: of the panel.
        many: True where there are several devices, which are then named.
    """
    counts = ("reallocated_sectors_count", "pending_sector_count", "media_errors")
    fields = ("state_code", reason(lang), "kind", "temp_c", "power_on_hours", *counts, "endurance_used_percent")
    endurance = Text("寿命の使用", "Worn")
    return table(
        lang,
        title,
        [queries.newest("smart_device", fields, by=("host", *_DRIVE))],
        [
            *_host(many=many),
            Column("block_device", Text("ドライブ", "Drive"), pixels=75),
            Column("model", Text("型番", "Model"), pixels=130),
            Column("kind", Text("種類", "Kind"), named=DRIVE_KINDS, pixels=60),
            Column("state_code", Text("状態", "State"), is_state=True, states=DRIVE_BY_CODE, pixels=95),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
            Column("temp_c", Text("温度", "Heat"), "°C", limits=DRIVE_HEAT, decimals=0, pixels=60),
            Column("power_on_hours", Text("使用時間", "Running"), "h", decimals=0, pixels=100),
            Column(counts[0], Text("代替処理", "Replaced"), "cases", decimals=0, pixels=80),
            Column(counts[1], Text("読取不可", "Pending"), "cases", decimals=0, pixels=80),
            Column(counts[2], Text("媒体エラー", "Errors"), "cases", decimals=0, pixels=85),
            Column("endurance_used_percent", endurance, "%", limits=ENDURANCE_USED, decimals=0, pixels=85),
        ],
        # Where many are listed there is no room for what only some drives have or their model tells.
        hidden=("Time", "kind", "power_on_hours", counts[2]) if many else ("Time", "host"),
        sort="state_code",
        descending=True,
        then="host",
        empty=Text("ドライブの状態（SMART）は読み取れていません", "The health of drives (SMART) could not be read"),
    )


def space_over_time(lang: Lang, title: Text, *, many: bool) -> timeseries.Panel:
    """Return how full volumes were; the query needs whole hours, as the range is long."""
    alias = "$tag_host $tag_path" if many else "$tag_path"
    question = queries.trend("disk", "used_percent", by=("host", "path"), function="max")
    lines = trend(
        lang,
        title,
        [(question, alias)],
        "%",
        limits=SPACE_USED,
        high=100,
        interval="1h",
        many=many,
        bridged_h=BRIDGED_H,
    )
    return lines.transformations([DRIVE_LETTERS])


def drive_heat(lang: Lang, title: Text, *, many: bool, interval: str) -> timeseries.Panel:
    """Return how hot drives were."""
    alias = "$tag_host $tag_block_device" if many else "$tag_block_device ($tag_model)"
    question = queries.trend("smart_device", "temp_c", by=("host", *_DRIVE), function="max")
    empty = Text("ドライブの温度は読み取れていません", "The heat of drives could not be read")
    return trend(
        lang,
        title,
        [(question, alias)],
        "°C",
        limits=DRIVE_HEAT,
        low=None,
        interval=interval,
        many=many,
        bridged_h=BRIDGED_H,
        empty=empty,
    )


def _host(*, many: bool) -> Sequence[Column]:
    return (Column("host", DEVICE, pixels=140, link=device_link()),) if many else ()
