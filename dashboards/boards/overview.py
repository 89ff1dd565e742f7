"""Overview: is the office well, and if not, what is wrong?"""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import aspects
from dashboards.boards.variables import with_devices
from dashboards.links import asset_link, board_link, device_link
from dashboards.panels.matrix import Aspect, matrix
from dashboards.panels.parts import Limits, join_by
from dashboards.panels.table import Column, table
from dashboards.panels.timeline import timeline

ASPECTS = (
    aspects.ANTIVIRUS,
    aspects.FIREWALL,
    Aspect("patches", Text("更新プログラム", "Updates"), "patches"),
    aspects.DRIVES,
    aspects.DISK_SPACE,
    Aspect("temp_status", Text("温度", "Temperature"), "temp_status"),
    aspects.SERVICES,
    aspects.SUDDEN_STOPS,
)
"""What is looked at on every device, in the order of the columns."""

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
    board.place(_attention(lang, reason), 15, 10)
    board.place(_equipment(lang, reason), 9, 10)
    board.place(matrix(lang, Text("機器ごとの状態", "State of every device"), ASPECTS, device_link()), 24, 11)
    board.place(_supplies(lang), 12, 10)
    board.place(_internet(lang), 12, 10)
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
            Column("text", Text("どうなっているか", "What is wrong"), wraps=True),
        ],
        sort="host",
        empty=Text("対応が必要なことはありません", "Nothing needs attention"),
    )


def _equipment(lang: Lang, reason: str) -> Builder[Panel]:
    question = queries.newest(
        "network_device",
        ("state_code", "name", reason),
        by=("asset",),
        where=queries.AT_SITE,
        names=("code", "name", "reason"),
    )
    return table(
        lang,
        Text("LANの機器", "Equipment on the LAN"),
        [question],
        [
            Column("name", Text("機器", "Equipment"), pixels=110, link=board_link(uids.NETWORK)),
            Column("code", Text("状態", "State"), is_state=True, pixels=100),
            Column("reason", Text("内容", "In words"), wraps=True),
        ],
        hidden=("Time", "asset"),
        sort="code",
        descending=True,
    )


def _supplies(lang: Lang) -> Builder[Panel]:
    supplies = (
        f'SELECT last("percent") AS "percent", "description" AS "supply" FROM "printer_supply" WHERE {queries.AT_SITE}'
        f' AND "class" != \'receptacle\' AND time > now() - {queries.RECENT} GROUP BY "asset", "index"'
    )
    printers = queries.newest("printer", ("page_count", "name"), by=("asset",), where=queries.AT_SITE)
    return table(
        lang,
        Text("複合機のトナーなど、残りの少ない順", "Toner and other supplies, the lowest first"),
        [supplies, printers],
        [
            Column("name", Text("複合機", "Printer"), pixels=130, link=asset_link(uids.CONSUMABLES)),
            Column("supply", Text("消耗品", "Supply")),
            Column("percent", Text("残り", "Left"), unit="%", limits=SUPPLY_LEFT, bar=True, pixels=220, decimals=0),
        ],
        hidden=("Time", "Time 1", "Time 2", "asset", "index", "page_count"),
        prepare=[join_by("asset")],
        sort="percent",
    )


def _internet(lang: Lang) -> Builder[Panel]:
    question = queries.states_over_time("reachability", by=("check",), where=queries.AT_SITE)
    return timeline(
        lang, Text("インターネットなどへの接続", "Connections to the internet and others"), [(question, "$tag_check")]
    )


def _changes(lang: Lang) -> Builder[Panel]:
    question = (
        'SELECT "host", "changed_names" AS "names", "added" AS "added", "removed" AS "removed", "updated" AS "updated"'
        f' FROM "software_summary" WHERE {queries.HERE} AND time > now() - 30d'
        ' AND ("added" > 0 OR "removed" > 0 OR "updated" > 0) ORDER BY time DESC LIMIT 20'
    )
    return table(
        lang,
        Text("この30日に変わったソフトウェア", "Software changed in the last 30 days"),
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
