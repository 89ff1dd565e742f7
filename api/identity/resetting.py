"""Asking for a link to choose a new password, and using it."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from api.identity.accounts import reset_password
from api.identity.reset_links import user_of_token
from api.identity.tries import PASSWORDS, RESETS, Tries
from api.models import DeliveryState, MailPurpose, ServiceMail, User
from api.models.base import utc_now
from api.models.user import normal_username
from collectors.text import Text


def ask(tries: Tries, entered: str, now: datetime) -> None:
    """Send a link to the person of a user name or mail address, if there is one and not too many were sent.

    The mail is written and sent by the worker. Nothing tells the caller whether there is such a person.
    """
    name = normal_username(entered)
    may = tries.begin(RESETS, name, now)
    with tries.database.writing.begin() as session:
        found = session.scalars(select(User).where(or_(User.username == name, User.email == name))).all()
        user = next((each for each in found if each.username == name), found[0] if found else None)
        if may and user is not None:
            send_link(session, user)


def send_link(session: Session, user: User) -> ServiceMail | None:
    """Put a mail with a link on its way, in the place of one that waits; None where the person may or can get none."""
    drop_links(session, user)
    if user.disabled_at is not None or not user.mail_address:
        return None
    mail = ServiceMail(
        purpose=MailPurpose.PASSWORD_RESET,
        subject=user.public_id,
        contract_id=user.contract_id,
        address=user.mail_address,
        lang=user.language,
    )
    session.add(mail)
    session.flush()
    return mail


def drop_links(session: Session, user: User) -> None:
    """Take back the mails to a person that are not sent yet."""
    text = Text("取り消されました", "taken back")
    session.execute(
        update(ServiceMail)
        .where(
            ServiceMail.purpose == MailPurpose.PASSWORD_RESET,
            ServiceMail.subject == user.public_id,
            ServiceMail.state == DeliveryState.WAITING,
        )
        .values(state=DeliveryState.DEAD, settled_at=utc_now(), why=text.ja, why_en=text.en)
    )


def use(session: Session, tries: Tries, token: str, password: str) -> User | None:
    """Give the person of a link a new password; None where the link is good no more.

    Raises:
        PasswordRefused: the password cannot be used; the link stays good.
    """
    user = user_of_token(session, tries.secret_key, token)
    if user is None:
        return None
    reset_password(user, password)
    tries.succeeded(session, PASSWORDS, user.username)
    return user
