"""What may have to be done to an organisation or an account, each as a value that can be told and carried out."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.grafana.answers import Account, Role
from api.grafana.wanted import Person
from collectors.text import Text

_ROLES = {"Viewer": Text("閲覧者", "viewer"), "Editor": Text("編集者", "editor"), "Admin": Text("管理者", "admin")}
PREFERENCES = {
    "homeDashboardUID": Text("ホーム", "home dashboard"),
    "timezone": Text("タイムゾーン", "time zone"),
    "weekStart": Text("週の始まり", "first day of the week"),
    "language": Text("言語", "language"),
}


@dataclass(frozen=True, slots=True)
class CreateOrg:
    """Make the organisation."""

    name: str

    @property
    def told(self) -> Text:
        """The line for people."""
        return Text(f"組織「{self.name}」を作成", f'make the organisation "{self.name}"')


@dataclass(frozen=True, slots=True)
class RenameOrg:
    """Give the organisation its name."""

    before: str
    name: str

    @property
    def told(self) -> Text:
        """The line for people."""
        return Text(f"組織名を「{self.before}」から「{self.name}」に変更", f'rename "{self.before}" to "{self.name}"')


@dataclass(frozen=True, slots=True)
class PutSource:
    """Make the data source, or set it right; either way with a new read token.

    Attributes:
        is_new: whether there is none of its uid.
        why: what is wrong with the one that there is.
    """

    is_new: bool
    why: Text

    @property
    def told(self) -> Text:
        """The line for people."""
        if self.is_new:
            return Text("データソースを作成", "make the data source")
        return Text(f"データソースを設定し直し（{self.why.ja}）", f"set the data source right ({self.why.en})")


@dataclass(frozen=True, slots=True)
class RemoveSource:
    """Remove a data source that is not ours: whoever sees the organisation could read by it."""

    uid: str
    name: str

    @property
    def told(self) -> Text:
        """The line for people."""
        return Text(f"見知らぬデータソース「{self.name}」を削除", f'remove the foreign data source "{self.name}"')


@dataclass(frozen=True, slots=True)
class PutFolder:
    """Make the folder, or give it its title."""

    title: str
    is_new: bool

    @property
    def told(self) -> Text:
        """The line for people."""
        if self.is_new:
            return Text(f"フォルダー「{self.title}」を作成", f'make the folder "{self.title}"')
        return Text(f"フォルダー名を「{self.title}」に変更", f'rename the folder to "{self.title}"')


@dataclass(frozen=True, slots=True)
class SaveDashboard:
    """Store a dashboard.

    Attributes:
        uid: its id.
        title: its title.
        why: what is wrong with the one that there is; None if there is none.
    """

    uid: str
    title: str
    why: Text | None

    @property
    def told(self) -> Text:
        """The line for people."""
        if self.why is None:
            return Text(f"ダッシュボード「{self.title}」を作成", f'make the dashboard "{self.title}"')
        return Text(
            f"ダッシュボード「{self.title}」を元に戻す（{self.why.ja}）",
            f'set the dashboard "{self.title}" right ({self.why.en})',
        )


@dataclass(frozen=True, slots=True)
class RemoveDashboard:
    """Remove a dashboard of ours that is not wanted here any more."""

    uid: str
    title: str

    @property
    def told(self) -> Text:
        """The line for people."""
        return Text(
            f"不要なダッシュボード「{self.title}」を削除", f'remove the dashboard "{self.title}", not wanted here'
        )


@dataclass(frozen=True, slots=True)
class SetPreferences:
    """Set what the members see unless they choose otherwise."""

    names: Sequence[str]

    @property
    def told(self) -> Text:
        """The line for people."""
        which = [PREFERENCES[name] for name in self.names]
        return Text(
            f"組織の設定を変更（{'、'.join(text.ja for text in which)}）",
            f"set the organisation's {', '.join(text.en for text in which)}",
        )


@dataclass(frozen=True, slots=True)
class AddMember:
    """Let somebody in, with a new account where they have none."""

    login: str
    role: Role

    @property
    def told(self) -> Text:
        """The line for people."""
        role = _ROLES[self.role]
        return Text(f"{self.login} を{role.ja}として追加", f"let {self.login} in as {role.en}")


@dataclass(frozen=True, slots=True)
class SetRole:
    """Say what a member may do."""

    login: str
    user_id: int
    role: Role

    @property
    def told(self) -> Text:
        """The line for people."""
        role = _ROLES[self.role]
        return Text(f"{self.login} を{role.ja}に変更", f"make {self.login} {role.en}")


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Put somebody out."""

    login: str
    user_id: int

    @property
    def told(self) -> Text:
        """The line for people."""
        return Text(f"{self.login} を組織から外す", f"put {self.login} out")


OrgAction = (
    CreateOrg
    | RenameOrg
    | PutSource
    | RemoveSource
    | PutFolder
    | SaveDashboard
    | RemoveDashboard
    | SetPreferences
    | AddMember
    | SetRole
    | RemoveMember
)


@dataclass(frozen=True, slots=True)
class EnableAccount:
    """Let an account sign in, or refuse it."""

    account: Account
    is_enabled: bool

    @property
    def told(self) -> Text:
        """The line for people."""
        login = self.account.login
        if self.is_enabled:
            return Text(f"アカウント {login} を有効化", f"enable the account {login}")
        return Text(f"アカウント {login} を無効化", f"disable the account {login}")


@dataclass(frozen=True, slots=True)
class RenameAccount:
    """Show an account under its person's name."""

    account: Account
    person: Person

    @property
    def told(self) -> Text:
        """The line for people."""
        login, name = self.account.login, self.person.name
        return Text(f"アカウント {login} の表示名を {name} に変更", f"show the account {login} as {name}")


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """Remove the account of somebody whose contract has ended."""

    account: Account

    @property
    def told(self) -> Text:
        """The line for people."""
        return Text(f"アカウント {self.account.login} を削除", f"remove the account {self.account.login}")


AccountAction = EnableAccount | RenameAccount | RemoveAccount
