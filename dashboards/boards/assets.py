"""Assets and software: what is on the LAN and on the devices, and what came and went."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.probe.discovery.known import Event
from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import happenings
from dashboards.boards.lan_words import KINDS
from dashboards.boards.variables import with_devices
from dashboards.boards.words import reason
from dashboards.links import device_link
from dashboards.panels.bars import bars, counts
from dashboards.panels.looks import Look, dressed
from dashboards.panels.number import number
from dashboards.panels.table import Column, table
from dashboards.panels.trend import trend
from dashboards.states import ATTENTION, NEUTRAL, OK, SERIES, UNKNOWN, State

NO_DISCOVERY = Text(
    "この拠点ではLAN上の機器を探していません（プローブの設定 subnets）",
    "Devices on this site's LAN are not looked for (the probe's setting subnets)",
)
NO_SOFTWARE = Text("ソフトウェアの一覧を送る機器はありません", "No device sends a list of its software")

MOST_ROWS = 200
"""Rows of a list of changes; who needs more takes a shorter range."""

SCAN_INTERVAL = "6h"
"""Shortest bucket of numbers that a scan gives: what is on a LAN changes by the day."""

EVENTS: Mapping[str, tuple[Text, State]] = {
    Event.NEW: (Text("新しい", "New"), State(NEUTRAL, "＋", Text("新しい", "New"))),
    Event.VANISHED: (Text("なくなった", "Gone"), ATTENTION),
    Event.RETURNED: (Text("戻った", "Back"), OK),
    Event.MOVED: (Text("アドレス変更", "Moved"), State(UNKNOWN.color, "→", Text("移動", "Moved"))),
}
"""Tag `event` of `asset_event`."""

PRESENT = {
    "true": (Text("あり", "There"), OK),
    "false": (Text("なくなった", "Gone"), ATTENTION),
}

_KIND_LOOKS = tuple(Look(kind, text, NEUTRAL) for kind, text in KINDS.items())
_CHANGES = (
    Look("added", Text("追加", "Added"), SERIES[0]),
    Look("removed", Text("削除", "Removed"), SERIES[1]),
    Look("updated", Text("更新", "Updated"), SERIES[4]),
)
_TOTAL = Look("total", Text("LANの機器", "Devices on the LAN"), NEUTRAL)


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.ASSETS,
        Text("資産とソフトウェア", "Assets and software"),
        Text(
            "LANにある機器と、インストールされているソフトウェアの一覧と変化",
            "What is on the LAN and what is installed, and how it changes",
        ),
        since="now-30d",
    )
    with_devices(board)
    happenings.of_assets(board)
    happenings.of_software(board)
    board.heading(Text("LANにある機器", "Devices on the LAN"))
    board.place(_total(lang), 4, 5)
    for event, text in (
        (Event.NEW, Text("新しい", "New")),
        (Event.VANISHED, Text("なくなった", "Gone")),
        (Event.RETURNED, Text("戻った", "Back")),
        (Event.MOVED, Text("アドレス変更", "Moved")),
    ):
        board.place(_happened(lang, event, text), 5, 5)
    board.place(_by_kind(lang), 9, 14)
    board.place(_over_time(lang), 15, 14)
    board.place(_events(lang), 24, 9)
    board.place(_list(lang), 24, 14)
    board.heading(Text("ソフトウェア", "Software"))
    board.place(_installed(lang), 12, 9)
    board.place(_changes_over_time(lang), 12, 9)
    board.place(_changes(lang), 24, 10)
    return board.dashboard()


def _total(lang: Lang) -> Builder[Panel]:
    question = queries.newest("assets", ("total",), by=("site",), where=queries.AT_SITE)
    return number(
        lang,
        Text("いまある機器", "There now"),
        f'SELECT sum("total") FROM ({question}) WHERE {queries.since()}',
        "devices",
        empty=NO_DISCOVERY,
    )


def _happened(lang: Lang, event: Event, text: Text) -> Builder[Panel]:
    question = f'SELECT sum("{event}") FROM "assets" WHERE {queries.AT_SITE} AND {queries.since("7d")}'
    return number(lang, Text(f"{text.ja}（7日）", f"{text.en}, 7 days"), question, "devices", empty=NO_DISCOVERY)


def _by_kind(lang: Lang) -> Builder[Panel]:
    newest = queries.newest("asset_kind", ("total",), by=("kind", "site"), where=queries.AT_SITE)
    question = f'SELECT sum("total") FROM ({newest}) WHERE {queries.since()} GROUP BY "kind"'
    panel = counts(lang, Text("種類ごとの台数", "How many of each kind"), [(question, "$tag_kind")], empty=NO_DISCOVERY)
    return dressed(panel, _KIND_LOOKS, lang)


def _events(lang: Lang) -> Builder[Panel]:
    detail = "detail" if lang == "ja" else "detail_en"
    question = (
        f'SELECT "{detail}" AS "detail" FROM "asset_event" WHERE {queries.AT_SITE} AND $timeFilter'
        ' GROUP BY "event", "kind"'
    )
    return table(
        lang,
        Text("新しい機器・なくなった機器（期間中）", "What came and went (in this time)"),
        [question],
        [
            Column("Time", Text("日時", "When"), "time", pixels=140),
            Column("event", Text("何が", "What"), meanings=EVENTS, pixels=125),
            Column("kind", Text("種類", "Kind"), named=KINDS, pixels=115),
            Column("detail", Text("内容", "In words"), wraps=True),
        ],
        hidden=(),
        sort="Time",
        descending=True,
        most=MOST_ROWS,
        empty=Text("この期間に変わったものはありません", "Nothing came or went in this time"),
    )


def _over_time(lang: Lang) -> Builder[Panel]:
    question = queries.trend("assets", "total", by=("site",), where=queries.AT_SITE, function="max")
    panel = trend(
        lang,
        Text("LANの機器の台数", "Number of devices on the LAN"),
        [(question, _TOTAL.name)],
        "devices",
        interval=SCAN_INTERVAL,
        bridged_h=24,
        empty=NO_DISCOVERY,
    )
    return dressed(panel, [_TOTAL], lang)


def _list(lang: Lang) -> Builder[Panel]:
    fields = ("present", "name", "maker", "model", "ip", "mac", "serial", reason(lang))
    first, *rest = fields
    picked = ", ".join([f'last("{first}") AS "{first}"', *(f'"{field}"' for field in rest)])
    question = (
        f'SELECT {picked}, "first_seen" * 1000 AS "first", "last_seen" * 1000 AS "seen" FROM "asset_seen"'
        f' WHERE {queries.AT_SITE} AND {queries.since()} GROUP BY "kind", "asset"'
    )
    return table(
        lang,
        Text("機器の一覧", "All devices"),
        [question],
        [
            Column("kind", Text("種類", "Kind"), named=KINDS, pixels=150),
            Column("name", Text("名前", "Name"), pixels=130),
            Column("present", Text("状態", "State"), meanings=PRESENT, pixels=105),
            Column("maker", Text("メーカー", "Maker"), pixels=135),
            Column("model", Text("機種", "Model"), pixels=100),
            Column("ip", Text("IPアドレス", "IP address"), pixels=110),
            Column("mac", Text("MACアドレス", "Hardware address"), pixels=145),
            Column("serial", Text("製造番号", "Serial number"), pixels=120),
            Column("first", Text("初めて見つけた日時", "First seen"), "time", pixels=145),
            Column("seen", Text("最後に見つけた日時", "Last seen"), "time", pixels=145),
            Column(reason(lang), Text("種類の根拠", "Why this kind")),
        ],
        hidden=("Time", "asset"),
        sort="kind",
        empty=NO_DISCOVERY,
    )


def _installed(lang: Lang) -> Builder[Panel]:
    fields = ("installed", "state_code", reason(lang))
    return table(
        lang,
        Text("機器ごとのソフトウェアの数", "How much software is on each device"),
        [queries.newest("software_summary", fields)],
        [
            Column("host", Text("機器", "Device"), pixels=135, link=device_link()),
            Column("installed", Text("数", "Number"), "cases", pixels=75),
            Column("state_code", Text("状態", "State"), is_state=True, pixels=100),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        sort="host",
        empty=NO_SOFTWARE,
    )


def _changes_over_time(lang: Lang) -> Builder[Panel]:
    questions = [
        (
            f'SELECT sum("{look.name}") FROM "software_summary" WHERE {queries.HERE} AND $timeFilter'
            " GROUP BY time(1d) fill(none) tz('Asia/Tokyo')",
            look.name,
        )
        for look in _CHANGES
    ]
    title = Text("変わったソフトウェアの数（日ごと）", "Software changed each day")
    return dressed(bars(lang, title, questions, "cases", empty=NO_SOFTWARE), _CHANGES, lang)


def _changes(lang: Lang) -> Builder[Panel]:
    names = ("added", "removed", "updated")
    question = (
        f'SELECT "changed_names", {queries.columns(names)} FROM "software_summary" WHERE {queries.HERE}'
        ' AND $timeFilter AND ("added" > 0 OR "removed" > 0 OR "updated" > 0) GROUP BY "host"'
    )
    return table(
        lang,
        Text(
            "ソフトウェアの追加（＋）・削除（－）・更新（^）",
            "Software added (+), removed (-), updated (^)",
        ),
        [question],
        [
            Column("Time", Text("日時", "When"), "time", pixels=150),
            Column("host", Text("機器", "Device"), pixels=150, link=device_link()),
            Column("changed_names", Text("名前とバージョン", "Names and versions"), wraps=True),
            *(Column(look.name, look.text, "1", pixels=80) for look in _CHANGES),
        ],
        hidden=(),
        sort="Time",
        descending=True,
        most=MOST_ROWS,
        empty=Text("この期間に変わったソフトウェアはありません", "No software has changed in this time"),
    )
