from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient


def operations(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield path and method of every operation under /api/v1."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.rule != "/api/v1/openapi.json":
            path = rule.rule.replace("<", "{").replace(">", "}")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield path, method.lower()


def test_every_operation_is_documented_with_its_answers(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    found = list(operations(app))
    assert ("/api/v1/enroll", "post") in found
    for path, method in found:
        operation = document["paths"][path][method]
        assert operation["summary"]
        assert operation["responses"]


def test_errors_are_documented_in_the_shape_that_is_sent(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    schemas = document["components"]["schemas"]
    assert set(schemas["Error"]["properties"]) == {"error"}
    assert set(schemas["ErrorBody"]["properties"]) == {"code", "message", "details"}
    answers = document["paths"]["/api/v1/enroll"]["post"]["responses"]
    assert {"200", "201", "400", "401", "403", "409", "413", "422", "429"} <= set(answers)
    for status, answer in answers.items():
        if status.isdecimal() and int(status) >= 400:
            schema = answer["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}, status
