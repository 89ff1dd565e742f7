"""`/query` as clients meet it: parameters, forms of answers, errors in InfluxDB's shape."""

import base64
import io
import json

import pytest

from api.config import Config
from tests.api.gateway.query.reading import NOW_S, Reading, client_for

ONE = "SELECT used_percent FROM mem WHERE \"host\" = 'pc1-c-a' LIMIT 1"


def test_it_answers_as_influxdb_does(reading: Reading) -> None:
    answer = reading.get(ONE)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.headers["X-Influxdb-Version"].startswith("karte-")
    assert answer.get_data(as_text=True) == (
        '{"results":[{"statement_id":0,"series":[{"name":"mem","columns":["time","used_percent"],'
        f'"values":[[{NOW_S - 600},10]]}}]}}]}}\n'
    )


@pytest.mark.parametrize(
    ("epoch", "time"),
    [("", "2025-10-09T08:50:00Z"), ("ns", (NOW_S - 600) * 10**9), ("ms", (NOW_S - 600) * 1000), ("h", 488888)],
)
def test_it_gives_times_in_every_epoch(reading: Reading, epoch: str, time: object) -> None:
    assert reading.series(ONE, epoch=epoch)[0]["values"] == [[time, 10]]


def test_it_takes_a_query_from_a_form_a_file_and_a_plain_body(reading: Reading) -> None:
    headers = {"Authorization": "Token token-a"}
    url = "/query?db=karte&epoch=s"
    form = reading.client.post(url, data={"q": ONE}, headers=headers)
    file = reading.client.post(url, data={"q": (io.BytesIO(ONE.encode()), "q.txt")}, headers=headers)
    plain = reading.client.post(url, data=ONE, content_type="application/vnd.influxql", headers=headers)
    assert form.data == file.data == plain.data == reading.get(ONE).data


def test_it_takes_the_token_in_every_way_of_influxdbs_clients(reading: Reading) -> None:
    basic = base64.b64encode(b"anything:token-a").decode()
    ways = [
        reading.client.get("/query", query_string={"db": "karte", "q": ONE}, headers={"Authorization": way})
        for way in ("Token token-a", "Bearer token-a", f"Basic {basic}")
    ]
    ways.append(reading.client.get("/query", query_string={"db": "karte", "q": ONE, "u": "x", "p": "token-a"}))
    ways.append(reading.client.post("/query", data={"db": "karte", "q": ONE, "u": "x", "p": "token-a"}))
    assert [way.status_code for way in ways] == [200] * 5


def test_it_binds_parameters(reading: Reading) -> None:
    query = "SELECT used_percent FROM $m WHERE host =~ $h AND device = $d AND time >= $t AND used_percent > $u"
    bound = {
        "m": {"identifier": "mem"},
        "h": {"regex": "^pc1"},
        "d": "d-c-a1",
        "t": (NOW_S - 120) * 10**9,
        "$u": 18.5,
    }
    assert reading.column(query, params=json.dumps(bound)) == [19]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("{", "error parsing query parameters"),
        ('{"h": null}', "'h' has a value that cannot be bound"),
        ('{"h": {"regex": "("}}', "error parsing regexp"),
        ('{"h": "a\\u0000"}', "control character"),
        ('{"h": -1}', "a whole number from 0"),
        ("{}", "missing parameter: h"),
    ],
)
def test_it_refuses_parameters_that_cannot_be_bound(reading: Reading, sent: str, told: str) -> None:
    status, message = reading.error("SELECT a FROM b WHERE c =~ $h", params=sent)
    assert status == 400
    assert told in message


def test_it_gives_csv(reading: Reading) -> None:
    query = f"{ONE}; SHOW DATABASES; {ONE}"
    answer = reading.client.get(
        "/query",
        query_string={"db": "karte", "epoch": "s", "q": query},
        headers={"Authorization": "Token token-a", "Accept": "application/csv"},
    )
    assert answer.content_type == "text/csv; charset=utf-8"
    select = f"name,tags,time,used_percent\nmem,,{NOW_S - 600},10\n"
    assert (
        answer.get_data(as_text=True) == f"{select}\nname,tags,name\ndatabases,,karte\ndatabases,,karte_1h\n\n{select}"
    )


def test_it_gives_chunks(reading: Reading) -> None:
    query = "SELECT used_percent FROM mem LIMIT 3; SHOW DATABASES; SELECT total FROM mem LIMIT 1"
    answer = reading.get(query, chunked="true", chunk_size="2")
    documents = [json.loads(line) for line in answer.data.splitlines()]
    assert [document["results"][0]["statement_id"] for document in documents] == [0, 0, 1, 2]
    assert documents[0]["results"][0]["partial"] is True


def test_it_gives_chunks_of_selects_alone_as_the_engine_does(reading: Reading) -> None:
    answer = reading.get("SELECT used_percent FROM mem LIMIT 3", chunked="true", chunk_size="2")
    assert len(answer.data.splitlines()) == 2


