"""When something became bad, as InfluxQL: the moments at which a verdict turned from anything else to bad.

A code halved and rounded down is 0 for ok and unknown and 1 for what is bad, so that a rise of 1 is such a moment. What
was bad from the beginning of the range has none: it began before. This reads raw points, as a verdict's turns are no
partials of the rollup.
"""

from collections.abc import Sequence

from dashboards.queries import columns

WEEK = "time(7d, 4d)"
"""Buckets of weeks from Monday on: 1970 began on a Thursday."""


def turned_bad(measurement: str, number: int, text: str, *, who: str, part: str = "", where: str, name: str) -> str:
    """When a verdict turned bad, to the hour: `why` with the last reason of that hour, `subject`, whom, and `part`.

    Args:
        measurement: that has the verdict.
        number: what stands for it as `subject`, as answers in tables do not tell what a row is of.
        text: field of the reason.
        who: tag of whom it concerns.
        part: tag of the part that is judged; "" for none.
        where: condition.
        name: of the column of whom it concerns.
    """
    tags = (who, part) if part else (who,)
    # An engine takes a column's type from the first source, so that one must have both; 0 never is a turn.
    reasons = (
        f'SELECT last("{text}") AS "why", last("state_code") * 0.0 AS "turn" FROM "{measurement}"'
        f' WHERE {where} AND $timeFilter AND "state_code" >= 2 GROUP BY time(1h), {columns(tags)} fill(none)'
    )
    hours = (
        f'SELECT max("turn") AS "turn", last("why") AS "why" FROM ({reasons}), ({_turned(measurement, tags, where)})'
        f" WHERE $timeFilter GROUP BY time(1h), {columns(tags)} fill(none)"
    )
    place = f', "{part}" AS "part"' if part else ""
    shown = f'"why" AS "why", "turn" * 0 + {number} AS "subject", "{who}" AS "{name}"'
    return f'SELECT {shown}{place} FROM ({hours}) WHERE "turn" > 0'


def turns_by_week(measurement: str, *, who: str, part: str = "", where: str) -> str:
    """How often verdicts turned bad in each week of Japan."""
    turned = _turned(measurement, (who, part) if part else (who,), where)
    return f"SELECT sum(\"turn\") FROM ({turned}) WHERE $timeFilter GROUP BY {WEEK} fill(none) tz('Asia/Tokyo')"


def _turned(measurement: str, tags: Sequence[str], where: str) -> str:
    """The hours in which the worst verdict turned bad, as 1."""
    bad = (
        f'SELECT floor(max("state_code") / 2) AS "bad" FROM "{measurement}" WHERE {where} AND $timeFilter'
        f" GROUP BY time(1h), {columns(tags)} fill(none)"
    )
    turns = f'SELECT difference("bad") AS "turn" FROM ({bad}) GROUP BY {columns(tags)}'
    return f'SELECT "turn" FROM ({turns}) WHERE "turn" > 0 GROUP BY {columns(tags)}'
