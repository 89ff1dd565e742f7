"""Questions about verdicts: how many devices are not well, and the worst of each kind with its reason."""

from collections.abc import Sequence

from dashboards.queries import HERE, columns, since


def count_bad(measurement: str, *, by: Sequence[str] = ("host",), where: str = HERE) -> str:
    """How many devices have a newest verdict that is bad: 0 where all is well, no answer where nothing is known.

    Halves of codes, rounded down, are 0 for ok and unknown and 1 for what is bad, so their sum counts.
    """
    worst = f'SELECT max("code") AS "worst" FROM ({_newest(measurement, where)}) GROUP BY {columns(by)}'
    bad = f'SELECT floor("worst" / 2) AS "bad" FROM ({worst}) GROUP BY {columns(by)}'
    return f'SELECT sum("bad") FROM ({bad}) WHERE {since()}'


GRADE = 0.75
"""Times this a drive's codes (0 to 3) fit between the others (0 to 2): its warning lies between unknown and bad."""


def worst_code(measurement: str, *, where: str = HERE, times: float = 1) -> str:
    """The worst newest verdict of a measurement; of several drives or disks the worst one's."""
    return f'SELECT max("code") * {times} FROM ({_newest(measurement, where)}) WHERE {since()}'


def worst_reason(measurement: str, text: str, *, where: str = HERE) -> str:
    """Why: the reason that belongs to `worst_code`."""
    worst = f'SELECT max("code") AS "code", "{text}" FROM ({_newest(measurement, where, text)})'
    return f'SELECT "{text}" FROM ({worst}) WHERE {since()}'


def _newest(measurement: str, where: str, text: str = "") -> str:
    reason = f', "{text}"' if text else ""
    return f'SELECT last("state_code") AS "code"{reason} FROM "{measurement}" WHERE {where} AND {since()} GROUP BY *'
