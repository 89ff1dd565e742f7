"""Whether rules hold together: with the catalogue, with each other, and in themselves.

What a single value may be, its type and form, is checked as the file is read (`alert_rules.load`).
"""

import string
from collections.abc import Callable, Iterator, Mapping

from alert_rules.query import NAME, REASONS
from alert_rules.registry import Entry
from alert_rules.rule import NoData, Reduce, Rule, Severity, seconds
from collectors.catalogue import measurements
from collectors.declaration import AGENT_TAGS, STAMPED_TAGS, Field, FieldType, Measurement

_FIRST_UNITS = ("value", "limit", "reason")
"""What a message may name besides tags."""

_NUMBERS = frozenset({FieldType.FLOAT, FieldType.INTEGER})


def problems(entries: Mapping[str, Entry]) -> list[str]:
    """List what is wrong with rules, one line each, with the rule's file and id; empty if all is well."""
    found = []
    for entry in entries.values():
        found += [f"{entry.category}.yaml: {entry.rule.id}: {each}" for each in _of_one(entry.rule, entries)]
    return found


def _of_one(rule: Rule, entries: Mapping[str, Entry]) -> Iterator[str]:
    declared = measurements().get(rule.measurement)
    if declared is None:
        yield f"measurement {rule.measurement!r} is not in the catalogue"
        return
    for check in _CHECKS:
        yield from check(rule, declared)
    yield from _override(rule, entries)


def _field(rule: Rule, declared: Measurement) -> Iterator[str]:
    field = field_of(rule, declared)
    if field is None:
        yield f"measurement {declared.name} has no field {rule.field!r}"
    elif rule.reduce not in (Reduce.HITS, Reduce.COUNT) and field.type not in _NUMBERS:
        yield f"field {rule.field!r} is {field.type}, which has no {rule.reduce}; use hits"
    if (rule.reduce is Reduce.HITS) != bool(rule.hit):
        yield "reduce hits and a condition hit belong together"


def _names(rule: Rule, declared: Measurement) -> Iterator[str]:
    tags, fields = tags_of(declared), {field.name for field in declared.fields}
    for tag in rule.by:
        if tag not in tags:
            yield f"by: {declared.name} has no tag {tag!r}"
        elif tag in rule.subject.tags:
            yield f"by: {tag!r} is told by the subject already"
    for tag in set(rule.subject.tags) - STAMPED_TAGS - tags:
        yield f"subject {rule.subject}: {declared.name} has no tag {tag!r}"
    for what, condition in (("where", rule.where), ("hit", rule.hit)):
        for name in NAME.findall(condition):
            if name not in tags | fields:
                yield f"{what}: {declared.name} has neither tag nor field {name!r}"
    if rule.explain and not set(REASONS) <= fields:
        yield f"explain: {declared.name} tells no reason"


def _threshold(rule: Rule, _declared: Measurement) -> Iterator[str]:
    parameter = rule.parameter
    if (parameter is None) == (rule.threshold is None):
        yield "give either threshold or parameter"
    if parameter is None:
        return
    if not parameter.min < parameter.max:
        yield f"parameter {parameter.id}: min {parameter.min:g} must be below max {parameter.max:g}"
    if not parameter.min <= parameter.default <= parameter.max:
        yield f"parameter {parameter.id}: default {parameter.default:g} lies outside of min and max"


def _times(rule: Rule, _declared: Measurement) -> Iterator[str]:
    window, every = seconds(rule.window), seconds(rule.every)
    if not every or not window:
        yield "window and every must be longer than 0"
        return
    if window % every:
        yield f"window {rule.window} is no multiple of every {rule.every}, so no window can be put together of buckets"
    if 86_400 % every:
        yield f"every {rule.every} does not divide a day"
    for name, given in (("for", rule.pending), ("keep_firing", rule.keep_firing)):
        if seconds(given) % every:
            yield f"{name} {given} is no multiple of every {rule.every}"
    if rule.no_data is NoData.UNKNOWN and seconds(rule.hold) < seconds(rule.window):
        yield f"hold {rule.hold} is shorter than window {rule.window}"


def _message(rule: Rule, _declared: Measurement) -> Iterator[str]:
    known = {*_FIRST_UNITS, *rule.tags} - {"contract", "site", "device"}
    for lang, text in (("ja", rule.message.ja), ("en", rule.message.en)):
        try:
            named = {name for _text, name, _form, _conversion in string.Formatter().parse(text) if name is not None}
        except ValueError as error:
            yield f"message.{lang}: {error}"
            continue
        for name in sorted(named - known):
            yield f"message.{lang}: nothing is known of {{{name}}}; there are {', '.join(sorted(known))}"
        if rule.explain != ("reason" in named):
            yield f"message.{lang}: {{reason}} and explain belong together"


def _override(rule: Rule, entries: Mapping[str, Entry]) -> Iterator[str]:
    if rule.overridden_by is None:
        return
    other = entries.get(rule.overridden_by)
    if other is None:
        yield f"overridden_by: there is no rule {rule.overridden_by!r}"
    elif other.rule.subject is not rule.subject:
        yield f"overridden_by: {rule.overridden_by} is about another subject"
    elif _URGENCY[other.rule.severity] < _URGENCY[rule.severity]:
        yield f"overridden_by: {rule.overridden_by} is less urgent"


_URGENCY = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}

_CHECKS: tuple[Callable[[Rule, Measurement], Iterator[str]], ...] = (_field, _names, _threshold, _times, _message)


def field_of(rule: Rule, declared: Measurement) -> Field | None:
    """Return the declaration of the field that a rule reads."""
    return next((field for field in declared.fields if field.name == rule.field), None)


def tags_of(declared: Measurement) -> set[str]:
    """Return all tags that a measurement's points can carry."""
    return {tag.name for tag in declared.tags} | STAMPED_TAGS | AGENT_TAGS
