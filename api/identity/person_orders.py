"""IDs of people as others order them: each step with its entry in the log, whoever orders it and where."""

from collections.abc import Mapping

from api.audit.log import record
from api.contracts.changes import Order
from api.identity import persons, second_factor
from api.identity.accounts import AccountError, Person, create_user, free_email
from api.identity.passwords import generate_password
from api.identity.resetting import send_link
from api.models import Contract, Position, Role, User
from api.told import ToldError
from collectors.text import Text


class NoLink(ToldError, ValueError):
    """No link to a new password can be sent; the message says why."""


def create(
    order: Order, username: str, person: Person, contract: Contract | None, password: str | None = None
) -> tuple[User, str]:
    """Make an ID for one person, and return it with its first password, which cannot be shown again.

    Args:
        order: who makes it.
        username: what the person signs in with.
        person: who it is.
        contract: of a customer; None for staff.
        password: the first one, where it was chosen; else one is made, which has to be changed at first.

    Raises:
        AccountError: the name or the address cannot be used, or is taken.
        InvalidText: the person's name cannot be shown in one line.
        PasswordRefused: the chosen password cannot be used.
    """
    first = generate_password() if password is None else password
    made = create_user(order.session, username, first, contract, person=person, must_change=password is None)
    position = made.position.value if made.position else ""
    _record(order, "user.create", made, {"role": made.role.value, "position": position})
    return made, first


def change(order: Order, user: User, changes: Mapping[str, str | None]) -> None:
    """Change what is said of the same person; for another one there is `change_person`.

    Args:
        order: who changes it.
        user: whose ID.
        changes: `name`, `email`, `language` and `position`, as far as they change.

    Raises:
        AccountError: the address cannot be used or is taken, or a position was named for staff.
        InvalidText: the person's name cannot be shown in one line.
    """
    if "position" in changes and user.role is Role.STAFF:
        raise AccountError(Text("スタッフに役割の区分はありません", "staff have no position"), "position")
    for field, value in changes.items():
        match field:
            case "email":
                user.email = free_email(order.session, value, user)
            case "name":
                user.person_name = value or ""
            case "language" if value:
                user.language = value
            case "position" if value:
                user.position = Position(value)
            case _:
                raise ValueError(f"{field} of a person is not changed so")
    order.session.flush()
    _record(order, "user.change", user, {"fields": sorted(changes)})


def revoke(order: Order, user: User) -> int:
    """Refuse an ID from now on, everywhere; return how many API tokens ended with that."""
    tokens = persons.revoke(order.session, user, order.now)
    _record(order, "user.revoke", user, {"tokens": tokens})
    return tokens


def enable(order: Order, user: User) -> None:
    """Let an ID that was revoked in again; sessions and tokens from before stay ended."""
    user.enable()
    _record(order, "user.enable", user, {})


def send_reset(order: Order, user: User) -> str:
    """Send a person a link to choose a new password, and return the address; until it is used nothing changes.

    Raises:
        NoLink: the person is disabled or has no mail address.
    """
    mail = send_link(order.session, user)
    if mail is None:
        raise NoLink(
            Text(
                "この人は無効か、メールアドレスが登録されていません。",
                "The person is disabled, or has no mail address.",
            )
        )
    _record(order, "user.reset", user, {})
    return mail.address


def remove_second_factor(order: Order, user: User) -> None:
    """Take the second factor of a person who lost it, and end their sessions; make sure before who asks."""
    second_factor.remove(order.session, user)
    user.end_sessions()
    _record(order, "user.second_factor_removed", user, {})


def change_person(order: Order, user: User, person: Person, username: str | None) -> str:
    """Pass an ID to another person, and return its first password; see `persons.change_person`.

    Raises:
        AccountError: the name or the address cannot be used, or is taken.
        InvalidText: the person's name cannot be shown in one line.
    """
    password = persons.change_person(order.session, user, person, username, order.now)
    _record(order, "user.change_person", user, {})
    return password


def _record(order: Order, action: str, user: User, details: Mapping[str, object]) -> None:
    contract = user.contract.public_id if user.contract else ""
    record(order.session, order.actor, action, at=order.now, contract=contract, target=user.public_id, details=details)
