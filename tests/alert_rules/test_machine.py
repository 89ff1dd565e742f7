import msgspec
import pytest

from alert_rules.evaluation import evaluate
from alert_rules.machine import Bounds, End, Phase, Standing, step, step_missing
from alert_rules.registry import entries
from alert_rules.rule import Compare, NoData, Rule
from alert_rules.series import Key, Reading

MINUTE = 60


def bounds_of(**changed: object) -> Bounds:
    rule: Rule = msgspec.structs.replace(
        entries()["disk_nearly_full"].rule, **{"pending": "0s", "keep_firing": "0s", "margin": 0.0, **changed}
    )
    return Bounds.of(rule)


def phases(bounds: Bounds, values: list[float | None], limit: float = 90) -> str:
    """The first letters of the phases after one evaluation every five minutes; None is a missing series."""
    standing: Standing | None = None
    found = ""
    for index, value in enumerate(values):
        now = index * 5 * MINUTE
        if value is None:
            standing = step_missing(bounds, standing, now) if standing else None
        else:
            phase = standing.phase if standing else Phase.NORMAL
            standing = step(bounds, standing, now, bounds.active(phase, value, limit))
        found += (standing.phase if standing else Phase.NORMAL)[0]
    return found


def test_without_a_time_to_wait_it_fires_at_once_and_ends_at_once() -> None:
    assert phases(bounds_of(), [80, 91, 95, 90]) == "nffn"


def test_it_is_pending_until_its_time_has_passed() -> None:
    assert phases(bounds_of(pending="10m"), [91, 91, 91, 91]) == "ppff"
    assert phases(bounds_of(pending="10m"), [91, 91, 80, 91, 91]) == "ppnpp"


def test_it_ends_only_below_the_recovery_threshold() -> None:
    assert phases(bounds_of(margin=2), [91, 89, 88.5, 88, 89, 91]) == "fffnnf"


def test_a_pending_series_goes_on_by_the_recovery_threshold_as_in_grafana() -> None:
    assert phases(bounds_of(margin=2, pending="10m"), [91, 89, 89]) == "ppf"


def test_it_recovers_for_a_while_and_fires_at_once_when_it_comes_back() -> None:
    bounds = bounds_of(keep_firing="10m", pending="10m")

    assert phases(bounds, [91, 91, 91, 80, 80, 80]) == "ppfrrn"
    assert phases(bounds, [91, 91, 91, 80, 91, 80, 80, 80]) == "ppfrfrrn"


def test_a_recovering_series_comes_back_by_the_first_threshold_as_in_grafana() -> None:
    assert phases(bounds_of(keep_firing="10m", margin=2), [91, 80, 89, 89]) == "frrn"


@pytest.mark.parametrize(
    ("compare", "values", "expected"),
    [
        (Compare.ABOVE, [90, 90.1], "nf"),
        (Compare.AT_LEAST, [89.9, 90], "nf"),
        (Compare.BELOW, [90, 89.9], "nf"),
        (Compare.AT_MOST, [90.1, 90], "nf"),
    ],
)
def test_each_comparison_has_its_own_edge(compare: Compare, values: list[float | None], expected: str) -> None:
    assert phases(bounds_of(compare=compare), values) == expected


def test_a_missing_series_stays_as_it_is_and_is_forgotten_in_the_end() -> None:
    bounds = bounds_of(hold="30m")

    assert phases(bounds, [91, None, None, None, None, None, None]) == "ffffffn"
    assert bounds.missing_end is End.UNKNOWN


def test_what_is_told_only_while_it_is_there_has_ended_when_it_is_missing_twice() -> None:
    bounds = bounds_of(no_data=NoData.OK)

    assert phases(bounds, [91, None, None]) == "ffn"
    assert bounds.missing_end is End.GONE


def test_time_without_data_counts_as_pending_time_as_in_grafana() -> None:
    assert phases(bounds_of(pending="10m"), [91, None, 91]) == "ppf"


KEYS: list[Key] = [("c", "s", "d", host, "C:") for host in ("pc1", "pc2", "pc3")]


def test_an_evaluation_tells_what_opened_and_closed_and_why() -> None:
    bounds = bounds_of(no_data=NoData.OK)
    firing = Standing(Phase.FIRING, 100, 600)
    before = {KEYS[0]: firing, KEYS[2]: Standing(Phase.FIRING, 100, 0)}

    found = evaluate(bounds, [Reading(KEYS[0], 50.0), Reading(KEYS[1], 95.0)], before, lambda _key: 90.0, 900)

    assert [(each.key, each.end, each.value, each.since) for each in found.changes] == [
        (KEYS[0], End.RECOVERED, 50.0, 100),
        (KEYS[1], None, 95.0, 900),
        (KEYS[2], End.GONE, None, 100),
    ]
    assert found.standings == {KEYS[1]: Standing(Phase.FIRING, 900, 900)}


def test_each_series_has_its_own_threshold() -> None:
    told = [Reading(key, 92.0) for key in KEYS]

    found = evaluate(bounds_of(), told, {}, lambda key: 95.0 if key[3] == "pc2" else 90.0, 900)

    assert [(each.key[3], each.limit) for each in found.changes] == [("pc1", 90.0), ("pc3", 90.0)]


def test_an_evaluation_of_nothing_changes_nothing() -> None:
    found = evaluate(bounds_of(), [], {}, lambda _key: 90.0, 900)

    assert (found.standings, found.changes) == ({}, [])
