"""What came of a mail, written down: the same for reports and for what the provider itself writes."""

import logging
import random
from datetime import datetime, timedelta

from api.channels.outcome import Later, Outcome, Refused, Sent
from api.models import DeliveryState, ReportMail, ServiceMail
from api.models.delivery import WHY_LENGTH
from api.relay.backoff import next_try
from collectors.text import Text

LEASE = timedelta(minutes=10)
"""How long a worker has a mail: longer than a server takes to answer or to be given up on."""

GIVE_UP_AFTER = timedelta(days=4)
"""As mail servers do (RFC 5321, 4.5.4.1); a report or a notice is as good then as now."""

_REFERENCE_LENGTH = 200

_log = logging.getLogger(__name__)


def settle(mail: ReportMail | ServiceMail, outcome: Outcome, now: datetime) -> None:
    """Note on a mail that this worker has what came of a try, and when it is tried again."""
    match outcome:
        case Sent(reference, told):
            _say(mail, told or Text("", ""))
            mail.state, mail.settled_at = DeliveryState.SENT, now
            mail.reference = (reference or "")[:_REFERENCE_LENGTH]
        case Refused(why):
            _say(mail, why)
            mail.state, mail.settled_at = DeliveryState.DEAD, now
        case Later(after_s, why):
            _say(mail, why)
            share = random.random()  # noqa: S311  # spreads retries
            mail.due_at = now + next_try(mail.attempts, after_s, share)
            if mail.due_at - mail.created_at > GIVE_UP_AFTER:
                mail.state, mail.settled_at = DeliveryState.DEAD, now
    if not isinstance(outcome, Sent):
        _log.warning("mail %s: %s (%s)", mail.public_id, outcome.why.en, mail.state)


def _say(mail: ReportMail | ServiceMail, why: Text) -> None:
    mail.why, mail.why_en = why.ja[:WHY_LENGTH], why.en[:WHY_LENGTH]
