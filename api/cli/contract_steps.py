"""`karte contract activate`, `suspend` and the other steps of a contract."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import select

from api.cli.lookup import contract_of
from api.cli.order import DAY, day, ordering
from api.cli.speech import WrongUse, lang_option, say
from api.cli.store import data_dir_option, next_step, reading
from api.cli.table import Row, format_option, show_rows
from api.contracts import changes
from api.models import Contract, ContractState, ContractStep, Notice, Reason, ReasonCode
from api.models.contract import REASONS_OF, STATE_WORDS, ContractEvent
from api.models.contract_reason import REASONS
from api.told import worded
from collectors.text import Text


def _reason_help(event: ContractEvent) -> str:
    listed = ", ".join(f"{code} {REASONS[code].text.ja}" for code in REASONS_OF[event])
    return f"規約に定める理由（お客様に伝わります）: {listed} / the reason of the terms; told to the customer"


_NOTE = click.option("--note", default="", help="理由の説明（お客様に伝わります） / words beside the reason")
_CONTRACT = click.argument("contract_id", metavar="CONTRACT")


@click.command()
@_CONTRACT
@lang_option
@data_dir_option
def activate(contract_id: str, directory: Path | None) -> None:
    """契約を開始し、機器の登録と送信を受け付けます / Begin a contract: its devices may enrol and send from now on."""
    with ordering(directory, contract_id) as (order, contract):
        changes.activate(order, contract)
    say(_now(contract), next_step(f"karte device issue-id {contract.public_id}", directory))


@click.command()
@_CONTRACT
@click.option(
    "--reason",
    type=click.Choice([code.value for code in REASONS_OF[ContractEvent.SUSPEND]]),
    help=_reason_help(ContractEvent.SUSPEND),
)
@_NOTE
@lang_option
@data_dir_option
def suspend(contract_id: str, reason: str | None, note: str, directory: Path | None) -> None:
    """契約を停止します。機器は測定値を手元に残します / Suspend a contract: its devices keep what they measure."""
    why = _reason(ContractEvent.SUSPEND, reason, note)
    with ordering(directory, contract_id) as (order, contract):
        notice = changes.suspend(order, contract, why)
    say(_now(contract), _told(notice), next_step(f"karte contract resume {contract.public_id}", directory))


@click.command()
@_CONTRACT
@lang_option
@data_dir_option
def resume(contract_id: str, directory: Path | None) -> None:
    """停止中の契約を再開し、残された測定値を受け取ります / Resume a contract: what its devices kept arrives."""
    with ordering(directory, contract_id) as (order, contract):
        notice = changes.resume(order, contract)
    say(_now(contract), _told(notice))


@click.command("notify-breach")
@_CONTRACT
@click.option(
    "--what", required=True, help="違反の内容（お客様に伝わります） / what the breach is; told to the customer"
)
@click.option(
    "--cure-until",
    type=DAY,
    callback=day,
    required=True,
    help="是正の期限（7日以上先の日） / last day to cure it, at least 7 days from today",
)
@lang_option
@data_dir_option
def notify_breach(contract_id: str, what: str, cure_until: date, directory: Path | None) -> None:
    """契約違反を通知し、是正の期限を定めます / Tell a customer of a breach, and by when it is to be cured."""
    with ordering(directory, contract_id) as (order, contract):
        notice = changes.notify_breach(order, contract, what, cure_until)
    say(
        Text(
            f"契約 {contract.public_id} に違反を通知します。是正の期限は {cure_until} です",
            f"contract {contract.public_id}: told of a breach, to be cured until {cure_until}",
        ),
        _told(notice),
        next_step(f"karte contract cure {contract.public_id}", directory),
    )


@click.command()
@_CONTRACT
@lang_option
@data_dir_option
def cure(contract_id: str, directory: Path | None) -> None:
    """通知した契約違反を是正済みとします / Note a breach as cured."""
    with ordering(directory, contract_id) as (order, contract):
        notice = changes.cure(order, contract)
    say(
        Text(
            f"契約 {contract.public_id} の違反は是正されました", f"contract {contract.public_id}: the breach is cured"
        ),
        _told(notice),
    )


@click.command()
@_CONTRACT
@click.option(
    "--reason",
    type=click.Choice([code.value for code in REASONS_OF[ContractEvent.TERMINATE]]),
    help=_reason_help(ContractEvent.TERMINATE),
)
@_NOTE
@lang_option
@data_dir_option
def terminate(contract_id: str, reason: str | None, note: str, directory: Path | None) -> None:
    """契約の終了を通知します。通知の発信で終了します / Order the end of a contract; its notice's dispatch ends it."""
    why = _reason(ContractEvent.TERMINATE, reason, note)
    with ordering(directory, contract_id) as (order, contract):
        notice = changes.order_termination(order, contract, why)
    if notice is None:
        say(_now(contract))
        return
    say(
        Text(
            f"契約 {contract.public_id} は、通知 {notice.public_id} の発信をもって終了します",
            f"contract {contract.public_id} ends when notice {notice.public_id} is dispatched",
        ),
        _told(notice),
    )


@click.command()
@_CONTRACT
@format_option
@lang_option
@data_dir_option
def steps(contract_id: str, form: str, directory: Path | None) -> None:
    """契約の履歴 / What happened to a contract."""
    with reading(directory) as session:
        found = contract_of(session, contract_id)
        asked = select(ContractStep).where(ContractStep.contract_id == found.id).order_by(ContractStep.id)
        rows = [_row(step) for step in session.scalars(asked)]
    show_rows(rows, form, Text("履歴はまだありません", "nothing happened yet"))


COMMANDS = (activate, suspend, resume, notify_breach, cure, terminate, steps)


def _reason(event: ContractEvent, code: str | None, note: str) -> Reason:
    if code is None:
        ja = "、".join(f"{each} {REASONS[each].text.ja}" for each in REASONS_OF[event])
        en = ", ".join(f"{each} ({REASONS[each].text.en})" for each in REASONS_OF[event])
        raise WrongUse(Text(f"--reason に規約の理由が必要です: {ja}", f"--reason needs a reason of the terms: {en}"))
    return Reason(ReasonCode(code), note)


def _row(step: ContractStep) -> Row:
    return {
        "at": step.at,
        "event": step.event,
        "stood": step.before,
        "stands": step.after,
        "reason_code": step.reason,
        "note": step.note,
        "who": step.who,
    }


def _now(contract: Contract) -> Text:
    state = worded(STATE_WORDS, contract.state)
    kept = Text("。機器は測定値を手元に残します", "; its devices keep what they measure")
    more = kept if contract.state is ContractState.SUSPENDED else Text("", "")
    return Text(
        f"契約 {contract.public_id}（{contract.name}）は「{state.ja}」になりました{more.ja}",
        f"contract {contract.public_id} ({contract.name}) is {state.en} now{more.en}",
    )


def _told(notice: Notice) -> Text:
    return Text(
        f"お客様への通知 {notice.public_id} を作成しました（karte notice show {notice.public_id}）",
        f"notice {notice.public_id} tells the customer; `karte notice show {notice.public_id}` shows it",
    )
