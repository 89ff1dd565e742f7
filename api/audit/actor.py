"""Who acts."""

import getpass
from dataclasses import dataclass
from enum import StrEnum

from api.models import User


class ActorKind(StrEnum):
    """As what somebody acts."""

    STAFF = "staff"
    CUSTOMER = "customer"
    OPERATOR = "operator"
    """Whoever runs `karte` on the server."""

    SERVICE = "service"
    """The service by itself, by the clock."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who did something.

    Attributes:
        kind: as what.
        id: public id of a person; "" where there is none.
        name: the user name, or the name of the account on the server.
    """

    kind: ActorKind
    id: str
    name: str


SERVICE = Actor(ActorKind.SERVICE, "", "Office Karte")


def actor_of(user: User) -> Actor:
    """Return a person who is signed in."""
    return Actor(ActorKind(user.role.value), user.public_id, user.username)


def operator() -> Actor:
    """Return whoever runs this program on the server."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # the account has no name, as in some containers; before Python 3.13 a KeyError
        name = "?"
    return Actor(ActorKind.OPERATOR, "", name)
