"""What a finding says: its headline and its sentence, in a language."""

from collections.abc import Mapping
from dataclasses import dataclass

from alert_rules.check import field_of
from alert_rules.rule import Rule
from api.display.measure import measured
from collectors.catalogue import measurements
from collectors.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Found:
    """What a message is made of.

    Attributes:
        tags: the series' tags by name.
        value: what was measured.
        limit: the threshold.
        reason: the verdict's reason; None where there is none.
    """

    tags: Mapping[str, str]
    value: float
    limit: float
    reason: Text | None = None


def message(rule: Rule, found: Found, lang: Lang) -> str:
    """Return the one sentence that tells what was found."""
    unit = unit_of(rule)
    named = {
        **found.tags,
        "value": measured(found.value, unit, lang),
        "limit": measured(found.limit, unit, lang),
        "reason": _sentence(found.reason.in_(lang)) if found.reason else "",
    }
    return rule.message.text.in_(lang).format_map(named).strip()


def _sentence(reason: str) -> str:
    """Return a reason as it stands after a full stop; verdicts give theirs to stand after a colon."""
    return reason[:1].upper() + reason[1:]


def part(rule: Rule, tags: Mapping[str, str]) -> str:
    """Return what tells several of one subject apart, e.g. a volume; "" where there is only one."""
    return " ".join(tags[tag] for tag in rule.by if tags.get(tag))


def subject(tags: Mapping[str, str]) -> str:
    """Return the name of what a finding is about: the host, else the equipment's id, else the site's."""
    return next((tags[tag] for tag in ("host", "asset", "site", "contract") if tags.get(tag)), "")


def unit_of(rule: Rule) -> str:
    """Return the unit of a rule's value: that of its field; "" where points are counted."""
    if rule.reduce in ("hits", "count"):
        return ""
    field = field_of(rule, measurements()[rule.measurement])
    return field.unit if field else ""
