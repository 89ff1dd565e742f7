"""The page behind a link in a message: somebody says that they look after a finding, or want a rest from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.registry import entries
from api.alerts.listing import about, headline, sentence
from api.config import Config
from api.db import current_database, read_session
from api.display.formats import Formats
from api.models import Channel, Contract, ContractState, Finding
from api.models.base import utc_now
from api.relay.links import FINDING_LINKS
from api.relay.marks import MarkRefused, snooze, take_up
from api.web import limits
from api.web.errors import ApiError, status_error
from api.web.language import request_language
from collectors.text import Text

blueprint = Blueprint("act", __name__)

RESTS = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}
"""What can be chosen, by the form's value."""

_REST_WORDS = {
    "1h": Text("1時間", "1 hour"),
    "1d": Text("1日", "1 day"),
    "7d": Text("7日", "7 days"),
}


@dataclass(frozen=True, slots=True)
class _Named:
    finding: Finding
    channel: Channel


@blueprint.get("/act/<signed>")
def page(signed: str) -> str:
    """Show what the finding is and what can be said; changes nothing."""
    return _page(_named(read_session(), signed), None)


@blueprint.post("/act/<signed>")
@limits.limiter.limit("30 per minute")
def act(signed: str) -> str:
    """Note what was said, and tell so."""
    now = utc_now()
    with current_database().writing.begin() as session:
        named = _named(session, signed)
        try:
            told = _noted(session, named, request.form.get("act", ""), now)
        except MarkRefused as refused:
            told = refused.text
    return _page(named, told)


def _noted(session: Session, named: _Named, asked: str, now: datetime) -> Text:
    # The link names nobody; the channel that it was sent to is all that is known.
    who = f"link: {named.channel.name}"
    if asked == "take_up":
        if take_up(named.finding, who, now):
            return Text(
                "対応中として記録しました。催促のお知らせは止まります。", "Noted. There will be no more reminders."
            )
        return Text("すでに対応中として記録されています。", "Somebody looks after this already.")
    if asked in RESTS:
        until = snooze(session, named.finding, RESTS[asked], who, now)
        shown = Formats("ja").time(until), Formats("en").time(until)
        return Text(f"{shown[0]} までお知らせを止めます。", f"No messages about this until {shown[1]}.")
    raise ApiError(400, "bad_form", Text("何をするかが選ばれていません。", "Nothing was chosen."))


def _named(session: Session, signed: str) -> _Named:
    config: Config = current_app.extensions["karte_config"]
    linked = FINDING_LINKS.read(config.secret_key, signed)
    if linked is None:
        raise ApiError(
            404,
            "link_expired",
            Text(
                "このリンクは使えません。期限（31日）が切れています。",
                "This link does not work any more: it holds for 31 days.",
            ),
        )
    asked = (
        select(Finding, Channel)
        .join(Contract, Contract.id == Finding.contract_id)
        .join(Channel, Channel.contract_id == Contract.id)
        .where(
            Finding.public_id == linked.subject,
            Channel.public_id == linked.channel,
            # A link ends with what it was sent to: a channel that was taken away, a contract that does not run.
            Channel.enabled.is_(True),
            Contract.state == ContractState.ACTIVE,
        )
    )
    row = session.execute(asked).first()
    if row is None:
        raise status_error(404)
    return _Named(*row)


def _page(named: _Named, told: Text | None) -> str:
    lang, finding = request_language(), named.finding
    entry = entries().get(finding.rule)
    return render_template(
        "act.html",
        finding=finding,
        headline=headline(entry, finding, lang),
        severity=entry.rule.severity.text.in_(lang) if entry else "",
        sentence=sentence(entry, finding, lang),
        advice=entry.rule.advice_id if entry else None,
        subject=about(entry, finding),
        rests={value: words.in_(lang) for value, words in _REST_WORDS.items()},
        told=told.in_(lang) if told else None,
        f=Formats(lang),
    )
