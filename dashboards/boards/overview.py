"""Overview: is the office well, and if not, what is wrong?"""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards.variables import with_devices
from dashboards.links import board_link, device_link
from dashboards.panels.level import level
from dashboards.panels.matrix import Aspect, matrix
from dashboards.panels.parts import Limits
from dashboards.panels.table import Column, table
from dashboards.panels.timeline import timeline

ASPECTS = (
    Aspect("antivirus", Text("ウイルス対策", "Antivirus"), "antivirus"),
    Aspect("firewall", Text("ファイアウォール", "Firewall"), "firewall"),
    Aspect("patches", Text("更新プログラム", "Updates"), "patches"),
    Aspect("smart_device", Text("ドライブ", "Drives"), "smart_device"),
    Aspect("disk_outlook", Text("空き容量", "Disk space"), "disk_outlook"),
    Aspect("temp_status", Text("温度", "Temperature"), "temp_status"),
    Aspect("services", Text("サービス", "Services"), "services"),
    Aspect("uptime_events", Text("突然の停止", "Sudden stops"), "uptime_events"),
)
"""What is looked at on every device, in the order of the columns."""

EQUIPMENT = ("network_device", "pbx", "ups", "nas_volume")
"""Measurements with verdicts of what is on the LAN besides."""

SUPPLY_LEFT = Limits(attention=20, act=10, falling=True)
"""Percent of a supply; makers' own "low" is usually between these."""


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.OVERVIEW,
        Text("オフィスカルテ", "Office karte"),
        Text("オフィスの今の状態と、対応が必要なこと", "How the office is now, and what needs attention"),
        since="now-7d",
    )
    with_devices(board)
    reason = "reason" if lang == "ja" else "reason_en"
    board.place(_attention(lang, reason), 16, 9)
    board.place(_equipment(lang, reason), 8, 9)
    board.place(matrix(lang, Text("機器ごとの状態", "State of every device"), ASPECTS, device_link()), 24, 11)
    board.place(_supplies(lang), 12, 9)
    board.place(_internet(lang), 12, 9)
    board.place(_changes(lang), 24, 8)
    return board.dashboard()


def _attention(lang: Lang, reason: str) -> Builder[Panel]:
    questions = [queries.newest_bad(aspect.measurement, reason, name="text") for aspect in ASPECTS]
    return table(
        lang,
        Text("いま対応が必要なこと", "What needs attention now"),
        questions,
        [
            Column("host", Text("機器", "Device"), pixels=160, link=device_link()),
            Column("text", Text("どうなっているか", "What is wrong")),
        ],
        sort="host",
        empty=Text("対応が必要なことはありません", "Nothing needs attention"),
    )


def _equipment(lang: Lang, reason: str) -> Builder[Panel]:
    questions = [
        queries.newest(
            measurement,
            ("state_code", reason),
            by=("asset",),
            where=queries.AT_SITE,
            names=("code", "reason"),
        )
        for measurement in EQUIPMENT
    ]
    return table(
        lang,
        Text("LANの機器", "Equipment on the LAN"),
        questions,
        [
            Column("asset", Text("機器", "Equipment"), pixels=130, link=board_link(uids.NETWORK)),
            Column("code", Text("状態", "State"), is_state=True, pixels=100),
            Column("reason", Text("内容", "In words")),
        ],
        sort="code",
        descending=True,
    )


def _supplies(lang: Lang) -> Builder[Panel]:
    question = (
        f'SELECT last("percent") FROM "printer_supply" WHERE {queries.AT_SITE} AND "class" != \'receptacle\''
        f" AND time > now() - {queries.RECENT} GROUP BY " + queries.columns(("asset", "type", "color"))
    )
    return level(
        lang,
        Text("複合機のトナーなどの残り", "What is left of toner and other supplies"),
        [(question, "$tag_asset $tag_type $tag_color")],
        limits=SUPPLY_LEFT,
    )


def _internet(lang: Lang) -> Builder[Panel]:
    question = queries.states_over_time("reachability", by=("check",), where=queries.AT_SITE)
    return timeline(
        lang, Text("インターネットなどへの接続", "Connections to the internet and others"), [(question, "$tag_check")]
    )


def _changes(lang: Lang) -> Builder[Panel]:
    question = (
        'SELECT "changed_names" AS "names", "added" AS "added", "removed" AS "removed", "updated" AS "updated"'
        f' FROM "software_summary" WHERE {queries.HERE} AND $timeFilter'
        ' AND ("added" > 0 OR "removed" > 0 OR "updated" > 0) GROUP BY "host" ORDER BY time DESC LIMIT 20'
    )
    return table(
        lang,
        Text("この期間に変わったソフトウェア", "Software changed in this time"),
        [question],
        [
            Column("Time", Text("日時", "When"), pixels=170),
            Column("host", Text("機器", "Device"), pixels=160, link=device_link()),
            Column("names", Text("名前", "Names")),
            Column("added", Text("追加", "Added"), pixels=80),
            Column("removed", Text("削除", "Removed"), pixels=80),
            Column("updated", Text("更新", "Updated"), pixels=80),
        ],
        hidden=(),
        sort="Time",
        descending=True,
        empty=Text("変わったものはありません", "Nothing has changed"),
    )
