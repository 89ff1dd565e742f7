"""Fleet: which contracts are in trouble, who is silent, who needs more places."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.service.device import ALWAYS_ON_SILENT_S
from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import staff
from dashboards.boards.limits import ANY, QUOTA, SILENCE, SOME
from dashboards.panels.bars import bars
from dashboards.panels.note import note
from dashboards.panels.number import number
from dashboards.panels.parts import Limits, drop, having, join_by
from dashboards.panels.table import Column, table

MOST_ROWS = 200
"""Rows of a list: the first of its order."""

_TROUBLE = {
    "findings_critical": "critical",
    "findings_warning": "warning",
    "silent_always_on": "servers",
    "silent_pcs": "pcs",
}
"""What is counted of each contract -> the column's name."""


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.FLEET,
        Text("全契約の状態", "Fleet"),
        Text("どの契約に問題があるか", "Which contracts are in trouble"),
        since="now-24h",
        home=uids.FLEET,
    )
    for panel in _numbers(lang):
        board.place(panel, 4, 4)
    board.place(_contracts(lang), 24, 11)
    board.place(_silent(lang), 12, 11)
    board.place(_quota(lang), 12, 11)
    board.place(_ingest(lang), 24, 8)
    board.place(_about(lang), 24, 2)
    return board.dashboard()


def _numbers(lang: Lang) -> list[Builder[Panel]]:
    contracts = (
        'SELECT count("used") AS "contracts" FROM (SELECT last("devices_used") AS "used" FROM "contract_status"'
        f' WHERE {staff.EVERY_CONTRACT} AND {queries.since(staff.NOW)} GROUP BY "contract")'
        f" WHERE {queries.since(staff.NOW)}"
    )
    counted: list[tuple[Text, str, str, Limits | None]] = [
        (Text("対象機器", "Devices"), "devices_used", "devices", None),
        (Text("要対応の検知", "Act now"), "findings_critical", "cases", ANY),
        (Text("注意の検知", "Attention"), "findings_warning", "cases", SOME),
        (Text("無応答サーバー", "Silent servers"), "silent_always_on", "devices", ANY),
        (Text("無応答PC", "Silent PCs"), "silent_pcs", "devices", SOME),
    ]
    return [
        number(lang, Text("契約", "Contracts"), contracts, "cases"),
        *(number(lang, title, _sum(name), unit, limits=limits) for title, name, unit, limits in counted),
    ]


def _sum(name: str) -> str:
    newest = (
        f'SELECT last("{name}") AS "now" FROM "contract_status" WHERE {staff.EVERY_CONTRACT}'
        f' AND {queries.since(staff.NOW)} GROUP BY "contract"'
    )
    return f'SELECT sum("now") FROM ({newest}) WHERE {queries.since(staff.NOW)}'


def _contracts(lang: Lang) -> Builder[Panel]:
    ingest = queries.newest(
        "contract_ingest", ("points", "dropped"), by=("contract",), where=staff.EVERY_CONTRACT, within=staff.HOURLY
    )
    standing = queries.newest(
        "contract_status",
        ("devices_used", "name", "state", "quota", *_TROUBLE),
        by=("contract",),
        where=staff.EVERY_CONTRACT,
        within=staff.NOW,
        names=("used", "name", "state", "quota", *_TROUBLE.values()),
    )
    return table(
        lang,
        Text("契約（問題の多い順）", "Contracts, those in trouble first"),
        [
            standing,
            ingest,
        ],
        [
            Column("name", Text("顧客", "Customer"), link=staff.contract_link()),
            Column("contract", Text("契約", "Contract"), pixels=110, link=staff.contract_link()),
            Column("state", Text("状態", "State"), meanings=staff.CONTRACT_STATES, pixels=95),
            Column("critical", Text("要対応", "Act now"), limits=ANY, pixels=72),
            Column("warning", Text("注意", "Attention"), limits=SOME, pixels=85),
            Column("servers", Text("無応答サーバー", "Silent servers"), limits=ANY, pixels=116),
            Column("pcs", Text("無応答PC", "Silent PCs"), limits=SOME, pixels=95),
            Column("used", Text("登録", "Devices"), "devices", pixels=70),
            Column("quota", Text("契約台数", "Quota"), "devices", pixels=72),
            Column("points", Text("測定値", "Points"), "1", pixels=88),
            Column("dropped", Text("捨てた", "Dropped"), limits=SOME, decimals=0, pixels=75),
        ],
        hidden=(),
        prepare=[drop("Time"), join_by("contract"), having("name")],
        then="warning",
        sort="critical",
        descending=True,
        most=MOST_ROWS,
    )


