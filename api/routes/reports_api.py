# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/contracts/{id}/reports`: which reports there are, and where their files are to be had."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import marshmallow as ma
from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.archive import index
from api.db import read_session
from api.models import Contract, RemovedWhy, Report
from api.models.report import PERIOD_LENGTH
from api.reports.period import named
from api.reports.store import MEDIA_TYPES, StoredReport
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.web.fields import plain
from api.web.gate import Scope, current_caller, needs
from api.web.language import request_language
from api.web.paging import Listed, SqlPage
from api.web.resource import resource

blueprint = resource("reports", __name__, "Monthly and weekly reports", "/api/v1/contracts")
_documented = partial(documented, blueprint)
_LANGUAGES = ma.validate.OneOf(["ja", "en"])


class ReportQuery(ma.Schema):
    """Which reports."""

    period = ma.fields.String(validate=[ma.validate.Length(1, PERIOD_LENGTH), plain], metadata={"example": "2026-03"})
    lang = ma.fields.String(validate=_LANGUAGES)


class FileAnswer(ma.Schema):
    """A file of a report."""

    kind = ma.fields.String(required=True, metadata={"example": "pdf"})
    media_type = ma.fields.String(required=True, metadata={"example": "application/pdf"})
    size = ma.fields.Integer(required=True, metadata={"description": "bytes"})
    sha256 = ma.fields.String(required=True)
    page = ma.fields.String(
        required=True,
        metadata={"description": "for people who are signed in", "example": "/reports/c-7k2m9x4tqa/…_2026-03_ja.pdf"},
    )


class ReportAnswer(ma.Schema):
    """One edition of a report."""

    id = ma.fields.String(required=True, metadata={"example": "k-7k2m9x4tqa"})
    period = ma.fields.String(required=True, metadata={"description": "YYYY-MM or YYYY-Www", "example": "2026-03"})
    name = ma.fields.String(required=True, metadata={"example": "2026年3月"})
    lang = ma.fields.String(required=True, validate=_LANGUAGES)
    edition = ma.fields.Integer(required=True)
    newest = ma.fields.Boolean(required=True, metadata={"description": "no later edition is there"})
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    built_at = ma.fields.AwareDateTime(required=True)
    files = ma.fields.List(ma.fields.Nested(FileAnswer), required=True)
    removed_at = ma.fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "its files are gone"})
    removed_why = ma.fields.String(
        required=True, allow_none=True, validate=ma.validate.OneOf([each.value for each in RemovedWhy])
    )


@blueprint.get("/<contract_id>/reports")
@needs(Scope.REPORTS_READ)
@blueprint.arguments(ReportQuery, location="query", error_status_code=422)
@blueprint.response(200, ReportAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_(sent: dict[str, Any], contract_id: str) -> Listed[Report]:
    """List the reports of a contract, earlier editions and those that were erased too; the newest period first."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    return Listed(session, _asked(contract, sent), lambda rows: _answers(session, contract, rows))


def _asked(contract: Contract, sent: dict[str, Any]) -> Select[Report]:
    asked = (
        select(Report)
        .where(Report.contract_id == contract.id)
        .order_by(Report.starts_at.desc(), Report.period.desc(), Report.lang.desc(), Report.edition.desc())
    )
    if "period" in sent:
        asked = asked.where(Report.period == sent["period"])
    return asked.where(Report.lang == sent["lang"]) if "lang" in sent else asked


def _answers(session: Session, contract: Contract, rows: Sequence[Report]) -> list[dict[str, Any]]:
    newest = {each.id for each in index.newest(session, contract.id)}
    return [_answer(contract, each, each.id in newest) for each in rows]


def _answer(contract: Contract, each: Report, is_newest: bool) -> dict[str, Any]:
    return {
        "id": each.public_id,
        "period": each.period,
        "name": named(each.period, each.ends_at).text.in_(request_language()),
        "lang": each.lang,
        "edition": each.edition,
        "newest": is_newest,
        "starts_at": each.starts_at,
        "ends_at": each.ends_at,
        "built_at": each.built_at,
        "files": [] if each.removed_at else _files(contract, each),
        "removed_at": each.removed_at,
        "removed_why": each.removed_why.value if each.removed_why else None,
    }


def _files(contract: Contract, each: Report) -> list[dict[str, Any]]:
    stored = StoredReport(contract.public_id, each.period, "en" if each.lang == "en" else "ja", Path())
    return [
        {
            "kind": kind,
            "media_type": MEDIA_TYPES.get(kind, "application/octet-stream"),
            "size": size,
            "sha256": digest,
            "page": url_for(
                "report.download", contract=contract.public_id, name=stored.name(kind), edition=each.edition
            ),
        }
        for kind, (digest, size) in each.files.items()
    ]
