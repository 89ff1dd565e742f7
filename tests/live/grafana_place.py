"""A real Grafana with the gateway, influxd and the contracts' database behind it, for live checks of sync."""

import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from api.app import create_app
from api.config import Config
from api.db import Database, open_database
from api.grafana.outcome import Outcome, lines
from api.grafana.setting import create_sync
from api.grafana.sync import How, Sync
from api.identity.accounts import create_user
from api.local.child import stop_child
from api.local.datadir import DataDir
from api.local.grafana import comes_up, find_grafana, password_path, start_grafana
from api.models import Contract, ContractEvent, GrafanaOrg, User
from api.models.base import utc_now
from api.schema import upgrade
from tests.api.office import PASSWORD, reason_for

HOME = os.environ.get("KARTE_LIVE_GRAFANA_HOME", "")
MARKS = [
    pytest.mark.live,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not HOME, reason="KARTE_LIVE_GRAFANA_HOME names no Grafana"),
]
VIEWER_PASSWORD = "a viewer's own password"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who speaks to Grafana's HTTP API with a name and a password."""

    url: str
    user: str
    password: str

    def call(self, method: str, path: str, body: Any = None, org: int | None = None) -> tuple[int, Any]:
        """Return the status and the answer, as JSON where it is."""
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(None, self.url, self.user, self.password, is_authenticated=True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if org is not None:
            request.add_header("X-Grafana-Org-Id", str(org))
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, _read(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _read(error.read())

    def get(self, path: str, org: int | None = None) -> Any:
        """Return the answer to what must be allowed."""
        status, answer = self.call("GET", path, org=org)
        assert status == 200, (path, status, answer)
        return answer


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


@dataclass
class Place:
    """All of it, running."""

    config: Config
    database: Database
    admin: Caller
    log: Path
    passwords: dict[str, Caller] = field(default_factory=dict)

    def contract(self, name: str, lang: str = "ja", people: int = 1, public_id: str | None = None) -> str:
        """Make an active contract with people who may sign in, and return its public id."""
        with self.database.writing.begin() as session:
            contract = Contract(name=name, language=lang, **({"public_id": public_id} if public_id else {}))
            session.add(contract)
            session.flush()
            contract.apply(ContractEvent.ACTIVATE, utc_now())
            for number in range(people):
                create_user(session, f"{contract.public_id}-{number}@example.jp", PASSWORD, contract, lang)
            return contract.public_id

    def apply(self, contract: str, event: ContractEvent) -> None:
        """Move a contract to its next state."""
        with self.database.writing.begin() as session:
            session.query(Contract).filter_by(public_id=contract).one().apply(
                event, utc_now(), reason_for(event, "料金未払い")
            )

    def runner(self, **changes: Any) -> Sync:
        """Return a sync of this Grafana."""
        return create_sync(replace(self.config, **changes), self.database)

    def sync(self, contract: str | None = None, **how: Any) -> Outcome:
        """Run a sync that has to come through."""
        outcome = self.runner().run(How(contract=contract, **how))
        assert outcome.is_good, [line.en for line in lines(outcome)]
        return outcome

    def told(self, contract: str, **how: Any) -> list[str]:
        """Run a sync of one contract, and return what it says of the steps, without the contract's name."""
        outcome = self.sync(contract, **how)
        steps = [text.en for result in outcome.results for text in result.told]
        return steps + [text.en for text in outcome.accounts]

    def org(self, contract: str) -> int:
        """Return Grafana's number of a contract's organisation."""
        with self.database.reading() as session:
            row = session.query(GrafanaOrg).join(Contract).filter(Contract.public_id == contract).one()
            assert row.org_id is not None
            return row.org_id

    def logins(self, contract: str) -> list[str]:
        """Return the names of a contract's accounts."""
        with self.database.reading() as session:
            users = session.query(User).join(Contract).filter(Contract.public_id == contract)
            return [user.public_id for user in users.order_by(User.id)]

    def viewer(self, contract: str) -> Caller:
        """Return the first person of a contract."""
        return self.person(self.logins(contract)[0])

    def person(self, login: str) -> Caller:
        """Return a person whom Grafana knows, who gets a password for it."""
        if login not in self.passwords:
            account = self.admin.get(f"/api/users/lookup?loginOrEmail={login}")["id"]
            body = {"password": VIEWER_PASSWORD}
            assert self.admin.call("PUT", f"/api/admin/users/{account}/password", body)[0] == 200
            self.passwords[login] = Caller(self.admin.url, login, VIEWER_PASSWORD)
        return self.passwords[login]


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_args: Any) -> None:
        pass


@contextmanager
def _gateway(config: Config) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(config), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def placed(root: Path, settings: Config) -> Iterator[Place]:
    """Run a Grafana and a gateway over the engine that the settings name."""
    data = DataDir(root)
    data.create()
    config = replace(
        settings,
        database_url=data.database_url,
        secret_key="a key for tests only, long enough to sign",
        grafana_export_dir=root / "export",
        queue_path=root / "jobs.db",
        staff_totp="optional",
    )
    database = open_database(config.database_url)
    upgrade(database)
    found = find_grafana(Path(HOME))
    assert found is not None, f"{HOME} has no Grafana in bin/"
    config = replace(config, grafana_url=found.url)
    with _gateway(config) as url:
        process = start_grafana(found, data, url)
        try:
            admin = Caller(found.url, "admin", password_path(data).read_text(encoding="ascii").strip())
            assert comes_up(found.url), "Grafana did not come up"
            config = replace(
                config,
                public_url=url,
                grafana_source_url=url,
                grafana_admin_url=found.url,
                grafana_password=admin.password,
            )
            yield Place(config, database, admin, data.log / "grafana.log")
        finally:
            stop_child(process)
            database.close()
