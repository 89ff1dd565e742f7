"""The one shape of an error, wherever it comes from."""

import json
from typing import NoReturn

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from api.influx.engine import EngineUnavailable
from api.web.errors import ApiError
from api.web.gate import opened
from collectors.text import Text


def error_of(response: TestResponse) -> dict[str, object]:
    assert response.mimetype == "application/json"
    body = json.loads(response.text)
    assert set(body) == {"error"}
    error: dict[str, object] = body["error"]
    assert set(error) == {"code", "message", "details"}
    assert isinstance(error["code"], str)
    assert isinstance(error["message"], str)
    assert error["code"].isascii()
    assert isinstance(error["details"], dict)
    return error


@pytest.fixture
def failing(app: Flask) -> FlaskClient:
    """A client of an application with routes that fail in every way."""

    def raises(error: Exception) -> NoReturn:
        raise error

    failures = {
        "own": ApiError(409, "quota_exceeded", Text("満員です", "It is full"), {"quota": 10}),
        "database": OperationalError("SELECT 'a secret'", {}, Exception("a secret")),
        "engine": EngineUnavailable("no answer"),
        "unforeseen": ZeroDivisionError("a secret"),
    }
    for name, error in failures.items():
        for prefix in ("/api/v1/", "/page/"):
            app.add_url_rule(f"{prefix}{name}", f"{prefix}{name}", opened(lambda error=error: raises(error)))
    app.add_url_rule("/api/v1/abort/<int:code>", "abort", opened(lambda code: abort(code)))
    app.testing = False  # else Flask hands what is unforeseen to the test instead of the handler
    return app.test_client()


def test_an_error_of_ours_is_told_as_it_is(failing: FlaskClient) -> None:
    response = failing.get("/api/v1/own", headers={"Accept-Language": "en"})
    assert response.status_code == 409
    assert error_of(response) == {"code": "quota_exceeded", "message": "It is full", "details": {"quota": 10}}


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 406, 408, 409, 410, 413, 415, 418, 422, 429, 500, 501, 503]
)
def test_every_status_has_the_shape(failing: FlaskClient, status: int) -> None:
    response = failing.get(f"/api/v1/abort/{status}")
    assert response.status_code == status
    error_of(response)


def test_what_is_unforeseen_is_logged_and_not_told(failing: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    response = failing.get("/api/v1/unforeseen")
    assert response.status_code == 500
    assert error_of(response)["code"] == "internal_error"
    assert "secret" not in response.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("what", ["database", "engine"])
def test_an_outage_is_503_with_a_time_to_wait(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    response = failing.get(f"/api/v1/{what}")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert error_of(response)["code"] == "unavailable"
    assert "secret" not in response.text + caplog.text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/enroll", "/api/nothing"])
def test_a_program_gets_json_whatever_it_accepts(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code in {404, 405}
    error_of(response)


def test_405_names_the_methods_that_are_possible(client: FlaskClient) -> None:
    response = client.get("/api/v1/enroll")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_a_person_gets_a_page_without_a_traceback(failing: FlaskClient) -> None:
    for path, status in (("/nothing", 404), ("/page/unforeseen", 500), ("/page/database", 503)):
        response = failing.get(path)
        assert (response.status_code, response.mimetype) == (status, "text/html")
        assert "Traceback" not in response.text
        assert "secret" not in response.text
        assert f"エラー {status}" in response.text


@pytest.mark.parametrize(
    ("headers", "query", "message"),
    [
        ({}, "", "見つかりません。"),
        ({"Accept-Language": "ja"}, "", "見つかりません。"),
        ({"Accept-Language": "en-GB,en;q=0.9"}, "", "There is nothing here."),
        ({"Accept-Language": "fr"}, "", "見つかりません。"),
        ({"Accept-Language": "ja"}, "?lang=en", "There is nothing here."),
        ({"Accept-Language": "en"}, "?lang=ja", "見つかりません。"),
        ({"Accept-Language": "en"}, "?lang=xx", "There is nothing here."),
    ],
)
def test_the_message_is_in_the_readers_language(
    client: FlaskClient, headers: dict[str, str], query: str, message: str
) -> None:
    assert error_of(client.get(f"/api/v1/nothing{query}", headers=headers))["message"] == message
