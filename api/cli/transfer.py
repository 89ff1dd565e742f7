"""`karte transfer`: a contract passes to somebody else."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.cli.lookup import contract_of
from api.cli.order import DAY, day, ordering
from api.cli.speech import Failed, lang_option, say
from api.cli.store import data_dir_option, next_step, reading
from api.cli.table import Row, format_option, show_rows
from api.contracts import transfer as transfers
from api.models import Transfer, TransferGround
from api.models.transfer import TRANSFER_STATE_WORDS
from api.told import worded
from collectors.text import Text


@click.group()
def transfer() -> None:
    """契約の承継（相続・合併・会社分割・法人化） / A contract passes to somebody else."""


@transfer.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.option(
    "--ground",
    type=click.Choice([each.value for each in TransferGround]),
    required=True,
    help="承継の事由: 相続、合併、会社分割、法人化 / succession on death, merger, split or incorporation",
)
@click.option("--successor", required=True, help="承継者の名前 / who takes the contract over")
@click.option("--happened-on", type=DAY, callback=day, required=True, help="事由の発生日 / day on which it happened")
@lang_option
@data_dir_option
def apply(contract_id: str, ground: str, successor: str, happened_on: date, directory: Path | None) -> None:
    """承継を申請します（相続は1か月以内） / Apply for a transfer; a succession within a month."""
    with ordering(directory, contract_id) as (order, contract):
        application = transfers.Application(TransferGround(ground), successor, happened_on)
        made = transfers.apply_for(order, contract, application)
    said = [
        Text(f"承継の申請 {made.public_id} を受け付けました", f"application {made.public_id} for a transfer is taken")
    ]
    if made.documents_by:
        said.append(Text(f"書類の期限: {made.documents_by}", f"its documents are due until {made.documents_by}"))
    say(*said, next_step(f"karte transfer add-document {made.public_id} FILE", directory))


@transfer.command("add-document")
@click.argument("transfer_id", metavar="TRANSFER")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@lang_option
@data_dir_option
def add_document(transfer_id: str, file: Path, directory: Path | None) -> None:
    """証明する書類（PDF・PNG・JPEG）を加えます / Add a document (PDF, PNG or JPEG) that proves it."""
    if file.stat().st_size > transfers.MAX_DOCUMENT_BYTES:
        raise Failed(Text(f"{file} は5 MiBを超えています", f"{file} has more than 5 MiB"))
    with ordering(directory, _contract(directory, transfer_id)) as (order, contract):
        found = _transfer(order.session, transfer_id)
        made = transfers.hand_in(order, contract, found, file.name, file.read_bytes())
    say(
        Text(
            f"書類 {made.public_id} を申請 {found.public_id} に加えました",
            f"document {made.public_id} added to application {found.public_id}",
        ),
        next_step(f"karte transfer decide {found.public_id} --accept", directory),
    )


@transfer.command()
@click.argument("transfer_id", metavar="TRANSFER")
@click.option("--accept/--refuse", "accepted", required=True, help="承認か却下 / accept or refuse it")
@click.option("--words", default="", help="決定の説明（お客様に伝わります） / words about it, told to the customer")
@lang_option
@data_dir_option
def decide(transfer_id: str, accepted: bool, words: str, directory: Path | None) -> None:
    """承継の申請を決定します / Decide on an application."""
    with ordering(directory, _contract(directory, transfer_id)) as (order, contract):
        found = _transfer(order.session, transfer_id)
        notice = transfers.decide(order, contract, found, accepted=accepted, decision=words)
    state = worded(TRANSFER_STATE_WORDS, found.state)
    say(
        Text(
            f"申請 {found.public_id}: {state.ja}。契約 {contract.public_id} は「{contract.name}」です",
            f"application {found.public_id} is {state.en}; contract {contract.public_id} is {contract.name}'s",
        ),
        Text(f"お客様への通知 {notice.public_id} を作成しました", f"notice {notice.public_id} tells the customer"),
    )


@transfer.command("list")
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, form: str, directory: Path | None) -> None:
    """承継の申請の一覧 / List applications, also those that were decided."""
    asked = select(Transfer).options(joinedload(Transfer.contract)).order_by(Transfer.id)
    with reading(directory) as session:
        if contract_id:
            asked = asked.where(Transfer.contract_id == contract_of(session, contract_id).id)
        rows = [_row(each) for each in session.scalars(asked)]
    show_rows(rows, form, Text("申請はありません", "no application"))


def _contract(directory: Path | None, transfer_id: str) -> str:
    with reading(directory) as session:
        return _transfer(session, transfer_id).contract.public_id


def _transfer(session: Session, public_id: str) -> Transfer:
    asked = select(Transfer).options(joinedload(Transfer.contract))
    found = session.scalar(asked.where(Transfer.public_id == public_id.strip().lower()))
    if found is None:
        raise Failed(
            Text(
                f"申請 {public_id} はありません。karte transfer list で確認してください",
                f"there is no application {public_id}; `karte transfer list` names them",
            )
        )
    return found


def _row(each: Transfer) -> Row:
    return {
        "id": each.public_id,
        "contract": each.contract.public_id,
        "ground": each.ground.value,
        "former": each.former,
        "successor": each.successor,
        "decided": each.state.value,
        "documents_by": each.documents_by,
        "applied_at": each.applied_at,
        "decided_at": each.decided_at,
    }
