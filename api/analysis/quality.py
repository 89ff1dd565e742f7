"""How far the data goes that a diagnosis rests on: who was silent, what is missing, what cannot be told."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from api.analysis.roster import Roster
from api.analysis.tables import Plan
from api.analysis.tree import DataQuality, Flaw, QualityNote, Subject
from api.display.tokyo import TOKYO, date_text
from api.readings.presence import HOURS_OF_DAY
from api.reports.inputs import RegisteredDevice, ReportInputs
from collectors.inputs.smart.rules import Level
from collectors.text import Text
from collectors.verdict import State


def quality_of(inputs: ReportInputs, roster: Roster, plan: Plan) -> DataQuality:
    """Return how far the data goes."""
    heard = [subject for subject in roster.devices if subject.id in inputs.reading.devices]
    notes = [
        *_of_month(inputs, roster),
        *_silent(inputs, roster, plan),
        *_gaps(inputs, roster, plan),
        *_probes(inputs, roster, plan),
        *_untold(inputs, roster),
        *_lists(inputs, roster),
        *_comings(inputs, roster),
    ]
    order = list(Flaw)
    return DataQuality(
        devices=len(roster.devices),
        heard=len(heard),
        hours_percent=_hours_percent(inputs, plan),
        notes=tuple(sorted(notes, key=lambda note: order.index(note.flaw))),
    )


def is_evaluated(inputs: ReportInputs) -> bool:
    """Tell whether rules were evaluated within the period; where Grafana does, nobody here knows better."""
    found = inputs.findings
    return found.by_grafana or (found.evaluated_at is not None and found.evaluated_at >= inputs.period.start)


def _of_month(inputs: ReportInputs, roster: Roster) -> Iterator[QualityNote]:
    if not inputs.reading.devices and not inputs.reading.printers and not inputs.equipment:
        yield QualityNote(Flaw.NO_DATA, Text("この期間のデータがありません", "no data came within this period"))
    if not is_evaluated(inputs):
        yield QualityNote(
            Flaw.NOT_EVALUATED,
            Text(
                "この期間は警告の判定が行われていないため、評価していません",
                "rules were not evaluated within this period, so nothing is graded",
            ),
        )
    for rule in inputs.findings.failing:
        facts = inputs.findings.rules.get(rule)
        name = facts.name if facts else Text(rule, rule)
        yield QualityNote(
            Flaw.NOT_EVALUATED,
            Text(f"「{name.ja}」の判定に失敗しています", f"'{name.en}' could not be evaluated last"),
        )
    if not inputs.period.is_complete:
        day = date_text(inputs.period.last_moment)
        yield QualityNote(
            Flaw.PARTIAL_MONTH,
            Text(f"期間の途中（{day.ja}まで）のデータです", f"the period is not over: data until {day.en}"),
        )
    if inputs.rolled_until is None and inputs.kept_since > inputs.period.start:
        day = date_text(inputs.kept_since)
        yield QualityNote(
            Flaw.TOO_OLD,
            Text(f"{day.ja}より前の測定値は保存期間を過ぎています", f"values before {day.en} are kept no longer"),
        )


def _silent(inputs: ReportInputs, roster: Roster, plan: Plan) -> Iterator[QualityNote]:
    longest = timedelta(hours=plan.silent_hours)
    for subject in roster.devices:
        reading = inputs.reading.devices.get(subject.id)
        if reading is None:
            text = Text(f"{subject.name}：データが届いていません", f"{subject.name}: no data came")
            yield QualityNote(Flaw.NEVER_SEEN, text, (subject,))
        elif inputs.period.end - reading.last_seen >= longest:
            day = date_text(reading.last_seen)
            text = Text(
                f"{subject.name}：{day.ja}以降のデータがありません", f"{subject.name}: no data came after {day.en}"
            )
            yield QualityNote(Flaw.SILENT, text, (subject,))
    watched = {
        **{each.asset: each.last_seen for each in inputs.reading.printers},
        **{each.asset: each.last_seen for each in inputs.equipment},
    }
    for subject in roster.equipment:
        if inputs.period.end - watched[subject.id] >= longest:
            day = date_text(watched[subject.id])
            text = Text(
                f"{subject.name}：{day.ja}以降、読み取れていません", f"{subject.name}: could not be read after {day.en}"
            )
            yield QualityNote(Flaw.SILENT, text, (subject,))


def _gaps(inputs: ReportInputs, roster: Roster, plan: Plan) -> Iterator[QualityNote]:
    """Yield devices with time without data, since they belong to the contract and until they fell silent."""
    facts = {each.id: each for each in inputs.contract.devices}
    for subject in roster.devices:
        hours = inputs.presence.devices.get(subject.id)
        if hours is None:
            continue
        told = [
            count
            for day, count in zip(inputs.presence.days, hours, strict=True)
            if day >= _first_day(facts[subject.id], inputs)
        ]
        while told and not told[-1]:
            told.pop()  # what came to an end is told as silence
        if subject.kind in plan.always_on:
            lost = sum(HOURS_OF_DAY - count for count in told[1:-1])
            if lost > HOURS_OF_DAY:
                text = Text(
                    f"{subject.name}：データのない時間が{lost}時間あります",
                    f"{subject.name}: {lost} hours without data",
                )
                yield QualityNote(Flaw.GAPS, text, (subject,))
        elif (missing := _longest_without(told)) >= plan.gap_days:
            text = Text(
                f"{subject.name}：データのない日が{missing}日続きました（電源を切った日を含みます）",
                f"{subject.name}: {missing} days in a row without data, days on which it was off among them",
            )
            yield QualityNote(Flaw.GAPS, text, (subject,))


def _longest_without(hours: Sequence[int]) -> int:
    """Return the most days in a row without data."""
    return max((len(list(days)) for heard, days in groupby(hours, key=bool) if not heard), default=0)


def _first_day(facts: RegisteredDevice, inputs: ReportInputs) -> date:
    """Return the first day from which on data is expected: that after enrolment, or the first with data."""
    enrolled = facts.enrolled_at.astimezone(TOKYO).date()
    hours = inputs.presence.devices.get(facts.id, ())
    heard = next((day for day, count in zip(inputs.presence.days, hours, strict=False) if count), enrolled)
    return min(max(enrolled, inputs.presence.days[0]), heard) if inputs.presence.days else enrolled


def _hours_percent(inputs: ReportInputs, plan: Plan) -> float | None:
    """Return the share of hours in which servers and NAS were heard of, in whole days since they belong to it."""
    heard = expected = 0
    for facts in inputs.contract.devices:
        if facts.kind not in plan.always_on:
            continue
        hours = inputs.presence.devices.get(facts.id, (0,) * len(inputs.presence.days))
        whole = [
            count
            for day, count in zip(inputs.presence.days, hours, strict=True)
            if day > facts.enrolled_at.astimezone(TOKYO).date() and day < inputs.period.end.astimezone(TOKYO).date()
        ]
        heard, expected = heard + sum(whole), expected + HOURS_OF_DAY * len(whole)
    return round(100.0 * heard / expected, 1) if expected else None


def _probes(inputs: ReportInputs, roster: Roster, plan: Plan) -> Iterator[QualityNote]:
    silent_days = plan.silent_hours // HOURS_OF_DAY
    for facts in inputs.contract.probes:
        hours = inputs.presence.probes.get(facts.id)
        subject = roster.subject(facts.id)
        if hours is None:
            text = Text(
                f"プローブ {facts.name}：機器の読み取りがありません",
                f"probe {facts.name}: nothing was read of equipment",
            )
            yield QualityNote(Flaw.PROBE, text, (subject,))
        elif silent_days and not any(hours[-silent_days:]):
            text = Text(
                f"プローブ {facts.name}：最後の{silent_days}日間、機器を読み取れていません",
                f"probe {facts.name}: read nothing of equipment in the last {silent_days} days",
            )
            yield QualityNote(Flaw.PROBE, text, (subject,))


def _untold(inputs: ReportInputs, roster: Roster) -> Iterator[QualityNote]:
    """Yield inputs that failed and checks that cannot tell, each with all devices that it concerns."""
    failed: defaultdict[tuple[str, str], list[Subject]] = defaultdict(list)
    unknown: defaultdict[tuple[Text, Text], list[Subject]] = defaultdict(list)
    for subject in roster.devices:
        reading = inputs.reading.devices.get(subject.id)
        if reading is None:
            continue
        for failure in reading.failures:
            failed[failure.input, failure.message or failure.error].append(subject)
        for check in reading.checks:
            if check.state is State.UNKNOWN:
                unknown[check.title, check.reason].append(subject)
        for drive in reading.drives:
            if drive.state is Level.UNKNOWN:
                unknown[Text("ドライブ", "drives"), drive.reason].append(subject)
    for (name, why), subjects in failed.items():
        text = Text(f"{name} を読み取れませんでした：{why}", f"{name} could not be read: {why}")
        yield QualityNote(Flaw.FAILING_INPUT, text, tuple(dict.fromkeys(subjects)))
    for (title, reason), subjects in unknown.items():
        text = Text(f"{title.ja}：{reason.ja}", f"{title.en}: {reason.en}")
        yield QualityNote(Flaw.CANNOT_TELL, text, tuple(dict.fromkeys(subjects)))


def _lists(inputs: ReportInputs, roster: Roster) -> Iterator[QualityNote]:
    missing = tuple(subject for subject in roster.devices if subject.id not in inputs.software.listed)
    if missing:
        text = Text("ソフトウェアの一覧が届いていない機器があります", "some devices sent no list of software")
        yield QualityNote(Flaw.LISTS, text, missing)
    if not inputs.assets.listed and (inputs.contract.probes or roster.equipment):
        yield QualityNote(
            Flaw.LISTS, Text("LAN上の機器の一覧が届いていません", "no list of what is on the LAN has come")
        )


def _comings(inputs: ReportInputs, roster: Roster) -> Iterator[QualityNote]:
    for facts in inputs.contract.devices:
        if facts.enrolled_at > inputs.period.start:
            day = date_text(facts.enrolled_at)
            text = Text(f"{facts.name}：{day.ja}に登録されました", f"{facts.name}: enrolled on {day.en}")
            yield QualityNote(Flaw.JOINED, text, (roster.subject(facts.id),))
    for facts in inputs.contract.left:
        if facts.revoked_at is not None:
            day = date_text(facts.revoked_at)
            text = Text(f"{facts.name}：{day.ja}に対象から外れました", f"{facts.name}: left the contract on {day.en}")
            yield QualityNote(Flaw.LEFT, text, (roster.subject(facts.id),))
