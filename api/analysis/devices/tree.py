"""The analysis of a contract's devices as one typed tree: plain values only, so that it can be frozen and shown.

Whatever cannot be told is None or a state of its own, and a text beside it says why. All texts are in both languages
and hold names as devices tell them: whoever shows them escapes them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.analysis.tree import Quarter, Subject
from collectors.text import Text


class Risk(StrEnum):
    """How likely it is that a drive fails, in bands: nobody can give an honest probability for a single drive."""

    HIGH = "high"
    RAISED = "raised"
    LOW = "low"
    CANNOT_TELL = "cannot_tell"

    @property
    def text(self) -> Text:
        """The band for people."""
        return _RISK_TEXT[self]


_RISK_TEXT = {
    Risk.HIGH: Text("高い", "high"),
    Risk.RAISED: Text("やや高い", "raised"),
    Risk.LOW: Text("兆候なし", "no sign"),
    Risk.CANNOT_TELL: Text("判断できません", "cannot tell"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where something that a drive is judged by is known from.

    Attributes:
        id: short name, e.g. "google2007".
        title: authors, title, where and when it was published.
        url: where it can be read; "" where it cannot be read freely.
        says: what of it is used here.
    """

    id: str
    title: str
    url: str
    says: Text


@dataclass(frozen=True, slots=True)
class DriveSign:
    """Something that a drive tells and that speaks of its failure.

    Attributes:
        text: in one sentence, with the numbers.
        risk: which band it speaks for by itself.
        counter: field of `smart_device` that it comes from; "bad_sectors" for the sum of replaced and waiting ones.
        count: what the counter said last; None where it is no counter.
        growth: by how much it rose within the last 60 days, or since it is known; None where it is no counter.
        sources: ids of the sources that it rests on.
    """

    text: Text
    risk: Risk
    counter: str
    count: int | None = None
    growth: int | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriveRisk:
    """How a drive stands.

    Attributes:
        subject: the device that it is in.
        drive: its name there.
        model: model name; "" if not told.
        serial: serial number; "" if not told.
        risk: the band.
        text: the band and why, in one or two sentences.
        signs: what speaks for it, the gravest first; empty where nothing does.
        context: what else is worth knowing: age, wear, heat, old counts that stand still, that it is new.
        days: between the first and the last reading that was looked at.
        advice: page of advice; "" where nothing is to be done.
    """

    subject: Subject
    drive: str
    model: str
    serial: str
    risk: Risk
    text: Text
    signs: tuple[DriveSign, ...]
    context: tuple[Text, ...]
    days: int
    advice: str


class Metric(StrEnum):
    """What is compared with a device's own past."""

    CPU = "cpu"
    MEMORY = "memory"
    TEMPERATURE = "temperature"

    @property
    def text(self) -> Text:
        """The metric for people."""
        return _METRIC_TEXT[self]

    @property
    def unit(self) -> str:
        """Its unit."""
        return "℃" if self is Metric.TEMPERATURE else "%"


_METRIC_TEXT = {
    Metric.CPU: Text("CPU使用率", "processor use"),
    Metric.MEMORY: Text("メモリー使用率", "memory use"),
    Metric.TEMPERATURE: Text("温度", "temperature"),
}


@dataclass(frozen=True, slots=True)
class Unusual:
    """A time in which a device was not as it usually is.

    Attributes:
        subject: the device.
        metric: what was unusual.
        text: what is usual, and what was instead.
        since: start of the first unusual hour.
        until: end of the last one; None while it lasts at the period's end.
        hours: how many hours were unusual.
        days: on how many days of Tokyo.
        usual_low: what nine of ten weeks exceed in the hour of it that is usually the busiest, in the metric's unit.
        usual_high: what one of ten weeks exceeds then.
        lowest: the least of the unusual hours.
        highest: the most of them.
        before: how often it was as unusual for as long in the twelve weeks before.
        advice: page of advice.
    """

    subject: Subject
    metric: Metric
    text: Text
    since: datetime
    until: datetime | None
    hours: int
    days: int
    usual_low: float
    usual_high: float
    lowest: float
    highest: float
    before: int
    advice: str

    @property
    def lasts(self) -> bool:
        """Whether it is so at the period's end."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A device that cannot be compared with its own past.

    Attributes:
        subject: the device.
        metrics: in what.
        why: the reason.
    """

    subject: Subject
    metrics: tuple[Metric, ...]
    why: Text


