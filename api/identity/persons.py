"""What becomes of an ID: refused at once, let in again, or passed to another person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import second_factor
from api.identity.accounts import Person, free_email, free_username, reset_password
from api.identity.passwords import generate_password
from api.identity.resetting import drop_links
from api.models import ApiToken, Role, User


def revoke(session: Session, user: User, now: datetime) -> int:
    """Refuse a person from now on, wherever they are signed in; return how many API tokens ended with that."""
    user.disable(now)
    drop_links(session, user)
    return end_tokens(session, user, now)


def change_person(session: Session, user: User, person: Person, username: str | None, now: datetime) -> str:
    """Pass an ID to another person, and return its first password, which is shown this once.

    Nothing of the former person's opens anything any more: password, sessions, API tokens, second factor, links.

    Args:
        session: one that writes.
        user: the ID.
        person: who has it from now on.
        username: what they sign in with; as before if None.
        now: this moment.

    Raises:
        AccountError: the name or the address cannot be used, or is taken.
        InvalidText: the person's name cannot be shown in one line.
    """
    drop_links(session, user)
    end_tokens(session, user, now)
    second_factor.remove(session, user)
    if username is not None:
        user.username = free_username(session, username, user)
    user.person_name, user.email = person.name, free_email(session, person.email, user)
    user.language = person.language
    if user.role is Role.CUSTOMER:
        user.position = person.position
    user.last_signed_in_at = None
    password = generate_password()
    reset_password(user, password, must_change=True)
    session.flush()
    return password


def end_tokens(session: Session, user: User, now: datetime) -> int:
    """Revoke all API tokens of a person; return how many were good until now."""
    tokens = session.scalars(select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))).all()
    for token in tokens:
        token.revoke(now)
    return len(tokens)
