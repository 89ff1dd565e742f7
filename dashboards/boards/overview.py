"""Overview: is the office well, and if not, what is wrong?"""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids, verdicts
from dashboards.board import Board
from dashboards.boards import aspects
from dashboards.boards.limits import SUPPLY_DAYS, SUPPLY_LEFT
from dashboards.boards.open_findings import ASSET, HOST, open_findings
from dashboards.boards.variables import with_devices
from dashboards.links import asset_link, board_link, device_link
from dashboards.panels.matrix import Aspect, matrix
from dashboards.panels.overall import overall
from dashboards.panels.parts import drop, having, join_by, of, stack
from dashboards.panels.table import Column, table
from dashboards.panels.timeline import timeline
from dashboards.panels.troubled import troubled

ASPECTS = (
    aspects.ANTIVIRUS,
    aspects.FIREWALL,
    aspects.PATCHES,
    aspects.DRIVES,
    aspects.DISK_SPACE,
    Aspect("temp_status", Text("温度", "Temperature"), "temp_status"),
    aspects.SERVICES,
    aspects.SUDDEN_STOPS,
)
"""What is looked at on every device, in the order of the columns."""

AT_A_GLANCE = (aspects.ANTIVIRUS, aspects.PATCHES, aspects.FIREWALL)


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
    board.place(_overall(lang), 6, 4)
    for aspect in AT_A_GLANCE:
        board.place(troubled(lang, aspect.text, aspect), 6, 4)
    board.place(_attention(lang, reason), 10, 11)
    board.place(open_findings(board, queries.AT_SITE, (HOST, ASSET)), 14, 11)
    board.place(matrix(lang, Text("機器ごとの状態", "State of every device"), ASPECTS, device_link()), 24, 11)
    board.place(_supplies(lang), 12, 10)
    board.place(_equipment(lang, reason), 12, 10)
    board.place(_internet(lang), 24, 6)
    board.place(_changes(lang), 24, 8)
    return board.dashboard()


def _overall(lang: Lang) -> Builder[Panel]:
    questions = [verdicts.count_bad(aspect.measurement) for aspect in ASPECTS]
    questions.append(verdicts.count_bad("network_device", by=("asset",), where=queries.AT_SITE))
    questions.append(verdicts.count_bad("reachability", by=("check",), where=queries.AT_SITE))
    return overall(lang, Text("オフィス全体", "The whole office"), questions)


def _attention(lang: Lang, reason: str) -> Builder[Panel]:
    questions = [queries.newest_bad(aspect.measurement, reason, name="text") for aspect in ASPECTS]
    return table(
        lang,
        Text("いま対応が必要なこと", "What needs attention now"),
        questions,
        [
            Column("host", Text("機器", "Device"), pixels=130, link=device_link()),
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
        f' AND "class" != \'receptacle\' AND {queries.since()} GROUP BY "asset", "index"'
    )
    days = queries.newest(
        "forecast",
        ("state", "days_left"),
        by=("asset", "index"),
        where=f"{queries.AT_SITE} AND \"kind\" = 'supply_empty'",
        names=("outlook", "days"),
    )
    printers = queries.newest("printer", ("page_count", "name"), by=("asset",), where=queries.AT_SITE)
    return table(
        lang,
        Text("複合機のトナーなど、残りの少ない順", "Toner and other supplies, the lowest first"),
        [supplies, days, printers],
        [
            Column("name", Text("複合機", "Printer"), pixels=100, link=asset_link(uids.CONSUMABLES)),
            Column("supply", Text("消耗品", "Supply")),
            Column("percent", Text("残り", "Left"), unit="%", limits=SUPPLY_LEFT, bar=True, pixels=130, decimals=0),
            Column("days", Text("残り日数", "Days left"), unit="d", limits=SUPPLY_DAYS, pixels=100, decimals=0),
        ],
        hidden=("asset", "index", "page_count", "outlook"),
        prepare=[drop("Time"), of("/^Q[12]$/", stack()), join_by("asset"), having("supply")],
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
        f' FROM "software_summary" WHERE {queries.HERE} AND {queries.since("30d")}'
        ' AND ("added" > 0 OR "removed" > 0 OR "updated" > 0) ORDER BY time DESC LIMIT 20'
    )
    return table(
        lang,
        Text("この30日に変わったソフトウェア", "Software changed in the last 30 days"),
        [question],
        [
            Column("Time", Text("日時", "When"), "time", pixels=140),
            Column("host", Text("機器", "Device"), pixels=140, link=device_link()),
            Column("names", Text("追加（+）・削除（-）・更新（^）", "Added (+), removed (-), updated (^)"), wraps=True),
            Column("added", Text("追加", "Added"), "cases", pixels=80),
            Column("removed", Text("削除", "Removed"), "cases", pixels=80),
            Column("updated", Text("更新", "Updated"), "cases", pixels=80),
        ],
        hidden=(),
        sort="Time",
        descending=True,
        empty=Text("変わったものはありません", "Nothing has changed"),
    )
