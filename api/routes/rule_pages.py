"""Pages of the rules, for the staff: what is watched for, and thresholds that are tried before they are set.

They work without JavaScript: trying is a form that asks (GET, so that a trial has an address that can be passed on),
setting one that posts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.registry import Entry, entries
from alert_rules.rule import Category, Rule, seconds
from api.alerts.message import unit_of
from api.alerts.overview import Activity, activity, contract_limit, contracts_apart, own_thresholds
from api.alerts.thresholds import Author, ThresholdRefused, history, in_force, scope_of, set_threshold, subjects, undo
from api.alerts.trial import Trial
from api.db import current_database, read_session
from api.display.formats import Formats, clean
from api.display.measure import measured
from api.identity.accounts import contracts_of
from api.models import Contract, Role
from api.models.base import utc_now
from api.plaintext import InvalidText
from api.routes.access import require_sign_in, visible_contract
from api.routes.rule_result import Result
from api.routes.rule_trial import NotTried, TrialForm, run_trial
from api.routes.rules import entry_of
from api.web import limits
from api.web.errors import ApiError, status_error
from api.web.language import request_language
from api.web.signin import signed_in_user
from collectors.text import Lang, Text

blueprint = Blueprint("rule_pages", __name__)

ACTIVITY_DAYS = 30
SPANS = (7, 30, 90, 365)
"""Days that can be chosen to try a value on."""

TRY_DAYS = 90
BUDGET = 0.1
"""Findings a device and week that a proposal keeps to where nothing else is asked for."""

SHOWN_LOG = 20

_DONE = {
    "set": Text("基準値を設定しました。次の判定から使われます。", "The threshold is set, from the next evaluation on."),
    "reset": Text(
        "設定を取り除きました。次の判定から上位の値が使われます。",
        "What was set is taken back; the wider value holds from the next evaluation on.",
    ),
    "undo": Text(
        "直前の変更を取り消しました。次の判定から使われます。",
        "The newest change is undone, from the next evaluation on.",
    ),
}


@blueprint.before_request
def _only_staff() -> ResponseReturnValue | None:
    asked = require_sign_in()
    if asked is None and signed_in_user().role is not Role.STAFF:
        raise status_error(403)
    return asked


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in the list."""

    entry: Entry
    limit: str
    apart: int
    found: Activity


@blueprint.get("/rules")
def index() -> str:
    """List the rules by category, and how often each has fired."""
    session, lang = read_session(), request_language()
    contracts, contract = _contracts(session)
    thresholds = in_force(session)
    found = activity(session, utc_now() - timedelta(days=ACTIVITY_DAYS), contract)
    lines: dict[Category, list[Line]] = {category: [] for category in Category}
    for name, entry in entries().items():
        limit = contract_limit(thresholds, entry.rule, contract)
        shown = measured(limit, unit_of(entry.rule), lang) if entry.rule.parameter else ""
        apart = len(contracts_apart(thresholds, entry.rule))
        lines[entry.category].append(Line(entry, shown, apart, found.get(name, Activity())))
    return render_template(
        "rules.html",
        contracts=contracts,
        contract=contract,
        lines=lines,
        days=ACTIVITY_DAYS,
        f=Formats(lang),
        clean=clean,
    )


@blueprint.get("/rules/<rule_id>")
@limits.limiter.limit(limits.BACKTEST)
def page(rule_id: str) -> ResponseReturnValue:
    """Show a rule; with a value to try, what it would have done."""
    return _page(entry_of(rule_id), None)


@blueprint.post("/rules/<rule_id>")
def change(rule_id: str) -> ResponseReturnValue:
    """Set a threshold, take it back, or undo the newest change."""
    entry = entry_of(rule_id)
    asked, subject = request.form.get("act", ""), request.form.get("subject", "")
    try:
        with current_database().writing.begin() as session:
            contract = visible_contract(session, signed_in_user(), request.form.get("contract", ""))
            _change(session, entry.rule, contract, asked, subject)
    except (ThresholdRefused, InvalidText) as refused:
        return _page(entry, refused.text)
    return redirect(url_for("rule_pages.page", rule_id=rule_id, contract=contract.public_id, done=asked), 303)


