"""Every rule does on a real influxd what its recorded cases say: step by step as in operation, and looked back.

And the cases notice a wrong rule: each change of a threshold, a comparison, a condition or a time makes one fail.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from alert_rules.cases import CASES_DIR, load_cases, moments, problems
from alert_rules.load import RuleFileError
from alert_rules.registry import entries
from alert_rules.replay import Ask, Scene
from alert_rules.rule import Category, Compare, NoData, Reduce, Rule
from api.config import Config
from api.influx.engine import Series
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from collectors.point import to_lines

START = 1_795_651_200
"""Midnight UTC, a multiple of every rule's `every`."""

ALL = load_cases()
NAMES = sorted(ALL)


@pytest.fixture(scope="module")
def play(influxd: Influxd) -> Callable[[str], tuple[Scene, Ask]]:
    """Stores the points of a rule's cases, once, and returns what asks for them."""
    engine = create_engine(Config("", "", influx_url=influxd.url))
    stored: set[str] = set()

    def ready(name: str) -> tuple[Scene, Ask]:
        scene = Scene(entries()[name].rule, ALL[name][1], START)
        database = f"cases_{name}"
        if name not in stored:
            engine.ensure_database(database, timedelta(days=36_500))
            outcome = engine.write(database, to_lines(scene.points()).encode(), "ns")
            assert (outcome.status, outcome.message) == (204, "")
            stored.add(name)

        def ask(statement: str) -> Sequence[Series]:
            return engine.query(database, statement)

        return scene, ask

    return ready


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_step_by_step_what_the_cases_say(name: str, play: Callable[[str], tuple[Scene, Ask]]) -> None:
    scene, ask = play(name)

    assert scene.step_through(ask) == scene.expected()


@pytest.mark.parametrize("name", NAMES)
def test_a_backtest_finds_the_same(name: str, play: Callable[[str], tuple[Scene, Ask]]) -> None:
    scene, ask = play(name)

    assert scene.look_back(ask) == scene.expected()


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Yield a rule's wrong forms."""
    step = 1.0 if float(rule.limit).is_integer() and abs(rule.limit) < 5 else abs(rule.limit) * 0.1
    for change in (step, -step):
        if rule.reduce is Reduce.COUNT and change < 0:
            continue  # No window holds fewer than one point, so that a lower threshold is the same rule.
        yield f"threshold {change:+g}", altered(rule, rule.limit + change)
    for compare in set(Compare) - {rule.compare}:
        yield f"compare {compare}", msgspec.structs.replace(rule, compare=compare)
    if rule.where:
        yield "no where", msgspec.structs.replace(rule, where="")
    if rule.reduce is Reduce.HITS:
        yield "every point hits", msgspec.structs.replace(rule, reduce=Reduce.COUNT, hit="")
    for name, there, other in (
        ("no for", rule.pending != "0s", {"pending": "0s"}),
        ("no margin", rule.margin > 0, {"margin": 0.0}),
        ("no keep_firing", rule.keep_firing != "0s", {"keep_firing": "0s"}),
        ("gone at once", rule.no_data is NoData.UNKNOWN, {"no_data": NoData.OK}),
        ("held", rule.no_data is NoData.OK, {"no_data": NoData.UNKNOWN}),
    ):
        if there:
            yield name, msgspec.structs.replace(rule, **other)


def altered(rule: Rule, limit: float) -> Rule:
    return msgspec.structs.replace(rule, parameter=None, threshold=limit)


@pytest.mark.parametrize("name", NAMES)
def test_the_cases_notice_every_wrong_form_of_the_rule(name: str, play: Callable[[str], tuple[Scene, Ask]]) -> None:
    scene, ask = play(name)

    unnoticed = [what for what, wrong in mutants(scene.rule) if scene.look_back(ask, wrong) == scene.expected()]

    assert unnoticed == []


PLAIN = """cases:
  - rule: disk_full
    tags: {path: "C:", fstype: NTFS, mode: rw}
    fires:
      points: {0m..1h/5m: {used_percent: 98}}
      beside: [{tags: {path: "D:"}, points: {0m: {used_percent: 1}}}]
      opens: 20m
    never_fires: [{points: {0m..1h/5m: {used_percent: 40}}}]
    recovers: {points: {0m..1h/5m: {used_percent: 98}, 2h: {used_percent: 1}}, opens: 20m, closes: 3h}
    no_data: {points: {0m..1h/5m: {used_percent: 98}}, opens: 20m, closes: 3d}
"""


def told(text: str, directory: Path) -> list[str]:
    """What is wrong with a text as the only cases of capacity, of rules of which only two are there."""
    for category in Category:
        rest = "cases: []\n" if category is not Category.CAPACITY else text
        (directory / f"{category}.yaml").write_text(rest, encoding="utf-8")
    some = {name: entries()[name] for name in ("disk_full", "new_unknown_device")}
    found = problems(some, load_cases(directory))
    missing = "tests/network.yaml: new_unknown_device: no cases"
    assert missing in found
    return [each for each in found if each != missing]


