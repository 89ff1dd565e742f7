"""What to do first: reasons that ask for the same, put together and ranked by risk and effort."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from alert_rules.advice import AdviceError, advice
from api.analysis.naming import natural
from api.analysis.tables import Actions, Weighed
from api.analysis.tree import Action, Reason, Subject
from collectors.text import Text

SEVERITIES = ("critical", "warning", "info")
"""The gravest first."""

_UNKNOWN = Weighed(risk=1, effort=2)
"""Of a rule that there is none of any more."""


def actions_of(reasons: Iterable[Reason], table: Actions) -> tuple[Action, ...]:
    """Return all that there is to do, the most useful first; one entry for everything that asks for the same."""
    asking = [reason for reason in reasons if reason.advice]
    there = {(reason.advice, reason.subject.id, reason.lasts) for reason in asking}
    groups: defaultdict[str, list[Reason]] = defaultdict(list)
    for reason in asking:
        joined = table.joins.get(reason.advice, "")
        is_joined = (joined, reason.subject.id, reason.lasts) in there
        groups[joined if is_joined else reason.advice].append(reason)
    actions = [_action(name, those, table) for name, those in groups.items()]
    return tuple(sorted(actions, key=lambda each: (-each.value, SEVERITIES.index(each.severity), each.advice)))


def _action(name: str, reasons: Sequence[Reason], table: Actions) -> Action:
    lasting = [reason for reason in reasons if reason.lasts]
    shown = sorted(
        lasting or reasons, key=lambda each: (_risk(each, table) * -1, -each.weight, natural(each.subject.name))
    )
    gravest, subjects = shown[0], _subjects(shown)
    weighed = table.rules.get(gravest.rule, _UNKNOWN)
    times = [reason.since for reason in shown if reason.since is not None]
    more = min(len(subjects) - 1, table.more_most)
    value = table.risk_value[weighed.risk] * (1 + table.each_more * more) / table.effort_takes[weighed.effort]
    return Action(
        text=_text(name, gravest, table),
        advice=name,
        rules=tuple(sorted({reason.rule for reason in shown})),
        severity=min((reason.severity for reason in shown), key=SEVERITIES.index),
        subjects=subjects,
        facts=tuple(_fact(reason) for reason in shown),
        since=min(times) if times else None,
        lasts=bool(lasting),
        risk=weighed.risk,
        effort=weighed.effort,
        value=round(value * (1.0 if lasting else table.over_share), 4),
    )


def _risk(reason: Reason, table: Actions) -> int:
    return table.rules.get(reason.rule, _UNKNOWN).risk


def _subjects(reasons: Sequence[Reason]) -> tuple[Subject, ...]:
    found: Mapping[str, Subject] = {reason.subject.id: reason.subject for reason in reasons}
    return tuple(found.values())


def _fact(reason: Reason) -> Text:
    name, text = reason.subject.name, reason.text
    return Text(f"{name}：{text.ja}", f"{name}: {text.en}")


def _text(name: str, reason: Reason, table: Actions) -> Text:
    """Return the action's sentence; the page's title where the table has none."""
    known = table.texts.get(name)
    if known is not None:
        return known.text
    try:
        return Text(advice(name, "ja").title, advice(name, "en").title)
    except AdviceError:
        return reason.text
