"""Stands for Grafana where there is none: the part of its HTTP API that sync uses, as its documentation describes it.

What it says was compared with Grafana 13.1: status codes, refusals, who is a member of what. `tests/live` runs the same
checks against a real one.
"""

import base64
import http.server
import json
import re
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

USER, PASSWORD = "admin", "a password for tests"
Answer = tuple[int, Any]
CLOSED: Answer = (0, "closed")
"""Instead of an answer the connection is closed."""

_LOGIN = "POST /login"
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.answer = (status, {"message": message})


@dataclass
class Org:
    """An organisation."""

    name: str
    members: dict[int, str] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    preferences: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """What a Grafana holds, and how it behaves.

    Attributes:
        version: what it says it is.
        orgs: id -> organisation.
        users: id -> login, name, isAdmin, isDisabled.
        calls: method and path of each request so far.
        fault: asked before each request that changes something, with its number; an answer in its place, or None.
        has_login: whether a name and a password get a session.
        sessions: the cookies that let in.
        removes_orgs: whether it can remove organisations, which Grafana 13.1 cannot.
        delay_s: before each answer.
    """

    version: str = "11.6.0"
    orgs: dict[int, Org] = field(default_factory=lambda: {1: Org("Main Org.", {1: "Admin"})})
    users: dict[int, dict[str, Any]] = field(
        default_factory=lambda: {1: {"login": USER, "name": "", "isAdmin": True, "isDisabled": False}}
    )
    calls: list[str] = field(default_factory=list)
    fault: Callable[[int, str], Answer | None] = lambda _number, _call: None
    has_login: bool = True
    sessions: set[str] = field(default_factory=set)
    removes_orgs: bool = True
    delay_s: float = 0
    last_org: int = 1
    last_user: int = 1

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if call.partition(" ")[0] in _WRITES and call != _LOGIN]

    def named(self, part: str) -> Org:
        """The organisation that has `part` in its name."""
        (found,) = (org for org in self.orgs.values() if part in org.name)
        return found

    def logins(self, org: Org) -> dict[str, str]:
        """Login -> role."""
        return {self.users[user]["login"]: role for user, role in org.members.items()}

    def user(self, login: str) -> tuple[int, dict[str, Any]]:
        return next((number, user) for number, user in self.users.items() if user["login"] == login)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers from a world."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together: apart, the client's delayed acknowledgement adds 40 ms to each
    world: World
    lock: threading.Lock

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.removeprefix("/grafana")
        with self.lock:
            self.world.calls.append(f"{self.command} {path}")
            status, answer = self._answer(path, json.loads(body) if body else None)
        time.sleep(self.world.delay_s)
        if (status, answer) == CLOSED:
            self.close_connection = True
            return
        cookies = answer.pop("sessions", []) if isinstance(answer, dict) else []
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for cookie in cookies:
            self.send_header("Set-Cookie", f"{cookie}; Path=/; HttpOnly")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one  # noqa: N815  # names that http.server asks for

    def log_message(self, *_args: Any) -> None:
        pass

    def _answer(self, path: str, body: Any) -> Answer:
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if f"{self.command} {path}" == _LOGIN:
            return self._login(body)
        if path == "/logout":
            self.world.sessions.discard(self.headers.get("Cookie", ""))
            return 302, {}
        is_known = self.headers.get("Cookie") in self.world.sessions
        if not is_known and self.headers.get("Authorization") != f"Basic {expected}":
            return 401, {"message": "Invalid username or password"}
        if self.command in _WRITES:
            fault = self.world.fault(len(self.world.writes), f"{self.command} {path}")
            if fault is not None:
                return fault
        url = urllib.parse.urlsplit(path)
        for pattern, answer in ROUTES:
            found = re.fullmatch(pattern, f"{self.command} {urllib.parse.unquote(url.path)}")
            if found:
                try:
                    org = self._org() if answer in IN_ORG else None
                    return 200, answer(self.world, org, body, *found.groups())
                except Refusal as refusal:
                    return refusal.answer
        return 404, {"message": "Not found"}

    def _login(self, body: Any) -> Answer:
        if not self.world.has_login:
            return 404, {"message": "Not found"}
        if body != {"user": USER, "password": PASSWORD}:
            return 401, {"message": "Invalid username or password"}
        session = f"grafana_session=s{len(self.world.calls)}"
        self.world.sessions.add(session)
        return 200, {"message": "Logged in", "sessions": [session]}

    def _org(self) -> Org:
        org = self.world.orgs.get(int(self.headers.get("X-Grafana-Org-Id", "1")))
        if org is None or org.members.get(1) != "Admin":
            raise Refusal(403, "You'll need additional permissions to perform this action.")
        return org


