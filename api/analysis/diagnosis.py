"""The diagnosis of a month: one pure function of a report's inputs."""

from api.analysis.actions import actions_of
from api.analysis.alerts import alerts_of
from api.analysis.assets import assets_of
from api.analysis.comparing import compared
from api.analysis.grading import grade_month
from api.analysis.month import last_month, this_month
from api.analysis.printers import printers_of
from api.analysis.quality import is_evaluated, quality_of
from api.analysis.replacements import plan_of
from api.analysis.roster import roster_of
from api.analysis.software import software_of
from api.analysis.summary import DISCLAIMER, summary_of
from api.analysis.tables import Tables, tables
from api.analysis.tree import Diagnosis
from api.reports.inputs import ReportInputs


def diagnose(inputs: ReportInputs, by: Tables | None = None) -> Diagnosis:
    """Return what a month's data says; the same inputs and tables give the same diagnosis.

    Args:
        inputs: all that is known of the month and of the one before it.
        by: weights and limits; the product's own where none are given.
    """
    used = by or tables()
    roster, evaluated = roster_of(inputs), is_evaluated(inputs)
    month, before = this_month(inputs), last_month(inputs)
    graded = compared(
        grade_month(inputs.findings, roster, month, used, is_evaluated=evaluated),
        grade_month(inputs.findings, roster.with_data(before), before, used, is_evaluated=evaluated)
        if before is not None
        else None,
    )
    actions = actions_of(graded.reasons, used.actions)
    quality = quality_of(inputs, roster, used.plan)
    return Diagnosis(
        summary=summary_of(graded.overall, actions, quality, is_week=inputs.period.week is not None),
        overall=graded.overall,
        areas=tuple(graded.areas.values()),
        devices=tuple(graded.subjects[subject.id] for subject in roster.devices),
        equipment=tuple(graded.subjects[subject.id] for subject in roster.equipment),
        actions=actions[: used.actions.most],
        more_actions=max(0, len(actions) - used.actions.most),
        lifecycle=plan_of(inputs, roster, graded.reasons, used.plan),
        software=software_of(inputs, roster, used.plan),
        assets=assets_of(inputs, roster),
        printers=printers_of(inputs, roster, used.plan),
        alerts=alerts_of(inputs, roster),
        quality=quality,
        disclaimer=DISCLAIMER,
    )
