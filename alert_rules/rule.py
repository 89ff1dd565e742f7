"""What a rule is: the typed form of an entry in `rules/*.yaml`. `rules.schema.json` is made from these types."""

import re
from enum import StrEnum
from typing import Annotated

import msgspec

from collectors.text import Text

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

Id = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{2,39}$")]
Duration = Annotated[
    str,
    msgspec.Meta(pattern="^(0|[1-9][0-9]*)(s|m|h|d)$", description="a whole number with its unit: 30s, 15m, 2h, 7d"),
]


def seconds(duration: str) -> int:
    """Return a duration such as "15m" in seconds.

    Raises:
        ValueError: it is none.
    """
    found = re.fullmatch(r"([0-9]+)([smhd])", duration)
    if not found:
        raise ValueError(f"{duration!r} is no duration")
    return int(found[1]) * _SECONDS[found[2]]


class Category(StrEnum):
    """What a rule is about; one file each."""

    SECURITY = "security"
    HARDWARE = "hardware"
    CAPACITY = "capacity"
    AVAILABILITY = "availability"
    CONSUMABLES = "consumables"
    NETWORK = "network"
    HOUSEKEEPING = "housekeeping"

    @property
    def text(self) -> Text:
        """The category for people."""
        return _CATEGORY_TEXT[self]


_CATEGORY_TEXT = {
    Category.SECURITY: Text("セキュリティ", "Security"),
    Category.HARDWARE: Text("機器の健康状態", "Hardware health"),
    Category.CAPACITY: Text("容量", "Capacity"),
    Category.AVAILABILITY: Text("稼働", "Availability"),
    Category.CONSUMABLES: Text("消耗品", "Consumables"),
    Category.NETWORK: Text("ネットワーク", "Network"),
    Category.HOUSEKEEPING: Text("運用", "Housekeeping"),
}


class Severity(StrEnum):
    """How soon somebody should look."""

    CRITICAL = "critical"
    """Today: data, security or work is at stake."""

    WARNING = "warning"
    """This week."""

    INFO = "info"
    """For the digest; nobody need be disturbed."""

    @property
    def text(self) -> Text:
        """The severity for people, in the words of the dashboards."""
        return _SEVERITY_TEXT[self]


_SEVERITY_TEXT = {
    Severity.CRITICAL: Text("要対応", "Act now"),
    Severity.WARNING: Text("注意", "Attention"),
    Severity.INFO: Text("お知らせ", "For information"),
}


class Subject(StrEnum):
    """What a rule is evaluated for."""

    DEVICE = "device"
    """A target device: a PC, server or NAS with an agent."""

    EQUIPMENT = "equipment"
    """Equipment that a probe watches, by its asset id, which is unique within the contract."""

    SITE = "site"
    """A site as a whole: its way to the internet, for instance."""

    CONTRACT = "contract"
    """A contract as a whole."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that identify it."""
        return _SUBJECT_TAGS[self]


_SUBJECT_TAGS = {
    Subject.DEVICE: ("contract", "site", "device", "host"),
    Subject.EQUIPMENT: ("contract", "site", "asset"),
    Subject.SITE: ("contract", "site"),
    Subject.CONTRACT: ("contract",),
}


class Reduce(StrEnum):
    """How the points of a window become one value."""

    LAST = "last"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    SPREAD = "spread"
    """The highest less the lowest: how much a counter rose."""

    COUNT = "count"
    """How many points."""

    HITS = "hits"
    """How many of the points meet the rule's `hit`: 0 where there are points and none does."""


class Compare(StrEnum):
    """When a value is beyond the threshold."""

    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"

    @property
    def upward(self) -> bool:
        """Tell whether a higher value is the worse one."""
        return self in (Compare.ABOVE, Compare.AT_LEAST)


class NoData(StrEnum):
    """What it means that a series that was there has no points in the window any more."""

    OK = "ok"
    """What the rule looks for is told only while it is there: it has ended."""

    UNKNOWN = "unknown"
    """Nobody can tell: what was found stays as it was for `hold`, then it is closed as "cannot tell any longer"."""


