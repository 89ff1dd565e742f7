"""What is answered before the web framework."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug import Request, Response

from api.gateway.front import put_before


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    app.extensions["karte_headers"] = {"X-Guard": "on", "X-Own": "default"}
    app.add_url_rule("/page", "page", lambda: "a page")

    def fails(_request: Request) -> Response:
        raise ZeroDivisionError("a secret")

    put_before(
        app,
        {
            "/own": {"GET": lambda request: Response(request.args["say"], headers={"X-Own": "mine"})},
            "/fails": {"POST": fails},
        },
    )
    return app.test_client()


def test_it_answers_its_own_paths_and_passes_on_the_others(client: FlaskClient) -> None:
    assert client.get("/own?say=hello").text == "hello"
    assert client.get("/page").text == "a page"
    assert client.get("/own/?say=hello").status_code == 404


def test_it_guards_its_answers_with_the_headers_of_all(client: FlaskClient) -> None:
    headers = client.get("/own?say=hello").headers
    assert (headers["X-Guard"], headers["X-Own"]) == ("on", "mine")


def test_it_names_the_methods_that_are_possible(client: FlaskClient) -> None:
    answer = client.delete("/own")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert answer.get_json() == {"error": "DELETE is not possible here; use GET"}


def test_it_logs_what_is_unforeseen_and_tells_none_of_it(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.post("/fails")
    assert answer.status_code == 500
    assert answer.get_json() == {"error": "the server had a problem; it is logged"}
    assert answer.headers["X-Guard"] == "on"
    assert "a secret" in caplog.text