class Use(StrEnum):
    """How a device is used in office hours."""

    OVERLOADED = "overloaded"
    IDLE = "idle"
    SELDOM_ON = "seldom_on"
    ORDINARY = "ordinary"
    CANNOT_TELL = "cannot_tell"

    @property
    def text(self) -> Text:
        """The use for people."""
        return _USE_TEXT[self]


_USE_TEXT = {
    Use.OVERLOADED: Text("負荷が高い", "overloaded"),
    Use.IDLE: Text("ほとんど使われていない", "hardly used"),
    Use.SELDOM_ON: Text("あまり電源が入らない", "seldom on"),
    Use.ORDINARY: Text("通常", "ordinary"),
    Use.CANNOT_TELL: Text("判断できません", "cannot tell"),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """How a device was used.

    Attributes:
        subject: the device.
        use: in one word.
        text: why, with the numbers.
        office_hours: office hours of the period.
        told_hours: those of them in which the device told anything: it was on.
        cpu_busy_hours: those in which the processors were busy; None where that was not told.
        memory_full_hours: those in which memory was nearly full; None where that was not told.
        cpu_percent: median of processor use in them, %; None where it was not told.
        memory_percent: the same of memory use.
        advice: page of advice; "" where nothing is to be done.
    """

    subject: Subject
    use: Use
    text: Text
    office_hours: int
    told_hours: int
    cpu_busy_hours: int | None
    memory_full_hours: int | None
    cpu_percent: float | None
    memory_percent: float | None
    advice: str


@dataclass(frozen=True, slots=True)
class Move:
    """Work or people that could move from one machine to another.

    Attributes:
        source: the overloaded machine.
        target: the one with room.
        text: why these two, and what is not known.
    """

    source: Subject
    target: Subject
    text: Text


class Resource(StrEnum):
    """What runs out."""

    DISK = "disk"
    MEMORY = "memory"

    @property
    def text(self) -> Text:
        """The resource for people."""
        return _RESOURCE_TEXT[self]


_RESOURCE_TEXT = {Resource.DISK: Text("ディスク", "disk"), Resource.MEMORY: Text("メモリー", "memory")}


@dataclass(frozen=True, slots=True)
class QuarterAhead:
    """How full something will be at the end of a quarter.

    Attributes:
        quarter: which.
        percent: what is in use then at this pace, %; 100 at most.
        low: the same if it goes as slowly as it may.
        high: the same if it goes as fast as it may.
    """

    quarter: Quarter
    percent: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Capacity:
    """How long the room of something will do.

    Attributes:
        subject: the device.
        resource: disk or memory.
        part: path of a disk; "" of memory.
        text: in one or two sentences.
        percent: what is in use now, %; None where it is not told.
        limit: from which share in use on there is too little room, %.
        quarters: what is to be expected at the ends of this quarter and the next ones, as far as it can be told; empty
            where it does not grow, or `text` says why it cannot be told.
        act_in: quarter in which the limit may be reached at the earliest; None where it is none of these.
        is_reached: whether it is reached now.
        advice: page of advice; "" where nothing is to be done.
    """

    subject: Subject
    resource: Resource
    part: str
    text: Text
    percent: float | None
    limit: float
    quarters: tuple[QuarterAhead, ...]
    act_in: Quarter | None
    is_reached: bool
    advice: str


@dataclass(frozen=True, slots=True)
class DeviceAnalysis:
    """All that the devices of a contract tell over weeks.

    Attributes:
        start: from when on it was looked at; the past that is compared with lies before it.
        end: until when.
        drives: the gravest first.
        sources: what drives are judged by.
        unusual: the gravest first.
        not_compared: devices that cannot be compared with their own past.
        usage: of all devices, as the contract lists them.
        moves: what could move where.
        capacity: what needs room first, first.
        notes: what holds for all of it, and what is not known.
    """

    start: datetime
    end: datetime
    drives: tuple[DriveRisk, ...]
    sources: tuple[Source, ...]
    unusual: tuple[Unusual, ...]
    not_compared: tuple[NotCompared, ...]
    usage: tuple[Usage, ...]
    moves: tuple[Move, ...]
    capacity: tuple[Capacity, ...]
    notes: tuple[Text, ...]
