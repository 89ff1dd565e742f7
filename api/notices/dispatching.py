"""A notice is dispatched: what waited for that takes effect in the same transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.contracts.effects import take_effect
from api.models import Dispatch, Notice, NoticeState
from api.models.notice import WHY_LENGTH
from api.plaintext import one_line
from api.told import ToldError
from collectors.text import Text


class DispatchRefused(ToldError, ValueError):
    """The notice cannot be dispatched, taken back or acknowledged; the message says why."""


def dispatch(session: Session, notice: Notice, how: Dispatch, note: str, now: datetime) -> None:
    """Note a notice as dispatched, and let what it tells of take effect. One that was dispatched stays as it is.

    By the terms of service the end of a contract takes effect when its notice is dispatched, not when it arrives.

    Args:
        session: one that writes.
        notice: which.
        how: by mail, by post or by hand.
        note: e.g. the number of a registered letter; "" if none.
        now: this moment.

    Raises:
        DispatchRefused: it was taken back.
    """
    if notice.state is NoticeState.DISPATCHED:
        return
    if notice.state is NoticeState.CANCELLED:
        raise DispatchRefused(
            Text(f"通知 {notice.public_id} は取り消されています", f"notice {notice.public_id} was taken back")
        )
    notice.state, notice.dispatched_at, notice.dispatched_by = NoticeState.DISPATCHED, now, how
    notice.dispatch_note = one_line(note, WHY_LENGTH, Text("発信の記録", "the note")) if note.strip() else ""
    take_effect(session, notice, now)


def cancel(notice: Notice) -> None:
    """Take a notice back that was not dispatched yet.

    Raises:
        DispatchRefused: it was dispatched.
    """
    if notice.state is NoticeState.DISPATCHED:
        raise DispatchRefused(
            Text(
                f"通知 {notice.public_id} は発信済みのため、取り消せません",
                f"notice {notice.public_id} was dispatched; it cannot be taken back",
            )
        )
    notice.state = NoticeState.CANCELLED


def acknowledge(notice: Notice, user: str, now: datetime) -> None:
    """Note that a user of the contract has read a notice; the first one stands.

    Args:
        notice: which.
        user: public id of the user.
        now: this moment.

    Raises:
        DispatchRefused: it was taken back.
    """
    if notice.state is NoticeState.CANCELLED:
        raise DispatchRefused(
            Text(f"通知 {notice.public_id} は取り消されています", f"notice {notice.public_id} was taken back")
        )
    if notice.acknowledged_at is None:
        notice.acknowledged_at, notice.acknowledged_by = now, user
