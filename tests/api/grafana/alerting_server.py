"""The part of Grafana's provisioning API for alerting that the export uses, beside `server.py`.

As in Grafana 13 (pkg/services/ngalert/api): a group is stored as a whole, rules that are left out of it go, one that
was elsewhere moves; spans come back in Prometheus' words, secrets as `[REDACTED]`; without the header that disables it,
what is stored is marked as provisioned, and people cannot edit it.
"""

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.api.grafana.server import Answer, Handler, Org, Refusal, World

_UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}


@dataclass
class AlertingWorld(World):
    """A Grafana with alerting in its first organisation."""

    version: str = "13.1.0"
    groups: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    policies: dict[str, Any] = field(default_factory=lambda: {"receiver": "grafana-default-email"})
    silences: list[str] = field(default_factory=lambda: ["s-1"])

    def rules(self) -> dict[str, dict[str, Any]]:
        return {rule["uid"]: rule for group in self.groups.values() for rule in group["rules"]}


class AlertingHandler(Handler):
    """Answers the provisioning API from the world, all else as its base."""

    world: AlertingWorld

    def _answer(self, path: str, body: Any) -> Answer:
        found = re.fullmatch(r"/api/v1/provisioning(/[^?]*)(?:\?.*)?", path)
        status, answer = super()._answer(path, body)
        if found is None or status != 404 or answer != {"message": "Not found"}:
            return status, answer
        try:
            return self._provisioned(found[1], body)
        except Refusal as refusal:
            return refusal.answer

    def _provisioned(self, path: str, body: Any) -> Answer:
        org = self._org()
        provenance = {} if self.headers.get("X-Disable-Provenance") == "true" else {"provenance": "api"}
        for pattern, answer in _ROUTES:
            found = re.fullmatch(pattern, f"{self.command} {path}")
            if found:
                return getattr(self, answer)(org, body, provenance, *found.groups())  # type: ignore[no-any-return]
        return 404, {"message": "Not found"}

    def list_rules(self, _org: Org, _body: Any, _provenance: Any) -> Answer:
        return 200, list(self.world.rules().values())

    def get_group(self, _org: Org, _body: Any, _provenance: Any, folder: str, name: str) -> Answer:
        group = self.world.groups.get((folder, name))
        return (404, {"message": "rule group not found"}) if group is None else (200, group)

    def put_group(self, org: Org, body: Any, provenance: Any, folder: str, name: str) -> Answer:
        if folder not in org.folders:
            raise Refusal(400, "folder does not exist")
        if body["interval"] % 10 or body["interval"] <= 0:
            raise Refusal(400, "invalid alert rule: interval should be non-zero and divided exactly by 10")
        rules = [self._stored(rule, folder, name) | provenance for rule in body["rules"]]
        if len({rule["title"] for rule in rules}) != len(rules):
            raise Refusal(409, "rule title is not unique in the folder")
        moved = {rule["uid"] for rule in rules}
        for group in self.world.groups.values():
            group["rules"] = [rule for rule in group["rules"] if rule["uid"] not in moved]
        self.world.groups[folder, name] = {
            "title": name, "folderUid": folder, "interval": body["interval"], "rules": rules
        }  # fmt: skip
        self.world.groups = {key: group for key, group in self.world.groups.items() if group["rules"]}
        return 200, body

    def _stored(self, rule: Any, folder: str, name: str) -> dict[str, Any]:
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", rule["uid"]) or not 1 <= len(rule["title"]) <= 190:
            raise Refusal(400, "invalid alert rule")
        if rule["condition"] not in {node["refId"] for node in rule["data"]}:
            raise Refusal(400, "invalid alert rule: condition is no query")
        spans = {each: prometheus(rule[each]) for each in ("for", "keep_firing_for")}
        return {**rule, **spans, "id": 1, "folderUID": folder, "ruleGroup": name, "updated": "2026-01-01T00:00:00Z"}

    def delete_rule(self, _org: Org, _body: Any, _provenance: Any, uid: str) -> Answer:
        for group in self.world.groups.values():
            group["rules"] = [rule for rule in group["rules"] if rule["uid"] != uid]
        self.world.groups = {key: group for key, group in self.world.groups.items() if group["rules"]}
        return 200, {}

    def list_contacts(self, _org: Org, _body: Any, _provenance: Any) -> Answer:
        return 200, [_redacted(each) for each in self.world.contacts]

    def make_contact(self, _org: Org, body: Any, provenance: Any) -> Answer:
        self.world.contacts.append(body | provenance)
        return 202, body

    def put_contact(self, _org: Org, body: Any, provenance: Any, uid: str) -> Answer:
        places = [place for place, each in enumerate(self.world.contacts) if each["uid"] == uid]
        if not places:
            raise Refusal(404, "contact point not found")
        self.world.contacts[places[0]] = body | provenance
        return 202, {}

    def get_template(self, _org: Org, _body: Any, _provenance: Any, name: str) -> Answer:
        text = self.world.templates.get(name)
        return (404, {"message": "template not found"}) if text is None else (200, {"name": name, "template": text})

    def put_template(self, _org: Org, body: Any, _provenance: Any, name: str) -> Answer:
        self.world.templates[name] = body["template"].strip()
        return 202, {}

    def get_policies(self, _org: Org, _body: Any, _provenance: Any) -> Answer:
        return 200, self.world.policies

    def put_policies(self, _org: Org, body: Any, _provenance: Any) -> Answer:
        known = {each["name"] for each in self.world.contacts} | {"grafana-default-email", "mail"}
        for route in [body, *body.get("routes", [])]:
            if route["receiver"] not in known:
                raise Refusal(400, f"receiver '{route['receiver']}' does not exist")
        self.world.policies = body
        return 202, {"message": "policies updated"}


_ROUTES = (
    (r"GET /alert-rules", "list_rules"),
    (r"DELETE /alert-rules/([^/]+)", "delete_rule"),
    (r"GET /folder/([^/]+)/rule-groups/([^/]+)", "get_group"),
    (r"PUT /folder/([^/]+)/rule-groups/([^/]+)", "put_group"),
    (r"GET /contact-points", "list_contacts"),
    (r"POST /contact-points", "make_contact"),
    (r"PUT /contact-points/([^/]+)", "put_contact"),
    (r"GET /templates/([^/]+)", "get_template"),
    (r"PUT /templates/([^/]+)", "put_template"),
    (r"GET /policies", "get_policies"),
    (r"PUT /policies", "put_policies"),
)


def prometheus(span: str) -> str:
    """A span as Prometheus writes it: weeks and days only where nothing is left over."""
    whole = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([wdhms])", span))
    for unit in ("w", "d"):
        if whole and whole % _UNITS[unit] == 0:
            return f"{whole // _UNITS[unit]}{unit}"
    parts = []
    for unit in ("h", "m", "s"):
        number, whole = divmod(whole, _UNITS[unit])
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"


def _redacted(contact: dict[str, Any]) -> dict[str, Any]:
    settings = contact["settings"]
    return {**contact, "settings": {**settings, "hmacConfig": {**settings["hmacConfig"], "secret": "[REDACTED]"}}}


@contextmanager
def alerting(world: AlertingWorld) -> Iterator[str]:
    """Serve a world, and give its URL."""
    handler = type("Handler", (AlertingHandler,), {"world": world, "lock": threading.Lock()})
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
