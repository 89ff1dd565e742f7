"""The diagnosis of a month as one typed tree, which documents, JSON and CSV are made from.

Whatever cannot be told is None, and a text beside it says why; nothing here is guessed. All texts are in both languages
and hold names as devices tell them: whoever shows them escapes them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from collectors.text import Text


class Area(StrEnum):
    """What is graded of a device or of the office, in the order in which it is shown."""

    SECURITY = "security"
    HARDWARE = "hardware"
    CAPACITY = "capacity"
    AVAILABILITY = "availability"
    EQUIPMENT = "equipment"
    CONSUMABLES = "consumables"

    @property
    def text(self) -> Text:
        """The area for people."""
        return _AREA_TEXT[self]


_AREA_TEXT = {
    Area.SECURITY: Text("セキュリティ", "Security"),
    Area.HARDWARE: Text("機器の健康状態", "Hardware health"),
    Area.CAPACITY: Text("容量", "Capacity"),
    Area.AVAILABILITY: Text("稼働", "Availability"),
    Area.EQUIPMENT: Text("オフィス機器・ネットワーク", "Office equipment"),
    Area.CONSUMABLES: Text("消耗品", "Consumables"),
}


class Grade(StrEnum):
    """From A, nothing to do, to E, act today; from which score on is in `weights.yaml`."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @property
    def text(self) -> Text:
        """What the grade means."""
        return _GRADE_TEXT[self]


_GRADE_TEXT = {
    Grade.A: Text("良好", "good"),
    Grade.B: Text("おおむね良好", "mostly good"),
    Grade.C: Text("改善が必要", "needs improvement"),
    Grade.D: Text("早めの対応が必要", "act soon"),
    Grade.E: Text("至急の対応が必要", "act now"),
}


class Trend(StrEnum):
    """How something compares with the month before."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"
    """It cannot be compared; a text beside it says why."""

    @property
    def text(self) -> Text:
        """The trend for people."""
        return _TREND_TEXT[self]


_TREND_TEXT = {
    Trend.BETTER: Text("改善", "better"),
    Trend.WORSE: Text("悪化", "worse"),
    Trend.SAME: Text("変化なし", "same"),
    Trend.UNKNOWN: Text("比較できません", "cannot be compared"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A device or a piece of equipment.

    Attributes:
        id: public id of the device, asset id of equipment, public id of a site, or of the contract.
        name: for people.
        kind: "pc", "server", "nas", "printer", "router", "switch", "pbx", "ups", "probe", "site", "contract", …
        site: name of its site; "" if not known.
    """

    id: str
    name: str
    kind: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a grade is not the best one.

    Attributes:
        text: what is or was wrong, one sentence.
        weight: points that it takes off 100.
        area: what it is counted in.
        subject: what it is about.
        rule: id of the rule that says so.
        advice: page of advice (`alert_rules.advice`); "" where there is none.
        severity: "critical", "warning" or "info".
        since: since when; None if not known.
        until: when it ended; None while it lasts, or where nobody can tell whether it ended.
        times: how often it began within the period, or was there already.
    """

    text: Text
    weight: float
    area: Area
    subject: Subject
    rule: str
    advice: str
    severity: str
    since: datetime | None
    until: datetime | None = None
    times: int = 1

    @property
    def lasts(self) -> bool:
        """Whether it is so at the period's end."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a grade compares with that of the month before.

    Attributes:
        trend: better, worse, same, or that it cannot be compared.
        before: the grade of the month before; None where it has none.
        why: why it cannot be compared; None where it can.
    """

    trend: Trend
    before: Grade | None = None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade and all that led to it.

    Attributes:
        grade: None where too little is known; then `why_not` says so.
        score: 100 less the weights of the reasons, 0 at least; None where there is no grade.
        reasons: what took points off, the heaviest first. There may be some where there is no grade.
        unknown: what could not be told and is not part of the grade.
        why_not: why there is no grade; None where there is one.
        compared: with the month before.
    """

    grade: Grade | None
    score: float | None
    reasons: tuple[Reason, ...]
    unknown: tuple[Text, ...]
    why_not: Text | None
    compared: Comparison


