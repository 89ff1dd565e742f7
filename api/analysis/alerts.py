"""What rules found within the period, counted, beside the month before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from statistics import median

from alert_rules.rule import Category, Severity
from api.analysis.reasons import Held, held_in
from api.analysis.roster import Roster
from api.analysis.tree import AlertStatistics, Tally
from api.readings.scope import Window
from api.reports.inputs import ReportInputs
from collectors.text import Text

MOST = 10
"""Subjects and rules that are named."""

_HOUR = timedelta(hours=1)
_ALL = Text("すべて", "all")

Key = Callable[[Held], str]


def alerts_of(inputs: ReportInputs, roster: Roster) -> AlertStatistics:
    """Return what rules found. Findings of devices that left and of the provider's own are not counted."""
    window = inputs.period.window
    before = Window(inputs.before.start, inputs.before.end) if inputs.before else None
    counted = _Counted(held_in(inputs.findings, roster, window), window, _before(inputs, roster, before), before)
    names = {each.subject.id: Text(each.subject.name, each.subject.name) for each in counted.now}
    rules = {rule: facts.name for rule, facts in inputs.findings.rules.items()}
    ended = [each for each in counted.now if each.until is not None]
    return AlertStatistics(
        total=counted.all(_ALL),
        severities=counted.by(lambda held: held.rule.severity, {each.value: each.text for each in Severity}),
        categories=counted.by(lambda held: held.rule.category, {each.value: each.text for each in Category}),
        subjects=_most(counted.by(lambda held: held.subject.id, names)),
        rules=_most(counted.by(lambda held: held.finding.rule, rules)),
        hours_to_end=round(median((each.until - each.finding.opened_at) / _HOUR for each in ended if each.until), 1)
        if ended
        else None,
        notes=_notes(inputs),
    )


class _Counted:
    """Findings of both months."""

    def __init__(self, now: Sequence[Held], window: Window, before: Sequence[Held], earlier: Window | None) -> None:
        self.now = now
        self.before = before
        self._window = window
        self._earlier = earlier

    def all(self, text: Text) -> Tally:
        """Count all findings."""
        return self._tally("", text, self.now, self.before)

    def by(self, key_of: Key, texts: Mapping[str, Text]) -> tuple[Tally, ...]:
        """Count findings by key, in the order of `texts`."""
        now, before = _grouped(self.now, key_of), _grouped(self.before, key_of)
        return tuple(self._tally(key, text, now.get(key, ()), before.get(key, ())) for key, text in texts.items())

    def _tally(self, key: str, text: Text, now: Sequence[Held], before: Sequence[Held]) -> Tally:
        return Tally(
            key=key,
            text=text,
            opened=_opened(now, self._window),
            before=_opened(before, self._earlier) if self._earlier is not None else None,
            open=sum(1 for held in now if held.until is None),
            hours=round(sum(_hours(held, self._window) for held in now), 1),
        )


def _grouped(held: Iterable[Held], key_of: Key) -> dict[str, list[Held]]:
    groups: dict[str, list[Held]] = {}
    for each in held:
        groups.setdefault(key_of(each), []).append(each)
    return groups


def _most(tallies: Sequence[Tally]) -> tuple[Tally, ...]:
    """Return those with the most of this month."""
    there = [each for each in tallies if each.opened or each.open or each.hours]
    return tuple(sorted(there, key=lambda each: (-each.opened, -each.open, -each.hours, each.key))[:MOST])


def _before(inputs: ReportInputs, roster: Roster, window: Window | None) -> list[Held]:
    return held_in(inputs.findings, roster, window) if window is not None else []


def _opened(held: Iterable[Held], window: Window) -> int:
    return sum(1 for each in held if window.start <= each.finding.opened_at < window.end)


def _hours(held: Held, window: Window) -> float:
    """Return for how long a finding was open within a window; one that nobody could tell of ended when it closed."""
    closed = held.finding.closed_at or window.end
    span = min(closed, window.end) - max(held.finding.opened_at, window.start)
    return max(0.0, span / _HOUR)


def _notes(inputs: ReportInputs) -> tuple[Text, ...]:
    if inputs.findings.is_cut:
        return (Text("件数が多いため、古いものは数えていません", "there were so many that the oldest are not counted"),)
    return ()
