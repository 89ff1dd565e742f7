import re
from dataclasses import replace

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from api.app import create_app
from api.config import Config

PATHS = ["/login", "/nothing", "/api/v1/openapi.json", "/healthz", "/query", "/write", "/static/karte.css"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_guarded(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/login", "/nothing"])
def test_pages_obey_the_policy(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) == ["/static/karte.css"]


def test_nothing_but_static_files_is_kept_by_caches(client: FlaskClient) -> None:
    for path in PATHS[:-1]:
        assert client.get(path).headers["Cache-Control"] == "no-store"
    with client.get("/static/karte.css") as style:
        assert style.headers.get("Cache-Control") != "no-store"


def test_a_route_may_set_its_own_policy(app: Flask) -> None:
    own = "default-src 'none'; style-src 'unsafe-inline'"
    app.add_url_rule("/report", "report", lambda: Response("x", headers={"Content-Security-Policy": own}))
    assert app.test_client().get("/report").headers["Content-Security-Policy"] == own


def test_https_only_is_told_to_browsers_where_it_holds(config: Config, client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/login").headers
    over_https = create_app(replace(config, secure_cookies=True)).test_client()
    answer = over_https.get("/login", base_url="https://localhost")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert "; Secure" in answer.headers["Set-Cookie"]