class OnError(StrEnum):
    """What a failed evaluation means."""

    KEEP = "keep"
    """Everything stays as it was; the failure itself is told to the staff."""

    UNKNOWN = "unknown"
    """Whatever was found is closed as "cannot tell any longer"."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    ja: Annotated[str, msgspec.Meta(min_length=1)]
    en: Annotated[str, msgspec.Meta(min_length=1)]

    @property
    def text(self) -> Text:
        """As the rest of the product takes it."""
        return Text(self.ja, self.en)


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold that staff may set for a contract or a device.

    Attributes:
        id: its name, e.g. "limit"; `karte rules set RULE limit=85`.
        default: its value where nobody set another.
        min: the lowest value that may be set.
        max: the highest value that may be set.
        text: what it means.
    """

    id: Id
    default: float
    min: float
    max: float
    text: Words


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule. Its unit is that of the field it reads.

    Attributes:
        id: stable name; findings, advice and audit refer to it.
        name: a headline, e.g. "A disk is nearly full".
        message: one sentence of what was found. In braces: `value`, `limit` (both with their unit), tags of `by` and of
            the subject, and `reason`, if `explain` is set.
        severity: how soon somebody should look.
        subject: what it is evaluated for.
        measurement: what it reads.
        field: the field it reads.
        reduce: how the points of a window become one value.
        hit: a condition in InfluxQL over fields, for `reduce: hits`.
        where: a condition in InfluxQL that narrows what is read.
        by: tags that tell several of one subject apart, e.g. each volume.
        explain: whether the measurement's own `reason` belongs in the message.
        window: how far back points count.
        every: how often it is evaluated.
        compare: when the value is beyond the threshold.
        threshold: the number; where `parameter` is given, its default takes this place.
        parameter: the threshold as something to be set.
        margin: how far back within the threshold a value must come for the finding to end; in the value's unit.
        pending: how long it must hold before it is a finding; `for` in the file, as Grafana calls it.
        keep_firing: how long a finding stays open after the value is well again (Grafana's "keep firing for").
        no_data: what it means that points stop.
        hold: how long a finding stays as it is without points, where they tell nothing by being absent.
        error: what a failed evaluation means.
        overridden_by: a more urgent rule about the same: while that one has a finding, this one is not sent.
        staff_only: concerns the provider; customers are not told.
        advice: the page of advice, `advice/{ja,en}/NAME.md`; the rule's own id where it is not given.
    """

    id: Id
    name: Words
    message: Words
    severity: Severity
    subject: Subject
    measurement: str
    field: str
    reduce: Reduce
    window: Duration
    every: Duration
    compare: Compare
    no_data: NoData
    hit: str = ""
    where: str = ""
    by: tuple[str, ...] = ()
    explain: bool = False
    threshold: float | None = None
    parameter: Parameter | None = None
    margin: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    pending: Duration = msgspec.field(default="0s", name="for")
    keep_firing: Duration = "0s"
    hold: Duration = "1d"
    error: OnError = OnError.KEEP
    overridden_by: Id | None = None
    staff_only: bool = False
    advice: Id | None = None

    @property
    def limit(self) -> float:
        """The threshold where nobody set another."""
        if self.parameter is not None:
            return self.parameter.default
        if self.threshold is None:
            raise ValueError(f"rule {self.id} has neither threshold nor parameter")
        return self.threshold

    @property
    def advice_id(self) -> str:
        """The page of advice."""
        return self.advice or self.id

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that tell its series apart."""
        return (*self.subject.tags, *self.by)

    @property
    def missing_evaluations(self) -> int:
        """After how many evaluations without a series its finding is closed."""
        if self.no_data is NoData.OK:
            return 2
        return max(2, -(-seconds(self.hold) // seconds(self.every)))


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of rules."""

    category: Category
    rules: Annotated[tuple[Rule, ...], msgspec.Meta(min_length=1)]
