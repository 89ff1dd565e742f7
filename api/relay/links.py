"""Links in messages by which somebody says, without signing in, that they look after a finding or want a rest from it.

A link names one finding and the channel that it was sent to, is signed, and holds for a month. It opens a page that
says in one sentence what the finding is, and two buttons; opening it changes nothing, as mail scanners open links.
"""

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

HOLDS_FOR = timedelta(days=31)

_SALT = "karte.relay.link"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link is for.

    Attributes:
        finding: public id of the finding.
        channel: public id of the channel that the link was sent to.
    """

    finding: str
    channel: str


def token(secret_key: str, linked: Linked) -> str:
    """Return the signed part of a link."""
    signed: str = _serializer(secret_key).dumps([linked.finding, linked.channel])
    return signed


def read(secret_key: str, signed: str) -> Linked | None:
    """Return what a link is for, or None if it is not ours or too old."""
    try:
        finding, channel = _serializer(secret_key).loads(signed, max_age=int(HOLDS_FOR.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    return Linked(finding, channel)


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt=_SALT)
