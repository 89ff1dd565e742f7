"""From what there must be and what there is to what has to be done, in order. Pure: it reads and changes nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from api.grafana.actions import (
    AccountAction,
    AddMember,
    CreateOrg,
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
from api.grafana.answers import Account, Json, Listed, Member, Role, Stored
from api.grafana.wanted import FOLDER_UID, OWN_PREFIX, Noted, Person, Wanted
from collectors.text import Text

_NOT_THERE = Text("まだない", "there is none")


@dataclass(frozen=True, slots=True)
class Glance:
    """What two short lists say of an organisation.

    Attributes:
        name: the organisation's.
        listed: its dashboards and folders.
        members: login -> place.
    """

    name: str
    listed: Iterable[Listed]
    members: Mapping[str, Member]


@dataclass(frozen=True, slots=True)
class Actual:
    """An organisation as it is, in full.

    Attributes:
        glance: what short lists say.
        source: our data source; None if there is none.
        others: uid -> name of the other data sources.
        folder: title of our folder; None if there is none.
        dashboards: uid -> what is stored, of those wanted that there are.
        preferences: of the organisation.
    """

    glance: Glance
    source: Json | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    dashboards: Mapping[str, Stored] = field(default_factory=dict)
    preferences: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keep:
    """Who may be in an organisation though no user of ours.

    Attributes:
        us: the user that we speak to Grafana as, who is an admin of each organisation.
        others: logins that are left as they are.
    """

    us: str
    others: Collection[str] = ()


def looks_right(wanted: Wanted, glance: Glance, keep: Keep) -> bool:
    """Tell whether short lists say that an organisation is as wanted; what they cannot show is not looked at."""
    listed = list(glance.listed)
    ours = {each for each in listed if each.uid.startswith(OWN_PREFIX) or (each.is_folder and each.uid == FOLDER_UID)}
    expected = {Listed(uid, document["title"], FOLDER_UID) for uid, document in wanted.boards.documents.items()}
    expected.add(Listed(FOLDER_UID, wanted.folder, is_folder=True))
    if ours != expected or wanted.name not in (None, glance.name):
        return False
    return not list(_putting_out(wanted, glance, keep)) and not list(_letting_in(wanted, glance, keep))


def plan_new(wanted: Wanted) -> list[OrgAction]:
    """Return what makes an organisation of nothing."""
    name = wanted.name or wanted.contract
    # Grafana makes whoever asks for it a member, so there is nobody else to think of.
    return [CreateOrg(name), *plan(wanted, Actual(Glance(name, (), {})), Noted(), Keep(""))]


def plan(wanted: Wanted, actual: Actual, noted: Noted, keep: Keep) -> list[OrgAction]:
    """Return what makes an organisation what it must be; empty if it is.

    Who must not be there goes first, and who comes in finds it complete.
    """
    return [
        *_putting_out(wanted, actual.glance, keep),
        *_naming(wanted, actual.glance),
        *_sources(wanted, actual, noted),
        *_folder(wanted, actual),
        *_dashboards(wanted, actual),
        *_preferences(wanted, actual),
        *_letting_in(wanted, actual.glance, keep),
    ]


def plan_accounts(people: Iterable[Person], accounts: Mapping[str, Account]) -> list[AccountAction]:
    """Return what sets the accounts right that there are; who has none gets one on being let in.

    An account that somebody has entered from the portal is not disabled, as Grafana does not allow it and nothing opens
    it but what the portal signs; its name comes with that. One that was disabled before goes, and is made anew.
    """
    actions: list[AccountAction] = []
    for person in people:
        account = accounts.get(person.login)
        if account is None:
            continue
        if person.is_gone:
            actions.append(RemoveAccount(account))
            continue
        if account.is_external:
            if account.is_disabled and person.may_enter:
                actions.append(RemoveAccount(account))
            continue
        if account.is_disabled == person.may_enter:
            actions.append(EnableAccount(account, person.may_enter))
        if account.name != person.name:
            actions.append(RenameAccount(account, person))
    return actions


def _putting_out(wanted: Wanted, glance: Glance, keep: Keep) -> Iterator[OrgAction]:
    staying = {*wanted.members, keep.us, *keep.others}
    for login, member in glance.members.items():
        if login not in staying:
            yield RemoveMember(login, member.user_id)


def _letting_in(wanted: Wanted, glance: Glance, keep: Keep) -> Iterator[OrgAction]:
    admin: Role = "Admin"
    for login, role in {keep.us: admin, **wanted.members}.items():
        member = glance.members.get(login)
        if member is not None and member.role != role:
            yield SetRole(login, member.user_id, role)
        elif member is None and login != keep.us:
            yield AddMember(login, role)


def _naming(wanted: Wanted, glance: Glance) -> Iterator[OrgAction]:
    if wanted.name is not None and wanted.name != glance.name:
        yield RenameOrg(glance.name, wanted.name)


def _sources(wanted: Wanted, actual: Actual, noted: Noted) -> Iterator[OrgAction]:
    if not wanted.is_staff:
        for uid, name in actual.others.items():
            yield RemoveSource(uid, name)
    if actual.source is None:
        yield PutSource(True, _NOT_THERE)
    else:
        why = _wrong_with(wanted.source, actual.source, noted)
        if why is not None:
            yield PutSource(False, why)


def _wrong_with(source: Json, found: Json, noted: Noted) -> Text | None:
    changed = sorted(name for name, value in source.items() if found.get(name) != value)
    if changed:
        names = ", ".join(changed)
        return Text(f"変更あり: {names}", f"changed: {names}")
    if not noted.has_token:
        return Text("トークンが無効", "its token is good no more")
    if found.get("version") != noted.source_version:
        # The token itself cannot be read back; that nobody has saved it since is all that can be told.
        return Text("手作業で保存された", "saved by hand")
    return None


def _folder(wanted: Wanted, actual: Actual) -> Iterator[OrgAction]:
    if actual.folder != wanted.folder:
        yield PutFolder(wanted.folder, actual.folder is None)


def _dashboards(wanted: Wanted, actual: Actual) -> Iterator[OrgAction]:
    for uid, document in wanted.boards.documents.items():
        stored = actual.dashboards.get(uid)
        if stored is None:
            yield SaveDashboard(uid, document["title"], None)
        elif stored.document.get("title") != document["title"]:
            yield SaveDashboard(uid, document["title"], Text("名前の変更", "renamed"))
        elif stored.document != document:
            yield SaveDashboard(uid, document["title"], Text("内容の違い", "its contents differ"))
        elif stored.folder != FOLDER_UID:
            yield SaveDashboard(uid, document["title"], Text("フォルダーの移動", "moved to another folder"))
    for each in actual.glance.listed:
        if each.uid.startswith(OWN_PREFIX) and not each.is_folder and each.uid not in wanted.boards.documents:
            yield RemoveDashboard(each.uid, each.title)


def _preferences(wanted: Wanted, actual: Actual) -> Iterator[OrgAction]:
    names = [name for name, value in wanted.preferences.items() if actual.preferences.get(name) != value]
    if names:
        yield SetPreferences(names)
