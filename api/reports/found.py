"""What rules found in a contract, read from the relational database as it stood at a period's end."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from alert_rules.registry import Entry, entries
from api.alerts.message import Found, message
from api.display.words import SUPPLY_TYPE, ink
from api.models import Contract, Finding, RuleRun
from api.readings.scope import Window
from api.reports.known import FoundFinding, FoundFindings, RuleFacts
from collectors.text import Lang, Text

MOST = 2000
"""Findings of each sort that are kept: those that last, and those that are over."""


def found_of(
    session: Session, contract: Contract, window: Window, before: datetime, names: Mapping[str, str]
) -> FoundFindings:
    """Return what rules found in a period and in the month before; three queries.

    Args:
        session: what is read.
        contract: whose findings.
        window: the period.
        before: first moment of the month before.
        names: id of equipment or of a site -> its name, for the sentences.
    """
    of_contract = and_(Finding.contract_id == contract.id, Finding.opened_at < window.end)
    lasting = _rows(session, of_contract, or_(Finding.closed_at.is_(None), Finding.closed_at >= window.end))
    over = _rows(session, of_contract, and_(Finding.closed_at >= before, Finding.closed_at < window.end))
    kept = [*lasting[:MOST], *over[:MOST]]
    evaluated, failing = _runs(session)
    return FoundFindings(
        findings=tuple(
            _finding(row, entries(), window.end, names) for row in sorted(kept, key=lambda row: (row.opened_at, row.id))
        ),
        rules={rule: _rule(rule, entries().get(rule)) for rule in sorted({row.rule for row in kept})},
        is_cut=max(len(lasting), len(over)) > MOST,
        evaluated_at=evaluated,
        failing=failing,
    )


def _rows(session: Session, *where: ColumnElement[bool]) -> Sequence[Finding]:
    asked = select(Finding).where(*where).order_by(Finding.opened_at.desc(), Finding.id.desc()).limit(MOST + 1)
    return session.scalars(asked).all()


def _runs(session: Session) -> tuple[datetime | None, tuple[str, ...]]:
    newest = session.scalar(select(func.max(RuleRun.evaluated_at)))
    failing = session.scalars(select(RuleRun.rule).where(RuleRun.failed_at.is_not(None)).order_by(RuleRun.rule)).all()
    return newest, tuple(failing)


def _finding(row: Finding, known: Mapping[str, Entry], end: datetime, names: Mapping[str, str]) -> FoundFinding:
    # What happened after the period's end is no part of it: the finding was open then.
    closed = row.closed_at if row.closed_at is not None and row.closed_at < end else None
    return FoundFinding(
        id=row.public_id,
        rule=row.rule,
        tags={name: str(value) for name, value in sorted(row.tags.items()) if value and name != "contract"},
        message=_message(row, known.get(row.rule), names),
        since=row.since,
        opened_at=row.opened_at,
        closed_at=closed,
        end=row.end.value if closed is not None and row.end is not None else "",
        is_taken=row.taken_at is not None and row.taken_at < end,
    )


def _message(row: Finding, entry: Entry | None, names: Mapping[str, str]) -> Text:
    if entry is None:
        return Text(row.reason or row.rule, row.reason_en or row.rule)
    return Text(_sentence(row, entry, names, "ja"), _sentence(row, entry, names, "en"))


def _sentence(row: Finding, entry: Entry, names: Mapping[str, str], lang: Lang) -> str:
    # A rule may have got another tag since; the sentence then stands without it.
    tags = {**dict.fromkeys(entry.rule.tags, ""), **row.tags}
    named = {tag: _called(tag, value, names, lang) for tag, value in tags.items()}
    reason = Text(row.reason, row.reason_en) if row.reason else None
    told = message(entry.rule, Found(named, row.value, row.threshold, reason), lang)
    # A supply without a colour leaves its brackets empty.
    return told.replace("（）", "").replace(" ()", "")


def _called(tag: str, value: str, names: Mapping[str, str], lang: Lang) -> str:
    """Return what people call the value of a tag."""
    if tag == "path" and value.endswith(":"):
        return value.removeprefix("\\")  # Telegraf's way of writing a drive letter
    if tag == "type" and value in SUPPLY_TYPE:
        return SUPPLY_TYPE[value].in_(lang)
    if tag == "color":
        return ink(value).word.in_(lang)
    return names.get(value, value)


def _rule(rule: str, entry: Entry | None) -> RuleFacts:
    if entry is None:
        return RuleFacts(Text(rule, rule), "info", "housekeeping", "")
    return RuleFacts(
        name=entry.rule.name.text,
        severity=entry.rule.severity.value,
        category=entry.category.value,
        advice=entry.rule.advice_id,
        by=entry.rule.by,
        overridden_by=entry.rule.overridden_by or "",
        is_for_staff=entry.rule.staff_only,
    )
