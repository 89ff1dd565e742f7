"""Multifunction printers: what will run out, when, and what the printers complain of."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel, ValueMapping

from alert_rules.rule import Category
from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import happenings
from dashboards.boards.limits import SUPPLY_DAYS, SUPPLY_LEFT
from dashboards.boards.open_findings import PART, SERIAL, open_findings
from dashboards.boards.printer_words import (
    AMOUNTS,
    COLOR_WORDS,
    ERRORS,
    SEVERITIES,
    STATUSES,
    SUPPLY_ALIAS,
    SUPPLY_LOOKS,
)
from dashboards.boards.variables import with_sites
from dashboards.boards.words import OUTLOOKS
from dashboards.links import asset_link
from dashboards.panels.bars import bars
from dashboards.panels.level import level
from dashboards.panels.looks import Look, dressed
from dashboards.panels.note import note
from dashboards.panels.parts import Limits, absent, beyond, drop, first_word, having, stack
from dashboards.panels.table import Column, table
from dashboards.panels.timeline import timeline
from dashboards.panels.trend import trend
from dashboards.states import NEUTRAL, OK, SERIES, UNKNOWN

THIS = f'{queries.AT_SITE} AND "asset" =~ /^$asset$/'
"""The condition for the printer that is chosen."""

_FOUND = f"{THIS} AND \"category\" = '{Category.CONSUMABLES}'"
"""The condition for findings of it: where all are chosen, what has no `asset` would match as well."""

SUPPLY = ("asset", "index", "type", "color", "class")
TRAY = ("asset", "index")
ALERTS_WITHIN = "1h"
"""An alert is stored at every reading while it holds; one that is older than this holds no more."""

LONG_DAYS = 365.0
"""An estimate beyond this says no more than that it is long."""

_PAGES = Look("pages", Text("全ページ", "All pages"), NEUTRAL)
_COLOR = Look("color", Text("カラー", "Colour"), SERIES[3])
_MONO = Look("mono", Text("モノクロ", "Black and white"), "#5B6470")


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.CONSUMABLES,
        Text("複合機と消耗品", "Printers and supplies"),
        Text(
            "トナー・ドラム・用紙の残り、印刷したページ数、複合機からの警告",
            "What is left of toner, drums and paper, pages printed, and what the printers complain of",
        ),
        since="now-30d",
    )
    with_sites(board)
    assets = 'SHOW TAG VALUES FROM "printer" WITH KEY = "asset" WHERE "site" =~ /^$site$/'
    board.variable("asset", Text("複合機（製造番号）", "Printer (serial number)"), assets)
    happenings.findings(board, _FOUND)
    board.place(_printers(lang), 24, 6)
    board.place(open_findings(board, _FOUND, (SERIAL, PART)), 24, 6)
    board.place(_about(lang), 24, 2)
    board.heading(Text("製造番号 $asset", "Serial number $asset"), each="asset")
    board.place(_supplies(lang), 24, 9)
    board.place(_levels(lang), 12, 8)
    board.place(_trays(lang), 12, 8)
    board.place(_alerts(lang), 24, 5)
    board.place(_history(lang), 24, 9)
    board.place(_pages(lang), 12, 8)
    board.place(_pages_by_color(lang), 12, 8)
    board.place(_errors(lang), 24, 5)
    return board.dashboard()


def _printers(lang: Lang) -> Builder[Panel]:
    fields = ("status", "name", "errors", "location", "model", "page_count")
    return table(
        lang,
        Text("複合機の一覧", "All printers"),
        [queries.newest("printer", fields, by=("asset",), where=queries.AT_SITE)],
        [
            Column("name", Text("名前", "Name"), pixels=100, link=asset_link(uids.CONSUMABLES)),
            Column("status", Text("状態", "Status"), meanings=STATUSES, pixels=110),
            Column("errors", Text("知らせていること", "It tells"), mappings=_error_words(lang), pixels=175),
            Column("location", Text("設置場所", "Place"), pixels=130),
            Column("model", Text("機種", "Model")),
            Column("page_count", Text("総ページ数", "Pages in all"), "1", pixels=110),
            Column("asset", Text("製造番号", "Serial number"), pixels=130, link=asset_link(uids.CONSUMABLES)),
        ],
        sort="name",
        empty=Text("この拠点に見張っている複合機はありません", "No printer is watched at this site"),
    )


def _levels(lang: Lang) -> Builder[Panel]:
    tags = queries.columns(("type", "color", "index"))
    coloured, others = (
        f'SELECT last("percent") FROM "printer_supply" WHERE {THIS} AND "color" {which} AND'
        f" {queries.since()} GROUP BY {tags}"
        for which in ("!= ''", "= ''")
    )
    panel = level(
        lang,
        Text("消耗品の残り", "What is left of supplies"),
        [(coloured, SUPPLY_ALIAS), (others, SUPPLY_ALIAS)],
        empty=Text("この複合機は残量を通知しません", "This printer tells no levels"),
    )
    return dressed(panel, SUPPLY_LOOKS, lang)


def _supplies(lang: Lang) -> Builder[Panel]:
    return table(
        lang,
        Text("消耗品の状態と、あと何日もつか（推定）", "State of supplies, and how long they will last (estimated)"),
        [
            queries.newest("printer_supply", ("state", "percent", "description"), by=SUPPLY, where=THIS),
            queries.newest(
                "forecast",
                ("state", "days_left", "days_left_low", "days_left_high"),
                by=("asset", "index", "type", "color"),
                where=f"{THIS} AND \"kind\" = 'supply_empty'",
                names=("outlook", "days", "soonest", "latest"),
            ),
        ],
        [
            Column("description", Text("消耗品", "Supply")),
            Column("color", Text("色", "Colour"), meanings=COLOR_WORDS, pixels=110),
            Column("state", Text("状態", "State"), meanings=AMOUNTS, pixels=170),
            Column("percent", Text("残り", "Left"), "%", decimals=0, mappings=_not_told(lang), pixels=90),
            Column("outlook", Text("予測", "Forecast"), named=OUTLOOKS, pixels=130),
            _days("days", Text("あと", "Lasts"), lang, SUPPLY_DAYS),
            _days("soonest", Text("早ければ", "At least"), lang),
            _days("latest", Text("遅ければ", "At most"), lang),
        ],
        hidden=("asset", "index", "type", "class"),
        sort="index",
        prepare=[drop("Time"), stack(), having("state")],
    )


def _days(key: str, text: Text, lang: Lang, limits: Limits | None = None) -> Column:
    return Column(key, text, "d", limits=limits, decimals=0, mappings=_long(lang), pixels=90)


def _trays(lang: Lang) -> Builder[Panel]:
    fields = ("state", "name", "media", "percent", "level")
    return table(
        lang,
        Text("給紙トレイ", "Paper trays"),
        [queries.newest("printer_tray", fields, by=TRAY, where=THIS)],
        [
            Column("name", Text("トレイ", "Tray"), pixels=90),
            Column("media", Text("用紙", "Paper"), pixels=70),
            Column("state", Text("状態", "State"), meanings=AMOUNTS, pixels=110),
            Column("level", Text("枚数", "Sheets"), mappings=_not_told(lang), pixels=70),
            Column("percent", Text("残り", "Left"), "%", limits=SUPPLY_LEFT, bar=True, decimals=0),
        ],
        hidden=("Time", "asset", "index"),
        sort="index",
        empty=Text("この複合機は給紙トレイを通知しません", "This printer tells of no trays"),
    )


def _alerts(lang: Lang) -> Builder[Panel]:
    fields = ("severity", "description", "code", "age")
    return table(
        lang,
        Text("複合機が出している警告（この1時間）", "What the printer complains of (last hour)"),
        [queries.newest("printer_alert", fields, by=("asset", "index"), where=THIS, within=ALERTS_WITHIN)],
        [
            Column("severity", Text("重さ", "How grave"), meanings=SEVERITIES, pixels=110),
            Column("description", Text("内容（機器の表示）", "In the printer's words")),
            Column("age", Text("続いている時間", "For"), "s", pixels=130),
        ],
        hidden=("Time", "asset", "index", "code"),
        empty=Text("警告は出ていません", "No complaints"),
    )


def _history(lang: Lang) -> Builder[Panel]:
    question = queries.trend("printer_supply", "percent", by=("type", "color", "index"), where=THIS, fill="none")
    panel = trend(
        lang,
        Text("残りの移り変わり（上がったところが交換）", "Levels over time (a rise is a replacement)"),
        [(question, SUPPLY_ALIAS)],
        "%",
        high=100,
        interval="1h",
        empty=Text("この複合機は残量を通知しません", "This printer tells no levels"),
    )
    return dressed(panel, SUPPLY_LOOKS, lang)


def _pages(lang: Lang) -> Builder[Panel]:
    questions = [(queries.per_day("printer", "page_count", where=THIS), _PAGES.name)]
    return dressed(bars(lang, Text("印刷したページ数（日ごと）", "Pages printed each day"), questions), [_PAGES], lang)


def _pages_by_color(lang: Lang) -> Builder[Panel]:
    questions = [
        (queries.per_day("printer", "count_mono", where=THIS), _MONO.name),
        (queries.per_day("printer", "count_color", where=THIS), _COLOR.name),
    ]
    panel = bars(
        lang,
        Text("カラーとモノクロのページ数（日ごと）", "Pages in colour and in black and white each day"),
        questions,
        empty=Text(
            "この複合機はカラーとモノクロを分けて通知しません",
            "This printer does not count colour apart from black and white",
        ),
    )
    return dressed(panel, [_MONO, _COLOR], lang)


def _errors(lang: Lang) -> Builder[Panel]:
    question = (
        f'SELECT last("errors") FROM "printer" WHERE {THIS} AND $timeFilter'
        ' GROUP BY time($__interval), "asset", "device", "host" fill(none)'
    )
    return timeline(
        lang,
        Text("複合機が知らせたこと（いつ、どれだけ続いたか）", "What the printer told (when, and for how long)"),
        [(question, Text("複合機", "Printer").in_(lang))],
        mappings=_error_words(lang),
    )


def _about(lang: Lang) -> Builder[Panel]:
    return note(
        lang,
        Text(
            "「あと」は、前の交換からの減り方が続くとした推定で、「早ければ」「遅ければ」はその幅です。"
            "記録が14日に満たないもの、減っていないもの、残量が通知されないものには出ません。"
            "廃トナーボックスの「残り」は、まだ空いている分です。",
            "“Lasts” is an estimate: as if the fall since the last replacement went on; “at least” and “at most” are"
            " its range. There is none from less than 14 days, for what does not fall, or whose level is not told."
            " Of a waste toner box, its room is what is left.",
        ),
    )


def _not_told(lang: Lang) -> list[ValueMapping]:
    return [absent(Text("通知なし", "not told").in_(lang), UNKNOWN.color)]


def _long(lang: Lang) -> list[ValueMapping]:
    return [beyond(LONG_DAYS, Text("1年以上", "over a year").in_(lang)), absent("－", UNKNOWN.color)]


def _error_words(lang: Lang) -> list[ValueMapping]:
    return first_word(ERRORS, (Text("異常なし", "Nothing"), OK), lang)
