# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/terms`: terms of service, for anybody. Below a contract: what binds it, and that it was accepted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import marshmallow as ma
from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.audit.actor import actor_of
from api.db import current_database, read_session
from api.models import Contract, TermsAcceptance, TermsDocument, TermsKind
from api.models.acceptance import WAY_WORDS, AcceptanceWay
from api.models.base import service_day, utc_now
from api.models.terms import TERMS_WORDS, TITLE_LENGTH
from api.plaintext import InvalidText
from api.routes.access import visible_contract
from api.routes.operation import documented
from api.terms import acceptance, documents
from api.terms.documents import STANDING_WORDS, Standing
from api.terms.markdown import MAX_LENGTH, InvalidTerms
from api.terms.periods import PublicationRefused
from api.terms.publishing import BATCH, Draft, announce, publish
from api.told import worded
from api.web.errors import ApiError, status_error
from api.web.gate import Scope, current_caller, needs, opened
from api.web.idempotency import idempotent
from api.web.language import request_language
from api.web.paging import Listed, SqlPage
from api.web.resource import resource
from collectors.text import Text

blueprint = resource("terms", __name__, "Terms of service and their acceptance", url_prefix="/api/v1")

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Two texts of `MAX_LENGTH` characters, each written as \\uXXXX, have less."""

_MOST_AT_ONCE = 20
_KINDS = ma.validate.OneOf([each.value for each in TermsKind])
_documented = partial(documented, blueprint)


class TermsQuery(ma.Schema):
    """Which versions."""

    kind = ma.fields.String(validate=_KINDS)
    state = ma.fields.String(validate=ma.validate.OneOf([each.value for each in Standing]))


class TermsLine(ma.Schema):
    """A version of terms. Lists have them in the order of precedence, the newest version of each first."""

    id = ma.fields.String(required=True, metadata={"example": "t-7k2m9x4tqa"})
    kind = ma.fields.String(required=True, validate=_KINDS, metadata={"example": "common"})
    kind_text = ma.fields.String(required=True, metadata={"example": "共通規約"})
    precedence = ma.fields.Integer(required=True, metadata={"description": "1 holds before all others", "example": 4})
    version = ma.fields.Integer(required=True, metadata={"example": 2})
    title = ma.fields.String(required=True, metadata={"example": "サービス共通規約"})
    state = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in Standing]))
    state_text = ma.fields.String(required=True, metadata={"example": "適用中"})
    effective_on = ma.fields.Date(required=True, metadata={"description": "first day in Japan on which it holds"})
    announced_at = ma.fields.AwareDateTime(required=True)
    page = ma.fields.String(required=True, metadata={"example": "/terms/common/2"})


class TermsAnswer(TermsLine):
    """A version with its text."""

    body = ma.fields.String(required=True, metadata={"description": "Markdown: headings, paragraphs, lists, emphasis"})
    content_hash = ma.fields.String(
        required=True, metadata={"description": "SHA-256 of titles and texts; acceptances name it"}
    )


class AcceptanceAnswer(ma.Schema):
    """That one version was accepted."""

    id = ma.fields.String(required=True, metadata={"example": "ta-7k2m9x4tqa"})
    document = ma.fields.String(required=True, metadata={"example": "t-7k2m9x4tqa"})
    kind = ma.fields.String(required=True, validate=_KINDS)
    version = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    way = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in AcceptanceWay]))
    way_text = ma.fields.String(required=True, metadata={"example": "画面での同意"})
    accepted_by = ma.fields.String(required=True, metadata={"example": "山田 太郎"})
    user = ma.fields.String(required=True, metadata={"description": "empty on paper", "example": "u-7k2m9x4tqa"})
    recorded_by = ma.fields.String(required=True, metadata={"description": "who recorded the paper; else empty"})
    accepted_at = ma.fields.AwareDateTime(required=True)
    content_hash = ma.fields.String(required=True)


class BoundLine(TermsLine):
    """A version that concerns a contract."""

    acceptance = ma.fields.Nested(
        AcceptanceAnswer, required=True, allow_none=True, metadata={"description": "null: not accepted"}
    )


class TermsRequest(ma.Schema):
    """Terms to publish, in both languages. What was published does not change: a change is a new version."""

    kind = ma.fields.String(required=True, validate=_KINDS)
    contract = ma.fields.String(
        load_default=None, allow_none=True, metadata={"description": "of individual terms", "example": "c-7k2m9x4tqa"}
    )
    title = ma.fields.String(required=True, validate=ma.validate.Length(1, TITLE_LENGTH))
    title_en = ma.fields.String(required=True, validate=ma.validate.Length(1, TITLE_LENGTH))
    body = ma.fields.String(required=True, validate=ma.validate.Length(1, MAX_LENGTH))
    body_en = ma.fields.String(required=True, validate=ma.validate.Length(1, MAX_LENGTH))
    effective_on = ma.fields.Date(
        required=True,
        metadata={"description": "first day in Japan on which it holds; a change is announced 14 days before"},
    )


class AcceptanceRequest(ma.Schema):
    """What a user of the contract accepts."""

    documents = ma.fields.List(
        ma.fields.String(),
        required=True,
        validate=ma.validate.Length(1, _MOST_AT_ONCE),
        metadata={"example": ["t-7k2m9x4tqa"]},
    )


class PaperRequest(AcceptanceRequest):
    """What somebody accepted on paper."""

    accepted_by = ma.fields.String(
        required=True, metadata={"description": "the name on the paper", "example": "山田 太郎"}
    )


@blueprint.get("/terms")
@opened
@blueprint.arguments(TermsQuery, location="query", error_status_code=422)
@blueprint.response(200, TermsLine(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def list_(sent: dict[str, Any]) -> Listed[TermsDocument]:
    """List the terms that are the same for everybody. Nobody needs to be signed in."""
    session = read_session()
    return Listed(session, _asked(None, sent), lambda rows: _lines(session, None, rows))


@blueprint.get("/terms/<document_id>")
@opened
@blueprint.etag
@blueprint.response(200, TermsAnswer)
@_documented({})
def show(document_id: str) -> Any:
    """Show terms with their text. Nobody needs to be signed in."""
    session = read_session()
    return _whole(session, None, _found(session, None, document_id))


@blueprint.post("/terms")
@needs(Scope.TERMS_WRITE, MAX_BODY_BYTES)
@idempotent
@blueprint.arguments(TermsRequest, error_status_code=422)
@blueprint.response(201, TermsAnswer)
@_documented(
    {
        400: "invalid_request, csrf_token_missing",
        422: "invalid_request, invalid_text, or the rule that it breaks: terms_announcement (`details.earliest` is the "
        "first day that would do), terms_order, terms_in_the_past, terms_unchanged, individual_has_contract, "
        "contract_ended",
    }
)
def add(sent: dict[str, Any]) -> Any:
    """Publish a version: it can be read at once, and every contract that it binds gets a notice."""
    user, now = current_caller().user, utc_now()
    with _refusals(), current_database().writing.begin() as session:
        contract = visible_contract(session, user, sent["contract"]) if sent["contract"] else None
        draft = Draft(
            TermsKind(sent["kind"]),
            Text(sent["title"], sent["title_en"]),
            Text(sent["body"], sent["body_en"]),
            sent["effective_on"],
            contract,
        )
        made = publish(session, draft, actor_of(user), now)
        told = _whole(session, contract, made)
    # The rest, where there are many contracts, is the worker's.
    announce(current_database(), now, BATCH)
    return told


@blueprint.get("/contracts/<contract_id>/terms")
@needs(Scope.TERMS_READ)
@blueprint.arguments(TermsQuery, location="query", error_status_code=422)
@blueprint.response(200, BoundLine(many=True))
@blueprint.paginate(SqlPage)
@_documented({422: "invalid_request"})
def bound(sent: dict[str, Any], contract_id: str) -> Listed[TermsDocument]:
    """List the terms that concern a contract, its individual ones too, and whether they were accepted."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)

    def shown(rows: Sequence[TermsDocument]) -> list[dict[str, Any]]:
        known = acceptance.acceptances(session, contract, rows)
        lines = zip(rows, _lines(session, contract, rows), strict=True)
        return [
            {**line, "acceptance": _acceptance(known[each.id], each) if each.id in known else None}
            for each, line in lines
        ]

    return Listed(session, _asked(contract, sent), shown)


