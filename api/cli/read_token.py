"""`karte read-token`: what dashboards and programs read stored data with."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.audit.actor import operator
from api.cli.lookup import contract_of, read_token_of
from api.cli.moment import moment_to_come
from api.cli.speech import Failed, WrongUse, lang_option, say
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, local_time, show_json, show_rows
from api.contracts.changes import Order
from api.identity import reader_orders
from api.identity.reading import RotationRefused
from api.models import Contract, ContractState, ReadToken, Role
from api.models.base import utc_now
from api.models.contract import STATE_WORDS
from api.told import worded
from collectors.text import Text

Command = Callable[..., Any]


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    return None if value is None else moment_to_come(ctx, param, value)


def _expires_option(otherwise: Text) -> Callable[[Command], Command]:
    return click.option(
        "--expires",
        callback=_moment,
        metavar="WHEN",
        help=f"期限（12h、14d、日付。省略時は{otherwise.ja}） / when it ends: 12h, 14d or a date; {otherwise.en}",
    )


@click.group()
def read_token() -> None:
    """読み取りトークン（Grafanaなど） / Read tokens, for Grafana and other readers of what is stored."""


@read_token.command()
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@click.option(
    "--staff", is_flag=True, help="すべての契約を読めるスタッフ用 / reads all contracts; never give it to a customer"
)
@click.option("--label", default="grafana", show_default=True, help="用途 / what it is for")
@_expires_option(Text("期限なし", "no end if not given"))
@click.option(
    "--grafana-org",
    type=click.IntRange(1),
    metavar="N",
    help="使うGrafana組織のID / id of the Grafana organisation that uses it",
)
@format_option
@lang_option
@data_dir_option
def issue(
    contract_id: str | None,
    staff: bool,
    label: str,
    expires: datetime | None,
    grafana_org: int | None,
    form: str,
    directory: Path | None,
) -> None:
    """CONTRACT か --staff の読み取りトークンを発行します（表示は1回だけ） / Issue a read token, shown this once."""
    if bool(contract_id) == staff:
        raise WrongUse(
            Text(
                "CONTRACT（その契約だけを読む）か --staff（すべての契約を読む）のどちらか一方を指定してください",
                "name either a CONTRACT, to read that one, or --staff, to read all of them",
            )
        )
    with writing(directory) as session:
        contract = contract_of(session, contract_id) if contract_id else None
        made, plain = reader_orders.issue(_order(session), contract, label, expires, grafana_org)
        row = _row(made)
    if form == "json":
        show_json({"token": plain, **row})
        return
    say(*_token_lines(made, contract, plain), _data_source(plain))


@read_token.command("list")
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, form: str, directory: Path | None) -> None:
    """CONTRACT（省略時はすべて）の読み取りトークンの一覧 / List the read tokens of CONTRACT, or all of them."""
    query = select(ReadToken).options(joinedload(ReadToken.contract)).order_by(ReadToken.id)
    with reading(directory) as session:
        if contract_id:
            query = query.where(ReadToken.contract_id == contract_of(session, contract_id).id)
        rows = [_row(each) for each in session.scalars(query)]
    follow = next_step("karte read-token issue CONTRACT", directory)
    show_rows(rows, form, Text(f"読み取りトークンはまだありません\n{follow.ja}", f"no read token yet\n{follow.en}"))


@read_token.command()
@click.argument("token_id", metavar="TOKEN_ID")
@lang_option
@data_dir_option
def revoke(token_id: str, directory: Path | None) -> None:
    """TOKEN_ID（r-…）を取り消します / Refuse TOKEN_ID (r-…) from now on."""
    with writing(directory) as session:
        found = read_token_of(session, token_id)
        if not reader_orders.revoke(_order(session), found):
            when = local_time(found.revoked_at) if found.revoked_at else ""
            raise Failed(
                Text(
                    f"読み取りトークン {found.public_id}（{found.label}）は {when} に取り消し済みです",
                    f"read token {found.public_id} ({found.label}) was revoked on {when} already",
                )
            )
    say(
        Text(
            f"読み取りトークン {found.public_id}（{found.label}）を取り消しました。今から使えません",
            f"read token {found.public_id} ({found.label}) is revoked; it is refused from now on",
        )
    )


@read_token.command()
@click.argument("token_id", metavar="TOKEN_ID")
@click.option(
    "--overlap",
    callback=moment_to_come,
    metavar="WHEN",
    default="1h",
    show_default=True,
    help="古いトークンを使える期間（12h、1d、日付） / how long the old one stays good: 12h, 1d or a date",
)
@_expires_option(Text("古いトークンと同じ", "as the old one if not given"))
@format_option
@lang_option
@data_dir_option
def rotate(token_id: str, overlap: datetime, expires: datetime | None, form: str, directory: Path | None) -> None:
    """TOKEN_ID（r-…）に代わるトークンを発行します / Issue a token in the place of TOKEN_ID (r-…)."""
    with writing(directory) as session:
        old = read_token_of(session, token_id)
        try:
            made, plain = reader_orders.rotate(_order(session), old, overlap, expires)
        except RotationRefused as error:
            raise Failed(error.text) from None
        row, contract = _row(made), made.contract
    if form == "json":
        show_json({"token": plain, **row})
        return
    header, when = _header(plain), local_time(old.expires_at or overlap)
    say(
        *_token_lines(made, contract, plain),
        Text(
            f"次に、Grafanaのデータソースで古いトークンと差し替えてください: {header}",
            f"next, in Grafana's data source, put it in the place of the old one: {header}",
        ),
        Text(
            f"古いトークン {old.public_id} は {when}（日本時間）まで使えます",
            f"the old token {old.public_id} stays good until {when} in Japan",
        ),
    )


def _order(session: Session) -> Order:
    return Order(session, operator(), utc_now())


def _token_lines(made: ReadToken, contract: Contract | None, plain: str) -> list[Text]:
    which = Text("すべての契約", "all contracts")
    if contract:
        which = Text(f"契約 {contract.public_id} {contract.name}", f"contract {contract.public_id}, {contract.name}")
    when = local_time(made.expires_at) if made.expires_at else None
    lines = [
        Text(
            f"読み取りトークン {made.public_id}（{which.ja}）。表示は今回だけです:\n\n    {plain}\n",
            f"read token {made.public_id} ({which.en}); it is shown this once:\n\n    {plain}\n",
        ),
        Text(f"期限: {f'{when}（日本時間）' if when else 'なし'}", f"good until {when} in Japan" if when else "no end"),
    ]
    if contract and contract.state is not ContractState.ACTIVE:
        word = worded(STATE_WORDS, contract.state)
        note = Text(
            f"注意: 契約は「{word.ja}」です。有効になるまで読み取れません",
            f"note: the contract is {word.en}; nothing can be read until it is active",
        )
        lines.append(note)
    return lines


def _data_source(plain: str) -> Text:
    """Return what to enter for a new data source, by the names that Grafana gives the entries."""
    entries = "\n".join(
        [
            "    URL                    URL-OF-THIS-SERVICE",
            "    Query language         InfluxQL",
            f"    Custom HTTP Headers    {_header(plain)}",
            "    Database               karte",
        ]
    )
    return Text(
        f"次に、GrafanaでInfluxDBのデータソースを追加し、次のように設定してください:\n\n{entries}\n",
        f"next, in Grafana: add an InfluxDB data source with\n\n{entries}\n",
    )


def _header(plain: str) -> str:
    return f"Authorization = Token {plain}"


def _row(each: ReadToken) -> Row:
    return {
        "id": each.public_id,
        "role": (Role.CUSTOMER if each.contract else Role.STAFF).value,
        "contract": each.contract.public_id if each.contract else None,
        "label": each.label,
        "grafana_org": each.grafana_org,
        "created_at": each.created_at,
        "last_used_at": each.last_used_at,
        "expires_at": each.expires_at,
        "revoked_at": each.revoked_at,
    }