@dataclass(frozen=True, slots=True)
class SubjectDiagnosis:
    """A device or a piece of equipment.

    Attributes:
        subject: which.
        overall: of all its areas.
        areas: by area, those that apply to its kind.
    """

    subject: Subject
    overall: Graded
    areas: dict[Area, Graded]


@dataclass(frozen=True, slots=True)
class AreaDiagnosis:
    """An area of the whole office.

    Attributes:
        area: which.
        overall: of all subjects in it.
        counts: grade, or "none" for not graded -> how many subjects have it.
        worst: subjects that have not the best grade, the worst first.
        not_graded: subjects of which too little is known.
    """

    area: Area
    overall: Graded
    counts: dict[str, int]
    worst: tuple[Subject, ...]
    not_graded: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do, for one or several subjects at once.

    Attributes:
        text: what to do, as one sentence.
        advice: page of advice that tells how.
        rules: ids of the rules that ask for it.
        severity: the gravest of what it is about.
        subjects: whom it concerns, the gravest first.
        facts: what was found, one sentence a subject and part.
        since: since when the oldest of it lasts or was.
        lasts: False where all of it is over: it is then to keep it from coming back.
        risk: 1 to 5, of the gravest; see `actions.yaml`.
        effort: 1 to 5.
        value: what the ranking goes by; only to be compared.
    """

    text: Text
    advice: str
    rules: tuple[str, ...]
    severity: str
    subjects: tuple[Subject, ...]
    facts: tuple[Text, ...]
    since: datetime | None
    lasts: bool
    risk: int
    effort: int
    value: float

    @property
    def risk_text(self) -> Text:
        """The risk for people."""
        return _RISK_TEXT[self.risk]

    @property
    def effort_text(self) -> Text:
        """The effort for people."""
        return _EFFORT_TEXT[self.effort]


_RISK_TEXT = {
    1: Text("小", "small"),
    2: Text("やや小", "rather small"),
    3: Text("中", "medium"),
    4: Text("大", "large"),
    5: Text("特大", "very large"),
}
_EFFORT_TEXT = {
    1: Text("数分", "minutes"),
    2: Text("1時間以内", "within an hour"),
    3: Text("半日程度", "about half a day"),
    4: Text("数日（手配を含む）", "days, with what must be ordered"),
    5: Text("計画が必要", "needs a plan"),
}


@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter.

    Attributes:
        year: e.g. 2026.
        number: 1 to 4.
    """

    year: int
    number: int

    @property
    def text(self) -> Text:
        """The quarter for people."""
        first = 3 * self.number - 2
        return Text(f"{self.year}年{first}〜{first + 2}月", f"Q{self.number} {self.year}")


