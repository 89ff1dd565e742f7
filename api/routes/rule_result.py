"""What a trial of a rule came to, as its page shows it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from alert_rules.backtest import Spell
from alert_rules.rule import Rule
from alert_rules.series import Key
from api.alerts.history import Looked
from api.alerts.message import unit_of
from api.alerts.trial import WEEK_S, Outcome, Trial, about, moment_of, weekly
from api.display import charts
from api.display.formats import Formats
from api.display.measure import measured
from api.display.timeline import Stretch, lane
from collectors.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Lane:
    """A series' findings over time."""

    name: str
    drawing: Markup
    today: int
    tried: int | None


@dataclass(frozen=True, slots=True)
class Week:
    """How many findings opened in a week, with bars."""

    begin: str
    today: int
    tried: int | None
    today_bar: Markup
    tried_bar: Markup


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding that would be missed or gained."""

    name: str
    when: str
    length: str
    worst: str


class Result:
    """What a trial came to, for the page."""

    def __init__(self, trial: Trial, lang: Lang) -> None:
        self.trial = trial
        self.f = Formats(lang)
        self.unit = unit_of(trial.asked.rule)

    @property
    def has_data(self) -> bool:
        """Whether the rule has seen anything."""
        return bool(self.trial.looked.past.series)

    @property
    def since(self) -> str:
        """Where the span begins."""
        return self.f.date(moment_of(self.trial.looked.since))

    @property
    def until(self) -> str:
        """Where it ends."""
        return self.f.time(moment_of(self.trial.looked.until))

    @property
    def ticks(self) -> list[str]:
        """Dates under the lanes: begin, middle and end."""
        looked = self.trial.looked
        middle = (looked.since + looked.until) // 2
        return [self.f.date(moment_of(second)) for second in (looked.since, middle, looked.until)]

    def length(self, outcome: Outcome) -> str:
        """How long findings were open together."""
        return self.f.span(timedelta(seconds=outcome.tally.open_s))

    def rate(self, outcome: Outcome) -> str:
        """Findings per device and week."""
        rate = outcome.tally.per_device_week
        return "–" if rate is None else f"{rate:.2g}"

    def value(self, value: float) -> str:
        """A threshold in words."""
        return measured(value, self.unit, self.f.lang)

    @property
    def lanes(self) -> list[Lane]:
        """The series with findings, those with most of them first."""
        rule, looked = self.trial.asked.rule, self.trial.looked
        today = _by_key(self.trial.today.spells)
        tried = _by_key(self.trial.tried.spells) if self.trial.tried else None
        keys = sorted({*today, *(tried or {})}, key=lambda key: (-len(today[key]) - len((tried or today)[key]), key))
        return [self._lane(rule, looked, key, today[key], None if tried is None else tried[key]) for key in keys]

    def _lane(self, rule: Rule, looked: Looked, key: Key, today: list[Spell], tried: list[Spell] | None) -> Lane:
        name, counts = about(rule, key), self.f.text(_counts(len(today), None if tried is None else len(tried)))
        drawing = lane(_stretches(today, looked), None if tried is None else _stretches(tried, looked), counts)
        return Lane(name, drawing, len(today), None if tried is None else len(tried))

    @property
    def weeks(self) -> list[Week]:
        """Each week of the span, the newest first."""
        looked, tried = self.trial.looked, self.trial.tried
        mine = weekly(self.trial.today.spells, looked)
        other = weekly(tried.spells, looked) if tried else None
        most = max([1, *mine, *(other or [])])
        found = []
        for number in reversed(range(len(mine))):
            begin = self.f.date(moment_of(looked.since + number * WEEK_S))
            tried_here = other[number] if other else None
            found.append(Week(begin, mine[number], tried_here, _bar(mine[number], most), _bar(tried_here, most)))
        return found

    @property
    def marks(self) -> Mapping[str, list[Mark]]:
        """Findings that the tried value would miss, and those that it would gain."""
        difference = self.trial.difference
        if difference is None:
            return {}
        return {"missed": list(self._marks(difference.missed)), "gained": list(self._marks(difference.gained))}

    def _marks(self, spells: Iterable[Spell]) -> Iterable[Mark]:
        for each in spells:
            yield Mark(
                about(self.trial.asked.rule, each.key),
                self.f.time(moment_of(each.opened)),
                self.f.span(timedelta(seconds=each.length_s(self.trial.looked.until))),
                self.value(each.worst),
            )


def _bar(count: int | None, most: int) -> Markup:
    return Markup("") if count is None else charts.bar(100 * count / most, f"{count}")


def _by_key(spells: Iterable[Spell]) -> defaultdict[Key, list[Spell]]:
    found: defaultdict[Key, list[Spell]] = defaultdict(list)
    for each in spells:
        found[each.key].append(each)
    return found


def _counts(today: int, tried: int | None) -> Text:
    if tried is None:
        return Text(f"{today}件", f"{today} findings")
    return Text(f"今の基準 {today}件、試す値 {tried}件", f"today's threshold {today}, tried {tried} findings")


def _stretches(spells: Iterable[Spell], looked: Looked) -> list[Stretch]:
    whole = max(1, looked.until - looked.since)
    return [
        Stretch((each.opened - looked.since) / whole, ((each.closed or looked.until) - looked.since) / whole)
        for each in spells
    ]
