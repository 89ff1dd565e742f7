from flask.testing import FlaskClient

from api.audit.actor import SERVICE
from api.audit.log import record
from api.db import Database
from api.models.base import utc_now
from tests.api.signed_in import Api


def fill(database: Database) -> None:
    with database.writing.begin() as session:
        for number in range(5):
            record(session, SERVICE, "test.act", at=utc_now(), contract="c-a", target=str(number))


def test_it_gives_pages_of_the_log_the_newest_first(client: FlaskClient, staff: str, database: Database) -> None:
    api = Api(client, staff)
    fill(database)
    status, found = api("GET", "/audit?action=test&page=2&page_size=2")
    assert status == 200
    assert [each["target"] for each in found] == ["2", "1"]
    assert api("GET", "/audit?action=test.other")[1] == []
    assert len(api("GET", "/audit?contract=c-a&since=2026-01-01T00:00:00%2B09:00")[1]) == 5
    assert api("GET", "/audit?since=yesterday")[0] == 422


def test_it_is_the_staffs_only(client: FlaskClient, customer: str, database: Database) -> None:
    assert client.get("/api/v1/audit").status_code == 401
    assert Api(client, customer)("GET", "/audit")[0] == 403


def test_it_cannot_be_written(client: FlaskClient, staff: str) -> None:
    api = Api(client, staff)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert api(method, "/audit", {})[0] == 405
