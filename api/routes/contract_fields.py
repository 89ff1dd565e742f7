"""How contracts, options and notices are told by the API: schemas, and the answers that fit them."""

from typing import Any

import marshmallow as ma
from sqlalchemy.orm import Session

from api.channels.kinds.mail import ADDRESS
from api.contracts.changes import pending_end
from api.contracts.guards import open_breach
from api.contracts.quota import Usage, usage
from api.models import Contract, ContractOption, ContractState, Notice, NoticeState, OptionKind, Site
from api.models.base import service_day, utc_now
from api.models.contract import CONTACT_LENGTH
from api.models.prefecture import PREFECTURES
from api.web.language import request_language
from collectors.text import Text

CONTRACT_ID = "c-7k2m9x4tqa"
# Python's `$` also matches before a line feed at the end, which must not come into a mail's header.
CONTACT = (ma.validate.Length(max=CONTACT_LENGTH), ma.validate.Regexp(rf"(?:{ADDRESS}|^)\Z"))
"""Where formal notices go, or nowhere."""
_LANGUAGE = ma.validate.OneOf(["ja", "en"])


class Words(ma.Schema):
    """A code, and its words in the language of the request."""

    code = ma.fields.String(required=True, metadata={"example": "unpaid_fees"})
    text = ma.fields.String(required=True, metadata={"example": "料金の未払い"})


class SiteAnswer(ma.Schema):
    """A place of a customer."""

    id = ma.fields.String(required=True, metadata={"example": "s-7k2m9x4tqa"})
    name = ma.fields.String(required=True, metadata={"example": "本社"})
    prefecture = ma.fields.String(required=True, metadata={"description": "JIS X 0401", "example": "13"})
    prefecture_name = ma.fields.String(required=True, metadata={"example": "東京都"})
    address = ma.fields.String(required=True, metadata={"example": "千代田区丸の内1-1-1"})


class SiteRequest(ma.Schema):
    """A new place; the service area is Japan."""

    name = ma.fields.String(required=True, metadata={"example": "大阪支店"})
    prefecture = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(sorted(PREFECTURES)),
        metadata={"description": "JIS X 0401, 01 to 47", "example": "27"},
    )
    address = ma.fields.String(load_default="", metadata={"example": "大阪市北区梅田1-1-1"})


class ShrinkingAnswer(ma.Schema):
    """A day from which on fewer target devices are covered."""

    on = ma.fields.Date(required=True)
    quota = ma.fields.Integer(required=True)
    exceeded_by = ma.fields.Integer(required=True, metadata={"description": "devices that will have no place"})


class UsageAnswer(ma.Schema):
    """What is in use, today in Japan."""

    quota = ma.fields.Integer(required=True, metadata={"description": "target devices covered", "example": 12})
    in_use = ma.fields.Integer(required=True, metadata={"example": 11})
    headroom = ma.fields.Integer(required=True, metadata={"example": 1})
    stopped = ma.fields.Integer(required=True, metadata={"description": "devices without a place", "example": 0})
    probes_a_site = ma.fields.Integer(required=True, metadata={"example": 1})
    shrinking = ma.fields.Nested(ShrinkingAnswer, required=True, allow_none=True)


class OptionAnswer(ma.Schema):
    """What a contract has beyond the basic service."""

    id = ma.fields.String(required=True, metadata={"example": "o-7k2m9x4tqa"})
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in OptionKind]))
    amount = ma.fields.Integer(required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True, allow_none=True)
    in_force = ma.fields.Boolean(required=True)


class ContractLine(ma.Schema):
    """A contract in a list."""

    id = ma.fields.String(required=True, metadata={"example": CONTRACT_ID})
    name = ma.fields.String(required=True, metadata={"example": "山田商事株式会社"})
    state = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in ContractState]))
    reason = ma.fields.Nested(Words, required=True, allow_none=True)
    language = ma.fields.String(required=True, validate=_LANGUAGE)
    created_at = ma.fields.AwareDateTime(required=True)
    state_changed_at = ma.fields.AwareDateTime(required=True)
    ends_on = ma.fields.Date(required=True, allow_none=True, metadata={"description": "last day of its term"})


class BreachAnswer(ma.Schema):
    """A breach of the terms that is to be cured."""

    what = ma.fields.String(required=True)
    cure_until = ma.fields.Date(required=True)


