"""What to replace in which quarter: systems before their support ends, parts before they are worn out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from api.analysis.days import day_text, last_day, later, quarter_of
from api.analysis.lifecycle import HOURS_OF_YEAR, lifecycles_of, system_name
from api.analysis.naming import natural
from api.analysis.roster import Roster
from api.analysis.tables import Plan
from api.analysis.tree import LifecyclePlan, Reason, Replacement, Subject
from api.display.tokyo import TOKYO
from api.readings.hardware import Hardware
from api.readings.outlook import Forecast
from api.reports.inputs import ReportInputs
from collectors.text import Text

_REPLACED: Mapping[str, Text] = {
    "drive_failing": Text("ドライブ", "drive"),
    "physical_disk_bad": Text("ドライブ", "drive"),
    "drive_warning": Text("ドライブ", "drive"),
    "drive_worn": Text("SSD", "SSD"),
    "nas_disk_bad": Text("NASのディスク", "disk of the NAS"),
    "raid_degraded": Text("RAIDのドライブ", "drive of the RAID"),
    "nas_raid_degraded": Text("RAIDのドライブ", "drive of the RAID"),
    "battery_worn": Text("バッテリー", "battery"),
    "ups_battery_replace": Text("UPSのバッテリー", "battery of the UPS"),
    "drum_worn": Text("ドラムなどの部品", "drum or other part"),
}
"""Rule -> what is to be replaced now, while its finding lasts."""

_FORECAST: Mapping[str, tuple[Text, str, str]] = {
    "battery_worn": (Text("バッテリー", "battery"), "battery_worn", "battery_wears_out"),
    "ssd_worn": (Text("SSD", "SSD"), "drive_worn", "drive_worn"),
}
"""Kind of forecast -> what is to be replaced, the rule that tells once it is worn, and the advice before."""

_NO_AGE = Text(
    "機器の製造日や購入日は収集していないため、使用年数は分かりません。ドライブの通電時間から分かる下限だけを示します",
    "when a machine was made or bought is not collected, so ages are not known; only what the running hours of drives"
    " say: at least so old",
)


def plan_of(inputs: ReportInputs, roster: Roster, reasons: Sequence[Reason], plan: Plan) -> LifecyclePlan:
    """Return the lifecycle of all devices, and the plan of replacements.

    Args:
        inputs: what is known.
        roster: the devices.
        reasons: what speaks against grades, of which some ask for a replacement.
        plan: how far to look ahead.
    """
    today = inputs.period.last_moment.astimezone(TOKYO).date()
    until = later(quarter_of(today), plan.plan_quarters)
    devices = lifecycles_of(inputs, roster)
    planned = [
        *(each for subject in roster.devices for each in _systems(subject, inputs.hardware.get(subject.id), today)),
        *_by_reasons(reasons, today),
        *_by_forecasts(inputs.forecasts, roster, today, reasons),
        *(each for subject in roster.devices for each in _old_drives(subject, inputs, plan, today)),
    ]
    kept = _once([each for each in planned if each.by <= last_day(until)])
    untold = sum(1 for each in devices if each.support_end is None)
    notes = [_NO_AGE] if devices else []
    if untold:
        notes.append(
            Text(
                f"{untold}台は、OSのサポート終了日が分かりません",
                f"when support of the operating system ends is not known of {untold} of the devices",
            )
        )
    return LifecyclePlan(devices, tuple(kept), until, tuple(notes))


def _systems(subject: Subject, hardware: Hardware | None, today: date) -> Iterator[Replacement]:
    system = hardware.system if hardware else None
    if system is None or system.support_end is None:
        return
    end, day = system.support_end, day_text(system.support_end)
    name = system_name(system)
    what = Text(f"OSの入れ替えまたは機器の更新（{name}）", f"upgrade of the system or the machine ({name})")
    if end < today:
        reason = _noted(Text(f"{day.ja}にサポートが終了しています", f"support ended on {day.en}"), system.note)
        yield Replacement(subject, what, reason, quarter_of(today), today, is_due=True, advice="os_support_ended")
    else:
        reason = _noted(Text(f"{day.ja}にサポートが終了します", f"support ends on {day.en}"), system.note)
        yield Replacement(subject, what, reason, quarter_of(end), end, is_due=False, advice="os_support_ends_soon")


def _noted(text: Text, note: Text | None) -> Text:
    return Text(f"{text.ja}。{note.ja}", f"{text.en}; {note.en}") if note else text


def _by_reasons(reasons: Sequence[Reason], today: date) -> Iterator[Replacement]:
    for reason in reasons:
        if reason.lasts and reason.rule in _REPLACED:
            what = _REPLACED[reason.rule]
            yield Replacement(
                reason.subject, what, reason.text, quarter_of(today), today, is_due=True, advice=reason.advice
            )


def _by_forecasts(
    forecasts: Sequence[Forecast], roster: Roster, today: date, reasons: Sequence[Reason]
) -> Iterator[Replacement]:
    # What is worn already is told by its finding.
    told = {(reason.subject.id, reason.rule) for reason in reasons if reason.lasts}
    for each in forecasts:
        known = _FORECAST.get(each.kind)
        if known is None or not each.is_sure or each.days_left is None or each.subject not in roster.targets:
            continue
        what, rule, advice = known
        if (each.subject, rule) in told:
            continue
        # By the earliest day, so that it is there in time.
        left = each.low if each.low is not None else each.days_left
        at = each.at.astimezone(TOKYO).date()
        by = max(today, at + timedelta(days=int(min(left, 3650.0))))
        part = f" {each.part}" if each.part else ""
        reason = Text(
            f"{what.ja}{part}：このままだとあと{each.days_left:.0f}日で寿命の見込み",
            f"{what.en}{part}: worn out in {each.days_left:.0f} days at this pace",
        )
        yield Replacement(
            roster.subject(each.subject), what, reason, quarter_of(by), by, is_due=by <= today, advice=advice
        )


def _old_drives(subject: Subject, inputs: ReportInputs, plan: Plan, today: date) -> Iterator[Replacement]:
    """Yield one entry of drives that run or will have run for as long as the plan says, where they run all the time."""
    reading = inputs.reading.devices.get(subject.id)
    if reading is None:
        return
    limit = plan.drive_years * HOURS_OF_YEAR
    for drive in reading.drives:
        if drive.power_on_hours is None:
            continue
        left_hours = limit - drive.power_on_hours
        if left_hours > 0 and subject.kind not in plan.always_on:
            continue  # nobody knows how many hours a day it will run
        by = today + timedelta(days=max(0, int(left_hours / 24)))
        years = drive.power_on_hours / HOURS_OF_YEAR
        reason = Text(
            f"ドライブ {drive.name}：通電 {years:.1f}年（目安 {plan.drive_years:g}年）",
            f"drive {drive.name}: has run for {years:.1f} years (planned: {plan.drive_years:g})",
        )
        yield Replacement(
            subject, Text("ドライブ", "drive"), reason, quarter_of(by), by, is_due=by <= today, advice="drive_worn"
        )


def _once(planned: Sequence[Replacement]) -> list[Replacement]:
    """Return replacements, the earliest first; of those of a subject and thing in a quarter one, with all reasons."""
    found: dict[tuple[str, str, str], Replacement] = {}
    for each in sorted(planned, key=lambda one: (one.by, natural(one.subject.name), one.subject.id, one.what.ja)):
        key = (each.subject.id, each.what.ja, each.quarter.text.en)
        known = found.get(key)
        if known is None:
            found[key] = each
        elif each.reason.ja not in known.reason.ja:
            reason = Text(f"{known.reason.ja}、{each.reason.ja}", f"{known.reason.en}; {each.reason.en}")
            found[key] = Replacement(
                known.subject, known.what, reason, known.quarter, known.by, known.is_due, known.advice
            )
    return list(found.values())
