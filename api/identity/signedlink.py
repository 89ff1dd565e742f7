"""Links that open one thing without signing in: signed, for a while, and of the channel that they were sent to."""

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link is for.

    Attributes:
        subject: public id of what it opens.
        channel: public id of the channel that the link was sent to.
    """

    subject: str
    channel: str


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """Links of one kind.

    Attributes:
        salt: names the kind: no link of one kind is taken for one of another.
        holds_for: how long they hold.
    """

    salt: str
    holds_for: timedelta

    def token(self, secret_key: str, linked: Linked) -> str:
        """Return the signed part of a link."""
        signed: str = self._serializer(secret_key).dumps([linked.subject, linked.channel])
        return signed

    def read(self, secret_key: str, signed: str) -> Linked | None:
        """Return what a link is for, or None if it is not ours or too old."""
        try:
            subject, channel = self._serializer(secret_key).loads(signed, max_age=int(self.holds_for.total_seconds()))
        except (BadSignature, ValueError, TypeError):
            return None
        return Linked(subject, channel)

    def _serializer(self, secret_key: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(secret_key, salt=self.salt)