class ContractAnswer(ContractLine):
    """A contract."""

    contact = ma.fields.String(required=True, metadata={"description": "mail address for formal notices"})
    sites = ma.fields.List(ma.fields.Nested(SiteAnswer), required=True)
    options = ma.fields.List(ma.fields.Nested(OptionAnswer), required=True)
    usage = ma.fields.Nested(UsageAnswer, required=True)
    breach = ma.fields.Nested(BreachAnswer, required=True, allow_none=True)
    end_ordered = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "the notice whose dispatch ends the contract"}
    )


class StepAnswer(ma.Schema):
    """Something that happened to a contract."""

    at = ma.fields.AwareDateTime(required=True)
    event = ma.fields.String(required=True, metadata={"example": "suspend"})
    before = ma.fields.String(required=True)
    after = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    note = ma.fields.String(required=True)
    who = ma.fields.String(required=True)


class NoticeAnswer(ma.Schema):
    """A formal message."""

    id = ma.fields.String(required=True, metadata={"example": "n-7k2m9x4tqa"})
    kind = ma.fields.String(required=True, metadata={"example": "suspension"})
    subject = ma.fields.String(required=True)
    body = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf([each.value for each in NoticeState]))
    made_at = ma.fields.AwareDateTime(required=True)
    effective_on = ma.fields.Date(required=True, allow_none=True)
    dispatched_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    dispatched_by = ma.fields.String(required=True, allow_none=True)
    dispatch_note = ma.fields.String(required=True)
    acknowledged_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    acknowledged_by = ma.fields.String(required=True, metadata={"description": "id of the user; empty if nobody"})


def told_contract(session: Session, contract: Contract) -> dict[str, Any]:
    """Return a contract as `ContractAnswer`."""
    today = service_day(utc_now())
    breach, ending = open_breach(session, contract), pending_end(session, contract)
    return {
        **told_line(contract),
        "contact": contract.contact,
        "sites": [told_site(site) for site in contract.sites],
        "options": [told_option(option) for option in contract.options],
        "usage": told_usage(usage(session, contract, today)),
        "breach": {"what": breach.note, "cure_until": breach.cure_until} if breach else None,
        "end_ordered": ending.public_id if ending else None,
    }


def told_line(contract: Contract) -> dict[str, Any]:
    """Return a contract as `ContractLine`."""
    reason = contract.reason_text.in_(request_language())
    return {
        "id": contract.public_id,
        "name": contract.name,
        "state": contract.state.value,
        "reason": {"code": contract.state_code or "other", "text": reason} if reason else None,
        "language": contract.language,
        "created_at": contract.created_at,
        "state_changed_at": contract.state_changed_at,
        "ends_on": contract.ends_on,
    }


def told_site(site: Site) -> dict[str, Any]:
    """Return a site as `SiteAnswer`."""
    return {
        "id": site.public_id,
        "name": site.name,
        "prefecture": site.prefecture,
        "prefecture_name": PREFECTURES[site.prefecture].in_(request_language()),
        "address": site.address,
    }


def told_option(option: ContractOption) -> dict[str, Any]:
    """Return an option as `OptionAnswer`."""
    return {
        "id": option.public_id,
        "kind": option.kind.value,
        "amount": option.amount,
        "starts_on": option.starts_on,
        "ends_on": option.ends_on,
        "in_force": option.in_force(service_day(utc_now())),
    }


def told_usage(used: Usage) -> dict[str, Any]:
    """Return what is in use as `UsageAnswer`."""
    shrinking = used.shrinking
    return {
        "quota": used.quota,
        "in_use": used.in_use,
        "headroom": used.headroom,
        "stopped": used.stopped,
        "probes_a_site": used.probes_a_site,
        "shrinking": {"on": shrinking.on, "quota": shrinking.quota, "exceeded_by": used.exceeded_by}
        if shrinking
        else None,
    }


def told_notice(notice: Notice) -> dict[str, Any]:
    """Return a notice as `NoticeAnswer`."""
    lang = request_language()
    return {
        "id": notice.public_id,
        "kind": notice.kind,
        "subject": Text(notice.subject, notice.subject_en).in_(lang),
        "body": Text(notice.body, notice.body_en).in_(lang),
        "state": notice.state.value,
        "made_at": notice.made_at,
        "effective_on": notice.effective_on,
        "dispatched_at": notice.dispatched_at,
        "dispatched_by": notice.dispatched_by.value if notice.dispatched_by else None,
        "dispatch_note": notice.dispatch_note,
        "acknowledged_at": notice.acknowledged_at,
        "acknowledged_by": notice.acknowledged_by,
    }