@blueprint.get("/contracts/<contract_id>/terms/<document_id>")
@needs(Scope.TERMS_READ)
@blueprint.etag
@blueprint.response(200, TermsAnswer)
@_documented({})
def show_bound(contract_id: str, document_id: str) -> Any:
    """Show terms that concern a contract, with their text."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    return _whole(session, contract, _found(session, contract, document_id))


@blueprint.get("/contracts/<contract_id>/acceptances")
@needs(Scope.TERMS_READ)
@blueprint.response(200, AcceptanceAnswer(many=True))
@blueprint.paginate(SqlPage)
@_documented({})
def list_acceptances(contract_id: str) -> Listed[TermsAcceptance]:
    """List what was accepted for a contract, the newest first."""
    session = read_session()
    contract = visible_contract(session, current_caller().user, contract_id)
    without_texts = joinedload(TermsAcceptance.document).load_only(
        TermsDocument.public_id,
        TermsDocument.kind,
        TermsDocument.version,
        TermsDocument.title,
        TermsDocument.title_en,
    )
    query = (
        select(TermsAcceptance)
        .where(TermsAcceptance.contract_id == contract.id)
        .options(without_texts)
        .order_by(TermsAcceptance.id.desc())
    )
    return Listed.of(session, query, lambda each: _acceptance(each, each.document))


_ACCEPTING = {
    400: "invalid_request, csrf_token_missing",
    409: "terms_replaced, contract_ended",
    422: "invalid_request, invalid_text, terms_unknown",
}


@blueprint.post("/contracts/<contract_id>/acceptances")
@needs(Scope.TERMS_ACCEPT)
@idempotent
@blueprint.arguments(AcceptanceRequest, error_status_code=422)
@blueprint.response(201, AcceptanceAnswer(many=True))
@_documented(_ACCEPTING)
def accept(sent: dict[str, Any], contract_id: str) -> Any:
    """Accept terms as a user of the contract; all or none. What was accepted before stays as it is."""
    return _accepted(contract_id, sent["documents"], acceptance.by_user(current_caller().user))


@blueprint.post("/contracts/<contract_id>/acceptances/paper")
@needs(Scope.TERMS_WRITE)
@idempotent
@blueprint.arguments(PaperRequest, error_status_code=422)
@blueprint.response(201, AcceptanceAnswer(many=True))
@_documented(_ACCEPTING)
def accept_on_paper(sent: dict[str, Any], contract_id: str) -> Any:
    """Record that somebody accepted terms on paper; all or none."""
    with _refusals():
        acceptor = acceptance.on_paper(sent["accepted_by"], actor_of(current_caller().user))
    return _accepted(contract_id, sent["documents"], acceptor)


def _accepted(contract_id: str, wanted: Sequence[str], acceptor: acceptance.Acceptor) -> list[dict[str, Any]]:
    user, now = current_caller().user, utc_now()
    with _refusals(), current_database().writing.begin() as session:
        contract = visible_contract(session, user, contract_id)
        known = documents.documents_of(session, contract, wanted)
        unknown = [each for each in wanted if each not in known]
        if unknown:
            message = Text(f"規約 {unknown[0]} はありません。", f"There are no terms {unknown[0]}.")
            raise ApiError(422, "terms_unknown", message, {"documents": unknown})
        return [
            _acceptance(acceptance.accept(session, contract, known[each], acceptor, now), known[each])
            for each in dict.fromkeys(wanted)
        ]


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except PublicationRefused as error:
        details = {"earliest": error.earliest.isoformat()} if error.earliest else {}
        raise ApiError(422, error.rule, error.text, details) from None
    except acceptance.AcceptanceRefused as error:
        raise ApiError(409, error.rule, error.text) from None
    except (InvalidTerms, InvalidText) as error:
        raise ApiError(422, "invalid_text", error.text) from None


def _asked(contract: Contract | None, sent: dict[str, Any]) -> Any:
    query = documents.listed(contract)
    if "kind" in sent:
        query = query.where(TermsDocument.kind == TermsKind(sent["kind"]))
    if "state" in sent:
        query = query.where(documents.standing(service_day(utc_now()), Standing(sent["state"])))
    return query


def _found(session: Session, contract: Contract | None, document_id: str) -> TermsDocument:
    found = documents.documents_of(session, contract, [document_id]).get(document_id)
    if found is None:
        raise status_error(404)
    return found


def _lines(session: Session, contract: Contract | None, rows: Sequence[TermsDocument]) -> list[dict[str, Any]]:
    stand = documents.standings(session, contract, rows, service_day(utc_now()))
    return [_line(each, stand[each.id], contract) for each in rows]


def _line(each: TermsDocument, standing: Standing, contract: Contract | None) -> dict[str, Any]:
    lang = request_language()
    whose = contract.public_id if contract and each.kind is TermsKind.INDIVIDUAL else None
    return {
        "id": each.public_id,
        "kind": each.kind.value,
        "kind_text": TERMS_WORDS[each.kind].in_(lang),
        "precedence": each.kind.rank + 1,
        "version": each.version,
        "title": each.name.in_(lang),
        "state": standing.value,
        "state_text": STANDING_WORDS[standing].in_(lang),
        "effective_on": each.effective_on,
        "announced_at": each.announced_at,
        "page": url_for("terms_page.page", kind=each.kind.value, version=each.version, contract=whose),
    }


def _whole(session: Session, contract: Contract | None, found: TermsDocument) -> dict[str, Any]:
    (line,) = _lines(session, contract, [found])
    body = Text(found.body, found.body_en).in_(request_language())
    return {**line, "body": body, "content_hash": found.content_hash}


def _acceptance(made: TermsAcceptance, document: TermsDocument) -> dict[str, Any]:
    lang = request_language()
    return {
        "id": made.public_id,
        "document": document.public_id,
        "kind": document.kind.value,
        "version": document.version,
        "title": document.name.in_(lang),
        "way": made.way.value,
        "way_text": worded(WAY_WORDS, made.way).in_(lang),
        "accepted_by": made.accepted_by,
        "user": made.user_id,
        "recorded_by": made.recorded_by,
        "accepted_at": made.accepted_at,
        "content_hash": made.content_hash,
    }
