"""One organisation: reading what it is, and carrying out what is planned."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.grafana.actions import (
    AccountAction,
    AddMember,
    EnableAccount,
    OrgAction,
    PutFolder,
    PutSource,
    RemoveAccount,
    RemoveDashboard,
    RemoveMember,
    RemoveSource,
    RenameAccount,
    RenameOrg,
    SaveDashboard,
    SetPreferences,
    SetRole,
)
from api.grafana.answers import Account
from api.grafana.api import Grafana
from api.grafana.errors import GrafanaForbidden, GrafanaRefused, NameTaken
from api.grafana.notes import Notes
from api.grafana.plan import Actual, Glance
from api.grafana.wanted import FOLDER_UID, SOURCE_MARK, Subject, Wanted
from dashboards.target import SOURCE_UID

_CONFLICT = 409
_THERE_ALREADY = (_CONFLICT, 412)
_BAD_REQUEST = 400


def glance_at(grafana: Grafana, org: int, name: str) -> Glance:
    """Return what two short lists say of an organisation."""
    return Glance(name, grafana.listing(org), grafana.members(org))


def read_actual(grafana: Grafana, org: int, wanted: Wanted, glance: Glance) -> Actual:
    """Return an organisation in full."""
    sources = grafana.sources(org)
    listed = grafana.dashboards(org)
    stored = {uid: listed.get(uid) or grafana.dashboard(org, uid) for uid in wanted.boards.documents}
    return Actual(
        glance,
        grafana.source(org, SOURCE_UID) if SOURCE_UID in sources else None,
        {uid: source["name"] for uid, source in sources.items() if uid != SOURCE_UID},
        grafana.folder(org, FOLDER_UID),
        {uid: each for uid, each in stored.items() if each is not None},
        grafana.preferences(org),
    )


def is_of(grafana: Grafana, subject: Subject, org: int) -> bool:
    """Tell whether an organisation whose name does not say so is a subject's, by what is in it."""
    try:
        source = grafana.source(org, SOURCE_UID)
        if source is not None:
            return bool(source["jsonData"].get(SOURCE_MARK) == subject.contract)
        members = grafana.members(org)
        # No account of another's can have their names. Where there are no people either, our folder shows that we made
        # it: a contract that it was made for and whose name it has lost is the one that noted it.
        return any(person.login in members for person in subject.people) or grafana.folder(org, FOLDER_UID) is not None
    except GrafanaForbidden:
        return False


def create_org(grafana: Grafana, name: str) -> int:
    """Make an organisation and return its id.

    Raises:
        NameTaken: another has its name.
    """
    try:
        return grafana.create_org(name)
    except GrafanaRefused as refused:
        if refused.status == _CONFLICT:
            raise NameTaken(name) from None
        raise


@dataclass(frozen=True, slots=True)
class Hand:
    """Carries out what is planned for one organisation.

    Attributes:
        grafana: where.
        notes: what is noted of it.
        accounts: the accounts that there are: login -> account.
        subject: whose organisation it is.
        wanted: what it must be.
        org: Grafana's number of it.
        now: the moment of the run.
    """

    grafana: Grafana
    notes: Notes
    accounts: Mapping[str, Account]
    subject: Subject
    wanted: Wanted
    org: int
    now: datetime

    def do(self, action: OrgAction) -> None:
        """Carry out one action; what another has done meanwhile is no error.

        Raises:
            GrafanaError: it could not be done.
        """
        grafana, org = self.grafana, self.org
        match action:
            case RemoveMember():
                grafana.remove_member(org, action.user_id)
            case SetRole():
                grafana.set_role(org, action.user_id, action.role)
            case AddMember():
                self._let_in(action)
            case RenameOrg():
                self._rename(action)
            case RemoveSource():
                grafana.remove_source(org, action.uid)
            case PutSource():
                self._put_source(action)
            case PutFolder():
                self._put_folder(action)
            case _:
                self._set_content(action)

    def _set_content(self, action: OrgAction) -> None:
        match action:
            case SaveDashboard():
                self.grafana.save_dashboard(self.org, self.wanted.boards.documents[action.uid], FOLDER_UID)
            case RemoveDashboard():
                self.grafana.remove_dashboard(self.org, action.uid)
            case SetPreferences():
                self.grafana.set_preferences(self.org, self.wanted.preferences)
            case _:
                raise AssertionError(f"{action} has been carried out before")

    def _rename(self, action: RenameOrg) -> None:
        try:
            self.grafana.rename_org(self.org, action.name)
        except GrafanaRefused as refused:
            # Grafana says 400 here where it says 409 on making one.
            if refused.status in (_BAD_REQUEST, _CONFLICT) and "taken" in refused.said:
                raise NameTaken(action.name) from None
            raise

    def _put_source(self, action: PutSource) -> None:
        token_id, plain = self.notes.issue_token(self.subject, self.org, self.now)
        source = {**self.wanted.source, "secureJsonData": {"httpHeaderValue1": f"Token {plain}"}}
        put = self.grafana.create_source if action.is_new else self.grafana.update_source
        self.notes.holds_token(self.subject, token_id, put(self.org, source), self.now)

    def _put_folder(self, action: PutFolder) -> None:
        if not action.is_new:
            self.grafana.rename_folder(self.org, FOLDER_UID, action.title)
            return
        try:
            self.grafana.create_folder(self.org, FOLDER_UID, action.title)
        except GrafanaRefused as refused:
            if refused.status not in _THERE_ALREADY:
                raise

    def _let_in(self, action: AddMember) -> None:
        if action.login not in self.accounts and self._has_made(action):
            return
        try:
            self.grafana.add_member(self.org, action.login, action.role)
        except GrafanaRefused as refused:
            if refused.status != _CONFLICT:
                raise

    def _has_made(self, action: AddMember) -> bool:
        """Make an account within this organisation: without one named, Grafana would put it into the staff's."""
        name = next(person.name for person in self.subject.people if person.login == action.login)
        try:
            # Nobody knows the password: people come through the portal's own sign-in.
            user_id = self.grafana.create_account(action.login, name, secrets.token_urlsafe(48), self.org)
        except GrafanaRefused as refused:
            if refused.status in _THERE_ALREADY:
                return False
            raise
        self.grafana.set_role(self.org, user_id, action.role)
        return True


def do_account(grafana: Grafana, action: AccountAction) -> None:
    """Set an account right.

    Raises:
        GrafanaError: it could not be done.
    """
    match action:
        case EnableAccount():
            grafana.enable_account(action.account.id, action.is_enabled)
        case RenameAccount():
            grafana.rename_account(action.account, action.person.name)
        case RemoveAccount():
            grafana.remove_account(action.account.id)


def empty_org(grafana: Grafana, org: int, us: str) -> None:
    """Take out of an organisation all that is in it, and everybody but us."""
    for login, member in grafana.members(org).items():
        if login != us:
            grafana.remove_member(org, member.user_id)
    for uid in grafana.sources(org):
        grafana.remove_source(org, uid)
    listed = grafana.listing(org)
    for each in [*(each for each in listed if not each.is_folder), *(each for each in listed if each.is_folder)]:
        remove = grafana.remove_folder if each.is_folder else grafana.remove_dashboard
        remove(org, each.uid)
