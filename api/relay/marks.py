"""What people say about a finding: that they look after it, or that they want a rest from it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.models import Finding, Snooze
from api.models.rule_threshold import WHO_LENGTH
from api.told import ToldError
from collectors.text import Text

LONGEST_SNOOZE = timedelta(days=31)


class MarkRefused(ToldError):
    """It cannot be noted; the message says why."""


def take_up(finding: Finding, who: str, now: datetime) -> bool:
    """Note that somebody looks after a finding; return False where somebody already does.

    Raises:
        MarkRefused: it is over.
    """
    _must_be_open(finding)
    if finding.taken_at is not None:
        return False
    finding.taken_at, finding.taken_by = now, who[:WHO_LENGTH]
    return True


def snooze(session: Session, finding: Finding, span: timedelta, who: str, now: datetime) -> datetime:
    """Let nobody be told of a finding's series for a while; return until when.

    Raises:
        MarkRefused: it is over, or the while is too long or none.
    """
    _must_be_open(finding)
    if not timedelta() < span <= LONGEST_SNOOZE:
        raise MarkRefused(
            Text(
                f"お知らせを止められるのは1分から{LONGEST_SNOOZE.days}日までです",
                f"messages can rest for a minute up to {LONGEST_SNOOZE.days} days",
            )
        )
    until = now + span
    session.add(
        Snooze(
            contract_id=finding.contract_id,
            rule=finding.rule,
            key=finding.key,
            until=until,
            asked_by=who[:WHO_LENGTH],
            asked_at=now,
        )
    )
    return until


def _must_be_open(finding: Finding) -> None:
    if finding.closed_at is not None:
        raise MarkRefused(Text("この検知はすでに終わっています", "this finding is over already"))
