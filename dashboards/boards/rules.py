"""Rules: what they found, which of them are noisy, and where their thresholds were changed."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import staff
from dashboards.boards.limits import ANY, SOME
from dashboards.panels.bars import bars
from dashboards.panels.looks import Look, dressed
from dashboards.panels.number import number
from dashboards.panels.parts import drop, having, join_by
from dashboards.panels.table import Column, table

MOST_ROWS = 100
"""Rows of a list: the first of its order."""

_NONE = Text("ありません", "None")
_NOTHING = Text("この期間に始まった検知はありません", "No finding opened in this time")
_OF_RULE = '"rule", "category", "severity"'


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.RULES,
        Text("ルールと検知", "Rules"),
        Text("どのルールが何を検知したか、しきい値の変更", "What rules found, and where thresholds were changed"),
        since="now-30d",
        home=uids.FLEET,
    )
    for panel in _numbers(lang):
        board.place(panel, 6, 4)
    board.place(_days(lang), 24, 8)
    board.place(_rules(lang), 24, 11)
    board.place(_open(lang), 24, 9)
    board.place(_contracts(lang), 12, 9)
    board.place(_noisiest(lang), 12, 9)
    board.place(_thresholds(lang), 24, 8)
    return board.dashboard()


def _numbers(lang: Lang) -> list[Builder[Panel]]:
    opened = f'SELECT sum("opened") FROM "finding" WHERE {staff.EVERY_CONTRACT} AND $timeFilter'
    lasted = f'SELECT mean("open_s") FROM "finding" WHERE {staff.EVERY_CONTRACT} AND $timeFilter'
    critical, warning = staff.open_now("open", "critical", by=""), staff.open_now("open", "warning", by="")
    return [
        number(lang, Text("この期間の検知", "Findings in this time"), opened, "cases", empty=_NONE),
        number(lang, Text("続いている要対応", "Open: act now"), critical, "cases", limits=ANY, empty=_NONE),
        number(lang, Text("続いている注意", "Open: attention"), warning, "cases", limits=SOME, empty=_NONE),
        number(lang, Text("続いた時間（平均）", "Mean duration"), lasted, "duration", empty=_NONE),
    ]


def _days(lang: Lang) -> Builder[Panel]:
    question = (
        f'SELECT sum("opened") FROM "finding" WHERE {staff.EVERY_CONTRACT} AND $timeFilter'
        " GROUP BY time(1d), \"severity\" fill(none) tz('Asia/Tokyo')"
    )
    title = Text("始まった検知（日ごと、重要度別）", "Findings that opened, each day, by severity")
    looks = [Look(severity, text, state.color) for severity, (text, state) in staff.SEVERITIES.items()]
    return dressed(bars(lang, title, [(question, "$tag_severity")], "cases", empty=_NOTHING), looks, lang)


def _rules(lang: Lang) -> Builder[Panel]:
    told = (
        'SELECT sum("opened") AS "opened", mean("open_s") AS "mean", max("open_s") AS "longest" FROM "finding"'
        f" WHERE {staff.EVERY_CONTRACT} AND $timeFilter GROUP BY {_OF_RULE}"
    )
    return table(
        lang,
        Text("ルール（検知の多い順）", "Rules, the noisiest first"),
        [told, staff.open_now("open", by='GROUP BY "rule"')],
        [
            Column("rule", Text("ルール", "Rule"), named=staff.rule_names()),
            Column("category", Text("分類", "Category"), named=staff.CATEGORIES, pixels=150),
            Column("severity", Text("重要度", "Severity"), meanings=staff.SEVERITIES, pixels=145),
            Column("opened", Text("検知", "Findings"), "1", pixels=100),
            Column("open", Text("続いている", "Open now"), limits=SOME, pixels=120),
            Column("mean", Text("続いた時間（平均）", "Lasts, mean"), "duration", pixels=160),
            Column("longest", Text("最長", "Longest"), "duration", pixels=130),
        ],
        prepare=[drop("Time"), join_by("rule"), having("opened")],
        sort="opened",
        descending=True,
        empty=_NOTHING,
    )


def _open(lang: Lang) -> Builder[Panel]:
    by = '"severity", "rule", "contract", "site", "host", "asset", "part"'

    def question(severity: str) -> str:
        newest = (
            f'SELECT last("open") AS "open" FROM "finding" WHERE {staff.EVERY_CONTRACT} AND "severity" = \'{severity}\''
            f" AND {queries.since()} GROUP BY {by}"
        )
        return f'SELECT "open" FROM ({newest}) WHERE "open" = 1 AND {queries.since()} GROUP BY {by}'

    return table(
        lang,
        Text("続いている検知", "Findings that are open now"),
        # The answers are put one below the other: the gravest are on top.
        [question(severity) for severity in staff.SEVERITIES],
        [
            Column("severity", Text("重要度", "Severity"), meanings=staff.SEVERITIES, pixels=145),
            Column("rule", Text("ルール", "Rule"), named=staff.rule_names()),
            Column("contract", Text("契約", "Contract"), pixels=160, link=staff.contract_link()),
            Column("host", Text("機器", "Device"), pixels=150, link=staff.device_link()),
            Column("asset", Text("LANの機器", "Equipment"), pixels=150),
            Column("part", Text("部位", "Part"), pixels=120),
        ],
        hidden=("Time", "open", "site"),
        most=MOST_ROWS,
        empty=Text("続いている検知はありません", "No finding is open"),
    )


def _contracts(lang: Lang) -> Builder[Panel]:
    opened = (
        f'SELECT sum("opened") AS "opened" FROM "finding" WHERE {staff.EVERY_CONTRACT} AND $timeFilter'
        ' GROUP BY "contract"'
    )
    names = queries.newest(
        "contract_status", ("name",), by=("contract",), where=staff.EVERY_CONTRACT, within=queries.RECENT
    )
    return table(
        lang,
        Text("契約ごとの検知", "Findings by contract"),
        [opened, staff.open_now("open"), names],
        [
            Column("name", Text("顧客", "Customer"), link=staff.contract_link()),
            Column("contract", Text("契約", "Contract"), pixels=120, link=staff.contract_link()),
            Column("opened", Text("検知", "Findings"), "1", pixels=85),
            Column("open", Text("続いている", "Open now"), limits=SOME, pixels=95),
        ],
        prepare=[drop("Time"), join_by("contract"), having("opened")],
        sort="opened",
        descending=True,
        most=MOST_ROWS,
        empty=_NOTHING,
    )


def _noisiest(lang: Lang) -> Builder[Panel]:
    question = (
        f'SELECT sum("opened") AS "opened" FROM "finding" WHERE {staff.EVERY_CONTRACT} AND $timeFilter'
        ' GROUP BY "contract", "site", "host", "asset"'
    )
    return table(
        lang,
        Text("検知の多い機器", "Devices with the most findings"),
        [question],
        [
            Column("host", Text("機器", "Device"), link=staff.device_link()),
            Column("asset", Text("LANの機器", "Equipment")),
            Column("contract", Text("契約", "Contract"), pixels=120, link=staff.contract_link()),
            Column("opened", Text("検知", "Findings"), "1", pixels=85),
        ],
        hidden=("Time", "site"),
        sort="opened",
        descending=True,
        most=MOST_ROWS,
        empty=_NOTHING,
    )


def _thresholds(lang: Lang) -> Builder[Panel]:
    # They are stored every hour: one that was taken back is not told any more.
    question = queries.newest(
        "rule_threshold",
        ("value", "own"),
        by=("rule", "contract", "subject"),
        where=staff.EVERY_CONTRACT,
        within="130m",
    )
    return table(
        lang,
        Text("ルール本来の値と違うしきい値", "Thresholds that differ from the rules' own"),
        [question],
        [
            Column("rule", Text("ルール", "Rule"), named=staff.rule_names()),
            Column("contract", Text("契約", "Contract"), pixels=170, link=staff.contract_link()),
            Column("subject", Text("対象（なければ契約全体）", "For (else the whole contract)"), pixels=245),
            Column("value", Text("しきい値", "Threshold"), "1", pixels=110),
            Column("own", Text("本来の値", "The rule's own"), "1", pixels=125),
        ],
        sort="rule",
        most=MOST_ROWS,
        empty=Text("変更されたしきい値はありません", "No threshold was changed"),
    )
