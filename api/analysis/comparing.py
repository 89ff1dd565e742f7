"""Grades of this month beside those of the month before."""

from collections.abc import Mapping
from dataclasses import replace

from api.analysis.grading import NO_DATA_BEFORE, MonthGraded
from api.analysis.tree import Area, Comparison, Grade, Graded, SubjectDiagnosis, Trend
from collectors.text import Text

NEW = Text("前回の期間はまだ対象ではありませんでした", "it was not there the period before")
NOT_GRADED_NOW = Text("今回の評価がありません", "it is not graded this time")
NOT_GRADED_BEFORE = Text(
    "前回の期間はデータが足りず、評価がありません", "it was not graded the period before for lack of data"
)

_ORDER = tuple(Grade)


def compare(now: Graded, before: Graded | None, missing: Text = NEW) -> Comparison:
    """Return how a grade compares with an earlier one.

    Args:
        now: this month's.
        before: that of the month before; None where there is none.
        missing: why there is none.
    """
    if before is None:
        return Comparison(Trend.UNKNOWN, why=missing)
    if before.grade is None:
        return Comparison(Trend.UNKNOWN, why=NOT_GRADED_BEFORE)
    if now.grade is None:
        return Comparison(Trend.UNKNOWN, before.grade, NOT_GRADED_NOW)
    step = _ORDER.index(now.grade) - _ORDER.index(before.grade)
    trend = Trend.SAME if step == 0 else Trend.WORSE if step > 0 else Trend.BETTER
    return Comparison(trend, before.grade)


def compared(now: MonthGraded, before: MonthGraded | None) -> MonthGraded:
    """Return a month's grades with how they compare with those of the month before; None where that is not known."""
    missing = NO_DATA_BEFORE if before is None else NEW
    areas: Mapping[Area, Graded] = {area: each.overall for area, each in before.areas.items()} if before else {}
    subjects = before.subjects if before else {}
    return MonthGraded(
        overall=_with(now.overall, before.overall if before else None, missing),
        areas={
            area: replace(each, overall=_with(each.overall, areas.get(area), missing))
            for area, each in now.areas.items()
        },
        subjects={key: _subject(each, subjects.get(key), missing) for key, each in now.subjects.items()},
        reasons=now.reasons,
    )


def _subject(now: SubjectDiagnosis, before: SubjectDiagnosis | None, missing: Text) -> SubjectDiagnosis:
    areas = before.areas if before else {}
    return replace(
        now,
        overall=_with(now.overall, before.overall if before else None, missing),
        areas={area: _with(graded, areas.get(area), missing) for area, graded in now.areas.items()},
    )


def _with(now: Graded, before: Graded | None, missing: Text) -> Graded:
    return replace(now, compared=compare(now, before, missing))