def _change(session: Session, rule: Rule, contract: Contract, asked: str, subject: str) -> None:
    author = Author(signed_in_user().username, request.form.get("reason", ""))
    scope, now = scope_of(session, rule, contract, subject), utc_now()
    if asked == "set":
        value = _number(request.form.get("value", ""))
        if value is None:
            raise ThresholdRefused(Text("値を入力してください", "enter a value"))
        set_threshold(session, rule, scope, value, author, now)
    elif asked == "reset":
        set_threshold(session, rule, scope, None, author, now)
    elif asked == "undo":
        undo(session, rule, scope, author, now)
    else:
        raise ApiError(400, "bad_form", Text("何をするかが選ばれていません。", "Nothing was chosen."))


def _contracts(session: Session) -> tuple[Sequence[Contract], Contract | None]:
    user, asked = signed_in_user(), request.values.get("contract", "")
    contracts = session.scalars(contracts_of(user)).all()
    return contracts, visible_contract(session, user, asked) if asked else None


def _page(entry: Entry, refused: Text | None) -> ResponseReturnValue:
    session, lang, rule = read_session(), request_language(), entry.rule
    contracts, contract = _contracts(session)
    trial = None
    if contract is not None and refused is None:
        try:
            trial = _trial(rule, contract)
        except (ThresholdRefused, NotTried) as error:
            refused = error.text
    unit = unit_of(rule)
    body = render_template(
        "rule.html",
        entry=entry,
        rule=rule,
        contracts=contracts,
        contract=contract,
        subjects=subjects(session, rule, contract) if contract else {},
        own=own_thresholds(session, rule, contract) if contract else [],
        changes=history(session, rule, contract.id)[:SHOWN_LOG] if contract else [],
        apart=_named(session, contracts_apart(in_force(session), rule)),
        found=activity(session, utc_now() - timedelta(days=ACTIVITY_DAYS), contract).get(rule.id, Activity()),
        days=ACTIVITY_DAYS,
        every=_span(rule.every, lang),
        pending=_span(rule.pending, lang) if seconds(rule.pending) else "",
        spans=SPANS,
        asked={
            "value": request.values.get("value", ""),
            "subject": request.values.get("subject", ""),
            "days": _days(),
            "budget": request.values.get("budget", f"{BUDGET:g}"),
            "reason": request.form.get("reason", ""),
        },
        refused=refused.in_(lang) if refused else None,
        done=_DONE[request.args["done"]].in_(lang) if request.args.get("done") in _DONE else None,
        result=Result(trial, lang) if trial else None,
        unit=unit,
        shown=lambda value: measured(value, unit, lang),
        f=Formats(lang),
        clean=clean,
    )
    return body, 200 if refused is None else 422


def _trial(rule: Rule, contract: Contract) -> Trial | None:
    if "days" not in request.args:
        return None
    text, value = request.args.get("value", "").strip(), None
    if text:
        value = _number(text)
        if value is None:
            raise ThresholdRefused(Text(f"{text[:20]} は数ではありません", f"{text[:20]} is no number"))
    budget = _number(request.args.get("budget", "")) if rule.parameter else None
    form = TrialForm(_days(), value, request.args.get("subject", ""), max(0.0, budget) if budget is not None else None)
    return run_trial(rule, contract, form)


def _span(duration: str, lang: Lang) -> str:
    return Formats(lang).span(timedelta(seconds=seconds(duration)))


def _days() -> int:
    asked = request.args.get("days", str(TRY_DAYS))
    return int(asked) if asked in map(str, SPANS) else TRY_DAYS


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", ""))
    except ValueError:
        return None


def _named(session: Session, public_ids: Sequence[str]) -> list[Contract]:
    asked = select(Contract).where(Contract.public_id.in_(public_ids)).order_by(Contract.id)
    return list(session.scalars(asked))