@dataclass(frozen=True, slots=True)
class Wear:
    """How far a part is worn.

    Attributes:
        part: its name.
        text: in one sentence.
        worn_percent: share of its life that is used, or that a battery has lost, %; None if not told.
        hours: for how many hours a drive has run; None if not told.
        days_left: how long it will last, days from the period's end; None where that cannot be told.
        low: the same at the earliest.
        high: the same at the latest; None where there is no limit.
    """

    part: str
    text: Text
    worn_percent: float | None = None
    hours: int | None = None
    days_left: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How old a device is and how long what it is made of will last.

    Attributes:
        subject: the device.
        system: operating system with its release; "" if not told.
        support_end: last day of its security updates; None where it is not known.
        support_days_left: days from the period's end until then, negative after it; None where it is not known.
        support: that in one sentence.
        years_at_least: how old it is at least, by how long its drives ran; None where not even that is known.
        age: the age in one sentence; that it is unknown, where it is.
        wear: of drives and batteries.
    """

    subject: Subject
    system: str
    support_end: date | None
    support_days_left: int | None
    support: Text
    years_at_least: float | None
    age: Text
    wear: tuple[Wear, ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """Something to be replaced or upgraded.

    Attributes:
        subject: the device or equipment.
        what: what is replaced: the machine's system, a drive, a battery.
        reason: why.
        quarter: in which quarter at the latest.
        by: by which day at the latest; the period's end where it is due already.
        is_due: whether that time has come.
        advice: page of advice; "" where there is none.
    """

    subject: Subject
    what: Text
    reason: Text
    quarter: Quarter
    by: date
    is_due: bool
    advice: str


@dataclass(frozen=True, slots=True)
class LifecyclePlan:
    """The lifecycle of all devices.

    Attributes:
        devices: by name.
        replacements: the earliest first.
        until: last quarter that the plan looks at.
        notes: what the plan does not know.
    """

    devices: tuple[Lifecycle, ...]
    replacements: tuple[Replacement, ...]
    until: Quarter
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class SoftwareChange:
    """Software that was installed, removed or updated.

    Attributes:
        name: of the product.
        publisher: "" if not told.
        before: version before; "" where it is new or not told.
        after: version after; "" where it is gone or not told.
        subjects: on which devices.
    """

    name: str
    publisher: str
    before: str
    after: str
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class SupportEnd:
    """An operating system whose support has ended or will soon.

    Attributes:
        name: the system with its release.
        ends: last day of security updates.
        is_over: whether that day has passed.
        subjects: the devices that have it.
        note: a remark, such as a paid extension; None where there is none.
    """

    name: str
    ends: date
    is_over: bool
    subjects: tuple[Subject, ...]
    note: Text | None


@dataclass(frozen=True, slots=True)
class LicenceEnd:
    """A licence whose end a device tells.

    Attributes:
        product: what it is of.
        ends: its last day.
        is_over: whether that day has passed.
        subject: the device.
    """

    product: str
    ends: date
    is_over: bool
    subject: Subject


@dataclass(frozen=True, slots=True)
class SoftwareDiagnosis:
    """What is installed, and what changed.

    Attributes:
        listed: how many devices sent a list.
        not_listed: devices that sent none.
        products: different products, versions apart.
        packages: packages of Linux systems, all devices together.
        added: what was installed.
        removed: what was removed.
        updated: what got another version.
        support_ends: operating systems out of support, or soon to be, the earliest first.
        licences: ends of licences that devices tell, the earliest first.
        notes: what is not known, e.g. that licences are told by few products only.
    """

    listed: int
    not_listed: tuple[Subject, ...]
    products: int
    packages: int
    added: tuple[SoftwareChange, ...]
    removed: tuple[SoftwareChange, ...]
    updated: tuple[SoftwareChange, ...]
    support_ends: tuple[SupportEnd, ...]
    licences: tuple[LicenceEnd, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class AssetEntry:
    """A thing on the LAN.

    Attributes:
        subject: what it is, as far as known.
        model: maker and model; "" if not known.
        at: when it came, vanished, or was first found; None if not told.
    """

    subject: Subject
    model: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class AssetDiagnosis:
    """What there is on the LANs, and what changed.

    Attributes:
        total: things in the probes' newest lists; None where no probe sent one.
        kinds: kind -> how many.
        new: what came within the period.
        vanished: what went.
        unknown: what nobody can tell the kind of.
        notes: what is not known.
    """

    total: int | None
    kinds: dict[str, int]
    new: tuple[AssetEntry, ...]
    vanished: tuple[AssetEntry, ...]
    unknown: tuple[AssetEntry, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class PageCount:
    """Pages of one type.

    Attributes:
        counter: name of the counter, e.g. "count_color".
        title: what it counts.
        pages: within the period; None where it cannot be told.
        before: within the month before; None where it cannot be told.
    """

    counter: str
    title: Text
    pages: int | None
    before: int | None


@dataclass(frozen=True, slots=True)
class SupplyDiagnosis:
    """A supply of a printer.

    Attributes:
        index: its number in the printer.
        name: for people.
        is_receptacle: True for a box that fills up; percent is then the room that is left.
        percent: what was left last, %; None where the printer does not tell.
        used_percent: what was used within the period, % of a full one; None where it cannot be told.
        refills: how often it was refilled, replaced or emptied within the period, as far as seen from day to day.
        days_left: days from the period's end; None where that cannot be told.
        low: the same at the earliest.
        high: the same at the latest; None where there is no limit.
        outlook: that in one sentence.
        order_by: by which day to order; None where there is nothing to order yet.
        order_now: whether that day has come.
    """

    index: str
    name: Text
    is_receptacle: bool
    percent: float | None
    used_percent: float | None
    refills: int
    days_left: float | None
    low: float | None
    high: float | None
    outlook: Text
    order_by: date | None
    order_now: bool


@dataclass(frozen=True, slots=True)
class PrinterDiagnosis:
    """A printer's month.

    Attributes:
        subject: the printer.
        model: maker and model; "" if not told.
        pages: by type, only those that it tells.
        supplies: by index.
        notes: what disturbs the numbers, e.g. that a counter was set back.
    """

    subject: Subject
    model: str
    pages: tuple[PageCount, ...]
    supplies: tuple[SupplyDiagnosis, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Findings that have something in common.

    Attributes:
        key: e.g. "critical", or a public id.
        text: for people.
        opened: how many began within the period.
        before: how many began within the month before; None where that is not known.
        open: how many last at the period's end.
        hours: for how long they were open within the period, all together.
    """

    key: str
    text: Text
    opened: int
    before: int | None
    open: int
    hours: float


