"""The backtest says what the evaluation would have said, evaluation by evaluation."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alert_rules.backtest import Past, Spell, spells
from alert_rules.evaluation import evaluate
from alert_rules.machine import Bounds, End, Standing
from alert_rules.query import partials
from alert_rules.registry import entries
from alert_rules.rule import Compare, NoData, Reduce, Rule
from alert_rules.series import NS, Grid, Key, Reading, windows

DISK = entries()["disk_nearly_full"].rule
KEY: Key = ("c", "s", "d", "pc1", "C:")
STEP = 300


@dataclass
class Told:
    columns: list[str]
    values: list[list[Any]]
    tags: dict[str, str] = field(default_factory=lambda: dict(zip(DISK.tags, KEY, strict=True)))


def rule_of(**changed: object) -> Rule:
    rule: Rule = msgspec.structs.replace(DISK, **changed)
    return rule


def grid_of(steps: int, window: int = 1, start: int = 0) -> Grid:
    return Grid(start, STEP, steps, window)


def buckets(reduce: Reduce, **columns: list[float | None]) -> Told:
    names = list(partials(reduce))
    rows = [
        [index * STEP * NS, *cells]
        for index, cells in enumerate(zip(*(columns[name] for name in names), strict=True))
        if any(cell is not None for cell in cells)
    ]
    return Told(["time", *names], rows)


def backtest(rule: Rule, told: Told, steps: int, limit: float) -> list[Spell]:
    return Past.of(rule, [told], grid_of(steps)).spells(lambda _key: limit)


N = None
NAN = float("nan")


@pytest.mark.parametrize(
    ("reduce", "columns", "expected"),
    [
        (Reduce.LAST, {"last": [1, N, N, N, 5, 6]}, [1, 1, 1, NAN, 5, 6]),
        (Reduce.MIN, {"min": [3, 2, 4, 5, N, N]}, [3, 2, 2, 2, 4, 5]),
        (Reduce.MAX, {"max": [3, 2, 4, 1, N, N]}, [3, 3, 4, 4, 4, 1]),
        (Reduce.SPREAD, {"max": [3, 5, 6, N, N, N], "min": [3, 4, 6, N, N, N]}, [0, 2, 3, 2, 0, NAN]),
        (Reduce.MEAN, {"sum": [2, 4, N, N, N, 9], "count": [1, 2, N, N, N, 3]}, [2, 2, 2, 2, NAN, 3]),
        (Reduce.COUNT, {"count": [1, 2, N, N, N, 3]}, [1, 3, 3, 2, NAN, 3]),
        (Reduce.HITS, {"hits": [0, 1, N, N, N, 0]}, [0, 1, 1, 1, NAN, 0]),
    ],
)
def test_a_window_is_put_together_from_its_buckets(
    reduce: Reduce, columns: dict[str, list[float | None]], expected: list[float]
) -> None:
    rule = rule_of(reduce=reduce)

    found = windows(rule, buckets(reduce, **columns), grid_of(6, window=3))

    np.testing.assert_array_equal(found, np.array(expected, dtype=float))


@pytest.mark.parametrize(
    ("reduce", "rows", "expected"),
    [
        (Reduce.LAST, [[1.0], [2.0]], 2.0),
        (Reduce.MIN, [[2.0], [1.0]], 1.0),
        (Reduce.MAX, [[2.0], [None], [1.0]], 2.0),
        (Reduce.SPREAD, [[5.0, 4.0], [9.0, 1.0]], 8.0),
        (Reduce.COUNT, [[2], [3]], 5.0),
        (Reduce.MEAN, [[10.0, 2], [2.0, 1]], 4.0),
    ],
)
def test_rows_of_one_bucket_are_folded(reduce: Reduce, rows: list[list[float | None]], expected: float) -> None:
    told = Told(["time", *partials(reduce)], [[0, *cells] for cells in rows])

    assert windows(rule_of(reduce=reduce), told, grid_of(2)).tolist()[0] == expected


def test_a_series_without_rows_has_no_values() -> None:
    told = Told(["time", "sum", "count"], [])

    assert np.isnan(windows(DISK, told, grid_of(3))).all()


def test_buckets_outside_of_the_span_are_left_out() -> None:
    told = Told(["time", "last"], [[-STEP * NS, 7], [0, 1], [STEP * NS, 2], [2 * STEP * NS, 3]])

    assert windows(rule_of(reduce=Reduce.LAST), told, grid_of(2)).tolist() == [1, 2]


def test_it_tells_when_a_finding_opens_and_closes_and_how_bad_it_was() -> None:
    rule = rule_of(reduce=Reduce.MAX, pending="10m", margin=2.0, window="5m")
    told = buckets(Reduce.MAX, max=[80, 91, 92, 97, 89, 87, 80])

    found = backtest(rule, told, 7, 90.0)

    assert [(each.key, each.opened, each.closed, each.end) for each in found] == [
        (KEY, 4 * STEP, 6 * STEP, End.RECOVERED)
    ]
    assert (found[0].value, found[0].worst, found[0].limit) == (97.0, 97.0, 90.0)
    assert found[0].length_s(10 * STEP) == 2 * STEP


def test_one_that_goes_on_has_no_end() -> None:
    rule = rule_of(reduce=Reduce.MAX, pending="0s")

    found = backtest(rule, buckets(Reduce.MAX, max=[80, 91, 92]), 3, 90.0)

    assert [(each.opened, each.closed, each.end, each.worst) for each in found] == [(2 * STEP, None, None, 92.0)]
    assert found[0].length_s(5 * STEP) == 3 * STEP


def test_the_worst_value_of_a_downward_rule_is_the_lowest() -> None:
    rule = rule_of(reduce=Reduce.MIN, compare=Compare.BELOW, pending="0s")

    found = backtest(rule, buckets(Reduce.MIN, min=[20, 8, 3, 9, 50]), 5, 10.0)

    assert (found[0].value, found[0].worst) == (8.0, 3.0)


@given(
    values=st.lists(st.one_of(st.none(), st.sampled_from([80.0, 88.5, 89.0, 90.0, 90.5, 95.0])), max_size=60),
    compare=st.sampled_from(list(Compare)),
    no_data=st.sampled_from(list(NoData)),
    pending=st.sampled_from(["0s", "5m", "15m"]),
    keep=st.sampled_from(["0s", "5m", "20m"]),
    margin=st.sampled_from([0.0, 1.0]),
    hold=st.sampled_from(["30m", "45m"]),
)
@settings(max_examples=300, deadline=None)
def test_it_finds_what_the_evaluation_finds_step_by_step(
    values: list[float | None], compare: Compare, no_data: NoData, pending: str, keep: str, margin: float, hold: str
) -> None:
    bounds = Bounds.of(
        rule_of(compare=compare, no_data=no_data, pending=pending, keep_firing=keep, margin=margin, hold=hold)
    )
    grid = grid_of(len(values))
    standings: dict[Key, Standing] = {}
    opened: list[int] = []
    closed: list[tuple[int, End]] = []
    for index, value in enumerate(values):
        told = [] if value is None else [Reading(KEY, value)]
        done = evaluate(bounds, told, standings, lambda _key: 90.0, grid.at(index))
        standings = done.standings
        for change in done.changes:
            if change.end is None:
                opened.append(change.at)
            else:
                closed.append((change.at, change.end))

    found = spells(bounds, KEY, np.array([NAN if v is None else v for v in values]), 90.0, grid)

    assert [each.opened for each in found] == opened
    assert [(each.closed, each.end) for each in found if each.closed is not None] == closed
