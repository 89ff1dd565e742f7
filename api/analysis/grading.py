"""Grades: of an area of a subject, of a subject, of an area of the office, and of the office.

A grade is 100 less the weights of its reasons. Where too little is known there is none, with one exception: what is
known to be bad is bad, whatever else is not known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from api.analysis.evidence import known_of, missing, needed, why_unknown
from api.analysis.month import Month
from api.analysis.reasons import reasons_of
from api.analysis.roster import Roster
from api.analysis.tables import Evidence, Tables, Weights
from api.analysis.tree import (
    Area,
    AreaDiagnosis,
    Comparison,
    Grade,
    Graded,
    Reason,
    Subject,
    SubjectDiagnosis,
    Trend,
)
from api.reports.known import FoundFindings
from collectors.text import Text

NO_DATA_BEFORE = Text("前回の期間のデータがありません", "there are no data of the period before")
NOT_COMPARED = Comparison(Trend.UNKNOWN, why=NO_DATA_BEFORE)
NOT_EVALUATED = Text("この期間は警告の判定が行われていません", "rules were not evaluated within this period")
NOTHING_THERE = Text("対象の機器がありません", "there is nothing of this kind")
NONE = "none"

Scored = tuple[float, float]
"""A score and what it counts."""


@dataclass(frozen=True, slots=True)
class MonthGraded:
    """All grades of a month.

    Attributes:
        overall: the office.
        areas: by area.
        subjects: id -> grades, of devices and equipment.
        reasons: all reasons, also of sites and of what nobody watches.
    """

    overall: Graded
    areas: Mapping[Area, AreaDiagnosis]
    subjects: Mapping[str, SubjectDiagnosis]
    reasons: tuple[Reason, ...]


def grade_month(
    found: FoundFindings, roster: Roster, month: Month, tables: Tables, *, is_evaluated: bool
) -> MonthGraded:
    """Return all grades of a month, not compared with another.

    Args:
        found: what rules found.
        roster: whom it may be about.
        month: what was known at its end.
        tables: weights and limits.
        is_evaluated: whether rules were evaluated within the month; if not, nothing is graded.
    """
    by_subject = reasons_of(found, roster, month, tables)
    subjects = {
        subject.id: _subject(subject, by_subject.get(subject.id, ()), month, tables, is_equipment=is_equipment)
        for those, is_equipment in ((roster.equipment, True), (roster.devices, False))
        for subject in those
    }
    others = {key: those for key, those in by_subject.items() if key not in subjects and key not in roster.targets}
    areas = {area: _area(area, subjects, others, tables.weights) for area in Area}
    overall = _office(areas, tables.weights)
    if not is_evaluated:
        subjects = {key: _ungraded_subject(each) for key, each in subjects.items()}
        areas = {area: replace(each, overall=_ungraded(each.overall)) for area, each in areas.items()}
        overall = _ungraded(overall)
    every = [reason for reasons in by_subject.values() for reason in reasons]
    return MonthGraded(overall, areas, subjects, tuple(every))


def _subject(
    subject: Subject, reasons: Sequence[Reason], month: Month, tables: Tables, *, is_equipment: bool
) -> SubjectDiagnosis:
    known = known_of(subject, month, tables)
    areas: dict[Area, Graded] = {}
    for area, weights in tables.weights.areas.items():
        mine = tuple(reason for reason in reasons if reason.area is area)
        evidence = needed(subject, weights.evidence, is_equipment=is_equipment)
        if evidence is not None or mine:
            areas[area] = _of_area(mine, evidence, known, why_unknown(subject, month, tables), tables.weights)
    scored = {area: graded for area, graded in areas.items() if graded.score is not None}
    weights_ = tables.weights
    score = _combined([(graded.score or 0.0, weights_.areas[area].weight) for area, graded in scored.items()], weights_)
    is_enough = _share(scored, areas, weights_) >= weights_.least_graded
    overall = _graded(
        _decided(score, reasons, weights_, weights_.most_with_critical.subject, is_known=is_enough),
        tuple(reasons),
        tuple(
            Text(f"{area.text.ja}：{why.ja}", f"{area.text.en}: {why.en}")
            for area, graded in areas.items()
            if (why := graded.why_not) is not None
        ),
        why_unknown(subject, month, tables),
        weights_,
    )
    return SubjectDiagnosis(subject, overall, areas)


def _share(part: Iterable[Area], whole: Iterable[Area], weights: Weights) -> float:
    total = sum(weights.areas[area].weight for area in whole)
    return sum(weights.areas[area].weight for area in part) / total if total else 0.0


def _of_area(
    reasons: tuple[Reason, ...], evidence: Evidence | None, known: frozenset[str], why: Text, weights: Weights
) -> Graded:
    """Grade an area of a subject; without evidence that is needed only if it is bad anyway."""
    score = max(0.0, 100.0 - sum(reason.weight for reason in reasons))
    unknown = missing(evidence, known) if evidence is not None else ()
    is_known = evidence is None or len(known & set(evidence.of)) >= evidence.at_least
    most = weights.most_with_critical.subject
    return _graded(_decided(score, reasons, weights, most, is_known=is_known), reasons, unknown, why, weights)


def _decided(
    score: float | None, reasons: Sequence[Reason], weights: Weights, most: float, *, is_known: bool
) -> float | None:
    """Return the score that counts: no higher than something critical that lasts allows, and none where too little is
    known, unless what is known is bad already."""
    if score is None:
        return None
    if any(reason.lasts and reason.severity == "critical" for reason in reasons):
        score = min(score, most)
    return score if is_known or score < weights.grades[Grade.C] else None


def _graded(
    score: float | None, reasons: tuple[Reason, ...], unknown: tuple[Text, ...], why_not: Text, weights: Weights
) -> Graded:
    return Graded(
        grade=weights.grade(score) if score is not None else None,
        score=round(score, 1) if score is not None else None,
        reasons=reasons,
        unknown=unknown,
        why_not=None if score is not None else why_not,
        compared=NOT_COMPARED,
    )


def _combined(scores: Sequence[Scored], weights: Weights) -> float | None:
    """Return one score of several: the worst counts for a share, the weighted mean for the rest."""
    total = sum(weight for _score, weight in scores)
    if not total:
        return None
    mean = sum(score * weight for score, weight in scores) / total
    return weights.worst_share * min(score for score, _weight in scores) + (1 - weights.worst_share) * mean


def _area(
    area: Area,
    subjects: Mapping[str, SubjectDiagnosis],
    others: Mapping[str, Sequence[Reason]],
    weights: Weights,
) -> AreaDiagnosis:
    mine = [(each.subject, each.areas[area]) for each in subjects.values() if area in each.areas]
    # Sites, probes and what nobody watches have no state of their own; they count where something speaks against them.
    for reasons in others.values():
        those = tuple(reason for reason in reasons if reason.area is area)
        if those:
            mine.append((those[0].subject, _of_area(those, None, frozenset(), NOTHING_THERE, weights)))
    scores: list[Scored] = [(graded.score, 1.0) for _subject, graded in mine if graded.score is not None]
    reasons_ = _sorted(reason for _subject, graded in mine for reason in graded.reasons)
    score = _combined(scores, weights)
    not_graded = tuple(subject for subject, graded in mine if graded.score is None)
    is_enough = bool(mine) and len(scores) / len(mine) >= weights.least_graded
    why = _too_few(len(not_graded), len(mine)) if mine else NOTHING_THERE
    overall = _graded(
        _decided(score, reasons_, weights, weights.most_with_critical.area, is_known=is_enough),
        reasons_,
        (_too_few(len(not_graded), len(mine)),) if not_graded else (),
        why,
        weights,
    )
    ordered = sorted((item for item in mine if item[1].score is not None), key=lambda item: item[1].score or 0.0)
    return AreaDiagnosis(
        area=area,
        overall=overall,
        counts=_counts(graded for _subject, graded in mine),
        worst=tuple(subject for subject, graded in ordered if graded.grade is not Grade.A),
        not_graded=not_graded,
    )


def _counts(graded: Iterable[Graded]) -> dict[str, int]:
    counts = {**dict.fromkeys((grade.value for grade in Grade), 0), NONE: 0}
    for each in graded:
        counts[each.grade.value if each.grade is not None else NONE] += 1
    return counts


def _too_few(unknown: int, total: int) -> Text:
    return Text(
        f"{total}台のうち{unknown}台は、データが足りず評価していません",
        f"{unknown} of {total} could not be graded for lack of data",
    )


def _office(areas: Mapping[Area, AreaDiagnosis], weights: Weights) -> Graded:
    there = [area for area, each in areas.items() if sum(each.counts.values())]
    graded = [area for area in there if areas[area].overall.score is not None]
    score = _combined([(areas[area].overall.score or 0.0, weights.areas[area].weight) for area in graded], weights)
    is_enough = bool(there) and _share(graded, there, weights) >= weights.least_graded
    unknown = tuple(
        Text(f"{area.text.ja}：{why.ja}", f"{area.text.en}: {why.en}")
        for area in there
        if (why := areas[area].overall.why_not) is not None
    )
    reasons = _sorted(reason for each in areas.values() for reason in each.overall.reasons)
    return _graded(
        _decided(score, reasons, weights, weights.most_with_critical.office, is_known=is_enough),
        reasons,
        unknown,
        Text("評価できる分野が足りません", "too few areas could be graded") if there else NOTHING_THERE,
        weights,
    )


def _sorted(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda each: (-each.weight, not each.lasts, each.rule, each.subject.id)))


def _ungraded(graded: Graded) -> Graded:
    return replace(graded, grade=None, score=None, why_not=NOT_EVALUATED)


def _ungraded_subject(each: SubjectDiagnosis) -> SubjectDiagnosis:
    areas = {area: _ungraded(graded) for area, graded in each.areas.items()}
    return replace(each, overall=_ungraded(each.overall), areas=areas)
