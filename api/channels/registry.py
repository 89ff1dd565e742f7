"""All kinds of channels, and the one way by which a message goes to any of them."""

import re
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from urllib.parse import parse_qsl, urlsplit

from api.channels.connect import NotReached
from api.channels.fields import HIDDEN, InvalidSettings, read
from api.channels.guard import Forbidden, Guard, Unresolved
from api.channels.http import InvalidUrl
from api.channels.kind import Given, Kind, Tools
from api.channels.kinds import apprise, chatwork, google_chat, line, line_works, mail, slack, teams, webhook
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Refused, Sent
from collectors.text import Text

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        mail.KIND,
        slack.KIND,
        teams.KIND,
        google_chat.KIND,
        chatwork.KIND,
        line_works.KIND,
        line.KIND,
        webhook.KIND,
        apprise.KIND,
    )
}
"""Name -> kind, in the order in which they are offered."""

_LONG = 8
"""Parts of a secret that are shorter than this tell nothing, and would hide common words."""


def kind_of(name: str) -> Kind:
    """Return a kind.

    Raises:
        InvalidSettings: there is none of that name.
    """
    if name not in KINDS:
        names = ", ".join(KINDS)
        raise InvalidSettings(
            Text(
                f"その種類の通知先はありません。使える種類: {names}",
                f"there is no such kind of channel; there are {names}",
            ),
            "kind",
        )
    return KINDS[name]


def check(name: str, settings: Given, secret: Given, guard: Guard) -> None:
    """Refuse settings that a kind could never send with.

    Args:
        name: of the kind.
        settings: what may be shown.
        secret: what must not.
        guard: says which addresses may be connected to.

    Raises:
        InvalidSettings: they cannot be used; the message says which and what to do.
    """
    kind = kind_of(name)
    kind.check(read(kind.settings, settings), read(kind.secret, secret), guard)


def send(name: str, settings: Given, secret: Given, message: Message, tools: Tools) -> Outcome:
    """Send a message once.

    Args:
        name: of the kind.
        settings: what may be shown.
        secret: what must not.
        message: what is sent.
        tools: what it is sent with.
    """
    try:
        kind = kind_of(name)
        outcome = kind.send(read(kind.settings, settings), read(kind.secret, secret), message, tools)
    except (InvalidSettings, InvalidUrl, Forbidden) as error:
        return Refused(error.text)
    except (NotReached, Unresolved) as error:
        return Later(None, error.text)
    return _without_secrets(outcome, secret)


def post(
    settings: Given, secret: Given, make: Callable[[mail.MailSettings], EmailMessage], name: str, tools: Tools
) -> Outcome:
    """Send a mail of another making than messages about findings, once.

    Args:
        settings: of a channel of the kind mail, what may be shown.
        secret: what must not.
        make: returns the mail, as begun by `mail.envelope`.
        name: by which it is known when it is sent again.
        tools: what it is sent with.
    """
    try:
        known = read(mail.MailSettings, settings)
        outcome = mail.post(known, read(mail.MailSecret, secret), make(known), name, tools)
    except (InvalidSettings, Forbidden) as error:
        return Refused(error.text)
    except (NotReached, Unresolved) as error:
        return Later(None, error.text)
    return _without_secrets(outcome, secret)


def _without_secrets(outcome: Outcome, secret: Given) -> Outcome:
    """Return an outcome whose words hold no secret, should a service repeat one in its answer."""
    hidden = _telling(secret)
    if not hidden:
        return outcome
    pattern = re.compile("|".join(map(re.escape, sorted(hidden, key=len, reverse=True))))

    def clear(text: Text) -> Text:
        return Text(pattern.sub(HIDDEN, text.ja), pattern.sub(HIDDEN, text.en))

    match outcome:
        case Later(after_s, why):
            return Later(after_s, clear(why))
        case Refused(why):
            return Refused(clear(why))
        case Sent(reference, note):
            return Sent(reference, clear(note) if note else None)


def _telling(secret: Given) -> set[str]:
    """Return secrets and the parts of URLs by which they could be known."""
    found: set[str] = set()
    for value in secret.values():
        found.add(str(value))
        if "://" in str(value):
            found |= _parts(str(value))
    return {each for each in found if len(each) >= _LONG}


def _parts(url: str) -> set[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return set()
    query = {value for _name, value in parse_qsl(parts.query)}
    return {f"{parts.path}?{parts.query}", *parts.path.split("/"), *query, *parts.netloc.rpartition("@")[0].split(":")}
