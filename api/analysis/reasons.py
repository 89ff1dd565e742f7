"""What speaks against a grade: findings of a month, and what devices told last that no rule has found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alert_rules.registry import entries
from api.analysis.month import Month
from api.analysis.roster import Roster
from api.analysis.tables import Tables, Weights
from api.analysis.tree import Area, Reason, Subject
from api.readings.condition import printer_condition, sender_condition
from api.readings.scope import Window
from api.reports.known import FoundFinding, FoundFindings, RuleFacts
from collectors.inputs.smart.rules import Level
from collectors.text import Text
from collectors.verdict import State

_UNTOLD = "unknown"
"""Why a finding closed: nobody could tell any longer. It has not ended for all that is known."""

_SCARCE = frozenset({"low", "empty", "almost_full", "full"})


@dataclass(frozen=True, slots=True)
class Held:
    """A finding as it stood at a month's end.

    Attributes:
        finding: the finding.
        subject: whom it is about.
        rule: what found it.
        until: when it ended within the month; None where it lasts, or where nobody could tell any longer.
        is_untold: whether nobody could tell any longer.
    """

    finding: FoundFinding
    subject: Subject
    rule: RuleFacts
    until: datetime | None
    is_untold: bool


def held_in(found: FoundFindings, roster: Roster, window: Window) -> list[Held]:
    """Return the findings that were open at some time within a window, as of its end.

    Those of devices that have left, and what only concerns the provider, are left out.
    """
    held = []
    for finding in found.findings:
        rule, subject = found.rules.get(finding.rule), roster.of(finding.tags)
        over = finding.closed_at if finding.closed_at is not None and finding.closed_at < window.end else None
        is_within = finding.opened_at < window.end and (over is None or over >= window.start)
        if rule is None or rule.is_for_staff or not is_within or roster.is_strange(finding.tags):
            continue
        is_untold = over is not None and finding.end == _UNTOLD
        held.append(Held(finding, subject, rule, None if is_untold else over, is_untold))
    return list(_settled(held))


def _settled(held: Sequence[Held]) -> Iterator[Held]:
    """Yield findings; where one of the same series came later, that one tells how the earlier ended."""
    newest: dict[tuple[str, tuple[tuple[str, str], ...]], datetime] = {}
    for each in held:
        key = _series(each)
        newest[key] = max(newest.get(key, each.finding.opened_at), each.finding.opened_at)
    for each in held:
        if each.is_untold and newest[_series(each)] > each.finding.opened_at:
            yield Held(each.finding, each.subject, each.rule, each.finding.closed_at, is_untold=False)
        else:
            yield each


def _series(held: Held) -> tuple[str, tuple[tuple[str, str], ...]]:
    return (held.finding.rule, tuple(sorted(held.finding.tags.items())))


def reasons_of(found: FoundFindings, roster: Roster, month: Month, tables: Tables) -> dict[str, tuple[Reason, ...]]:
    """Return the reasons of each subject, by its id, the heaviest first."""
    held = held_in(found, roster, month.window)
    of_rule: defaultdict[tuple[str, str], list[Held]] = defaultdict(list)
    for each in held:
        of_rule[each.finding.rule, each.subject.id].append(each)
    kept = [each for each in held if not _is_overridden(each, of_rule[each.rule.overridden_by, each.subject.id])]
    # What is over is a reason apart from what lasts: it may be another part, and it weighs less.
    groups: defaultdict[tuple[str, str, bool], list[Held]] = defaultdict(list)
    for each in kept:
        groups[each.subject.id, each.finding.rule, each.until is None].append(each)
    reasons: defaultdict[str, list[Reason]] = defaultdict(list)
    for (subject, rule, _lasts), those in groups.items():
        area = tables.weights.area_of(rule)
        if area is not None:
            reasons[subject].append(_reason(those, rule, area, tables.weights))
    for subject_, signals in _signals(roster, month, tables).items():
        reasons[subject_] += _uncovered(signals, reasons[subject_], tables.weights)
    return {subject: tuple(sorted(those, key=_heaviest)) for subject, those in reasons.items() if those}


def _heaviest(reason: Reason) -> tuple[float, bool, str, str]:
    return (-reason.weight, not reason.lasts, reason.rule, reason.text.ja)


def _is_overridden(held: Held, graver: Iterable[Held]) -> bool:
    """Tell whether a more urgent finding of the same subject speaks of the same part at the same time."""
    return any(
        _same_part(held, other)
        and _overlaps(held.finding, other.finding)
        and (other.until is None or held.until is not None)
        for other in graver
    )


def _same_part(one: Held, other: Held) -> bool:
    shared = set(one.rule.by) & set(other.rule.by)
    return all(one.finding.tags.get(tag) == other.finding.tags.get(tag) for tag in shared)


def _overlaps(one: FoundFinding, other: FoundFinding) -> bool:
    return (one.closed_at is None or other.opened_at <= one.closed_at) and (
        other.closed_at is None or one.opened_at <= other.closed_at
    )


def _reason(held: Sequence[Held], rule: str, area: Area, weights: Weights) -> Reason:
    """Return one reason of findings of a rule and subject that all last, or are all over."""
    newest = max(held, key=lambda each: (each.finding.opened_at, each.finding.id))
    ended = [each.until for each in held if each.until is not None]
    weight = weights.areas[area].rules[rule] * (weights.over_share if ended else 1.0)
    weight *= 1 + weights.again_share * min(len(held) - 1, weights.again_most)
    return Reason(
        text=_text(newest, len({_series(each) for each in held}), len(held)),
        weight=round(min(100.0, weight), 2),
        area=area,
        subject=newest.subject,
        rule=rule,
        advice=newest.rule.advice,
        severity=newest.rule.severity,
        since=min(each.finding.since for each in held),
        until=max(ended) if ended else None,
        times=len(held),
    )


def _text(newest: Held, parts: int, times: int) -> Text:
    text = newest.finding.message
    if newest.is_untold:
        text = Text(f"{text.ja}（その後は確認できていません）", f"{text.en} (it could not be looked at since)")
    if parts > 1:
        return Text(f"{text.ja}（ほか{parts - 1}か所）", f"{text.en} (and {parts - 1} more)")
    if times > 1:
        return Text(f"{text.ja}（{times}回）", f"{text.en} ({times} times)")
    return text


@dataclass(frozen=True, slots=True)
class _Told:
    """What a subject told last: the name of the signal, and its words."""

    name: str
    text: Text
    subject: Subject
    since: datetime | None = None


def _signals(roster: Roster, month: Month, tables: Tables) -> dict[str, list[_Told]]:
    """Return what speaks against subjects by their newest values."""
    longest = timedelta(hours=tables.plan.silent_hours)
    found: dict[str, list[_Told]] = {}
    for subject in roster.devices:
        found[subject.id] = list(_of_device(subject, month, tables, longest))
    for subject in roster.equipment:
        found[subject.id] = list(_of_equipment(subject, month, longest))
    return found


def _of_device(subject: Subject, month: Month, tables: Tables, longest: timedelta) -> Iterator[_Told]:
    reading = month.devices.get(subject.id)
    if reading is None:
        return
    if month.end - reading.last_seen >= longest:
        kind = "silent_server" if subject.kind in tables.plan.always_on else "silent_pc"
        yield _Told(kind, sender_condition(reading, month.end, longest).reasons[0], subject, reading.last_seen)
        return
    for check in reading.checks:
        if check.state is State.BAD and check.name in tables.weights.signals:
            text = Text(f"{check.title.ja}：{check.reason.ja}", f"{check.title.en}: {check.reason.en}")
            yield _Told(check.name, text, subject)
    for drive in reading.drives:
        if drive.state in (Level.WARNING, Level.FAILING):
            text = Text(f"ドライブ {drive.name}：{drive.reason.ja}", f"drive {drive.name}: {drive.reason.en}")
            yield _Told(f"drive_{drive.state.value}", text, subject)


def _of_equipment(subject: Subject, month: Month, longest: timedelta) -> Iterator[_Told]:
    printer, equipment = month.printers.get(subject.id), month.equipment.get(subject.id)
    if printer is not None and month.end - printer.last_seen < longest:
        scarce = [supply for supply in printer.supplies if supply.state in _SCARCE]
        if scarce:
            told = printer_condition(printer, month.end, longest).reasons
            name = scarce[0].name
            text = next((each for each in told if each.ja.startswith(name.ja)), name)
            yield _Told("supply", text, subject)
    if equipment is not None and equipment.is_reachable is False and month.end - equipment.last_seen < longest:
        yield _Told("unreachable", Text("応答がありません", "it does not answer"), subject)


def _uncovered(signals: Sequence[_Told], reasons: Sequence[Reason], weights: Weights) -> Iterator[Reason]:
    """Yield reasons of signals of which no rule has found anything that lasts; one of each name."""
    lasting = {reason.rule for reason in reasons if reason.lasts}
    seen: set[str] = set()
    for told in signals:
        signal = weights.signals[told.name]
        area = weights.area_of(signal.rule)
        if area is None or told.name in seen or lasting & set(signal.covered_by):
            continue
        seen.add(told.name)
        yield Reason(
            text=told.text,
            weight=signal.weight,
            area=area,
            subject=told.subject,
            rule=signal.rule,
            advice=entries()[signal.rule].rule.advice_id,
            severity=signal.severity,
            since=told.since,
        )