def test_good_cases_have_no_problem(tmp_path: Path) -> None:
    assert told(PLAIN, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("opens: 20m\n    never", "until: 2h\n    never", "fires: opens is missing"),
        ("opens: 20m\n    never", "opens: 20m\n      closes: 1h\n    never", "fires: closes must not be given"),
        ("used_percent: 40}}}", "used_percent: 40}}, opens: 5m}", "never_fires[0]: opens must not be given"),
        (", closes: 3h", "", "recovers: closes is missing"),
        (", closes: 3d", "", "no_data: closes is missing"),
        ('path: "D:"', "mode: rw", "fires: beside holds no series of another path"),
        ('{path: "C:", ', "{", "fires: tag 'path', by which the rule tells series apart, is missing"),
        ("fstype: NTFS", "fs: NTFS", "fires: disk has no tag 'fs'"),
        ("fstype: NTFS", "device: d-2", "fires: tag 'device' is the subject's, which all cases have"),
        ("used_percent: 40", "used: 40", "never_fires[0]: 0m..1h/5m: used is integer"),
        ("used_percent: 40", "percent: 40", "never_fires[0]: 0m..1h/5m: disk has no field 'percent'"),
        ("used_percent: 40", "used_percent: forty", "never_fires[0]: 0m..1h/5m: used_percent is float, not 'forty'"),
        ("used_percent: 40", "used_percent: true", "never_fires[0]: 0m..1h/5m: used_percent is float, not True"),
        (
            "0m..1h/5m: {used_percent: 40",
            "2h..1h/5m: {used_percent: 40",
            "never_fires[0]: 2h..1h/5m: these are 0",
        ),
        ("0m..1h/5m: {used_percent: 40", "0m..9d/1s: {used_percent: 40", "never_fires[0]: 0m..9d/1s: these are 777601"),
        (
            "0m..1h/5m: {used_percent: 40",
            "0m..1h/0s: {used_percent: 40",
            "never_fires[0]: 0m..1h/0s: these are 0",
        ),
    ],
)
def test_it_says_what_is_wrong_with_cases(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert old in PLAIN
    if "used is integer" in expected:
        new = "used: 4.5"
    found = told(PLAIN.replace(old, new, 1), tmp_path)

    assert found[0].startswith(f"tests/capacity.yaml: disk_full: {expected}")


def test_it_misses_the_recovery_of_rules_that_have_one_only(tmp_path: Path) -> None:
    without = "\n".join(line for line in PLAIN.splitlines() if "recovers" not in line)
    assert told(without, tmp_path) == ["tests/capacity.yaml: disk_full: recovers is missing"]


def test_it_says_which_rule_cases_are_of_that_there_is_none_of(tmp_path: Path) -> None:
    assert told(PLAIN.replace("disk_full", "disk_ful"), tmp_path) == [
        "tests/capacity.yaml: disk_full: no cases",
        "tests/capacity.yaml: disk_ful: there is no such rule in capacity.yaml",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("opens: 20m", "opens: soon", "capacity.yaml:7:14: cases[0].fires.opens"),
        ("opens: 20m", "opened: 20m", "capacity.yaml:5:7: cases[0].fires"),
        ("never_fires: [{points: {0m..1h/5m: {used_percent: 40}}}]", "never_fires: []", "capacity.yaml:8:18"),
        (
            "0m..1h/5m: {used_percent: 40",
            "0m-1h: {used_percent: 40",
            "capacity.yaml:8:28: cases[0].never_fires[0].points",
        ),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_place(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert old in PLAIN
    with pytest.raises(RuleFileError) as caught:
        told(PLAIN.replace(old, new, 1), tmp_path)

    assert expected in str(caught.value)


def test_cases_of_one_rule_stand_in_one_file(tmp_path: Path) -> None:
    for category in Category:
        (tmp_path / f"{category}.yaml").write_text(PLAIN, encoding="utf-8")

    with pytest.raises(RuleFileError, match=r"cases of disk_full are in security\.yaml too"):
        load_cases(tmp_path)


def test_the_products_own_cases_have_no_problem() -> None:
    assert problems(entries(), ALL) == []
    assert {path.stem for path in CASES_DIR.iterdir()} == set(Category)


@pytest.mark.parametrize(
    ("times", "expected"), [("20m", [1200]), ("0m..1h/30m", [0, 1800, 3600]), ("1m..3m/90s", [60, 150])]
)
def test_it_reads_times(times: str, expected: list[int]) -> None:
    assert list(moments(times)) == expected


def test_it_refuses_what_is_no_time() -> None:
    with pytest.raises(ValueError, match="neither a time nor a span"):
        moments("soon")
