from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from api.models import Contract, RemovedWhy, Report
from api.models.base import utc_now
from tests.api.office import Office
from tests.api.queries import counted
from tests.api.signed_in import Api

FILES = {kind: ["0" * 64, 12] for kind in ("pdf", "html", "json")}


@pytest.fixture
def taro(app: Flask, customer: str) -> Api:
    return Api(app.test_client(), customer)


@pytest.fixture
def path(office: Office) -> str:
    return f"/contracts/{office.contract}/reports"


def add(office: Office, month: int, edition: int = 1, lang: str = "ja", **others: object) -> None:
    with office.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        number = len(session.scalars(select(Report).where(Report.contract_id == contract.id)).all()) + 1
        starts, ends = (datetime(2026, each, 1, tzinfo=UTC) for each in (month, month + 1))
        about = {"starts_at": starts, "ends_at": ends, "built_at": ends, "files": FILES, **others}
        made = Report(contract_id=contract.id, number=number, period=f"2026-{month:02}", lang=lang, edition=edition)
        for name, value in about.items():
            setattr(made, name, value)
        session.add(made)


def test_it_lists_editions_with_their_files(taro: Api, path: str, office: Office) -> None:
    add(office, 3)
    add(office, 4)
    add(office, 4, edition=2)
    rows = taro("GET", path)[1]
    assert [(row["period"], row["edition"], row["newest"]) for row in rows] == [
        ("2026-04", 2, True),
        ("2026-04", 1, False),
        ("2026-03", 1, True),
    ]
    assert rows[0]["name"]
    pdf = next(each for each in rows[1]["files"] if each["kind"] == "pdf")
    name = f"karte_{office.contract}_2026-04_ja.pdf"
    assert pdf["page"] == f"/reports/{office.contract}/{name}?edition=1"
    assert (pdf["media_type"], pdf["size"], pdf["sha256"]) == ("application/pdf", 12, "0" * 64)


def test_it_filters_and_tells_what_was_erased(taro: Api, path: str, office: Office) -> None:
    add(office, 3, removed_at=utc_now(), removed_why=RemovedWhy.ERASED)
    add(office, 4, lang="en")
    assert [row["period"] for row in taro("GET", f"{path}?lang=en")[1]] == ["2026-04"]
    (erased,) = taro("GET", f"{path}?period=2026-03")[1]
    assert (erased["files"], erased["removed_why"], erased["newest"]) == ([], "erased", False)
    assert taro("GET", f"{path}?period=%25")[1] == []
    assert taro("GET", f"{path}?lang=fr")[0] == taro("GET", f"{path}?period=%00")[0] == 422


def test_reports_of_others_are_not_there(taro: Api, path: str, other_office: Office) -> None:
    add(other_office, 3)
    assert taro("GET", path) == (200, [])
    assert taro("GET", f"/contracts/{other_office.contract}/reports")[0] == 404


def test_its_queries_do_not_grow_with_the_rows(app: Flask, taro: Api, path: str, office: Office) -> None:
    def asked() -> int:
        with counted(app) as statements:
            assert taro("GET", path)[1]
        return len(statements)

    add(office, 1)
    asked()
    few = asked()
    for month in range(2, 10):
        add(office, month)
    assert asked() == few