def _silent(lang: Lang) -> Builder[Panel]:
    by = ("contract", "site", "host", "kind")
    newest = queries.newest(
        "device_status",
        ("seconds_since_seen",),
        by=by,
        where=staff.EVERY_CONTRACT,
        within=staff.NOW,
        names=("silent",),
    )
    silent = f'SELECT "silent" FROM ({newest}) WHERE "silent" > {ALWAYS_ON_SILENT_S}'
    return table(
        lang,
        Text("受信のない機器（長い順）", "Silent devices, the longest first"),
        [f"{silent} AND {queries.since(staff.NOW)} GROUP BY {queries.columns(by)}"],
        [
            Column("host", Text("機器", "Device"), link=staff.device_link()),
            Column("kind", Text("種類", "Kind"), named=staff.DEVICE_KINDS, pixels=100),
            Column("silent", Text("受信なし", "Silent for"), "duration", limits=SILENCE, pixels=110),
            Column("contract", Text("契約", "Contract"), pixels=120, link=staff.contract_link()),
        ],
        hidden=("Time", "site"),
        sort="silent",
        descending=True,
        most=MOST_ROWS,
        empty=Text("15分より長く受信のない機器はありません", "No device is silent for more than 15 minutes"),
    )


def _quota(lang: Lang) -> Builder[Panel]:
    question = queries.newest(
        "contract_status",
        ("devices_used_percent", "name", "devices_used", "quota"),
        by=("contract",),
        where=staff.EVERY_CONTRACT,
        within=staff.NOW,
        names=("percent", "name", "used", "quota"),
    )
    return table(
        lang,
        Text("契約台数の使用率（高い順）", "Use of the quota, the highest first"),
        [question],
        [
            Column("name", Text("顧客", "Customer"), link=staff.contract_link()),
            Column("used", Text("登録", "Devices"), "devices", pixels=80),
            Column("quota", Text("契約", "Quota"), "devices", pixels=80),
            Column("percent", Text("使用率", "In use"), "%", limits=QUOTA, bar=True, decimals=0, pixels=180),
        ],
        hidden=("Time", "contract"),
        sort="percent",
        descending=True,
        most=MOST_ROWS,
    )


def _ingest(lang: Lang) -> Builder[Panel]:
    def question(field: str) -> str:
        return f'SELECT sum("{field}") FROM "service_gateway" WHERE $timeFilter GROUP BY time(1h) fill(none)'

    return bars(
        lang,
        Text("ゲートウェイが受け取った測定値（1時間ごと）", "Lines that the gateway got, each hour"),
        [
            (question("lines_forwarded"), Text("保存", "stored").in_(lang)),
            (question("lines_refused"), Text("断った", "refused").in_(lang)),
        ],
        interval="1h",
    )


def _about(lang: Lang) -> Builder[Panel]:
    return note(
        lang,
        Text(
            "無応答は、サーバー・NAS・プローブでは15分、パソコンでは3日より長く受信がないことです。"
            "測定値の数と捨てた測定値は、エージェントの報告による24時間分で、1時間ごとに数えます。",
            "Silent is a server, NAS or probe of which nothing came for 15 minutes, and a PC for 3 days."
            " Points measured and dropped are those of 24 hours as agents tell, counted every hour.",
        ),
    )
