"""The tables that a diagnosis rests on, read strictly: an unknown key, a missing one or a wrong type is an error.

`weights.yaml` says what a grade is made of, `actions.yaml` how useful actions are, `plan.yaml` the numbers of plans.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, TypeVar

import msgspec
import yaml

from alert_rules.rule import Severity
from api.analysis.tree import Area, Grade
from collectors.text import Text

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Points = Annotated[float, msgspec.Meta(ge=0, le=100)]
Step = Annotated[int, msgspec.Meta(ge=1, le=5)]
Count = Annotated[int, msgspec.Meta(ge=0)]
TableT = TypeVar("TableT")


class TableError(Exception):
    """A table of the analysis is wrong; the message says which and why."""


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be known of a subject, so that an area of it may be graded.

    Attributes:
        kinds: kinds of subjects.
        of: what tells something of the area; see `api.analysis.evidence`.
        at_least: how many of these must be known.
    """

    kinds: tuple[str, ...]
    of: tuple[str, ...]
    at_least: Annotated[int, msgspec.Meta(ge=1)]


class AreaWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One area.

    Attributes:
        weight: what it counts in the grade of a device and of the office.
        evidence: what must be known, by kind of subject; kinds that are not named do not have the area.
        rules: id of a rule -> points that its finding takes off.
    """

    weight: Points
    evidence: tuple[Evidence, ...]
    rules: dict[str, Points]


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a device told last and no rule has found.

    Attributes:
        rule: whose area, advice, risk and effort it takes.
        weight: points that it takes off.
        covered_by: rules that know better: where one of them found something that lasts, it is not counted.
        severity: how soon somebody should look.
    """

    rule: str
    weight: Points
    covered_by: tuple[str, ...]
    severity: Severity = Severity.WARNING


class Most(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The highest scores while something critical lasts: of a subject, of an area, of the office."""

    subject: Points
    area: Points
    office: Points


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a grade is made of; see the comments in the file."""

    grades: dict[Grade, Points]
    over_share: Share
    again_share: Share
    again_most: Count
    worst_share: Share
    least_graded: Share
    most_with_critical: Most
    least_hours: Count
    areas: dict[Area, AreaWeights]
    signals: dict[str, Signal]
    not_signals: tuple[str, ...]

    def grade(self, score: float) -> Grade:
        """Return the grade of a score."""
        return max(self.grades.items(), key=lambda item: item[1] if item[1] <= score else -1.0)[0]

    def area_of(self, rule: str) -> Area | None:
        """Return the area in which a rule counts; None for a rule that there is none of any more."""
        return next((area for area, weights in self.areas.items() if rule in weights.rules), None)


class Weighed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Risk and effort of what a rule asks for, 1 to 5."""

    risk: Step
    effort: Step


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    ja: Annotated[str, msgspec.Meta(min_length=1)]
    en: Annotated[str, msgspec.Meta(min_length=1)]

    @property
    def text(self) -> Text:
        """As the rest of the product takes it."""
        return Text(self.ja, self.en)


class Actions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How useful actions are; see the comments in the file."""

    effort_takes: dict[Step, float]
    risk_value: dict[Step, float]
    each_more: Share
    more_most: Count
    over_share: Share
    most: Annotated[int, msgspec.Meta(ge=1)]
    joins: dict[str, str]
    rules: dict[str, Weighed]
    texts: dict[str, Sentence]


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of plans; see the comments in the file."""

    lead_days: Count
    refill_rise_percent: Points
    plan_quarters: Annotated[int, msgspec.Meta(ge=1, le=40)]
    support_soon_days: Count
    drive_years: Annotated[float, msgspec.Meta(gt=0)]
    silent_hours: Count
    gap_days: Count
    always_on: tuple[str, ...]
    licence_soon_days: Count


class Tables(msgspec.Struct, frozen=True):
    """All tables; another set may be given to `diagnose`, e.g. with a provider's own lead time."""

    weights: Weights
    actions: Actions
    plan: Plan


@cache
def tables() -> Tables:
    """Return the product's own tables.

    Raises:
        TableError: one of them is wrong.
    """
    return Tables(
        weights=read(_own("weights.yaml"), Weights, "weights.yaml"),
        actions=read(_own("actions.yaml"), Actions, "actions.yaml"),
        plan=read(_own("plan.yaml"), Plan, "plan.yaml"),
    )


def read(text: str, table: type[TableT], name: str) -> TableT:
    """Return a table from its YAML.

    Raises:
        TableError: it is no YAML, or not of the table's form.
    """
    try:
        loaded: object = yaml.safe_load(text)
        # Strict for values; YAML's keys may be numbers, which JSON's are not.
        return msgspec.convert(_with_text_keys(loaded), table, str_keys=True)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise TableError(f"{name}: {error}") from None


def _own(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _with_text_keys(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _with_text_keys(each) for key, each in value.items()}
    return [_with_text_keys(each) for each in value] if isinstance(value, list) else value
