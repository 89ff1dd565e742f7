"""A client of `/query` for tests, and the points that it finds."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.config import Config
from api.gateway.grant import ReadGrant, ReadLookup, Refusal
from api.gateway.query.endpoint import create_queries
from api.influx.engine import Engine
from api.influx.registry import create_engine

NOW_S = 1_760_000_400
"""A moment in the past, on a full hour: 2025-10-09 09:00 UTC."""

GRANTS: dict[str, ReadGrant | Refusal] = {
    "token-a": ReadGrant("r-a", "c-a"),
    "token-b": ReadGrant("r-b", "c-b"),
    "token-staff": ReadGrant("r-s", None),
    "token-suspended": Refusal(403, "contract_suspended", "契約は停止中です / the contract is suspended"),
    "token-later": Refusal(503, "unavailable", "the contracts' database does not answer"),
}


def look_up(token: str) -> ReadGrant | Refusal:
    return GRANTS.get(token, Refusal(401, "token_unknown", "the read token is not known"))


def points() -> Iterator[str]:
    """Two contracts, two machines each, ten minutes of two measurements; the second contract has a printer too."""
    for contract in ("c-a", "c-b"):
        for machine in (1, 2):
            tags = f"contract={contract},device=d-{contract}{machine},host=pc{machine}-{contract},site=s-{contract}"
            for minute in range(10):
                at = NOW_S - 600 + minute * 60
                yield f"mem,{tags} used_percent={machine * 10 + minute},total={machine}i {at}"
                yield f"disk,{tags},path=/ used_percent={minute},total={machine}i {at}"
    tags = "contract=c-b,device=d-c-b1,host=pc1-c-b,site=s-c-b"
    yield f'printer,{tags},asset=a-secret status="secret" {NOW_S - 60}'


@dataclass(frozen=True, slots=True)
class Reading:
    """Sends queries."""

    client: FlaskClient
    database: str = "karte"

    def get(self, query: str | None, token: str | None = "token-a", **parameters: str) -> TestResponse:
        sent = {"db": self.database, "epoch": "s", **({} if query is None else {"q": query}), **parameters}
        headers = {} if token is None else {"Authorization": f"Token {token}"}
        return self.client.get("/query", query_string=sent, headers=headers)

    def results(self, query: str, token: str = "token-a", **parameters: str) -> list[dict[str, Any]]:
        answer = self.get(query, token, **parameters)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: list[dict[str, Any]] = json.loads(answer.data)["results"]
        return found

    def series(self, query: str, token: str = "token-a", **parameters: str) -> list[dict[str, Any]]:
        (result,) = self.results(query, token, **parameters)
        assert "error" not in result, result["error"]
        found: list[dict[str, Any]] = result.get("series", [])
        return found

    def column(self, query: str, token: str = "token-a", **parameters: str) -> list[Any]:
        """The last column of all series."""
        return [row[-1] for series in self.series(query, token, **parameters) for row in series["values"]]

    def error(self, query: str | None, token: str | None = "token-a", **parameters: str) -> tuple[int, str]:
        answer = self.get(query, token, **parameters)
        return answer.status_code, json.loads(answer.data)["error"]


def client_for(
    config: Config,
    lookup: ReadLookup = look_up,
    clock_ns: Callable[[], int] | None = None,
    engine: Engine | None = None,
) -> Reading:
    """Return a client of an application that has nothing but `/query`."""
    app = Flask(__name__)
    options = {"clock_ns": clock_ns} if clock_ns else {}
    app.register_blueprint(create_queries(engine or create_engine(config), lookup, config, **options))
    return Reading(app.test_client())
