"""One contract: what happened to it, and every step that staff may order. Orders are those of the API."""

from typing import Any

import marshmallow as ma
from flask.typing import ResponseReturnValue

from api.contracts import changes, quota
from api.contracts import transfer as transfers
from api.contracts.changes import Order
from api.models import Contract, ContractEvent, Notice, OptionKind, Reason, ReasonCode
from api.models.contract import REASONS_OF
from api.models.contract_option import OPTION_WORDS
from api.portal.forms import FormSchema, choice, day
from api.portal.room import staff_room
from api.portal.staff.contract_page import ordered, shown
from api.portal.transfers import transfer_of
from api.web.errors import status_error
from collectors.text import Text

blueprint = staff_room("contract", __name__)


class _Suspension(FormSchema):
    reason = ma.fields.String(
        required=True, validate=ma.validate.OneOf([code.value for code in REASONS_OF[ContractEvent.SUSPEND]])
    )
    note = ma.fields.String(load_default="")


class _Termination(FormSchema):
    reason = ma.fields.String(
        required=True, validate=ma.validate.OneOf([code.value for code in REASONS_OF[ContractEvent.TERMINATE]])
    )
    note = ma.fields.String(load_default="")


class _Breach(FormSchema):
    what = ma.fields.String(required=True)
    cure_until = day(required=True)


class _Option(FormSchema):
    kind = choice(OptionKind, required=True)
    amount = ma.fields.Integer(load_default=1)
    starts_on = day(required=True)
    ends_on = day(load_default=None)


class _OptionEnd(FormSchema):
    ends_on = day(required=True)


class _Decision(FormSchema):
    accepted = ma.fields.String(required=True, validate=ma.validate.OneOf(["yes", "no"]))
    decision = ma.fields.String(load_default="")


class _End(FormSchema):
    function = ma.fields.String(load_default=None)
    ends_on = day(required=True)


@blueprint.get("/contracts/<contract_id>")
def page(contract_id: str) -> str:
    """Show a contract."""
    return shown(contract_id)


@blueprint.post("/contracts/<contract_id>/activate")
def activate(contract_id: str) -> ResponseReturnValue:
    """Begin a contract; its terms must have been accepted."""

    def do(order: Order, contract: Contract, _sent: dict[str, Any]) -> Text:
        changes.activate(order, contract)
        return Text(
            "契約を開始しました。次に、インストールIDを発行して機器を登録します。",
            "The contract has begun. Next, issue an install ID and enrol devices.",
        )

    return ordered(contract_id, "activate", FormSchema, do)


@blueprint.post("/contracts/<contract_id>/suspend")
def suspend(contract_id: str) -> ResponseReturnValue:
    """Suspend a contract at once, for a reason of the terms."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        made = changes.suspend(order, contract, Reason(ReasonCode(sent["reason"]), sent["note"]))
        return _told(Text("契約を停止しました。", "The contract is suspended."), made)

    return ordered(contract_id, "suspend", _Suspension, do)


@blueprint.post("/contracts/<contract_id>/resume")
def resume(contract_id: str) -> ResponseReturnValue:
    """Let a suspended contract go on."""

    def do(order: Order, contract: Contract, _sent: dict[str, Any]) -> Text:
        made = changes.resume(order, contract)
        return _told(
            Text(
                "契約を再開しました。機器が保管していたデータが届きます。", "The contract resumes; kept data arrives."
            ),
            made,
        )

    return ordered(contract_id, "resume", FormSchema, do)


@blueprint.post("/contracts/<contract_id>/breach")
def breach(contract_id: str) -> ResponseReturnValue:
    """Tell the customer of a breach of the terms."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        made = changes.notify_breach(order, contract, sent["what"], sent["cure_until"])
        return _told(Text("違反の是正を求めました。", "The customer is told to cure the breach."), made)

    return ordered(contract_id, "breach", _Breach, do)


@blueprint.post("/contracts/<contract_id>/cure")
def cure(contract_id: str) -> ResponseReturnValue:
    """Note the open breach as cured."""

    def do(order: Order, contract: Contract, _sent: dict[str, Any]) -> Text:
        return _told(Text("違反の是正を確認しました。", "The breach is noted as cured."), changes.cure(order, contract))

    return ordered(contract_id, "cure", FormSchema, do)


@blueprint.post("/contracts/<contract_id>/terminate")
def terminate(contract_id: str) -> ResponseReturnValue:
    """Order the end of a contract: it ends when its notice is dispatched."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        made = changes.order_termination(order, contract, Reason(ReasonCode(sent["reason"]), sent["note"]))
        if made is None:
            return Text("準備中の契約を終了しました。", "The draft has ended.")
        return Text(
            f"契約の終了を手配しました。通知 {made.public_id} を発信した時点で終了します。",
            f"The end is ordered: the contract ends when notice {made.public_id} is dispatched.",
        )

    return ordered(contract_id, "terminate", _Termination, do)


@blueprint.post("/contracts/<contract_id>/end-of")
def announce(contract_id: str) -> ResponseReturnValue:
    """Tell the customer that a function or the whole service ends."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        if sent["function"] is None:
            made = changes.end_service(order, contract, sent["ends_on"])
        else:
            made = changes.end_function(order, contract, sent["function"], sent["ends_on"])
        return _told(Text("提供の終了を知らせます。", "The customer is told of the end."), made)

    return ordered(contract_id, "announce", _End, do)


@blueprint.post("/contracts/<contract_id>/options")
def add_option(contract_id: str) -> ResponseReturnValue:
    """Add an option from a day to a day."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        kind = OptionKind(sent["kind"])
        made = quota.add_option(order, contract, kind, sent["amount"], sent["starts_on"], sent["ends_on"])
        words = OPTION_WORDS[kind]
        return Text(
            f"オプション「{words.ja}」を {made.starts_on} から追加しました。",
            f"The option '{words.en}' is added from {made.starts_on} on.",
        )

    return ordered(contract_id, "option", _Option, do)


@blueprint.post("/contracts/<contract_id>/options/<option_id>/end")
def end_option(contract_id: str, option_id: str) -> ResponseReturnValue:
    """Let an option end with a day."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        option = next((each for each in contract.options if each.public_id == option_id), None)
        if option is None:
            raise status_error(404)
        quota.end_option(order, contract, option, sent["ends_on"])
        return Text(
            f"オプションは {option.ends_on} までになりました。台数を超える場合はお客様に通知します。",
            f"The option ends with {option.ends_on}. A customer with too many devices is told.",
        )

    return ordered(contract_id, f"option-{option_id}", _OptionEnd, do)


@blueprint.post("/contracts/<contract_id>/transfers/<transfer_id>")
def decide(contract_id: str, transfer_id: str) -> ResponseReturnValue:
    """Decide on an application to take the contract over."""

    def do(order: Order, contract: Contract, sent: dict[str, Any]) -> Text:
        found = transfer_of(order.session, contract, transfer_id)
        is_accepted = sent["accepted"] == "yes"
        made = transfers.decide(order, contract, found, accepted=is_accepted, decision=sent["decision"])
        done = (
            Text("承継を承認しました。", "The transfer is accepted.")
            if is_accepted
            else Text("承継を却下しました。", "The transfer is refused.")
        )
        return _told(done, made)

    return ordered(contract_id, f"transfer-{transfer_id}", _Decision, do)


def _told(done: Text, notice: Notice) -> Text:
    return Text(
        f"{done.ja}お客様への通知 {notice.public_id} を作成し、メールで発信します。",
        f"{done.en} Notice {notice.public_id} to the customer is made and goes out by mail.",
    )
