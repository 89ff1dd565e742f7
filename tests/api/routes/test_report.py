"""Downloads: to staff and the contract's own users, and of nothing but finished reports."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.config import Config
from tests.api.office import Office
from tests.api.routes.test_status import sign_in


@pytest.fixture
def report(config: Config, office: Office) -> str:
    """The URL of a finished report of `office`, without its ending."""
    directory = config.report_dir / office.contract
    directory.mkdir(parents=True)
    name = f"karte_{office.contract}_2026-10_ja"
    for kind in ("pdf", "html", "json"):
        (directory / f"{name}.{kind}").write_text(f"<p>{kind}", encoding="utf-8")
    (config.report_dir / "secret.pdf").write_text("secret", encoding="utf-8")
    return f"/reports/{office.contract}/{name}"


@pytest.mark.parametrize(
    ("kind", "mimetype"), [("pdf", "application/pdf"), ("html", "text/html"), ("json", "application/json")]
)
def test_the_contracts_own_user_may_download(
    client: FlaskClient, customer: str, report: str, kind: str, mimetype: str
) -> None:
    sign_in(client, customer)

    answer = client.get(f"{report}.{kind}", buffered=True)

    assert (answer.status_code, answer.mimetype, answer.text) == (200, mimetype, f"<p>{kind}")
    assert answer.headers["Cache-Control"].startswith("no-")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_report_page_can_run_and_reach_nothing(client: FlaskClient, staff: str, report: str) -> None:
    sign_in(client, staff)

    policy = client.get(f"{report}.html", buffered=True).headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_nobody_else_may(client: FlaskClient, report: str) -> None:
    assert client.get(f"{report}.pdf").status_code == 302


def test_another_customer_is_told_nothing(
    client: FlaskClient, customer: str, other_office: Office, config: Config
) -> None:
    directory = config.report_dir / other_office.contract
    directory.mkdir(parents=True)
    name = f"karte_{other_office.contract}_2026-10_ja"
    for kind in ("pdf", "html", "json"):
        (directory / f"{name}.{kind}").write_text("foreign", encoding="utf-8")
    sign_in(client, customer)

    foreign = client.get(f"/reports/{other_office.contract}/{name}.pdf")
    absent = client.get(f"/reports/c-0000000000/{name}.pdf")

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.text == absent.text


@pytest.mark.parametrize(
    "path",
    [
        "../secret.pdf",
        "..%2fsecret.pdf",
        "%2e%2e/secret.pdf",
        "..%5csecret.pdf",
        "secret.pdf",
        ".lock",
        "%00",
        "karte_x_2026-10_ja.pdf",
    ],
)
def test_no_path_leads_elsewhere(client: FlaskClient, staff: str, office: Office, report: str, path: str) -> None:
    sign_in(client, staff)

    answer = client.get(f"/reports/{office.contract}/{path}")

    assert answer.status_code == 404
    assert "secret" not in answer.text.replace(path, "")


def test_a_report_without_its_inputs_is_not_there(
    client: FlaskClient, staff: str, office: Office, report: str, config: Config
) -> None:
    next(Path(config.report_dir / office.contract).glob("*.json")).unlink()
    sign_in(client, staff)

    assert client.get(f"{report}.pdf").status_code == 404
