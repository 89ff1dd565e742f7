"""What there must be in Grafana, from what is in the relational database: values only, no I/O."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from api.grafana.answers import Json, Role
from api.grafana.orgs import org_name
from api.models import ContractState
from collectors.text import Lang, Text
from dashboards.target import SOURCE_UID

FOLDER_UID = "karte"
FOLDER = Text("オフィスカルテ", "Office karte")
OWN_PREFIX = "karte-"
"""With this begins the uid of every dashboard of ours, and of no other."""

STAFF = "staff"
"""Stands where a contract's id would, for the staff's organisation."""

SOURCE_MARK = "karteContract"
"""Under this name a data source says whose it is."""

MIN_INTERVAL = "1m"
"""Agents measure once a minute: no panel needs smaller buckets."""

_SHOWN = 40
_LOCALES: Mapping[Lang, str] = {"ja": "ja-JP", "en": "en-US"}

Course = Literal["none", "open", "closed", "ended"]
"""What becomes of a contract's organisation: there need be none; members are in; members are out; it goes."""


@dataclass(frozen=True, slots=True)
class Boards:
    """The dashboards of an audience in a language.

    Attributes:
        documents: uid -> JSON.
        home: uid of the one that an organisation opens with.
        digest: tells whether two of these are the same.
    """

    documents: Mapping[str, Json]
    home: str
    digest: str


def boards_of(documents: Mapping[str, Json], home: str) -> Boards:
    """Return dashboards with their digest."""
    return Boards(documents, home, _digest({"documents": documents, "home": home}))


@dataclass(frozen=True, slots=True)
class Noted:
    """What we noted of an organisation when we last worked on it.

    Attributes:
        org_id: Grafana's number; None if it has none, or none any more.
        has_token: whether the read token of its data source is still good.
        source_version: Grafana's count of changes of the data source after our last one.
        fingerprint: of what was last put in order in full.
        checked_at: when the contents were last compared.
        exported_to: the directory with all that it held; "" if it was not exported.
        is_emptied: whether Grafana would not remove it, so that it is only empty.
    """

    org_id: int | None = None
    has_token: bool = False
    source_version: int = 0
    fingerprint: str = ""
    checked_at: datetime | None = None
    exported_to: str = ""
    is_emptied: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of our users' table.

    Attributes:
        login: the account's name in Grafana: the public id, which no account of Grafana's own can have.
        name: what people see.
        may_enter: whether they may see dashboards now.
        is_gone: whether the account is to go, as the contract has ended.
    """

    login: str
    name: str
    may_enter: bool
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A contract, or the staff, for whom there is an organisation.

    Attributes:
        contract: public id; `STAFF` for the staff.
        row: of the contract in the database; None for the staff.
        name: the customer's name.
        state: of the contract; the staff's is always active.
        lang: of the dashboards.
        people: all of its users.
        noted: what we noted last.
    """

    contract: str
    row: int | None
    name: str
    state: ContractState
    lang: Lang
    people: tuple[Person, ...] = ()
    noted: Noted = field(default_factory=Noted)

    @property
    def is_staff(self) -> bool:
        """Whether this is the staff's."""
        return self.contract == STAFF

    @property
    def shown(self) -> str:
        """How people speak of it: the customer's name and the contract's id."""
        name = self.name if len(self.name) <= _SHOWN else f"{self.name[: _SHOWN - 1]}…"
        return name if self.is_staff else f"{name} ({self.contract})"

    def course(self, has_org: bool) -> Course:
        """Return what becomes of its organisation.

        Args:
            has_org: whether it has one.
        """
        match self.state:
            case ContractState.ACTIVE:
                return "open"
            case ContractState.SUSPENDED if has_org:
                return "closed"
            case ContractState.TERMINATED if has_org:
                return "ended"
            case _:
                return "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One organisation as it must be.

    Attributes:
        contract: whose it is, as in `Subject`.
        name: its name; None for whatever it has.
        source: its data source, without the token.
        folder: title of the folder of our dashboards.
        boards: what is in that folder.
        preferences: of the organisation.
        members: login -> what they may do there.
    """

    contract: str
    name: str | None
    source: Json
    folder: str
    boards: Boards
    preferences: Mapping[str, str]
    members: Mapping[str, Role]

    @property
    def is_staff(self) -> bool:
        """Whether this is the staff's."""
        return self.contract == STAFF


def wanted(subject: Subject, boards: Boards, source_url: str) -> Wanted:
    """Return the organisation that a subject must have.

    Args:
        subject: whose.
        boards: of its audience and language.
        source_url: where Grafana reaches the gateway.
    """
    role: Role = "Admin" if subject.is_staff else "Viewer"
    entering = [person.login for person in subject.people if person.may_enter]
    return Wanted(
        subject.contract,
        None if subject.is_staff else org_name(subject.name, subject.contract),
        _source(source_url, subject.contract),
        FOLDER.in_(subject.lang),
        boards,
        {
            "homeDashboardUID": boards.home,
            "timezone": "Asia/Tokyo",
            "weekStart": "monday",
            "language": _LOCALES[subject.lang],
        },
        dict.fromkeys(entering, role),
    )


def fingerprint(organisation: Wanted) -> str:
    """Return what tells whether an organisation is wanted as it was."""
    return _digest(
        {
            "name": organisation.name,
            "source": organisation.source,
            "folder": organisation.folder,
            "boards": organisation.boards.digest,
            "preferences": organisation.preferences,
            "members": organisation.members,
        }
    )


def _source(url: str, contract: str) -> dict[str, Any]:
    """Return the data source as Grafana's InfluxDB plugin saves it in InfluxQL mode, with a mark of ours."""
    return {
        "uid": SOURCE_UID,
        "name": SOURCE_UID,
        "type": "influxdb",
        "access": "proxy",
        "url": url,
        "isDefault": True,
        "jsonData": {
            "dbName": "karte",
            "httpMode": "POST",
            "version": "InfluxQL",
            "timeInterval": MIN_INTERVAL,
            "httpHeaderName1": "Authorization",
            SOURCE_MARK: contract,
        },
    }


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
