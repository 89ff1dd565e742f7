"""Links in mails by which a report is opened without signing in.

A link names one report and the channel that it was sent to, is signed, and holds for a month. It ends earlier where the
channel is taken away or the report is erased.
"""

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

HOLDS_FOR = timedelta(days=31)

_SALT = "karte.report.link"


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link is for.

    Attributes:
        report: public id of the report.
        channel: public id of the channel that the link was sent to.
    """

    report: str
    channel: str


def token(secret_key: str, linked: Linked) -> str:
    """Return the signed part of a link."""
    signed: str = _serializer(secret_key).dumps([linked.report, linked.channel])
    return signed


def read(secret_key: str, signed: str) -> Linked | None:
    """Return what a link is for, or None if it is not ours or too old."""
    try:
        report, channel = _serializer(secret_key).loads(signed, max_age=int(HOLDS_FOR.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    return Linked(report, channel)


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt=_SALT)
