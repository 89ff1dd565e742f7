"""What Grafana tells of itself, as typed values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["Viewer", "Editor", "Admin"]
"""What a member of an organisation may do there."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Server:
    """A Grafana that answers.

    Attributes:
        version: e.g. "11.6.0".
        login: the user that we are.
        is_admin: whether that user may do everything on the whole server.
    """

    version: str
    login: str
    is_admin: bool

    @property
    def major(self) -> int:
        """The version's first number; 0 where there is none."""
        first = self.version.partition(".")[0]
        return int(first) if first.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the whole server.

    Attributes:
        id: Grafana's number.
        login: what it signs in as.
        name: shown to people.
        is_admin: whether it may do everything on the whole server.
        is_disabled: whether it is refused.
        is_external: whether somebody has signed in to it other than by a password, as people do who come through the
            portal. Grafana refuses to disable, enable or rename such an account.
    """

    id: int
    login: str
    name: str
    is_admin: bool = False
    is_disabled: bool = False
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A user's place in an organisation.

    Attributes:
        user_id: of the account.
        role: what it may do there.
    """

    user_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A dashboard or folder as a list names it.

    Attributes:
        uid: stable id.
        title: its name.
        folder: uid of the folder that it is in; "" for none, and for a folder.
        is_folder: whether it is a folder itself.
    """

    uid: str
    title: str
    folder: str = ""
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A dashboard as Grafana keeps it.

    Attributes:
        document: its JSON, without the id and version that Grafana adds.
        folder: uid of its folder; "" for none.
    """

    document: Json
    folder: str
