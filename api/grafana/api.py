"""The seam to Grafana's HTTP API; the only module that knows the client library.

Each thread has a client, and so a connection, of its own. Measured against urllib3 the library costs 1 ms of CPU a
request more (1.9 instead of 0.9), beside 5 to 50 ms that Grafana itself takes; so all requests go through it.
"""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaException
from requests.exceptions import Timeout

from api.grafana.again import PAUSES_S, asked_again
from api.grafana.answers import Account, Json, Listed, Member, Role, Server, Stored
from api.grafana.errors import GrafanaAway, GrafanaDenied, GrafanaError, GrafanaForbidden, GrafanaRefused
from api.grafana.signin import SignIn
from collectors.text import Text
from collectors.unanswered import cause

TIMEOUT_S = 30.0
MAIN_ORG = 1
"""Grafana's first organisation, which it makes itself; it is the staff's."""

_PAGE = 1000
_LIST_LIMIT = 5000
_NOT_FOUND = 404
_LISTED_IN_FULL = 100
_RESOURCES = "dashboard.grafana.app/v0alpha1"
"""The version of Grafana's resources that gives a dashboard's JSON as it was saved."""

_FOLDER = "grafana.app/folder"
_ORG_HEADER = "X-Grafana-Org-Id"


class Grafana:
    """One Grafana, spoken to as a user who may do everything on the whole server.

    What fails for the moment is asked again, unless a second time could make a second thing.

    All methods raise:
        GrafanaAway: it does not answer.
        GrafanaDenied: it does not take the user or the password.
        GrafanaForbidden: the user may not do that.
        GrafanaRefused: it answered with an error.

    Args:
        url: its base URL.
        user: login name of the user.
        password: of that user.
        timeout_s: how long to wait for an answer.
        pauses_s: before each further try of what failed for the moment; empty for one try.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        timeout_s: float = TIMEOUT_S,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        self.url = url.rstrip("/")
        self._user = user
        self._sign_in = SignIn(self.url, user, password, timeout_s)
        self._timeout_s, self._pauses_s = timeout_s, pauses_s
        self._own = threading.local()
        self._has_lists = True

    def close(self) -> None:
        """Sign out; whoever asks on is signed in anew."""
        self._sign_in.end()

    # The server.

    def hello(self) -> Server:
        """Ask who answers, and who we are there."""
        version = self._ask(MAIN_ORG, lambda api: api.health.check())
        found = self._ask(MAIN_ORG, lambda api: api.user.get_actual_user())
        try:
            return Server(str(version["version"]), str(found["login"]), bool(found["isGrafanaAdmin"]))
        except (KeyError, TypeError):
            raise self._no_grafana() from None

    def orgs(self) -> dict[int, str]:
        """Return all organisations: id -> name."""
        # The library's own call gives the first page only.
        pages = self._pages(0, lambda api, page: api.client.GET(f"/orgs?perpage={_PAGE}&page={page}"))
        return {each["id"]: each["name"] for each in pages}

    def accounts(self) -> dict[str, Account]:
        """Return all users of the server: login -> account."""
        pages = self._pages(1, lambda api, page: api.users.search_users(page=page, perpage=_PAGE))
        return {each["login"]: _account(each) for each in pages}

    def create_account(self, login: str, name: str, password: str, org: int) -> int:
        """Make a user whose first organisation is `org`, and return its id."""
        user = {"login": login, "email": login, "name": name, "password": password, "OrgId": org}
        return int(self._ask(MAIN_ORG, lambda api: api.admin.create_user(user))["id"])

    def rename_account(self, account: Account, name: str) -> None:
        """Give a user another name to be shown."""
        user = {"login": account.login, "email": account.login, "name": name}
        self._ask(MAIN_ORG, lambda api: api.users.update_user(account.id, user))

    def enable_account(self, user_id: int, is_enabled: bool) -> None:
        """Let a user sign in, or refuse them from now on and end their sessions."""
        self._ask(MAIN_ORG, lambda api: api.admin.set_user_enabled(user_id, is_enabled))

    def remove_account(self, user_id: int) -> None:
        """Remove a user; one that is not there is no error."""
        self._unless_gone(MAIN_ORG, lambda api: api.admin.delete_user(user_id))

    # Organisations and who is in them.

    def create_org(self, name: str) -> int:
        """Make an organisation, with us as its first admin, and return its id."""
        made = self._ask(MAIN_ORG, lambda api: api.client.POST("/orgs", json={"name": name}), is_once=True)
        return int(made["orgId"])

    def rename_org(self, org: int, name: str) -> None:
        """Give an organisation another name."""
        self._ask(MAIN_ORG, lambda api: api.organizations.update_organization(org, {"name": name}))

    def remove_org(self, org: int) -> None:
        """Remove an organisation and all that is in it; one that is not there is no error."""
        # Some versions never can, and say so as if it were for the moment.
        self._unless_gone(MAIN_ORG, lambda api: api.organizations.delete_organization(org), is_once=True)

    def members(self, org: int) -> dict[str, Member]:
        """Return who is in an organisation: login -> place."""
        found = self._ask(MAIN_ORG, lambda api: api.organizations.organization_user_list(org))
        return {each["login"]: Member(each["userId"], each["role"]) for each in found}

    def add_member(self, org: int, login: str, role: Role) -> None:
        """Let a user into an organisation."""
        user = {"loginOrEmail": login, "role": role}
        self._ask(MAIN_ORG, lambda api: api.organizations.organization_user_add(org, user))

    def set_role(self, org: int, user_id: int, role: Role) -> None:
        """Say what a member may do."""
        self._ask(MAIN_ORG, lambda api: api.organizations.organization_user_update(org, user_id, role))

    def remove_member(self, org: int, user_id: int) -> None:
        """Put a user out of an organisation; the account stays."""
        self._unless_gone(MAIN_ORG, lambda api: api.organizations.organization_user_delete(org, user_id))

    # What is in an organisation.

    def listing(self, org: int) -> list[Listed]:
        """Return all dashboards and folders of an organisation, without their contents."""
        found = self._ask(org, lambda api: api.search.search_dashboards(limit=_LIST_LIMIT))
        return [
            Listed(each["uid"], each["title"], each.get("folderUid", ""), each["type"] == "dash-folder")
            for each in found
        ]

    def dashboards(self, org: int) -> dict[str, Stored]:
        """Return dashboards of an organisation by one request: uid -> dashboard; empty where Grafana cannot do so.

        Grafana 12 and later can, at a fiftieth of the cost of asking for each. Of many it gives the first ones.
        """
        if not self._has_lists:
            return {}
        namespace = "default" if org == MAIN_ORG else f"org-{org}"
        # The library puts ".../api" before a path, and these begin with "/apis".
        path = f"s/{_RESOURCES}/namespaces/{namespace}/dashboards?limit={_LISTED_IN_FULL}"
        try:
            items = self._ask(org, lambda api: api.client.GET(path))["items"]
            return {each["metadata"]["name"]: _stored(each) for each in items}
        except (GrafanaRefused, GrafanaForbidden, KeyError, TypeError):
            self._has_lists = False
            return {}

    def dashboard(self, org: int, uid: str) -> Stored | None:
        """Return a dashboard; None if there is none."""
        found = self._if_there(org, lambda api: api.dashboard.get_dashboard(uid))
        if found is None:
            return None
        document = {name: value for name, value in found["dashboard"].items() if name not in {"id", "version"}}
        return Stored(document, found["meta"].get("folderUid", ""))

    def save_dashboard(self, org: int, document: Json, folder: str) -> None:
        """Store a dashboard, whatever of its uid is there."""
        whole = {"dashboard": dict(document), "folderUid": folder, "overwrite": True, "message": "karte"}
        self._ask(org, lambda api: api.dashboard.update_dashboard(whole))

    def remove_dashboard(self, org: int, uid: str) -> None:
        """Remove a dashboard; one that is not there is no error."""
        self._unless_gone(org, lambda api: api.dashboard.delete_dashboard(uid))

    def folder(self, org: int, uid: str) -> str | None:
        """Return a folder's title; None if there is none."""
        found = self._if_there(org, lambda api: api.folder.get_folder(uid))
        return None if found is None else str(found["title"])

    def create_folder(self, org: int, uid: str, title: str) -> None:
        """Make a folder."""
        self._ask(org, lambda api: api.folder.create_folder(title, uid))

    def rename_folder(self, org: int, uid: str, title: str) -> None:
        """Give a folder another title."""
        self._ask(org, lambda api: api.folder.update_folder(uid, title, overwrite=True))

    def remove_folder(self, org: int, uid: str) -> None:
        """Remove a folder and what is in it; one that is not there is no error."""
        self._unless_gone(org, lambda api: api.folder.delete_folder(uid))

    def sources(self, org: int) -> dict[str, Json]:
        """Return the data sources of an organisation: uid -> JSON, without their secrets."""
        found = self._ask(org, lambda api: api.datasource.list_datasources())
        return {each["uid"]: each for each in found}

    def source(self, org: int, uid: str) -> Json | None:
        """Return a data source with the number of its changes, `version`; None if there is none."""
        found: Json | None = self._if_there(org, lambda api: api.datasource.get_datasource_by_uid(uid))
        return found

    def create_source(self, org: int, source: Json) -> int:
        """Make a data source and return its version."""
        made = self._ask(org, lambda api: api.datasource.create_datasource(source), is_once=True)
        return int(made["datasource"]["version"])

    def update_source(self, org: int, source: Json) -> int:
        """Change the data source of the same uid and return its version."""
        answer = self._ask(org, lambda api: api.datasource.update_datasource_by_uid(source["uid"], source))
        return int(answer["datasource"]["version"])

    def remove_source(self, org: int, uid: str) -> None:
        """Remove a data source; one that is not there is no error."""
        self._unless_gone(org, lambda api: api.datasource.delete_datasource_by_uid(uid))

    def preferences(self, org: int) -> Json:
        """Return what an organisation's members see unless they choose otherwise."""
        found: Json = self._ask(org, lambda api: api.organization.get_preferences())
        return found

    def set_preferences(self, org: int, preferences: Json) -> None:
        """Set those that are named, and leave the others."""
        # The library's own type of preferences has no language.
        self._ask(org, lambda api: api.client.PATCH("/org/preferences", json=dict(preferences)))

    def read(self, org: int, path: str) -> Any:
        """Return whatever a path of the API has, for an export."""
        return self._ask(org, lambda api: api.client.GET(path))

    def write(self, org: int, method: Literal["POST", "PUT", "DELETE"], path: str, body: Json | None = None) -> None:
        """Change whatever a path of the API has; what is provisioned so stays open to people's edits in Grafana."""
        # The library's own calls of the provisioning API have the header in some and not in others.
        json, headers = None if body is None else dict(body), {"X-Disable-Provenance": "true"}
        self._ask(
            org,
            lambda api: getattr(api.client, method)(path, json=json, headers=headers, accept_empty_json=True),
            is_once=method == "POST",
        )

    # How it is asked.

    def _ask(self, org: int, call: Callable[[Any], Any], *, is_once: bool = False) -> Any:
        api = self._client()
        api.client.s.headers[_ORG_HEADER] = str(org)
        try:
            return asked_again(lambda: call(api), () if is_once else self._pauses_s)
        except Timeout:
            raise self._slow() from None
        except GrafanaException as error:
            raise self._refused(error) from None
        except ValueError:  # JSON was expected; the HTTP library's own error is an OSError too, so this stands first
            raise self._no_grafana() from None
        except OSError as error:
            raise self._away(error) from None

    def _pages(self, first: int, call: Callable[[Any, int], list[Any]]) -> Iterator[Any]:
        for number in itertools.count(first):

            def ask(api: Any, number: int = number) -> list[Any]:
                return call(api, number)

            page: list[Any] = self._ask(MAIN_ORG, ask)
            yield from page
            if len(page) < _PAGE:
                return

    def _if_there(self, org: int, call: Callable[[Any], Any], *, is_once: bool = False) -> Any:
        try:
            return self._ask(org, call, is_once=is_once)
        except GrafanaRefused as refused:
            if refused.status == _NOT_FOUND:
                return None
            raise

    def _unless_gone(self, org: int, call: Callable[[Any], Any], *, is_once: bool = False) -> None:
        self._if_there(org, call, is_once=is_once)

    def _client(self) -> GrafanaApi:
        if not hasattr(self._own, "api"):
            parts = urlsplit(self.url)
            prefix = parts.path.strip("/")
            self._own.api = GrafanaApi(
                self._sign_in,
                host=parts.hostname or "",
                port=parts.port,
                url_path_prefix=f"{prefix}/" if prefix else "",
                protocol=parts.scheme,
                timeout=self._timeout_s,
            )
        api: GrafanaApi = self._own.api
        return api

    def _refused(self, error: GrafanaException) -> GrafanaError:
        said = error.response.get("message", "") if isinstance(error.response, dict) else str(error.response or "")
        said = " ".join(str(said).split())[:300] or error.message
        user = self._user
        match error.status_code:
            case 401:
                return GrafanaDenied(
                    Text(
                        f"Grafana {self.url} がユーザー {user} のパスワードを受け付けません。"
                        "KARTE_GRAFANA_USER と KARTE_GRAFANA_PASSWORD を確認してください",
                        f"Grafana at {self.url} does not take the password of {user}; "
                        "see KARTE_GRAFANA_USER and KARTE_GRAFANA_PASSWORD",
                    )
                )
            case 403:
                return GrafanaForbidden(
                    Text(
                        f"Grafana でユーザー {user} の権限が足りません（{said}）。"
                        "読み取り専用の設定がないか、サーバー管理者のユーザーかを確認してください",
                        f"Grafana does not let {user} do this ({said}); "
                        "see whether it is provisioned read-only, and whether the user is a server administrator",
                    )
                )
            case 502 | 503 | 504:
                return self._away(OSError(f"{error.status_code} {said}"))
        return GrafanaRefused(error.status_code, said)

    def _slow(self) -> GrafanaAway:
        seconds = f"{self._timeout_s:g}"
        return GrafanaAway(
            Text(
                f"Grafana {self.url} が {seconds} 秒以内に応答しませんでした。しばらくしてからもう一度実行してください",
                f"Grafana at {self.url} gave no answer within {seconds} s; run this again in a while",
            )
        )

    def _away(self, error: OSError) -> GrafanaAway:
        why = cause(error)[:200]
        return GrafanaAway(
            Text(
                f"Grafana {self.url} に接続できません（{why}）。"
                "起動しているか、KARTE_GRAFANA_ADMIN_URL を確認してください",
                f"Grafana at {self.url} cannot be reached ({why}); see whether it runs, and KARTE_GRAFANA_ADMIN_URL",
            )
        )

    def _no_grafana(self) -> GrafanaAway:
        return GrafanaAway(
            Text(
                f"{self.url} で応答したのは Grafana ではありません。KARTE_GRAFANA_ADMIN_URL を確認してください",
                f"what answers at {self.url} is no Grafana; see KARTE_GRAFANA_ADMIN_URL",
            )
        )


def _account(found: Json) -> Account:
    return Account(
        found["id"],
        found["login"],
        found["name"],
        found["isAdmin"],
        found["isDisabled"],
        bool(found.get("authLabels")),
    )


def _stored(resource: Json) -> Stored:
    metadata = resource["metadata"]
    document = {name: value for name, value in resource["spec"].items() if name not in {"id", "version"}}
    folder = (metadata.get("annotations") or {}).get(_FOLDER, "")
    return Stored({**document, "uid": metadata["name"]}, folder)
