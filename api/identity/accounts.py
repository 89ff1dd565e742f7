"""People who may sign in: making them, giving them a new password, and what they may see."""

import re
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.identity.passwords import hash_password
from api.models import Contract, Position, Role, User
from api.models.user import EMAIL_LENGTH, normal_username
from api.plaintext import has_control
from api.told import ToldError
from collectors.text import Text

MAX_NAME_LENGTH = 254
"""The longest mail address (RFC 5321, 4.5.3.1.3)."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""As channels take them: nothing that could end a line or a field of a mail's head."""


class AccountError(ToldError, ValueError):
    """The account cannot be made or changed so; the message says why.

    Attributes:
        field: of the value that cannot be used.
    """

    def __init__(self, text: Text, field: str = "username") -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Person:
    """Who an account is for.

    Attributes:
        name: the person's; "" if nobody said.
        email: where mail about the account goes; None if nowhere.
        position: of a customer's person.
        language: of pages and mail.
    """

    name: str = ""
    email: str | None = None
    position: Position = Position.REPRESENTATIVE
    language: str = "ja"


def create_user(
    session: Session,
    username: str,
    password: str,
    contract: Contract | None,
    language: str = "ja",
    person: Person | None = None,
    must_change: bool = False,
) -> User:
    """Make a person: of a contract if one is given, of the staff else.

    Args:
        session: one that writes.
        username: what the person signs in with.
        password: the first one.
        contract: of a customer.
        language: of pages and mail, where no person is given.
        person: who it is.
        must_change: whether somebody else chose the password.

    Raises:
        AccountError: the name or the address cannot be used, or is taken.
        InvalidText: the person's name cannot be shown in one line.
        PasswordRefused: the password cannot be used.
    """
    person = person or Person(language=language)
    user = User(
        username=free_username(session, username),
        person_name=person.name,
        email=free_email(session, person.email),
        role=Role.CUSTOMER if contract else Role.STAFF,
        contract=contract,
        position=person.position if contract else None,
        language=person.language,
        must_change_password=must_change,
    )
    user.password_hash = hash_password(password, names_of(user))
    session.add(user)
    session.flush()
    return user


def free_username(session: Session, username: str, own: User | None = None) -> str:
    """Return a user name as stored.

    Args:
        session: one that reads.
        username: as entered.
        own: the person who may have it already.

    Raises:
        AccountError: it is empty, too long, or taken.
    """
    name = normal_username(username)
    if not 0 < len(name) <= MAX_NAME_LENGTH or has_control(name):
        raise AccountError(
            Text(
                f"ユーザー名は1～{MAX_NAME_LENGTH}文字で、制御文字は使えません",
                f"a user name needs 1 to {MAX_NAME_LENGTH} characters, and no control characters",
            )
        )
    if find_user(session, name) not in (None, own):
        raise AccountError(Text(f"ユーザー {name} はすでにいます", f"there is a user {name} already"))
    return name


def free_email(session: Session, email: str | None, own: User | None = None) -> str | None:
    """Return a mail address as stored; None where there is none.

    Args:
        session: one that reads.
        email: as entered.
        own: the person who may have it already.

    Raises:
        AccountError: it is no address, or another person's.
    """
    if not email:
        return None
    address = normal_username(email)
    if len(address) > EMAIL_LENGTH or not _ADDRESS.fullmatch(address):
        raise AccountError(
            Text(f"メールアドレス {address} の形式が正しくありません", f"{address} is no mail address"), "email"
        )
    if session.scalar(select(User).where(User.email == address)) not in (None, own):
        raise AccountError(
            Text(
                f"メールアドレス {address} は別の人が使っています。1人につき1つのIDです",
                f"the mail address {address} is another person's; one ID is for one person",
            ),
            "email",
        )
    return address


def find_user(session: Session, username: str) -> User | None:
    """Return the person of a name, however it is written; None if there is none."""
    return session.scalar(select(User).where(User.username == normal_username(username)))


def names_of(user: User) -> list[str]:
    """Return what a person's password must not be made of."""
    company = user.contract.name if user.contract else ""
    return [user.username, user.person_name, user.email or "", company]


def reset_password(user: User, password: str, must_change: bool = False) -> None:
    """Give a person a new password, which ends all their sessions.

    Args:
        user: who.
        password: the new one.
        must_change: whether somebody else chose it.

    Raises:
        PasswordRefused: the password cannot be used.
    """
    user.set_password_hash(hash_password(password, names_of(user)), must_change)


def contracts_of(user: User) -> Select[Contract]:
    """Return the query of the contracts that a person may see: staff all, a customer their own.

    Every page and list begins with it, so that what belongs to others is out of reach in one place.
    """
    query = select(Contract).order_by(Contract.id)
    return query if user.role is Role.STAFF else query.where(Contract.id == user.contract_id)


def users_of(user: User) -> Select[User]:
    """Return the query of the people whom a person may see: staff all, a customer those of their own contract."""
    query = select(User)
    return query if user.role is Role.STAFF else query.where(User.contract_id == user.contract_id)
