"""What a report says as data: all of it as JSON, and what was found as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterator

import msgspec

from api.analysis.tree import Diagnosis, Graded, Reason, SubjectDiagnosis
from api.display.formats import clean
from api.display.tokyo import TOKYO
from api.display.words import EQUIPMENT_KIND, word
from api.spreadsheet import defused
from collectors.text import Lang, Text

_COLUMNS = (
    Text("機器", "Device"),
    Text("種類", "Kind"),
    Text("拠点", "Site"),
    Text("総合評価", "Overall grade"),
    Text("分野", "Area"),
    Text("分野の評価", "Grade of the area"),
    Text("内容", "What was found"),
    Text("重要度", "Severity"),
    Text("始まり（日本時間）", "Since (Japan)"),
    Text("終わり（日本時間）", "Until (Japan)"),
    Text("ルール", "Rule"),
    Text("対処のページ", "Page of advice"),
)


def to_json(diagnosis: Diagnosis) -> bytes:
    """Return all of a diagnosis; the same bytes for the same one."""
    return msgspec.json.format(msgspec.json.encode(diagnosis, order="deterministic"), indent=1) + b"\n"


def to_csv(diagnosis: Diagnosis, lang: Lang) -> bytes:
    """Return a row for each thing that was found, and one for each area of which nothing was.

    UTF-8 with a byte order mark, by which Excel knows it.
    """
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow([column.in_(lang) for column in _COLUMNS])
    for each in (*diagnosis.devices, *diagnosis.equipment):
        table.writerows([_cell(value) for value in row] for row in _rows(each, lang))
    return file.getvalue().encode("utf-8-sig")


def _rows(each: SubjectDiagnosis, lang: Lang) -> Iterator[list[str]]:
    subject = each.subject
    who = [subject.name, word(EQUIPMENT_KIND, subject.kind).in_(lang), subject.site, _grade(each.overall)]
    for area, graded in each.areas.items():
        head = [*who, area.text.in_(lang), _grade(graded)]
        if not graded.reasons:
            yield [*head, graded.why_not.in_(lang) if graded.why_not else "", "", "", "", "", ""]
        for reason in graded.reasons:
            yield [*head, *_found(reason, lang)]


def _found(reason: Reason, lang: Lang) -> list[str]:
    since, until = (f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}" if at else "" for at in (reason.since, reason.until))
    return [reason.text.in_(lang), reason.severity, since, until, reason.rule, reason.advice]


def _grade(graded: Graded) -> str:
    return graded.grade.value if graded.grade else ""


def _cell(value: str) -> str:
    return defused(clean(value))
