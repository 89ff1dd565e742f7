"""How long a supply will last, from how its level fell, as InfluxQL.

Each day's fall is taken from the daily means of the level; a rise is a replacement and counts as no fall. The means of
seven days in a row smooth weekends out. The average of these weeks gives the estimate, the fastest and the slowest one
give the range. A level that does not fall, or is not told for a week, has no answer.
"""

from collections.abc import Sequence

from dashboards.queries import RECENT, columns

LOOKS_BACK_DAYS = 28
WEEK_DAYS = 7


def days_left(measurement: str, field: str, *, by: Sequence[str], where: str) -> str:
    """Ask for the days until a percentage reaches 0: `days`, and `soonest` and `latest` as the range."""
    tags = columns(by)
    left = (
        f'SELECT last("{field}") AS "left" FROM "{measurement}" WHERE {where} AND time > now() - {RECENT}'
        f" GROUP BY {tags}"
    )
    used = (
        f'SELECT 100 - mean("{field}") AS "used" FROM "{measurement}" WHERE {where}'
        f" AND time > now() - {LOOKS_BACK_DAYS}d GROUP BY time(1d), {tags} fill(linear)"
    )
    fall = f'SELECT non_negative_difference("used") AS "fall" FROM ({used}) GROUP BY {tags}'
    week = f'SELECT moving_average("fall", {WEEK_DAYS}) AS "week" FROM ({fall}) GROUP BY {tags}'
    rates = (
        'SELECT max("left") AS "left", mean("week") AS "usual", max("week") AS "fast", min("week") AS "slow"'
        f" FROM ({left}), ({week}) GROUP BY {tags}"
    )
    return (
        'SELECT "left" / "usual" AS "days", "left" / "fast" AS "soonest", "left" / "slow" AS "latest"'
        f' FROM ({rates}) WHERE "usual" > 0 GROUP BY {tags}'
    )
