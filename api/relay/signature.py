"""Signatures of Grafana's webhook.

Grafana signs with HMAC-SHA-256, in hexadecimal, what it sends: the time (seconds since 1970, as it stands in the header
that the contact point names), a colon and the body. See "HMAC signature" in Grafana's documentation of the webhook
contact point.
"""

import hashlib
import hmac

SIGNATURE_HEADER = "X-Grafana-Alerting-Signature"
TIMESTAMP_HEADER = "X-Karte-Timestamp"
CLOCKS_MAY_DIFFER_S = 300

_PURPOSE = b"karte grafana webhook"


def webhook_secret(secret_key: str) -> str:
    """Return what Grafana signs with: made of the service's own key, from which nobody gets back to that."""
    return hmac.new(secret_key.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body sent at a time."""
    return hmac.new(secret.encode(), timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, timestamp: str, body: bytes, signed: str, now_s: float) -> bool:
    """Tell whether a body was signed with the secret, just now.

    An old one is refused even though its signature is right: whoever kept a copy could open findings with it.
    """
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    if abs(now_s - int(timestamp)) > CLOCKS_MAY_DIFFER_S:
        return False
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), signed.strip().lower().encode())
