"""The questions that panels ask, as InfluxQL. One function a question; names are quoted here and nowhere else.

`$timeFilter` and `$__interval` are Grafana's own; `$site` and `$device` are the dashboards' variables, whose value `.*`
stands for all. A device is chosen by its host name, which people know; its id they do not.
"""

from collections.abc import Sequence

HERE = '"site" =~ /^$site$/ AND "host" =~ /^$device$/'
"""The condition that the variables make, for target devices."""

AT_SITE = '"site" =~ /^$site$/'
"""The condition for equipment: its points carry the probe as device."""

RECENT = "2d"
"""How far back the newest verdict of a device is looked for, whatever range is shown."""

KNOWN = "35d"
"""How far back a device is looked for that no longer tells anything: raw points are kept as long."""


def since(span: str = RECENT) -> str:
    """Return the condition for what is not older than a span.

    An outer SELECT says it as well as its subquery: an engine opens all that is stored where the outermost does not.
    """
    return f"time > now() - {span}"


def columns(names: Sequence[str]) -> str:
    """Return names as a quoted list."""
    return ", ".join(f'"{name}"' for name in names)


def trend(
    measurement: str,
    field: str,
    *,
    by: Sequence[str] = ("host",),
    where: str = HERE,
    function: str = "mean",
    fill: str = "null",
    interval: str = "$__interval",
    name: str = "",
) -> str:
    """A value over time, a line for each group."""
    alias = f' AS "{name}"' if name else ""
    return (
        f'SELECT {function}("{field}"){alias} FROM "{measurement}" WHERE {where} AND $timeFilter'
        f" GROUP BY time({interval}), {columns(by)} fill({fill})"
    )


def rate(
    measurement: str, field: str, *, by: Sequence[str] = ("host",), where: str = HERE, interval: str = "$__interval"
) -> str:
    """How fast a counter rises, per second; it is never negative, so a restart shows as a gap."""
    return (
        f'SELECT non_negative_derivative(max("{field}"), 1s) FROM "{measurement}" WHERE {where} AND $timeFilter'
        f" GROUP BY time({interval}), {columns(by)} fill(none)"
    )


def newest(
    measurement: str,
    fields: Sequence[str],
    *,
    by: Sequence[str] = ("host",),
    where: str = HERE,
    within: str = RECENT,
    names: Sequence[str] = (),
) -> str:
    """The newest point of each series: its first field decides which, the others are of the same point."""
    first, *rest = fields
    aliases = names or fields
    picked = ", ".join(
        [f'last("{first}") AS "{aliases[0]}"', *(f'"{f}" AS "{a}"' for f, a in zip(rest, aliases[1:], strict=True))]
    )
    return f'SELECT {picked} FROM "{measurement}" WHERE {where} AND {since(within)} GROUP BY {columns(by)}'


def newest_bad(measurement: str, text: str, *, by: Sequence[str] = ("host",), where: str = HERE, name: str) -> str:
    """What is bad now, in words: every series (each drive, each volume) whose newest verdict is bad."""
    inner = (
        f'SELECT last("state_code") AS "code", "{text}" AS "text" FROM "{measurement}"'
        f" WHERE {where} AND {since()} GROUP BY *"
    )
    return f'SELECT "text" AS "{name}" FROM ({inner}) WHERE "code" >= 2 AND {since()} GROUP BY {columns(by)}'


def states_over_time(
    measurement: str, *, by: Sequence[str] = ("host",), where: str = HERE, interval: str = "$__interval"
) -> str:
    """The worst verdict of each interval."""
    return (
        f'SELECT max("state_code") FROM "{measurement}" WHERE {where} AND $timeFilter'
        f" GROUP BY time({interval}), {columns(by)} fill(none)"
    )


def per_day(measurement: str, field: str, *, by: Sequence[str] = ("asset",), where: str) -> str:
    """How much a counter rose each day of Japan; it is never negative, so a counter that starts anew shows as a gap."""
    return (
        f'SELECT non_negative_difference(max("{field}")) FROM "{measurement}" WHERE {where} AND $timeFilter'
        f" GROUP BY time(1d), {columns(by)} fill(none) tz('Asia/Tokyo')"
    )


def rise(
    measurement: str, field: str, *, by: Sequence[str] = ("asset",), where: str, interval: str = "$__interval"
) -> str:
    """How much a counter rose in each interval."""
    return (
        f'SELECT non_negative_difference(max("{field}")) FROM "{measurement}" WHERE {where} AND $timeFilter'
        f" GROUP BY time({interval}), {columns(by)} fill(none)"
    )
