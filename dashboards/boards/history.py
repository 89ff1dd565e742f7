"""History: what was not well, when, and for how long."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import aspects, customers, staff
from dashboards.boards.subjects import EQUIPMENT, OF_DEVICES, OF_THE_LAN, Family, Subject
from dashboards.boards.variables import with_devices
from dashboards.links import advice_link, board_link, device_link
from dashboards.panels.bars import bars
from dashboards.panels.by_name import VALUE, by_name
from dashboards.panels.looks import Look, dressed
from dashboards.panels.note import note
from dashboards.panels.parts import (
    DRIVE_LETTER,
    absent,
    drop,
    having,
    join_by,
    of,
    shortened,
    sort_by,
    stack,
    state_mapping,
)
from dashboards.panels.table import Column, table
from dashboards.panels.timeline import timeline
from dashboards.states import BY_CODE, DRIVE_BY_CODE

MOST_ROWS = 100
"""Rows of a list; who needs more takes a shorter range."""

_STEPS = 120
"""Buckets of a band at most: 30 days are told by six hours. There are two dozen bands, and lists tell exact times."""

_WEEK = "time(7d, 4d)"
"""Buckets of weeks from Monday on: 1970 began on a Thursday."""

_JOINED_TIMES = ("Time", "Time finding")
"""One or the other is what Grafana calls the time of what is joined, depending on its version."""

_NEWEST = sort_by(_JOINED_TIMES[1], descending=True)

_NOTHING = Text("この期間に検知したことはありません", "Nothing was found in this time")
_NOT_JUDGED = Text("この項目を報告する機器はありません", "No device reports this")


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.HISTORY,
        Text("検知の履歴", "Alert history"),
        Text("何が、いつ、どれだけの間よくなかったか", "What was not well, when, and for how long"),
        since="now-30d",
    )
    with_devices(board)
    board.service()
    board.place(_weeks(lang), 24, 8)
    board.place(_journal_of_devices(lang), 24, 10)
    board.place(_journal_of_the_lan(lang), 24, 9)
    board.place(_about(lang), 24, 2)
    for family in OF_DEVICES:
        board.heading(family.text)
        for subject in family.subjects:
            board.place(_devices(lang, subject), 12, 7)
    for family in OF_THE_LAN:
        board.heading(family.text)
        for subject in family.subjects:
            board.place(_lan(lang, family, subject), 8, 6)
    return board.dashboard()


def _weeks(lang: Lang) -> Builder[Panel]:
    questions = [
        (
            f'SELECT sum("opened") FROM "finding" WHERE {queries.AT_SITE} AND "severity" = \'{severity}\''
            f" AND {customers.TOLD} AND $timeFilter GROUP BY {_WEEK} fill(none) tz('Asia/Tokyo')",
            severity,
        )
        for severity in staff.SEVERITIES
    ]
    title = Text("始まった検知の数（週ごと、月曜から）", "Findings that opened (weeks from Monday)")
    return dressed(bars(lang, title, questions, "cases", interval="7d", empty=_NOTHING), _severities(), lang)


def _severities() -> list[Look]:
    return [Look(severity, text, state.color) for severity, (text, state) in staff.SEVERITIES.items()]


def _findings(where: str) -> str:
    """Ask for the newest beginnings and ends of findings; no engine limits rows of groups, so tags are columns.

    `open` would tell the two apart as well, but is also told every hour in between, which would all be read.
    """
    columns = queries.columns(("opened", "severity", "rule", "host", "asset", "part", "open_s", "advice"))
    return (
        f'SELECT {columns} FROM "finding" WHERE {where} AND {customers.TOLD} AND ("opened" = 1 OR "closed" = 1)'
        f" AND $timeFilter ORDER BY time DESC LIMIT {MOST_ROWS}"
    )


def _columns(lang: Lang) -> list[Column]:
    shown = shortened(".+", Text("開く", "Open").in_(lang))
    began, ended = Text("始まり", "began"), Text("終わり", "ended").in_(lang)
    return [
        Column("rule", Text("検知", "Finding"), named=staff.rule_names(), wraps=True),
        Column("part", Text("部位", "Part"), mappings=[DRIVE_LETTER], pixels=85),
        Column("severity", Text("重要度", "Severity"), meanings=staff.SEVERITIES, pixels=136),
        Column("opened", Text("区分", "What"), named={"1": began}, mappings=[absent(ended, "text")], pixels=65),
        Column("open_s", Text("続いた時間", "Lasted"), "duration", pixels=105),
        Column("advice", Text("対処", "Advice"), mappings=[shown], pixels=60, link=advice_link(lang)),
    ]


def _journal_of_devices(lang: Lang) -> Builder[Panel]:
    return table(
        lang,
        Text("パソコン・サーバー・接続の検知（新しい順）", "Findings on PCs, servers, connections, the newest first"),
        [_findings(f"{queries.HERE} AND \"asset\" = ''")],
        [
            Column("Time", Text("日時", "When"), "time", pixels=140),
            Column("host", Text("機器", "Device"), pixels=140, link=device_link()),
            *_columns(lang),
        ],
        hidden=("asset",),
        sort="Time",
        descending=True,
        most=MOST_ROWS,
        empty=_NOTHING,
    )


def _journal_of_the_lan(lang: Lang) -> Builder[Panel]:
    return table(
        lang,
        Text("LANの機器の検知（新しい順）", "Findings on equipment of the LAN, the newest first"),
        [_findings(f"{queries.AT_SITE} AND \"asset\" != ''"), _names()],
        [
            *(Column(key, Text("日時", "When"), "time", pixels=140) for key in _JOINED_TIMES),
            Column("name", Text("機器", "Equipment"), pixels=110, link=board_link(uids.NETWORK)),
            Column("asset", Text("製造番号など", "Serial number"), pixels=120),
            *_columns(lang),
        ],
        hidden=("host",),
        sort="Time",
        descending=True,
        most=MOST_ROWS,
        prepare=[of("/^Q2$/", drop("Time")), of("/^Q1$/", stack()), join_by("asset"), having("rule"), _NEWEST],
        empty=_NOTHING,
    )


def _names() -> str:
    return queries.newest("network_device", ("name",), by=("asset",), where=queries.AT_SITE, within=queries.KNOWN)


def _devices(lang: Lang, subject: Subject) -> Builder[Panel]:
    question = queries.states_over_time(subject.measurement)
    states = DRIVE_BY_CODE if subject.measurement == aspects.DRIVES.measurement else BY_CODE
    meant = state_mapping(lang, states)
    return timeline(lang, subject.text, [(question, "$tag_host")], mappings=meant, steps=_STEPS, empty=_NOT_JUDGED)


def _lan(lang: Lang, family: Family, subject: Subject) -> Builder[Panel]:
    if family is not EQUIPMENT:
        question = queries.states_over_time(subject.measurement, by=(family.who,), where=queries.AT_SITE)
        return timeline(lang, subject.text, [(question, f"$tag_{family.who}")], steps=_STEPS, empty=_NOT_JUDGED)
    by = (family.who, subject.part) if subject.part else (family.who,)
    question = queries.trend(
        subject.measurement, "state_code", by=by, where=queries.AT_SITE, function="max", fill="none", name=VALUE
    )
    panel = timeline(lang, subject.text, [], steps=_STEPS, empty=_NOT_JUDGED)
    return by_name(panel, question, _names(), part=subject.part)


def _about(lang: Lang) -> Builder[Panel]:
    return note(
        lang,
        Text(
            "上の回数と一覧は、お知らせの元になる検知です（「終わり」の行に続いた時間）。"
            "下の帯は、項目ごとの判定の移り変わりです。一覧と帯がさかのぼれるのは35日です。",
            "Counts and lists above are the findings that messages tell of (rows of an end say how long it lasted)."
            " The bands below show each verdict over time. Lists and bands go back 35 days.",
        ),
    )
