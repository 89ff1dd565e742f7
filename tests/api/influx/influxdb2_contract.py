"""A small HTTP server that holds to what the InfluxDB OSS 2 API reference documents for the calls we make.

It refuses what the documentation does not allow (missing token, missing `orgID`, an unknown property), so that a
request that only a lenient server would accept fails here too. The real server is tested in `tests/live/`.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "contract-token"
ORG = "karte"
ORG_ID = "0a1b2c3d4e5f6071"


@dataclass
class State:
    url: str = ""
    buckets: dict[str, dict[str, Any]] = field(default_factory=dict)
    mappings: list[dict[str, Any]] = field(default_factory=list)
    written: list[tuple[str, str, bytes]] = field(default_factory=list)
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)
    refuse_writes: tuple[int, dict[str, str], dict[str, str]] | None = None


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def need(condition: bool, message: str) -> None:
    if not condition:
        raise Refused(400, "invalid", message)


def create_bucket(state: State, body: dict[str, Any]) -> tuple[int, Any]:
    need(set(body) <= {"orgID", "name", "description", "retentionRules", "rp", "schemaType"}, "unknown property")
    need(body.get("orgID") == ORG_ID, "orgID is required")
    need(bool(body.get("name")), "name is required")
    if body["name"] in state.buckets:
        raise Refused(422, "conflict", f"bucket with name {body['name']} already exists")
    check_rules(body.get("retentionRules", []))
    state.buckets[body["name"]] = {"id": f"{len(state.buckets) + 1:016x}", **body}
    return 201, state.buckets[body["name"]]


def check_rules(rules: list[dict[str, Any]]) -> None:
    for rule in rules:
        need(set(rule) <= {"type", "everySeconds", "shardGroupDurationSeconds"}, "unknown property in retention rule")
        need(isinstance(rule.get("everySeconds"), int), "everySeconds is required")


def change_bucket(state: State, bucket_id: str, body: dict[str, Any]) -> tuple[int, Any]:
    need(set(body) <= {"name", "description", "retentionRules"}, "unknown property")
    for bucket in state.buckets.values():
        if bucket["id"] == bucket_id:
            check_rules(body.get("retentionRules", []))
            bucket.update(body)
            return 200, bucket
    raise Refused(404, "not found", "bucket not found")


def create_mapping(state: State, body: dict[str, Any]) -> tuple[int, Any]:
    need({"bucketID", "database", "retention_policy"} <= set(body), "bucketID, database, retention_policy are required")
    need("orgID" in body or "org" in body, "orgID or org is required")
    need(any(b["id"] == body["bucketID"] for b in state.buckets.values()), "bucket not found")
    state.mappings.append({"id": f"{len(state.mappings) + 1:016x}", "virtual": False, **body})
    return 201, state.mappings[-1]


def delete(state: State, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
    need(query.get("org") == ORG or query.get("orgID") == ORG_ID, "org is required")
    if query.get("bucket") not in state.buckets:
        raise Refused(404, "not found", "bucket not found")
    need(set(body) <= {"start", "stop", "predicate"}, "unknown property")
    for name in ("start", "stop"):
        need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body.get(name, "")) is not None, f"invalid {name}")
    # A predicate compares tags with quoted text; OR is not among what it knows.
    need(re.fullmatch(r'[a-z_]+="(?:[^"\\]|\\.)*"', body.get("predicate", "")) is not None, "invalid predicate")
    state.deleted.append((query["bucket"], body["predicate"]))
    return 204, None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_GET(self) -> None:
        self.answer("GET")

    def do_POST(self) -> None:
        self.answer("POST")

    def do_PATCH(self) -> None:
        self.answer("PATCH")

    def answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers: dict[str, str] = {}
        try:
            status, told, headers = self.route(method, body)
        except Refused as refused:
            status, told = refused.status, {"code": refused.code, "message": refused.message}
        data = b"" if told is None else json.dumps(told).encode()
        self.send_response(status)
        for name, value in {**headers, "X-Influxdb-Version": "v2.7.12", "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def route(self, method: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        target = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        self.state.calls.append(f"{method} {target.path}")
        if target.path == "/ping":
            return 204, None, {}
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            raise Refused(401, "unauthorized", "unauthorized access")
        if target.path == "/api/v2/write":
            return self.write(query, body)
        if target.path == "/query":
            need(self.headers["Content-Type"] == "application/x-www-form-urlencoded", "form expected")
            self.state.queries.append(parse_qs(body.decode()))
            return 200, {"results": [{"statement_id": 0}]}, {}
        return (*self.resource(method, target.path, query, body), {})

    def resource(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if body:
            need(self.headers["Content-Type"] == "application/json", "application/json expected")
        sent = json.loads(body) if body else {}
        if (method, path) == ("GET", "/api/v2/orgs"):
            return 200, {"orgs": [{"id": ORG_ID, "name": ORG}] if query.get("org") == ORG else []}
        if (method, path) == ("GET", "/api/v2/buckets"):
            found = self.state.buckets.get(query["name"])
            return 200, {"buckets": [found] if found else []}
        if (method, path) == ("POST", "/api/v2/buckets"):
            return create_bucket(self.state, sent)
        if method == "PATCH" and path.startswith("/api/v2/buckets/"):
            return change_bucket(self.state, path.rpartition("/")[2], sent)
        if (method, path) == ("GET", "/api/v2/dbrps"):
            return 200, {"content": [m for m in self.state.mappings if m["database"] == query["db"]]}
        if (method, path) == ("POST", "/api/v2/dbrps"):
            return create_mapping(self.state, sent)
        if (method, path) == ("POST", "/api/v2/delete"):
            return delete(self.state, query, sent)
        raise Refused(404, "not found", "path not found")

    def write(self, query: dict[str, str], body: bytes) -> tuple[int, Any, dict[str, str]]:
        need(query.get("precision", "ns") in {"ns", "us", "ms", "s"}, "invalid precision")
        need(query.get("org") == ORG, "org is required")
        if query.get("bucket") not in self.state.buckets:
            raise Refused(404, "not found", f'bucket "{query.get("bucket")}" not found')
        if self.state.refuse_writes is not None:
            return self.state.refuse_writes
        self.state.written.append((query["bucket"], query["precision"], body))
        return 204, None, {}


@contextmanager
def serve() -> Iterator[State]:
    state = State()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"state": state}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()