@dataclass(frozen=True, slots=True)
class AlertStatistics:
    """What the rules found.

    Attributes:
        total: all of it.
        severities: by severity, the gravest first.
        categories: by category.
        subjects: by device or equipment, that with the most first, at most ten.
        rules: by rule, that with the most first, at most ten.
        hours_to_end: median time from beginning to end of what ended within the period, hours; None where nothing did.
        notes: what disturbs the numbers.
    """

    total: Tally
    severities: tuple[Tally, ...]
    categories: tuple[Tally, ...]
    subjects: tuple[Tally, ...]
    rules: tuple[Tally, ...]
    hours_to_end: float | None
    notes: tuple[Text, ...]


class Flaw(StrEnum):
    """What can be wrong with the data."""

    NO_DATA = "no_data"
    SILENT = "silent"
    NEVER_SEEN = "never_seen"
    GAPS = "gaps"
    FAILING_INPUT = "failing_input"
    CANNOT_TELL = "cannot_tell"
    PROBE = "probe"
    NOT_EVALUATED = "not_evaluated"
    LISTS = "lists"
    PARTIAL_MONTH = "partial_month"
    TOO_OLD = "too_old"
    JOINED = "joined"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class QualityNote:
    """Something that the diagnosis could not see.

    Attributes:
        flaw: its kind.
        text: in one sentence.
        subjects: which devices it concerns; empty for all.
    """

    flaw: Flaw
    text: Text
    subjects: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True)
class DataQuality:
    """How far the data goes that the diagnosis rests on.

    Attributes:
        devices: target devices of the contract.
        heard: of how many data came within the period.
        hours_percent: share of the hours since they belong to the contract in which servers and NAS were heard of, %;
            None where there are none. PCs are off at night, so their hours say nothing.
        notes: what is missing, the gravest first.
    """

    devices: int
    heard: int
    hours_percent: float | None
    notes: tuple[QualityNote, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that a month's data says.

    Attributes:
        summary: in one or two sentences, for who has ten seconds.
        overall: the whole office.
        areas: all areas, in their order.
        devices: target devices, as the contract lists them.
        equipment: printers and what else probes watch, by name.
        actions: the five most useful, the first first.
        more_actions: how many there are besides.
        lifecycle: age, support and wear, and what to replace when.
        software: what is installed and what changed.
        assets: what there is on the LANs and what changed.
        printers: pages and supplies.
        alerts: what the rules found.
        quality: what the data lacks.
        disclaimer: what the terms demand to be said.
    """

    summary: Text
    overall: Graded
    areas: tuple[AreaDiagnosis, ...]
    devices: tuple[SubjectDiagnosis, ...]
    equipment: tuple[SubjectDiagnosis, ...]
    actions: tuple[Action, ...]
    more_actions: int
    lifecycle: LifecyclePlan
    software: SoftwareDiagnosis
    assets: AssetDiagnosis
    printers: tuple[PrinterDiagnosis, ...]
    alerts: AlertStatistics
    quality: DataQuality
    disclaimer: tuple[Text, ...]
