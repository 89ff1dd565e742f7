"""Read tokens as people order them: each with its entry in the log, whoever orders it and where."""

from datetime import datetime

from api.audit.log import record
from api.contracts.changes import Order
from api.identity.reading import issue_read_token, rotate_read_token
from api.models import Contract, ReadToken
from api.told import ToldError
from collectors.text import Text


class EndIsPast(ToldError, ValueError):
    """The end of a new token is not to come."""


def issue(
    order: Order,
    contract: Contract | None,
    label: str,
    expires_at: datetime | None = None,
    grafana_org: int | None = None,
) -> tuple[ReadToken, str]:
    """Make a read token, and return it with its plain form, which cannot be shown again.

    Args:
        order: who gives it out.
        contract: the one contract that it reads; None for staff, who read across contracts.
        label: what it is for, for people.
        expires_at: from when on it is refused; never if None.
        grafana_org: id of the Grafana organisation whose data source will hold it.

    Raises:
        EndIsPast: so it would be refused from the first.
        InvalidText: the label cannot be shown in one line.
    """
    if expires_at is not None and expires_at <= order.now:
        raise EndIsPast(Text("期限が過ぎています", "the end is past"))
    made, plain = issue_read_token(order.session, contract, label, order.now, expires_at, grafana_org)
    _record(order, "read_token.create", made, {})
    return made, plain


def rotate(
    order: Order, old: ReadToken, old_ends_at: datetime, expires_at: datetime | None = None
) -> tuple[ReadToken, str]:
    """Make a token in the place of another, which lives until a moment beside it; see `rotate_read_token`.

    Raises:
        RotationRefused: the old token is not good any more, or the new one would not outlive it.
    """
    made, plain = rotate_read_token(order.session, old, order.now, old_ends_at, expires_at)
    _record(order, "read_token.rotate", made, {"former": old.public_id})
    return made, plain


def revoke(order: Order, token: ReadToken) -> bool:
    """Refuse a token from now on; return whether it was not refused before, which stays as it is."""
    if token.revoked_at is not None:
        return False
    token.revoke(order.now)
    _record(order, "read_token.revoke", token, {})
    return True


def _record(order: Order, action: str, token: ReadToken, details: dict[str, object]) -> None:
    contract = token.contract.public_id if token.contract else ""
    record(order.session, order.actor, action, at=order.now, contract=contract, target=token.public_id, details=details)
