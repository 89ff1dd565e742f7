"""People who may sign in: making them, giving them a new password, and what they may see."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.identity.passwords import hash_password
from api.models import Contract, Role, User
from api.models.user import normal_username
from api.plaintext import has_control
from api.told import ToldError
from collectors.text import Text

MAX_NAME_LENGTH = 254
"""The longest mail address (RFC 5321, 4.5.3.1.3)."""


class AccountError(ToldError, ValueError):
    """The account cannot be made or changed so; the message says why."""


def create_user(
    session: Session, username: str, password: str, contract: Contract | None, language: str = "ja"
) -> User:
    """Make a person: of a contract if one is given, of the staff else.

    Raises:
        AccountError: the name is empty or taken.
        PasswordRefused: the password cannot be used.
    """
    name = normal_username(username)
    if not 0 < len(name) <= MAX_NAME_LENGTH or has_control(name):
        raise AccountError(
            Text(
                f"ユーザー名は1～{MAX_NAME_LENGTH}文字で、制御文字は使えません",
                f"a user name needs 1 to {MAX_NAME_LENGTH} characters, and no control characters",
            )
        )
    if find_user(session, name) is not None:
        raise AccountError(Text(f"ユーザー {name} はすでにいます", f"there is a user {name} already"))
    user = User(
        username=name,
        password_hash=hash_password(password),
        role=Role.CUSTOMER if contract else Role.STAFF,
        contract=contract,
        language=language,
    )
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, username: str) -> User | None:
    """Return the person of a name, however it is written; None if there is none."""
    return session.scalar(select(User).where(User.username == normal_username(username)))


def reset_password(user: User, password: str) -> None:
    """Give a person a new password, which ends all their sessions.

    Raises:
        PasswordRefused: the password cannot be used.
    """
    user.set_password_hash(hash_password(password))


def contracts_of(user: User) -> Select[Contract]:
    """Return the query of the contracts that a person may see: staff all, a customer their own.

    Every page and list begins with it, so that what belongs to others is out of reach in one place.
    """
    query = select(Contract).order_by(Contract.id)
    return query if user.role is Role.STAFF else query.where(Contract.id == user.contract_id)
