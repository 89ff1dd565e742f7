"""What is installed and what changed, systems out of support, and licences as far as devices tell of them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from api.analysis.lifecycle import system_name
from api.analysis.naming import natural
from api.analysis.roster import Roster
from api.analysis.tables import Plan
from api.analysis.tree import LicenceEnd, SoftwareChange, SoftwareDiagnosis, Subject, SupportEnd
from api.display.tokyo import TOKYO, date_text
from api.reports.inputs import ReportInputs
from collectors.text import Text

_NOTES = (
    Text(
        "ライセンスの期限は、期限を通知するウイルス対策ソフトのものだけが分かります。"
        "そのほかのソフトのライセンスは収集していません",
        "licences are known only of antivirus that tells when its own ends; those of other software are not collected",
    ),
    Text(
        "サポート終了日が分かるのはOSだけです。個々のソフトのサポート期限は判定していません",
        "only of operating systems it is known when support ends; that of single products is not judged",
    ),
)
_CUT = Text(
    "ソフトの数が多いため、一部だけを集計しています", "there is so much software that only part of it is counted here"
)


def software_of(inputs: ReportInputs, roster: Roster, plan: Plan) -> SoftwareDiagnosis:
    """Return what is installed on the contract's devices, and what changed within the period."""
    facts, today = inputs.software, inputs.period.last_moment.astimezone(TOKYO).date()
    return SoftwareDiagnosis(
        listed=sum(1 for subject in roster.devices if subject.id in facts.listed),
        not_listed=tuple(subject for subject in roster.devices if subject.id not in facts.listed),
        products=len({(each.name, each.publisher) for each in facts.products}),
        packages=sum(facts.packages.values()),
        added=_changes(inputs, roster, "added"),
        removed=_changes(inputs, roster, "removed"),
        updated=_changes(inputs, roster, "updated"),
        support_ends=tuple(_support_ends(inputs, roster, plan, today)),
        licences=tuple(_licences(inputs, roster, plan, today)),
        notes=tuple(_notes(inputs)),
    )


def _changes(inputs: ReportInputs, roster: Roster, change: str) -> tuple[SoftwareChange, ...]:
    return tuple(
        SoftwareChange(
            each.name, each.publisher, each.before, each.after, tuple(roster.subject(device) for device in each.devices)
        )
        for each in inputs.software.changes
        if each.change == change
    )


def _support_ends(inputs: ReportInputs, roster: Roster, plan: Plan, today: date) -> Iterator[SupportEnd]:
    found: defaultdict[tuple[date, str], list[Subject]] = defaultdict(list)
    notes: dict[str, Text | None] = {}
    for subject in roster.devices:
        hardware = inputs.hardware.get(subject.id)
        system = hardware.system if hardware else None
        if system is not None and system.support_end is not None:
            name = system_name(system)
            found[system.support_end, name].append(subject)
            notes[name] = system.note
    for (ends, name), subjects in sorted(found.items()):
        if ends <= today + timedelta(days=plan.support_soon_days):
            yield SupportEnd(name, ends, ends < today, tuple(subjects), notes[name])


def _licences(inputs: ReportInputs, roster: Roster, plan: Plan, today: date) -> list[LicenceEnd]:
    soon = today + timedelta(days=plan.licence_soon_days)
    found = [
        LicenceEnd(licence.product, licence.ends, licence.ends < today, subject)
        for subject in roster.devices
        if subject.id in inputs.hardware
        for licence in inputs.hardware[subject.id].licences
        if licence.ends <= soon
    ]
    return sorted(found, key=lambda each: (each.ends, each.product, natural(each.subject.name), each.subject.id))


def _notes(inputs: ReportInputs) -> Iterator[Text]:
    listed = inputs.software.listed
    if not listed:
        yield Text("ソフトウェアの一覧がまだ届いていません", "no list of software has come yet")
    elif max(listed.values()) >= inputs.period.end:
        # Lists are kept as they are now; a report of a past month says so.
        day = date_text(max(listed.values()))
        yield Text(f"一覧は{day.ja}時点のものです", f"lists are as of {day.en}")
    if inputs.software.is_cut:
        yield _CUT
    yield from _NOTES