def test_it_gives_pretty_json(reading: Reading) -> None:
    answer = reading.get(ONE, pretty="true")
    assert answer.get_data(as_text=True).startswith('{\n    "results": [\n        {\n            "statement_id": 0,')
    assert json.loads(answer.data) == json.loads(reading.get(ONE).data)


def test_it_numbers_the_results_of_several_statements(reading: Reading) -> None:
    found = reading.results(f"{ONE}; SHOW DATABASES; {ONE}; SHOW MEASUREMENTS")
    assert [result["statement_id"] for result in found] == [0, 1, 2, 3]
    assert found[0]["series"] == found[2]["series"]


def test_it_tells_an_engines_error_where_influxdb_does(reading: Reading) -> None:
    (result,) = reading.results("SELECT nonsense(used_percent) FROM mem")
    assert result == {"statement_id": 0, "error": "undefined function nonsense()"}


def test_it_runs_nothing_after_a_show_that_failed(reading: Reading) -> None:
    first, second = reading.results("SHOW MEASUREMENTS WHERE used_percent > 5; SHOW DATABASES")
    assert "error" in first
    assert second == {"statement_id": 1, "error": "not executed"}


@pytest.mark.parametrize(
    ("query", "parameters", "status", "told"),
    [
        (None, {}, 400, 'missing required parameter "q"'),
        (" ", {}, 400, 'missing required parameter "q"'),
        ("SELECT a FROM", {}, 400, "error parsing query: found EOF"),
        ("SELECT a FRON b", {}, 400, "at line 1, char 10"),
        ("DROP DATABASE karte", {}, 400, "DROP is not allowed: queries only read at line 1, char 1"),
        (ONE, {"epoch": "weeks"}, 400, "epoch 'weeks' is not known"),
        (ONE, {"chunked": "true", "chunk_size": "-1"}, 400, "chunk_size must be"),
        (ONE, {"rp": "other"}, 400, "retention policy not found: other"),
        ("SELECT a FROM other..b", {}, 400, "database not found: other"),
        ("SELECT a FROM other.b", {}, 400, "retention policy not found: other"),
    ],
)
def test_it_says_what_is_wrong_with_a_request(
    reading: Reading, query: str | None, parameters: dict[str, str], status: int, told: str
) -> None:
    found, message = reading.error(query, **parameters)
    assert found == status
    assert told in message


def test_it_says_that_a_database_is_not_there_as_influxdb_does(reading: Reading) -> None:
    assert reading.results(ONE, db="_internal") == [{"statement_id": 0, "error": "database not found: _internal"}]
    assert reading.results("SHOW MEASUREMENTS", db="") == [{"statement_id": 0, "error": "database name required"}]


def test_it_reads_a_database_that_the_query_names(reading: Reading) -> None:
    assert reading.column("SELECT used_percent FROM karte.autogen.mem LIMIT 1", db="") == [10]
    assert reading.series("SELECT used_percent_mean FROM karte_1h..mem") == []


@pytest.mark.parametrize(
    ("token", "status", "told"),
    [
        (None, 401, "no read token"),
        ("nonsense", 401, "not known"),
        ("token-suspended", 403, "the contract is suspended"),
        ("token-later", 503, "does not answer"),
    ],
)
def test_it_says_why_a_token_opens_nothing(reading: Reading, token: str | None, status: int, told: str) -> None:
    answer = reading.get(ONE, token)
    assert answer.status_code == status
    assert told in json.loads(answer.data)["error"]
    assert answer.headers["X-Influxdb-Error"].isascii()
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_it_refuses_a_body_that_is_too_large(reading: Reading) -> None:
    answer = reading.client.post("/query", data={"q": "x" * 300_000}, headers={"Authorization": "Token token-a"})
    assert answer.status_code == 413
    assert "limit" in json.loads(answer.data)["error"]


def test_it_says_that_the_engine_is_away() -> None:
    away = client_for(Config("", "", influx_url="http://127.0.0.1:9"))
    for query in (ONE, "SHOW MEASUREMENTS", f"{ONE}; SHOW DATABASES"):
        answer = away.get(query)
        assert answer.status_code == 503
        assert json.loads(answer.data) == {"error": "the database does not answer; ask again in a moment"}
        assert answer.headers["Retry-After"] == "10"


@pytest.mark.parametrize("condition", ["{}", "{} OR used_percent < 0", "{} AND used_percent > 12", "total = 9 OR ({})"])
@pytest.mark.parametrize("tag", ["host", "device::tag", "site", "asset"])
def test_it_finds_the_same_where_a_tag_matches_everything(reading: Reading, condition: str, tag: str) -> None:
    """The gateway does not pass `/.*/` on; written as below it does, and the engine looks through all values."""
    for tail in ("", " GROUP BY host"):
        spared, looked_up = (
            reading.series(
                f"SELECT used_percent, total FROM mem WHERE {condition.format(f'{tag} =~ {everything}')}{tail}"
            )
            for everything in ("/.*/", "/(?:.*)/")
        )
        assert spared == looked_up
        assert spared
