from flask import Flask


def test_an_operation_that_says_nothing_is_refused(app: Flask) -> None:
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "open")
    assert app.test_client().get("/api/v1/forgotten").status_code == 403


def test_a_path_that_is_no_text_finds_nothing(app: Flask) -> None:
    client = app.test_client()
    for path in ("/api/v1/contracts/c-%00", "/portal/c-%00", "/reports/%00/"):
        assert client.get(path).status_code == 404
