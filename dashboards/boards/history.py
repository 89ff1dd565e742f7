"""History: what was not well, when, and for how long."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards.subjects import EQUIPMENT, FAMILIES, OF_DEVICES, OF_THE_LAN, Family, Subject
from dashboards.boards.variables import with_devices
from dashboards.boards.words import reason
from dashboards.links import board_link, device_link
from dashboards.panels.bars import bars
from dashboards.panels.by_name import VALUE, by_name
from dashboards.panels.looks import Look, dressed
from dashboards.panels.note import note
from dashboards.panels.parts import DRIVE_LETTER, drop, having, join_by, of, stack
from dashboards.panels.table import Column, table
from dashboards.panels.timeline import timeline
from dashboards.spells import turned_bad, turns_by_week

MOST_ROWS = 100
"""Rows of a list; who needs more takes a shorter range."""

SILENT_H = 25
"""Hours without a report after which a band ends: some verdicts come once a day."""

_LOOKS = tuple(Look(subject.measurement, subject.text) for family in FAMILIES for subject in family.subjects)
_NUMBERS = {subject: number for number, subject in enumerate(each for family in FAMILIES for each in family.subjects)}
"""Subject -> the number that stands for it in answers."""

_NOTHING = Text("この期間に新しく起きたことはありません", "Nothing new happened in this time")
_NOT_JUDGED = Text("この項目を報告する機器はありません", "No device reports this")


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.HISTORY,
        Text("対応が必要になった記録", "History"),
        Text("何が、いつ、どれだけの間よくなかったか", "What was not well, when, and for how long"),
        since="now-30d",
    )
    with_devices(board)
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


def _where(family: Family) -> str:
    return queries.HERE if family.who == "host" else queries.AT_SITE


def _weeks(lang: Lang) -> Builder[Panel]:
    questions = [
        (
            turns_by_week(subject.measurement, who=family.who, part=subject.part, where=_where(family)),
            subject.measurement,
        )
        for family in FAMILIES
        for subject in family.subjects
    ]
    title = Text("対応が必要になった回数（週ごと、月曜から）", "How often something became bad (weeks from Monday)")
    return dressed(bars(lang, title, questions, "cases", interval="7d", empty=_NOTHING), _LOOKS, lang)


def _turned(lang: Lang, families: Sequence[Family], name: str) -> list[str]:
    return [
        turned_bad(
            subject.measurement,
            _NUMBERS[subject],
            subject.told_by or reason(lang),
            who=family.who,
            part=subject.part,
            where=_where(family),
            name=name,
        )
        for family in families
        for subject in family.subjects
    ]


def _columns() -> list[Column]:
    subjects = {str(number): subject.text for subject, number in _NUMBERS.items()}
    return [
        Column("part", Text("部位", "Part"), mappings=[DRIVE_LETTER], pixels=130),
        Column("subject", Text("項目", "Subject"), named=subjects, pixels=200),
        Column("why", Text("内容", "In words"), wraps=True),
    ]


def _journal_of_devices(lang: Lang) -> Builder[Panel]:
    return table(
        lang,
        Text("パソコン・サーバーで対応が必要になったこと", "What became bad on PCs and servers"),
        _turned(lang, OF_DEVICES, "host"),
        [
            Column("Time", Text("日時", "When"), "time", pixels=150),
            Column("host", Text("機器", "Device"), pixels=170, link=device_link()),
            *_columns(),
        ],
        hidden=(),
        sort="Time",
        descending=True,
        most=MOST_ROWS,
        empty=_NOTHING,
    )


def _journal_of_the_lan(lang: Lang) -> Builder[Panel]:
    questions = _turned(lang, OF_THE_LAN, "asset")
    last = f"Q{len(questions) + 1}"
    return table(
        lang,
        Text("LANの機器・接続で対応が必要になったこと", "What became bad on the LAN"),
        [*questions, _names()],
        [
            Column("Time", Text("日時", "When"), "time", pixels=150),
            Column("name", Text("機器", "Equipment"), pixels=170, link=board_link(uids.NETWORK)),
            Column("asset", Text("製造番号・接続先", "Serial or check"), pixels=170),
            *_columns(),
        ],
        hidden=(),
        sort="Time",
        descending=True,
        most=MOST_ROWS,
        prepare=[of(f"/^{last}$/", drop("Time")), of(f"/^(?!{last}$)/", stack()), join_by("asset"), having("why")],
        empty=_NOTHING,
    )


def _names() -> str:
    return queries.newest("network_device", ("name",), by=("asset",), where=queries.AT_SITE, within=queries.KNOWN)


def _devices(lang: Lang, subject: Subject) -> Builder[Panel]:
    question = queries.states_over_time(subject.measurement)
    return timeline(lang, subject.text, [(question, "$tag_host")], silent_h=SILENT_H, empty=_NOT_JUDGED)


def _lan(lang: Lang, family: Family, subject: Subject) -> Builder[Panel]:
    if family is not EQUIPMENT:
        question = queries.states_over_time(subject.measurement, by=(family.who,), where=queries.AT_SITE)
        return timeline(lang, subject.text, [(question, f"$tag_{family.who}")], silent_h=SILENT_H, empty=_NOT_JUDGED)
    by = (family.who, subject.part) if subject.part else (family.who,)
    question = queries.trend(
        subject.measurement, "state_code", by=by, where=queries.AT_SITE, function="max", fill="none", name=VALUE
    )
    panel = timeline(lang, subject.text, [], silent_h=SILENT_H, empty=_NOT_JUDGED)
    return by_name(panel, question, _names(), part=subject.part)


def _about(lang: Lang) -> Builder[Panel]:
    return note(
        lang,
        Text(
            "回数と一覧は、正常または不明から「要対応」に変わった時点です（日時は1時間単位）。"
            "期間の初めからよくなかったものは、下の帯にだけ出ます。回数と一覧がさかのぼれるのは35日です。",
            "Counts and lists are of moments at which a state turned to “act now” (to the hour)."
            " What was bad from the beginning of the range shows only in the bands below."
            " Counts and lists go back 35 days.",
        ),
    )
