from flask import Flask


def test_an_operation_that_says_nothing_is_refused(app: Flask) -> None:
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "open")
    assert app.test_client().get("/api/v1/forgotten").status_code == 403
