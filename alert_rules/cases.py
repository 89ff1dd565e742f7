"""Recorded cases of rules: short series, and what a rule must make of them. `tests/CATEGORY.yaml` holds them.

Every rule has a case in which it fires, some in which it must not, one in which it recovers, and one in which its
points stop. Here is their form, and what can be said of them without an engine; `alert_rules.replay` plays them.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from alert_rules.check import tags_of
from alert_rules.load import RuleFileError, read_form
from alert_rules.registry import Entry
from alert_rules.rule import Category, Duration, Id, NoData, Rule, seconds
from collectors.catalogue import measurements
from collectors.declaration import FieldType, Measurement

CASES_DIR = Path(__file__).parent / "tests"

MOST_POINTS = 5_000
"""Of one series; a slip in a span would otherwise make millions."""

Value = bool | int | float | str

_TIMES = r"([0-9]+[smhd])(?:\.\.([0-9]+[smhd])/([0-9]+[smhd]))?"

Times = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^{_TIMES}$",
        description="time since the beginning, 20m; or the first, the last, and the step between: 0m..2h/5m",
    ),
]


class Recorded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A series.

    Attributes:
        points: when -> fields.
        tags: its tags besides those of the subject, where they are not the rule's `tags`.
    """

    points: Annotated[dict[Times, dict[str, Value]], msgspec.Meta(min_length=1)]
    tags: dict[str, str] = {}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A series and what the rule must make of it.

    Attributes:
        points: when -> fields.
        tags: as in `Recorded`.
        beside: further series of the same subject, of which the rule must find nothing.
        opens: when the finding opens; none where it must not.
        closes: when it closes; none where it stays open.
        until: until when it is watched; the first evaluation after the last point where it is not given.
    """

    points: Annotated[dict[Times, dict[str, Value]], msgspec.Meta(min_length=1)]
    tags: dict[str, str] = {}
    beside: tuple[Recorded, ...] = ()
    opens: Duration | None = None
    closes: Duration | None = None
    until: Duration | None = None

    @property
    def series(self) -> tuple[Recorded, ...]:
        """The series itself and those beside it."""
        return (Recorded(self.points, self.tags), *self.beside)


class RuleCases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cases of a rule.

    Attributes:
        rule: its id.
        fires: it opens, and stays open.
        never_fires: it does not open.
        recovers: it opens and closes, as the value is well again; none where a rule's findings end as points stop.
        no_data: it opens, and the points stop.
        tags: of all its series, where they do not give others.
    """

    rule: Id
    fires: Case
    never_fires: Annotated[tuple[Case, ...], msgspec.Meta(min_length=1)]
    no_data: Case
    recovers: Case | None = None
    tags: dict[str, str] = {}

    def named(self) -> dict[str, Case]:
        """Return all cases by name."""
        quiet = {f"never_fires[{place}]": case for place, case in enumerate(self.never_fires)}
        well = {"recovers": self.recovers} if self.recovers else {}
        return {"fires": self.fires, **quiet, **well, "no_data": self.no_data}


class CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of cases."""

    cases: tuple[RuleCases, ...]


def load_cases(directory: Path = CASES_DIR) -> dict[str, tuple[Category, RuleCases]]:
    """Return all cases by the id of their rule, with the category whose file holds them.

    Raises:
        RuleFileError: a file is missing or wrong; with line and column.
    """
    found: dict[str, tuple[Category, RuleCases]] = {}
    for category in Category:
        path = directory / f"{category}.yaml"
        for cases in read_form(path, CaseFile).cases:
            if cases.rule in found:
                raise RuleFileError(f"{path}: cases of {cases.rule} are in {found[cases.rule][0]}.yaml too")
            found[cases.rule] = (category, cases)
    return found


def moments(times: str) -> range:
    """Return the seconds of `Times`, both ends included; none where the step is 0."""
    found = re.fullmatch(_TIMES, times)
    if found is None:
        raise ValueError(f"{times!r} is neither a time nor a span")
    first = seconds(found[1])
    if found[2] is None:
        return range(first, first + 1)
    step = seconds(found[3])
    return range(first, seconds(found[2]) + 1, step) if step else range(0)


def problems(entries: Mapping[str, Entry], cases: Mapping[str, tuple[Category, RuleCases]]) -> list[str]:
    """List what is wrong with cases, one line each, with file and rule; empty if all is well."""
    found = [f"tests/{entry.category}.yaml: {name}: no cases" for name, entry in entries.items() if name not in cases]
    for name, (category, own) in cases.items():
        place = f"tests/{category}.yaml: {name}"
        entry = entries.get(name)
        if entry is None or entry.category is not category:
            found.append(f"{place}: there is no such rule in {category}.yaml")
            continue
        found += [f"{place}: {each}" for each in _of_rule(entry.rule, own)]
    return found


def _of_rule(rule: Rule, cases: RuleCases) -> Iterator[str]:
    yield from _ends(cases)
    # Findings of the others end as points stop; the value may come back within the threshold there as well.
    if cases.recovers is None and rule.no_data is not NoData.OK:
        yield "recovers is missing"
    yield from _apart(rule, cases)
    declared = measurements()[rule.measurement]
    for name, case in cases.named().items():
        for series in case.series:
            for each in _of_series(rule, declared, {**cases.tags, **series.tags}, series):
                yield f"{name}: {each}"


def _ends(cases: RuleCases) -> Iterator[str]:
    """What each kind of case must say of its finding."""
    for name, case in cases.named().items():
        opens, closes = case.opens is not None, case.closes is not None
        if opens == name.startswith("never_fires"):
            yield f"{name}: opens {'is missing' if not opens else 'must not be given'}"
        if name in ("recovers", "no_data") and not closes:
            yield f"{name}: closes is missing"
        if name not in ("recovers", "no_data") and closes:
            yield f"{name}: closes must not be given"


def _apart(rule: Rule, cases: RuleCases) -> Iterator[str]:
    """A rule that looks at parts of a subject must be shown that it tells one from another."""
    main = {**cases.tags, **cases.fires.tags}
    for tag in rule.by:
        if not main.get(tag):
            yield f"fires: tag {tag!r}, by which the rule tells series apart, is missing"
    others = [{**cases.tags, **each.tags} for each in cases.fires.beside]
    if rule.by and not any(any(other.get(tag) != main.get(tag) for tag in rule.by) for other in others):
        yield f"fires: beside holds no series of another {' or '.join(rule.by)}"


def _of_series(rule: Rule, declared: Measurement, tags: Mapping[str, str], series: Recorded) -> Iterator[str]:
    known = tags_of(declared)
    for tag in tags:
        if tag not in known:
            yield f"{declared.name} has no tag {tag!r}"
        elif tag in rule.subject.tags:
            yield f"tag {tag!r} is the subject's, which all cases have"
    types = {field.name: field.type for field in declared.fields}
    for times, fields in series.points.items():
        count = len(moments(times))
        if not 0 < count <= MOST_POINTS:
            yield f"{times}: these are {count} points; there may be 1 to {MOST_POINTS:,}"
        for name, value in fields.items():
            if name not in types:
                yield f"{times}: {declared.name} has no field {name!r}"
            elif not types[name].accepts(as_declared(types[name], value)):
                yield f"{times}: {name} is {types[name]}, not {value!r}"


def as_declared(kind: FieldType, value: Value) -> Value:
    """Return a value as a field of a type takes it: in YAML a whole number may stand for a float."""
    return float(value) if kind is FieldType.FLOAT and type(value) is int else value
