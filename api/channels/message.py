"""What a message says, whatever the channel: every kind of channel makes its own form of it."""

from dataclasses import dataclass
from datetime import datetime

from alert_rules.rule import Severity
from api.models.delivery import Happening
from collectors.text import Lang


@dataclass(frozen=True, slots=True)
class Item:
    """A finding in a message. Texts are plain, in the message's language.

    Attributes:
        finding: its public id.
        happening: what is told of it.
        severity: how soon somebody should look.
        headline: what it is, e.g. "A disk is nearly full".
        text: what was found, one sentence; may be "".
        subject: the device or equipment.
        where: customer and site.
        since: since when it is so.
        until: when it ended; None while it lasts.
        steps: what to do, in this order.
        advice_url: the page that tells more; None where there is none.
        act_url: a page where the reader says that they look after it, or want a rest from it; None where there is none.
    """

    finding: str
    happening: Happening
    severity: Severity
    headline: str
    text: str
    subject: str
    where: str
    since: datetime
    until: datetime | None
    steps: tuple[str, ...]
    advice_url: str | None
    act_url: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        id: the delivery's public id; the same when it is sent again, so that a receiver can drop a second one.
        thread: the finding's public id where the message is about one only; messages of one thread belong together.
        lang: its language.
        subject: a headline.
        items: the findings, the most urgent first.
        more: how many findings are left out.
        notes: what else is to be said, e.g. that a finding comes and goes.
        dashboard_url: of the dashboards; None where none run.
        at: when it was made.
    """

    id: str
    thread: str | None
    lang: Lang
    subject: str
    items: tuple[Item, ...]
    more: int
    notes: tuple[str, ...]
    dashboard_url: str | None
    at: datetime
