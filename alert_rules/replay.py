"""Recorded cases, played: their points, what must come of them, and what a rule makes of them. No I/O.

The engine is asked through a function that comes in. Cases of a rule are played side by side, each as a contract of its
own, so that each evaluation is one question.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alert_rules.backtest import Past
from alert_rules.cases import Case, Recorded, RuleCases, as_declared, moments
from alert_rules.evaluation import evaluate
from alert_rules.machine import Bounds, End, Standing
from alert_rules.query import bucket_query, moment_query
from alert_rules.rule import Rule, seconds
from alert_rules.series import NS, Answer, Grid, Key, readings
from collectors.catalogue import measurements
from collectors.point import Point

Ask = Callable[[str], Sequence[Answer]]
"""Answers an InfluxQL statement."""

_SUBJECT = {"site": "s-1", "device": "d-1", "host": "PC-1", "asset": "a-1"}
"""Tags of whatever a case is about, where its subject has them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding; times are seconds since the beginning of the case.

    Attributes:
        key: which series.
        opened: when it opened.
        closed: when it closed; None where it is open in the end.
        end: why it closed.
    """

    key: Key
    opened: int
    closed: int | None = None
    end: End | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The cases of a rule with the moment at which they begin.

    Attributes:
        rule: what is tried.
        cases: its cases.
        start: Unix seconds; a whole multiple of the rule's `every`.
    """

    rule: Rule
    cases: RuleCases
    start: int

    def points(self) -> Iterator[Point]:
        """Yield the points of all cases."""
        types = {field.name: field.type for field in measurements()[self.rule.measurement].fields}
        for name, case in self.cases.named().items():
            for series in case.series:
                tags = self._tags(name, series)
                for times, fields in series.points.items():
                    typed = {field: as_declared(types[field], value) for field, value in fields.items()}
                    for moment in moments(times):
                        yield Point(self.rule.measurement, tags, typed, (self.start + moment) * NS)

    def expected(self) -> dict[str, list[Found]]:
        """Return what must be found, by case."""
        return {name: list(self._expected(name, case)) for name, case in self.cases.named().items()}

    def step_through(self, ask: Ask) -> dict[str, list[Found]]:
        """Return what is found by one evaluation after the other, as they are made in operation."""
        bounds, every, window = Bounds.of(self.rule), seconds(self.rule.every), seconds(self.rule.window)
        written = sorted({moment for case in self.cases.named().values() for moment in _moments(case)})
        standings: Mapping[Key, Standing] = {}
        open_: dict[Key, int] = {}
        found: list[Found] = []
        for at in range(every, self._until() + 1, every):
            told = []
            if _any_within(written, at - window, at):
                when = f"time >= {(self.start + at - window) * NS} AND time < {(self.start + at) * NS}"
                told = readings(self.rule, ask(moment_query(self.rule, when)))
            done = evaluate(bounds, told, standings, lambda _key: self.rule.limit, self.start + at)
            standings = done.standings
            for change in done.changes:
                if change.end is None:
                    open_[change.key] = at
                else:
                    found.append(Found(change.key, open_.pop(change.key), at, change.end))
        return self._by_case([*found, *(Found(key, opened) for key, opened in open_.items())])

    def look_back(self, ask: Ask, rule: Rule | None = None) -> dict[str, list[Found]]:
        """Return what is found by a backtest; `rule` may be another form of the scene's own."""
        tried = rule or self.rule
        every = seconds(tried.every)
        steps = self._until() // every
        grid = Grid(self.start, every, steps, seconds(tried.window) // every)
        when = f"time >= {self.start * NS} AND time < {(self.start + steps * every) * NS}"
        past = Past.of(tried, ask(bucket_query(tried, when)), grid)
        found = [
            Found(
                each.key,
                each.opened - self.start,
                None if each.closed is None else each.closed - self.start,
                each.end,
            )
            for each in past.spells(lambda _key: tried.limit)
        ]
        return self._by_case(found)

    def _tags(self, name: str, series: Recorded) -> dict[str, str]:
        subject = {tag: _SUBJECT[tag] for tag in self.rule.subject.tags if tag != "contract"}
        return {"contract": name, **subject, **self.cases.tags, **series.tags}

    def _key(self, name: str, series: Recorded) -> Key:
        tags = self._tags(name, series)
        return tuple(tags.get(tag, "") for tag in self.rule.tags)

    def _expected(self, name: str, case: Case) -> Iterator[Found]:
        if case.opens is None:
            return
        end = None
        if case.closes is not None:
            end = Bounds.of(self.rule).missing_end if name == "no_data" else End.RECOVERED
        closed = None if case.closes is None else seconds(case.closes)
        yield Found(self._key(name, case.series[0]), seconds(case.opens), closed, end)

    def _until(self) -> int:
        return max(map(self._case_until, self.cases.named().values()))

    def _case_until(self, case: Case) -> int:
        every = seconds(self.rule.every)
        last = seconds(case.until) if case.until else max(_moments(case)) + every
        return last // every * every

    def _by_case(self, found: Sequence[Found]) -> dict[str, list[Found]]:
        """Findings by case; what happens after a case is over is none of its business."""
        contract = self.rule.tags.index("contract")
        told: dict[str, list[Found]] = {}
        for name, case in self.cases.named().items():
            until = self._case_until(case)
            own = [each for each in found if each.key[contract] == name and each.opened <= until]
            told[name] = [_cut(each, until) for each in sorted(own, key=lambda each: (each.opened, each.key))]
        return told


def _cut(found: Found, until: int) -> Found:
    return found if found.closed is None or found.closed <= until else Found(found.key, found.opened)


def _moments(case: Case) -> set[int]:
    return {moment for series in case.series for times in series.points for moment in moments(times)}


def _any_within(sorted_moments: Sequence[int], begin: int, end: int) -> bool:
    return bisect_left(sorted_moments, begin) < bisect_left(sorted_moments, end)
