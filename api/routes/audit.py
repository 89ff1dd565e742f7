# flask-smorest has no type information.
# mypy: disable-error-code="untyped-decorator"
"""`/api/v1/audit`: what was done, by whom. For the staff; entries are only read."""

from functools import partial
from typing import Any

import marshmallow as ma
from sqlalchemy import func, select

from api.audit.actor import ActorKind
from api.audit.search import Wanted, newest_first
from api.db import read_session
from api.models import AuditEntry
from api.models.audit_entry import ACTION_LENGTH, NAME_LENGTH
from api.routes.operation import documented
from api.web.gate import Scope, needs
from api.web.paging import Listed, SqlPage
from api.web.resource import resource

MOST_COUNTED = 10_000
"""So many entries are counted and paged through; `until` leads to older ones."""

blueprint = resource("audit", __name__, "What was done, by whom", url_prefix="/api/v1/audit")


class _AuditPage(SqlPage):
    """A page of a log that only grows: it is not counted to its end."""

    @property
    def item_count(self) -> int:
        """How many entries there are, `MOST_COUNTED` at most."""
        found = self.collection.query.with_only_columns(AuditEntry.id).order_by(None).limit(MOST_COUNTED).subquery()
        return self.collection.session.scalar(select(func.count()).select_from(found)) or 0


class AuditQuery(ma.Schema):
    """Which entries are looked for."""

    contract = ma.fields.String(
        load_default="", validate=ma.validate.Length(max=16), metadata={"example": "c-7k2m9x4tqa"}
    )
    actor = ma.fields.String(
        load_default="",
        validate=ma.validate.Length(max=NAME_LENGTH),
        metadata={"description": "public id or name of who did it", "example": "u-3nq8w2rvbe"},
    )
    action = ma.fields.String(
        load_default="",
        validate=ma.validate.Length(max=ACTION_LENGTH),
        metadata={
            "description": "`contract.suspend`, or `contract` for all that begins with `contract.`",
            "example": "contract",
        },
    )
    since = ma.fields.AwareDateTime(
        load_default=None, metadata={"description": "from this moment on", "example": "2026-04-01T00:00:00+09:00"}
    )
    until = ma.fields.AwareDateTime(
        load_default=None, metadata={"description": "before this moment", "example": "2026-05-01T00:00:00+09:00"}
    )


class AuditAnswer(ma.Schema):
    """An entry. `hash` is made of all others and of the hash of the entry before."""

    id = ma.fields.Integer(required=True, metadata={"example": 4711})
    at = ma.fields.AwareDateTime(required=True, metadata={"example": "2026-04-01T09:30:00+00:00"})
    actor_kind = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf([each.value for each in ActorKind]),
        metadata={"description": "`operator` runs commands on the server", "example": "staff"},
    )
    actor_id = ma.fields.String(
        required=True, metadata={"description": "public id of the person, if any", "example": "u-3nq8w2rvbe"}
    )
    actor_name = ma.fields.String(required=True, metadata={"example": "tanaka"})
    action = ma.fields.String(required=True, metadata={"example": "contract.suspend"})
    contract = ma.fields.String(
        required=True, metadata={"description": "empty if none or many", "example": "c-7k2m9x4tqa"}
    )
    target = ma.fields.String(
        required=True, metadata={"description": "what was acted upon, if not the contract", "example": ""}
    )
    details = ma.fields.Dict(required=True, metadata={"example": {"reason": "unpaid_fees"}})
    hash = ma.fields.String(required=True, metadata={"description": "SHA-256", "example": "9f86d081884c7d65" * 4})


_documented = partial(documented, blueprint)


@blueprint.get("")
@needs(Scope.AUDIT_READ)
@blueprint.arguments(AuditQuery, location="query", error_status_code=422)
@blueprint.response(200, AuditAnswer(many=True))
@blueprint.paginate(_AuditPage)
@_documented({422: "invalid_request"})
def list_(asked: dict[str, Any]) -> Any:
    """List the entries of the audit log, the newest first.

    Pages lead to the newest 10,000 that fit; `until` leads further back.
    """
    return Listed.of(read_session(), newest_first(Wanted(**asked)), _answer)


def _answer(entry: AuditEntry) -> AuditEntry:
    return entry
