"""`karte notice`: formal messages to customers, and their dispatch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.audit.actor import operator
from api.audit.log import record
from api.cli.lookup import contract_of
from api.cli.order import DAY, day, ordering
from api.cli.speech import Failed, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, local_time, show_json, show_rows
from api.contracts import changes
from api.contracts.changes import Order
from api.models import Contract, ContractState, Dispatch, Notice, NoticeState, ServiceMail
from api.models.base import utc_now
from api.models.delivery import DELIVERY_WORDS
from api.models.notice import NOTICE_STATE_WORDS
from api.notices import dispatching
from api.told import ToldError, worded
from collectors.text import Text


@click.group()
def notice() -> None:
    """お客様への正式な通知 / Formal messages to customers, and their dispatch."""


@notice.command("list")
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@click.option("--waiting", is_flag=True, help="未発信のものだけ / only those that are not dispatched yet")
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, waiting: bool, form: str, directory: Path | None) -> None:
    """CONTRACT（省略時はすべて）の通知の一覧 / List the notices of CONTRACT, or of all contracts."""
    asked = select(Notice).options(joinedload(Notice.contract)).order_by(Notice.id)
    if waiting:
        asked = asked.where(Notice.state == NoticeState.WAITING)
    with reading(directory) as session:
        if contract_id:
            asked = asked.where(Notice.contract_id == contract_of(session, contract_id).id)
        rows = [_row(each) for each in session.scalars(asked)]
    show_rows(rows, form, Text("通知はありません", "no notice"))


@notice.command()
@click.argument("notice_id", metavar="NOTICE")
@format_option
@lang_option
@data_dir_option
def show(notice_id: str, form: str, directory: Path | None) -> None:
    """1つの通知の本文と送信の結果 / Show a notice, and what became of its mails."""
    with reading(directory) as session:
        found = _notice(session, notice_id)
        row, state = _row(found), worded(NOTICE_STATE_WORDS, found.state)
        mails = session.scalars(select(ServiceMail).where(ServiceMail.subject == found.public_id)).all()
    if form == "json":
        show_json({**row, "body": found.body, "body_en": found.body_en})
        return
    body = Text(found.body, found.body_en).in_(spoken())
    say(Text(f"{found.public_id} {found.subject}（{state.ja}）", f"{found.public_id} {found.subject_en} ({state.en})"))
    click.echo(f"\n{body}")
    say(*(_mail_line(mail) for mail in mails))
    if not mails:
        say(
            Text(
                "送り先のメールアドレスがありません。郵送か手渡しの後に記録してください",
                "there is no mail address to send it to; post it or hand it over, then note that",
            ),
            next_step(f"karte notice dispatched {found.public_id} --by post", directory),
        )


@notice.command()
@click.argument("notice_id", metavar="NOTICE")
@click.option(
    "--by",
    "how",
    type=click.Choice([Dispatch.POST.value, Dispatch.HAND.value]),
    required=True,
    help="発信の方法 / how it was dispatched",
)
@click.option("--note", default="", help="書留の番号など / e.g. the number of a registered letter")
@lang_option
@data_dir_option
def dispatched(notice_id: str, how: str, note: str, directory: Path | None) -> None:
    """郵送か手渡しで発信したことを記録します / Note that a notice was posted or handed over; it takes effect."""
    with _changing(directory, notice_id) as (session, found):
        dispatching.dispatch(session, found, Dispatch(how), note, utc_now())
        _record(session, found, "notice.dispatch")
        contract = found.contract
        ended = contract.state is ContractState.TERMINATED
    said = [Text(f"通知 {found.public_id} を発信済みにしました", f"notice {found.public_id} is noted as dispatched")]
    if found.effect and ended:
        said.append(Text(f"契約 {contract.public_id} は終了しました", f"contract {contract.public_id} has ended by it"))
    say(*said)


@notice.command()
@click.argument("notice_id", metavar="NOTICE")
@lang_option
@data_dir_option
def cancel(notice_id: str, directory: Path | None) -> None:
    """未発信の通知を取り消します / Take a notice back that was not dispatched yet."""
    with _changing(directory, notice_id) as (session, found):
        dispatching.cancel(found)
        _record(session, found, "notice.cancel")
    say(Text(f"通知 {found.public_id} を取り消しました", f"notice {found.public_id} is taken back"))


@notice.command("end-function")
@click.argument("contract_ids", metavar="[CONTRACT]...", nargs=-1)
@click.option("--function", "what", required=True, help="終了する機能 / which function ends")
@click.option("--on", "ends_on", type=DAY, callback=day, required=True, help="終了日（10日以上先） / 10 days' notice")
@lang_option
@data_dir_option
def end_function(contract_ids: tuple[str, ...], what: str, ends_on: date, directory: Path | None) -> None:
    """機能の提供終了を通知します（省略時はすべての契約） / Tell customers (all if none is named) a function ends."""
    _announce(contract_ids, directory, lambda order, contract: changes.end_function(order, contract, what, ends_on))


@notice.command("end-service")
@click.argument("contract_ids", metavar="[CONTRACT]...", nargs=-1)
@click.option("--on", "ends_on", type=DAY, callback=day, required=True, help="終了日（1か月以上先） / a month's notice")
@lang_option
@data_dir_option
def end_service(contract_ids: tuple[str, ...], ends_on: date, directory: Path | None) -> None:
    """サービスの終了を通知します（省略時はすべての契約） / Tell customers (all if none is named) the service ends."""
    _announce(contract_ids, directory, lambda order, contract: changes.end_service(order, contract, ends_on))


def _announce(
    contract_ids: tuple[str, ...], directory: Path | None, announce: Callable[[Order, Contract], Notice]
) -> None:
    wanted = contract_ids or _running(directory)
    for contract_id in wanted:
        with ordering(directory, contract_id) as (order, contract):
            made = announce(order, contract)
        say(
            Text(
                f"契約 {contract.public_id} への通知 {made.public_id} を作成しました",
                f"notice {made.public_id} tells contract {contract.public_id}",
            )
        )
    say(Text(f"{len(wanted)}件の契約に通知します", f"{len(wanted)} contracts are told"))


def _running(directory: Path | None) -> tuple[str, ...]:
    states = (ContractState.ACTIVE, ContractState.SUSPENDED)
    with reading(directory) as session:
        asked = select(Contract.public_id).where(Contract.state.in_(states)).order_by(Contract.id)
        return tuple(session.scalars(asked))


@contextmanager
def _changing(directory: Path | None, notice_id: str) -> Iterator[tuple[Session, Notice]]:
    try:
        with writing(directory) as session:
            yield session, _notice(session, notice_id)
            session.flush()
    except ToldError as error:
        raise Failed(error.text) from None


def _notice(session: Session, public_id: str) -> Notice:
    found = session.scalar(
        select(Notice).options(joinedload(Notice.contract)).where(Notice.public_id == public_id.strip().lower())
    )
    if found is None:
        raise Failed(
            Text(
                f"通知 {public_id} はありません。karte notice list で確認してください",
                f"there is no notice {public_id}; `karte notice list` names them",
            )
        )
    return found


def _record(session: Session, found: Notice, action: str) -> None:
    contract = found.contract.public_id
    record(session, operator(), action, at=utc_now(), contract=contract, target=found.public_id)


def _row(each: Notice) -> Row:
    return {
        "id": each.public_id,
        "contract": each.contract.public_id,
        "notice": each.kind,
        "subject": Text(each.subject, each.subject_en).in_(spoken()),
        "dispatch": each.state.value,
        "made_at": each.made_at,
        "holds_on": each.effective_on,
        "dispatched_at": each.dispatched_at,
        "acknowledged_at": each.acknowledged_at,
    }


def _mail_line(mail: ServiceMail) -> Text:
    state, when = worded(DELIVERY_WORDS, mail.state), local_time(mail.settled_at or mail.due_at)
    why = Text(f": {mail.why}", f": {mail.why_en}") if mail.why else Text("", "")
    return Text(f"{mail.address}（{state.ja}、{when}{why.ja}）", f"{mail.address} ({state.en}, {when}{why.en})")
