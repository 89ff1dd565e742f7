"""Findings as points: one as each opens, one as it closes, one every hour in between.

A transition is marked as stored after the engine has its point, so a killed run writes the same point again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from alert_rules.registry import Entry
from api.models import Contract, Finding, FindingTransition, TransitionKind
from api.readings.scope import to_ns
from collectors.point import FieldValue, Point
from collectors.service.finding import FINDING
from collectors.text import Text

MOST = 5_000
"""Transitions that one run stores; what is left is the next one's."""

_KEPT_TAGS = ("site", "device", "host", "asset")


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A finding, whose contract is its public id."""

    contract: str
    rule: str
    tags: Mapping[str, str]
    since: datetime
    opened_at: datetime
    value: float
    threshold: float


@dataclass(frozen=True, slots=True)
class TransitionFacts:
    """A transition and the finding that it is of."""

    id: int
    kind: TransitionKind
    at: datetime
    finding: FindingFacts


def read_transitions(session: Session) -> list[TransitionFacts]:
    """Return transitions that are not stored yet, the earliest first."""
    asked = (
        select(FindingTransition, Finding, Contract.public_id)
        .join(Finding, Finding.id == FindingTransition.finding_id)
        .join(Contract, Contract.id == Finding.contract_id)
        .where(FindingTransition.stored_at.is_(None))
        .order_by(FindingTransition.id)
        .limit(MOST)
    )
    return [
        TransitionFacts(each.id, each.kind, each.at, _facts(finding, contract))
        for each, finding, contract in session.execute(asked)
    ]


def read_open(session: Session, at: datetime) -> list[FindingFacts]:
    """Return the findings that were open before a moment and are still."""
    asked = (
        select(Finding, Contract.public_id)
        .join(Contract, Contract.id == Finding.contract_id)
        .where(Finding.closed_at.is_(None), Finding.opened_at < at)
    )
    return [_facts(finding, contract) for finding, contract in session.execute(asked)]


def mark_stored(session: Session, transitions: Iterable[TransitionFacts], now: datetime) -> None:
    """Note that the engine has the points of transitions."""
    ids = [each.id for each in transitions]
    session.execute(update(FindingTransition).where(FindingTransition.id.in_(ids)).values(stored_at=now))


def _facts(finding: Finding, contract: str) -> FindingFacts:
    return FindingFacts(
        contract,
        finding.rule,
        finding.tags,
        finding.since,
        finding.opened_at,
        finding.value,
        finding.threshold,
    )


def transition_points(transitions: Iterable[TransitionFacts], rules: Mapping[str, Entry]) -> Iterator[Point]:
    """Yield a point of each transition, at its own time."""
    for each in transitions:
        finding = each.finding
        fields: dict[str, FieldValue]
        if each.kind is TransitionKind.OPENED:
            fields = {
                "opened": 1,
                "open": 1,
                "value": finding.value,
                "threshold": finding.threshold,
                "since": finding.since.timestamp(),
                **_in_words(finding, rules),
            }
        else:
            open_s = (each.at - finding.opened_at).total_seconds()
            fields = {"closed": 1, "open": 0, "open_s": open_s}
        yield Point(FINDING.name, _tags(finding, rules), fields | _advice(finding, rules), to_ns(each.at))


def open_points(findings: Iterable[FindingFacts], rules: Mapping[str, Entry], at: datetime) -> Iterator[Point]:
    """Yield a point of each open finding, so that one is known that opened before what is still kept."""
    for finding in findings:
        fields: dict[str, FieldValue] = {"open": 1}
        yield Point(FINDING.name, _tags(finding, rules), fields | _advice(finding, rules), to_ns(at))


def _advice(finding: FindingFacts, rules: Mapping[str, Entry]) -> dict[str, FieldValue]:
    entry = rules.get(finding.rule)
    return {} if entry is None else {"advice": entry.rule.advice_id}


def _in_words(finding: FindingFacts, rules: Mapping[str, Entry]) -> dict[str, FieldValue]:
    """Return what began, and where; by its id for a rule that there is none of any more."""
    entry = rules.get(finding.rule)
    headline = entry.rule.name.text if entry else Text(finding.rule, finding.rule)
    where = finding.tags.get("host") or finding.tags.get("asset", "")
    subject = " ".join(filter(None, (where, *_parts(finding, entry))))
    return {
        "detail": f"{headline.ja}（{subject}）" if subject else headline.ja,
        "detail_en": f"{headline.en} ({subject})" if subject else headline.en,
    }


def _parts(finding: FindingFacts, entry: Entry | None) -> list[str]:
    """Return what of the device or equipment it is about: a drive, a toner."""
    by = entry.rule.by if entry else ()
    return [finding.tags[name] for name in by if name not in _KEPT_TAGS and finding.tags.get(name)]


def _tags(finding: FindingFacts, rules: Mapping[str, Entry]) -> dict[str, str]:
    """Return the tags; category and severity are absent for a rule that there is none of any more."""
    tags = {name: finding.tags[name] for name in _KEPT_TAGS if name in finding.tags}
    tags |= {"contract": finding.contract, "rule": finding.rule}
    entry = rules.get(finding.rule)
    if entry is not None:
        tags |= {
            "category": entry.category.value,
            "severity": entry.rule.severity.value,
            "part": " ".join(_parts(finding, entry)),
        }
    return tags
