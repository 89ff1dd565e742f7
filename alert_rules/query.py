"""What a rule asks the engine, as InfluxQL.

The same question is asked in two forms: for one moment (the window that ends now, one value a series), and for a span
(buckets as long as the rule's `every`, or an hour, from which every window of the span can be put together).
"""

import re

from alert_rules.rule import Reduce, Rule, seconds
from collectors.catalogue import measurements

VALUE = "value"
"""Name of the column that holds what the rule looks at."""

REASONS = ("reason", "reason_en")
"""Fields of a verdict that say why, in Japanese and in English."""

NAME = re.compile(r'"([^"]+)"')
"""A name in a condition; texts stand in single quotes."""

HOUR_S = 3600

_SELECTORS = (Reduce.LAST, Reduce.MIN, Reduce.MAX)
"""Functions that pick a point, whose other fields can be asked for as well."""

_PARTIALS: dict[Reduce, tuple[str, ...]] = {
    Reduce.LAST: ("last",),
    Reduce.MEAN: ("sum", "count"),
    Reduce.MIN: ("min",),
    Reduce.MAX: ("max",),
    Reduce.SPREAD: ("max", "min"),
    Reduce.COUNT: ("count",),
    Reduce.HITS: ("hits",),
}
"""Reduction -> what of each bucket is needed, so that a window is made from its buckets."""


def partials(reduce: Reduce) -> tuple[str, ...]:
    """Return what `bucket_query` gives of each bucket, as names of its columns."""
    return _PARTIALS[reduce]


def moment_query(rule: Rule, when: str, *, scope: str = "", explain: bool = False) -> str:
    """Return the question for one window.

    Args:
        rule: the rule.
        when: the condition on time, e.g. "time > now() - 5m" or Grafana's `$timeFilter`.
        scope: a further condition, e.g. on a contract; "" for all.
        explain: ask for the verdict's reasons too, where the rule explains itself by them.
    """
    source, tags = _quoted(rule.measurement), _tags(rule)
    where = _where(rule.where, scope, when)
    if rule.reduce is Reduce.HITS:
        found = _hits(rule.field, source, where, rule.hit, f"GROUP BY {tags}")
        return f'SELECT sum("hits") AS "{VALUE}" FROM {found} GROUP BY {tags}'
    reasons = "".join(f", {_quoted(each)}" for each in REASONS) if explain and rule.explain and picks(rule) else ""
    value = f'{rule.reduce}({_quoted(rule.field)}) AS "{VALUE}"'
    return f"SELECT {value}{reasons} FROM {source} WHERE {where} GROUP BY {tags}"


def picks(rule: Rule) -> bool:
    """Tell whether the rule's value is that of one point, whose reason can be told with it."""
    return rule.reduce in _SELECTORS


def reason_query(rule: Rule, when: str, scope: str) -> str:
    """Return the question for the newest reason of each series, for rules whose value is not that of one point."""
    first, second = (_quoted(each) for each in REASONS)
    where = _where(rule.where, rule.hit and f"({rule.hit})", scope, when)
    return (
        f"SELECT last({first}) AS {first}, {second} FROM {_quoted(rule.measurement)}"
        f" WHERE {where} GROUP BY {_tags(rule)}"
    )


def bucket_query(rule: Rule, when: str, *, scope: str = "") -> str:
    """Return the question for a span of raw points, in buckets of the rule's `every`; empty ones are left out."""
    source = _quoted(rule.measurement)
    where = _where(rule.where, scope, when)
    grouped = f"GROUP BY time({rule.every}), {_tags(rule)} fill(none)"
    if rule.reduce is Reduce.HITS:
        return _hit_buckets(_hits(rule.field, source, where, rule.hit, grouped), when, grouped)
    columns = ", ".join(f'{each}({_quoted(rule.field)}) AS "{each}"' for each in partials(rule.reduce))
    return f"SELECT {columns} FROM {source} WHERE {where} {grouped}"


def hour_query(rule: Rule, when: str, *, scope: str = "", database: str) -> str:
    """Return the same from the hourly rollup in `database`, whose fields are named `FIELD_PARTIAL`.

    Conditions on fields are asked of the hour's last value; `hits` then counts hours that end so.
    """
    source = f'"{database}".."{rule.measurement}"'
    where = _where(of_hours(rule.where, rule), scope, when)
    grouped = f"GROUP BY time(1h), {_tags(rule)} fill(none)"
    if rule.reduce is Reduce.HITS:
        found = _hits(f"{rule.field}_last", source, where, of_hours(rule.hit, rule), grouped)
        return _hit_buckets(found, when, grouped)
    columns = ", ".join(f'{_merge(each)}("{rule.field}_{each}") AS "{each}"' for each in partials(rule.reduce))
    return f"SELECT {columns} FROM {source} WHERE {where} {grouped}"


def of_hours(condition: str, rule: Rule) -> str:
    """Return a condition with its fields named as the rollup keeps their last value; tags stay as they are."""
    fields = {field.name for field in measurements()[rule.measurement].fields}

    def renamed(found: re.Match[str]) -> str:
        return f'"{found[1]}_last"' if found[1] in fields else found[0]

    return re.sub(NAME, renamed, condition)


def hour_window(rule: Rule) -> int:
    """Return the rule's window in whole hours, at least one."""
    return max(1, round(seconds(rule.window) / HOUR_S))


def _merge(partial: str) -> str:
    return "sum" if partial in ("sum", "count") else partial


def _hits(field: str, source: str, where: str, hit: str, grouped: str) -> str:
    """All points, each of which weighs nothing, beside those that meet the condition, which weigh one."""
    return (
        f'(SELECT count({_quoted(field)}) AS "hits" FROM {source} WHERE {where} AND ({hit}) {grouped}),'
        f' (SELECT count({_quoted(field)}) * 0 AS "hits" FROM {source} WHERE {where} {grouped})'
    )


def _hit_buckets(found: str, when: str, grouped: str) -> str:
    # The outer SELECT takes no range from the inner ones for its own buckets.
    return f'SELECT sum("hits") AS "hits" FROM {found} WHERE {when} {grouped}'


def _where(condition: str, *others: str) -> str:
    return " AND ".join(part for part in (condition and f"({condition})", *others) if part)


def _tags(rule: Rule) -> str:
    return ", ".join(_quoted(tag) for tag in rule.tags)


def _quoted(name: str) -> str:
    return f'"{name}"'
