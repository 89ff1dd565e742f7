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

    Conditions on fields are asked of the hour's last value; `hits` then counts hours that end so. Hours are buckets as
    they are; to group them again by time would cost the engine three times the work. Where a rule's series is made of
    several, an hour comes more than once, which `alert_rules.series.windows` folds.
    """
    source = f'"{database}".."{rule.measurement}"'
    where = _where(of_hours(rule.where, rule), scope, when)
    grouped = f"GROUP BY time(1h), {_tags(rule)} fill(none)"
    if rule.reduce is Reduce.HITS:
        found = _hits(f"{rule.field}_last", source, where, of_hours(rule.hit, rule), grouped)
        return _hit_buckets(found, when, grouped)
    columns = ", ".join(f'"{rule.field}_{each}" AS "{each}"' for each in partials(rule.reduce))
    return f"SELECT {columns} FROM {source} WHERE {where} GROUP BY {_tags(rule)}"


def glance_query(rule: Rule, when: str, *, scope: str = "", database: str | None = None) -> str | None:
    """Return what tells of each series the worst that any of its windows in a span can come to; None where none can.

    It costs a fraction of `bucket_query` and `hour_query`, and most series are never beyond their threshold.

    Args:
        rule: the rule.
        when: the condition on time.
        scope: a further condition.
        database: of the hourly rollup; None for raw points.
    """
    upward = rule.compare.upward
    if rule.reduce in (Reduce.HITS, Reduce.COUNT, Reduce.SPREAD):
        # How many points there are in a window at least, nobody can tell from how many there are in all.
        return _glance_sum(rule, when, scope, database) if upward else None
    partial = _EXTREMES[rule.reduce][0 if upward else 1]
    worst = "max" if upward else "min"
    column = f'{worst}({_quoted(_kept(rule, partial, database))}) AS "{VALUE}"'
    source, where = _source(rule, database), _span(rule, when, scope, database)
    return f"SELECT {column} FROM {source} WHERE {where} GROUP BY {_tags(rule)}"


_EXTREMES = {
    Reduce.LAST: ("last", "last"),
    Reduce.MEAN: ("max", "min"),
    Reduce.MIN: ("min", "min"),
    Reduce.MAX: ("max", "max"),
}
"""Reduction -> partial of an hour that bounds it from above, and from below."""


def _glance_sum(rule: Rule, when: str, scope: str, database: str | None) -> str:
    source, where, tags = _source(rule, database), _span(rule, when, scope, database), _tags(rule)
    if rule.reduce is Reduce.HITS:
        field = _kept(rule, "last", database)
        hit = rule.hit if database is None else of_hours(rule.hit, rule)
        found = _hits(field, source, where, hit, f"GROUP BY {tags}")
        return f'SELECT sum("hits") AS "{VALUE}" FROM {found} GROUP BY {tags}'
    if rule.reduce is Reduce.COUNT:
        counted = "count" if database is None else "sum"
        column = f"{counted}({_quoted(_kept(rule, 'count', database))})"
    else:
        column = f"max({_quoted(_kept(rule, 'max', database))}) - min({_quoted(_kept(rule, 'min', database))})"
    return f'SELECT {column} AS "{VALUE}" FROM {source} WHERE {where} GROUP BY {tags}'


def _kept(rule: Rule, partial: str, database: str | None) -> str:
    return rule.field if database is None else f"{rule.field}_{partial}"


def _source(rule: Rule, database: str | None) -> str:
    return _quoted(rule.measurement) if database is None else f'"{database}".."{rule.measurement}"'


def _span(rule: Rule, when: str, scope: str, database: str | None) -> str:
    return _where(rule.where if database is None else of_hours(rule.where, rule), scope, when)


def of_hours(condition: str, rule: Rule) -> str:
    """Return a condition with its fields named as the rollup keeps their last value; tags stay as they are."""
    fields = {field.name for field in measurements()[rule.measurement].fields}

    def renamed(found: re.Match[str]) -> str:
        return f'"{found[1]}_last"' if found[1] in fields else found[0]

    return re.sub(NAME, renamed, condition)


def hour_window(rule: Rule) -> int:
    """Return the rule's window in whole hours, at least one."""
    return max(1, round(seconds(rule.window) / HOUR_S))


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