@contextmanager
def grafana(world: World) -> Iterator[str]:
    """Serve a world, and give its URL."""
    handler = type("Handler", (Handler,), {"world": world, "lock": threading.Lock()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# What it answers; each is called with the world, the organisation that is named in the header, and the body.


def health(world: World, _org: None, _body: Any) -> Any:
    return {"database": "ok", "version": world.version}


def me(world: World, _org: None, _body: Any) -> Any:
    return {"id": 1, "login": USER, "isGrafanaAdmin": world.users[1]["isAdmin"]}


def list_orgs(world: World, _org: None, _body: Any) -> Any:
    return [{"id": number, "name": org.name} for number, org in world.orgs.items()]


def make_org(world: World, _org: None, body: Any) -> Any:
    _free_name(world, body["name"], 409)
    world.last_org += 1
    world.orgs[world.last_org] = Org(body["name"], {1: "Admin"})
    return {"message": "Organization created", "orgId": world.last_org}


def rename_org(world: World, _org: None, body: Any, number: str) -> Any:
    _free_name(world, body["name"], 400)
    _known_org(world, number).name = body["name"]
    return {"message": "Organization updated"}


def remove_org(world: World, _org: None, _body: Any, number: str) -> Any:
    if not world.removes_orgs:
        raise Refusal(500, "Failed to delete organization")
    _known_org(world, number)
    del world.orgs[int(number)]
    return {"message": "Organization deleted"}


def list_users(world: World, _org: None, _body: Any) -> Any:
    return [{"id": number, **user} for number, user in world.users.items()]


def make_user(world: World, _org: None, body: Any) -> Any:
    if any(user["login"] == body["login"] for user in world.users.values()):
        raise Refusal(412, f"User with username '{body['login']}' already exists")
    if len(body["password"]) < 8 or len(body["login"]) > 190:
        raise Refusal(400, "bad request data")
    world.last_user += 1
    user = {"login": body["login"], "name": body["name"], "isAdmin": False, "isDisabled": False}
    world.users[world.last_user] = user
    world.orgs[body.get("OrgId", 1)].members[world.last_user] = "Viewer"
    return {"id": world.last_user, "message": "User created"}


def change_user(world: World, _org: None, body: Any, number: str) -> Any:
    world.users[int(number)]["name"] = body["name"]
    return {"message": "User updated"}


def enable_user(world: World, _org: None, _body: Any, number: str, verb: str) -> Any:
    world.users[int(number)]["isDisabled"] = verb == "disable"
    return {"message": f"User {verb}d"}


def remove_user(world: World, _org: None, _body: Any, number: str) -> Any:
    if world.users.pop(int(number), None) is None:
        raise Refusal(404, "user not found")
    for org in world.orgs.values():
        org.members.pop(int(number), None)
    return {"message": "User deleted"}


def list_members(world: World, _org: None, _body: Any, number: str) -> Any:
    org = _known_org(world, number)
    return [{"userId": user, "login": world.users[user]["login"], "role": role} for user, role in org.members.items()]


def own_members(world: World, org: Org, _body: Any) -> Any:
    return [{"userId": user, "login": world.users[user]["login"], "role": role} for user, role in org.members.items()]


def add_member(world: World, _org: None, body: Any, number: str) -> Any:
    org, (user, _about) = _known_org(world, number), world.user(body["loginOrEmail"])
    if user in org.members:
        raise Refusal(409, "User is already member of this organization")
    org.members[user] = body["role"]
    return {"message": "User added to organization", "userId": user}


def set_role(world: World, _org: None, body: Any, number: str, user: str) -> Any:
    _known_org(world, number).members[int(user)] = body["role"]
    return {"message": "Organization user updated"}


def remove_member(world: World, _org: None, _body: Any, number: str, user: str) -> Any:
    org = _known_org(world, number)
    if [each for each, role in org.members.items() if role == "Admin"] == [int(user)]:
        raise Refusal(400, "Cannot remove last organization admin")
    org.members.pop(int(user), None)
    return {"message": "User removed from organization"}


def search(_world: World, org: Org, _body: Any) -> Any:
    folders = [{"uid": uid, "title": title, "type": "dash-folder"} for uid, title in org.folders.items()]
    return folders + [
        {
            "uid": uid,
            "title": each["dashboard"]["title"],
            "type": "dash-db",
            **({"folderUid": each["folder"]} if each["folder"] else {}),
        }
        for uid, each in org.dashboards.items()
    ]


def get_dashboard(_world: World, org: Org, _body: Any, uid: str) -> Any:
    found = _there(org.dashboards, uid, "Dashboard not found")
    return {
        "dashboard": {**found["dashboard"], "id": 7, "version": found["version"]},
        "meta": {"folderUid": found["folder"], "version": found["version"]},
    }


def save_dashboard(_world: World, org: Org, body: Any) -> Any:
    document, folder = body["dashboard"], body.get("folderUid", "")
    if folder and folder not in org.folders:
        raise Refusal(400, "folder not found")
    uid = document["uid"]
    if uid in org.dashboards and not body.get("overwrite"):
        raise Refusal(412, "The dashboard has been changed by someone else")
    version = org.dashboards.get(uid, {"version": 0})["version"] + 1
    kept = {name: value for name, value in document.items() if name not in {"id", "version"}}
    org.dashboards[uid] = {"dashboard": kept, "folder": folder, "version": version}
    return {"uid": uid, "status": "success", "version": version}


def remove_dashboard(_world: World, org: Org, _body: Any, uid: str) -> Any:
    _there(org.dashboards, uid, "Dashboard not found")
    del org.dashboards[uid]
    return {"message": "Dashboard deleted"}


def get_folder(_world: World, org: Org, _body: Any, uid: str) -> Any:
    return {"uid": uid, "title": _there(org.folders, uid, "folder not found")}


def list_folders(_world: World, org: Org, _body: Any) -> Any:
    return [{"uid": uid, "title": title} for uid, title in org.folders.items()]


def make_folder(_world: World, org: Org, body: Any) -> Any:
    if body["uid"] in org.folders:
        raise Refusal(412, "the folder has been changed by someone else")
    org.folders[body["uid"]] = body["title"]
    return body


def rename_folder(_world: World, org: Org, body: Any, uid: str) -> Any:
    _there(org.folders, uid, "folder not found")
    if not body.get("overwrite"):
        raise Refusal(412, "the folder has been changed by someone else")
    org.folders[uid] = body["title"]
    return {"uid": uid, **body}


def remove_folder(_world: World, org: Org, _body: Any, uid: str) -> Any:
    _there(org.folders, uid, "folder not found")
    del org.folders[uid]
    org.dashboards = {each: found for each, found in org.dashboards.items() if found["folder"] != uid}
    return {"message": "Folder deleted"}


def list_sources(_world: World, org: Org, _body: Any) -> Any:
    return [{name: value for name, value in each.items() if name != "version"} for each in org.sources.values()]


def get_source(_world: World, org: Org, _body: Any, uid: str) -> Any:
    return _there(org.sources, uid, "Data source not found")


def make_source(_world: World, org: Org, body: Any) -> Any:
    if body["uid"] in org.sources or any(each["name"] == body["name"] for each in org.sources.values()):
        raise Refusal(409, "data source with the same name already exists")
    return _keep_source(org, body, 1)


def change_source(_world: World, org: Org, body: Any, uid: str) -> Any:
    found = _there(org.sources, uid, "Data source not found")
    if found.get("readOnly"):
        raise Refusal(403, "Cannot update read-only data source")
    return _keep_source(org, body, found["version"] + 1)


def remove_source(_world: World, org: Org, _body: Any, uid: str) -> Any:
    _there(org.sources, uid, "Data source not found")
    del org.sources[uid]
    return {"message": "Data source deleted"}


def get_preferences(_world: World, org: Org, _body: Any) -> Any:
    return org.preferences


def patch_preferences(_world: World, org: Org, body: Any) -> Any:
    if body.get("homeDashboardUID") and body["homeDashboardUID"] not in org.dashboards:
        raise Refusal(404, "Dashboard not found")
    org.preferences |= body
    return {"message": "Preferences updated"}


def nothing(_world: World, _org: Org, _body: Any) -> Any:
    return []


def own_org(_world: World, org: Org, _body: Any) -> Any:
    return {"name": org.name}


def _keep_source(org: Org, body: Any, version: int) -> Any:
    secret = body.pop("secureJsonData", None)
    if secret is not None:
        org.secrets[body["uid"]] = secret
    org.sources[body["uid"]] = {**body, "version": version}
    return {"datasource": org.sources[body["uid"]], "message": "Datasource"}


def _known_org(world: World, number: str) -> Org:
    found: Org = _there(world.orgs, int(number), "Organization not found")
    return found


def _there(found: dict[Any, Any], key: Any, message: str) -> Any:
    if key not in found:
        raise Refusal(404, message)
    return found[key]


def _free_name(world: World, name: str, status: int) -> None:
    if len(name) > 190:
        raise Refusal(500, "value too long for type character varying(190)")
    if any(org.name == name for org in world.orgs.values()):
        raise Refusal(status, "Organization name taken")


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"GET /api/health", health),
    (r"GET /api/user", me),
    (r"GET /api/orgs", list_orgs),
    (r"POST /api/orgs", make_org),
    (r"PUT /api/orgs/(\d+)", rename_org),
    (r"DELETE /api/orgs/(\d+)", remove_org),
    (r"GET /api/orgs/(\d+)/users", list_members),
    (r"POST /api/orgs/(\d+)/users", add_member),
    (r"PATCH /api/orgs/(\d+)/users/(\d+)", set_role),
    (r"DELETE /api/orgs/(\d+)/users/(\d+)", remove_member),
    (r"GET /api/users", list_users),
    (r"PUT /api/users/(\d+)", change_user),
    (r"POST /api/admin/users", make_user),
    (r"POST /api/admin/users/(\d+)/(enable|disable)", enable_user),
    (r"DELETE /api/admin/users/(\d+)", remove_user),
    (r"GET /api/search", search),
    (r"GET /api/dashboards/uid/(.+)", get_dashboard),
    (r"POST /api/dashboards/db", save_dashboard),
    (r"DELETE /api/dashboards/uid/(.+)", remove_dashboard),
    (r"GET /api/folders", list_folders),
    (r"GET /api/folders/(.+)", get_folder),
    (r"POST /api/folders", make_folder),
    (r"PUT /api/folders/(.+)", rename_folder),
    (r"DELETE /api/folders/(.+)", remove_folder),
    (r"GET /api/datasources", list_sources),
    (r"POST /api/datasources", make_source),
    (r"GET /api/datasources/uid/(.+)", get_source),
    (r"PUT /api/datasources/uid/(.+)", change_source),
    (r"DELETE /api/datasources/uid/(.+)", remove_source),
    (r"GET /api/org/preferences", get_preferences),
    (r"PATCH /api/org/preferences", patch_preferences),
    (r"GET /api/org/users", own_members),
    (r"GET /api/org", own_org),
    (r"GET /api/(?:library-elements|annotations)", nothing),
]

IN_ORG = {
    search,
    get_dashboard,
    save_dashboard,
    remove_dashboard,
    get_folder,
    list_folders,
    make_folder,
    rename_folder,
    remove_folder,
    list_sources,
    get_source,
    make_source,
    change_source,
    remove_source,
    get_preferences,
    patch_preferences,
    own_members,
    own_org,
    nothing,
}
"""What is done within the organisation that the header names, by one of its admins."""
