"""What is told together: how long a message waits for others that go into the same one. No I/O."""

from datetime import datetime, time, timedelta

from alert_rules.rule import Severity
from api.models import DeliveryKind
from api.models.base import SERVICE_ZONE

WAITS = {DeliveryKind.URGENT: timedelta(seconds=20), DeliveryKind.NORMAL: timedelta(minutes=2)}
"""A switch that fails takes its devices along; these come in one message, and not much later."""

DIGEST_AT = time(8, 30)
"""When the daily summary is sent, in Japan's time."""


def kind_of(severity: Severity, digest_from: Severity) -> DeliveryKind:
    """Return how a finding is told.

    Args:
        severity: the finding's.
        digest_from: the channel's: this severity and lower ones wait for the daily summary.
    """
    if rank(severity) <= rank(digest_from):
        return DeliveryKind.DIGEST
    return DeliveryKind.URGENT if severity is Severity.CRITICAL else DeliveryKind.NORMAL


def rank(severity: Severity) -> int:
    """Return how grave a severity is: 0 for information, 2 for what is to be acted on today."""
    return (Severity.INFO, Severity.WARNING, Severity.CRITICAL).index(severity)


def due(kind: DeliveryKind, now: datetime) -> datetime:
    """Return when a new delivery is to be sent."""
    if kind is not DeliveryKind.DIGEST:
        return now + WAITS.get(kind, timedelta())
    local = now.astimezone(SERVICE_ZONE)
    today = datetime.combine(local.date(), DIGEST_AT, SERVICE_ZONE)
    return today if local < today else today + timedelta(days=1)
