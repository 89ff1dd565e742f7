"""`karte contract`: contracts, their sites, options and states."""

from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from api.audit.actor import operator
from api.cli import contract_options, contract_steps
from api.cli.contract_options import option_line, usage_lines
from api.cli.lookup import contract_of
from api.cli.order import ordering
from api.cli.speech import Failed, WrongUse, lang_option, say
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, show_json, show_rows
from api.contracts.changes import Order, activate, pending_end
from api.contracts.guards import open_breach
from api.contracts.making import add_site as add_site_to
from api.contracts.making import create_contract
from api.contracts.quota import add_option, usage
from api.models import (
    Contract,
    Device,
    OptionKind,
    Site,
    TransitionRefused,
)
from api.models.base import service_day, utc_now
from api.models.contract import STATE_WORDS
from api.models.device import TARGET_KINDS, count_targets
from api.models.prefecture import PREFECTURES, prefecture_code
from api.told import worded
from collectors.text import Text

FIRST_SITE = "本社"


def _prefecture_code(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    code = prefecture_code(value) if value else None
    if value and code is None:
        raise WrongUse(
            Text(
                f"{value} は日本の都道府県ではありません（例: 東京都、Tokyo、13）",
                f"{value} is not a prefecture of Japan (e.g. 東京都, Tokyo or 13)",
            )
        )
    return code


_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def contract() -> None:
    """契約、拠点、オプション、状態 / Contracts, their sites, options and states."""


@contract.command()
@click.argument("name")
@click.option("--site", help=f"最初の拠点の名前（省略時は {FIRST_SITE}） / name of its first site")
@click.option(
    "--prefecture",
    callback=_prefecture_code,
    help="拠点の都道府県（東京都、Tokyo、13など。対象は日本国内） / where the site is; the service area is Japan",
)
@click.option("--address", default="", help="拠点の住所の続き / the rest of the site's address")
@click.option(
    "--extra-devices",
    type=click.IntRange(0),
    default=0,
    help="基本の10台に追加する対象機器の台数 / target devices beyond the basic 10",
)
@click.option(
    "--language",
    type=click.Choice(["ja", "en"]),
    default="ja",
    show_default=True,
    help="メールとレポートの言語 / language of mail and reports",
)
@click.option("--draft", is_flag=True, help="まだ開始しない / do not activate it yet")
@format_option
@lang_option
@data_dir_option
def create(
    name: str,
    site: str | None,
    prefecture: str | None,
    address: str,
    extra_devices: int,
    language: str,
    draft: bool,
    form: str,
    directory: Path | None,
) -> None:
    """顧客 NAME の契約を作り、すぐに開始します / Make a contract for the customer NAME, active at once."""
    if site and not prefecture:
        raise WrongUse(
            Text(
                "--site には --prefecture も必要です（例: --prefecture 東京都）。対象は日本国内です",
                "--site needs --prefecture: the service area is Japan, e.g. --prefecture 東京都",
            )
        )
    with writing(directory) as session:
        order = Order(session, operator(), utc_now())
        made = create_contract(order, name, language)
        if prefecture:
            add_site_to(order, made, Site(name=site or FIRST_SITE, prefecture=prefecture, address=address))
        if not draft:
            _begin(order, made)
        if extra_devices:
            add_option(order, made, OptionKind.EXTRA_DEVICES, extra_devices, order.today, None)
        session.flush()
        details, lines = _details(session, made), _described(session, made)
    if form == "json":
        show_json(details)
        return
    follow = f"device issue-id {made.public_id}"
    if not prefecture:
        follow = f"contract add-site {made.public_id} NAME --prefecture PREFECTURE"
    say(*lines, next_step(f"karte {follow}", directory))


def _begin(order: Order, made: Contract) -> None:
    try:
        activate(order, made)
    except TransitionRefused as error:
        raise Failed(
            Text(
                f"{error.text.ja}。--draft で作成し、karte terms accept で同意を記録してから activate してください",
                f"{error.text.en}; make it with --draft, record the acceptance with `karte terms accept`, then "
                "activate it",
            )
        ) from None


@contract.command("list")
@format_option
@lang_option
@data_dir_option
def list_(form: str, directory: Path | None) -> None:
    """契約の一覧 / List all contracts."""
    in_use = (
        select(Device.contract_id, func.count().label("devices"))
        .where(Device.revoked_at.is_(None), Device.kind.in_(TARGET_KINDS))
        .group_by(Device.contract_id)
        .subquery()
    )
    query = (
        select(Contract, func.coalesce(in_use.c.devices, 0))
        .outerjoin(in_use, in_use.c.contract_id == Contract.id)
        .options(selectinload(Contract.options))
        .order_by(Contract.id)
    )
    with reading(directory) as session:
        rows = [_row(each, devices) for each, devices in session.execute(query)]
    follow = next_step("karte contract create NAME --prefecture PREFECTURE", directory)
    show_rows(rows, form, Text(f"契約はまだありません\n{follow.ja}", f"no contract yet\n{follow.en}"))


@contract.command()
@click.argument("contract_id", metavar="CONTRACT")
@format_option
@lang_option
@data_dir_option
def show(contract_id: str, form: str, directory: Path | None) -> None:
    """1つの契約の拠点、オプション、台数 / Show one contract with its sites, options and quota."""
    with reading(directory) as session:
        found = contract_of(session, contract_id)
        details, lines = _details(session, found), _described(session, found)
    if form == "json":
        show_json(details)
    else:
        say(*lines)


@contract.command("add-site")
@click.argument("contract_id", metavar="CONTRACT")
@click.argument("name")
@click.option(
    "--prefecture", callback=_prefecture_code, required=True, help="都道府県（東京都、Tokyo、13など） / where it is"
)
@click.option("--address", default="", help="住所の続き / the rest of its address")
@lang_option
@data_dir_option
def add_site(contract_id: str, name: str, prefecture: str, address: str, directory: Path | None) -> None:
    """契約に拠点を追加します / Add a site to a contract."""
    with ordering(directory, contract_id) as (order, found):
        site = Site(name=name, prefecture=prefecture, address=address)
        add_site_to(order, found, site)
    where = f"{site.public_id} ({site.name}, {PREFECTURES[prefecture].ja})"
    say(
        Text(
            f"拠点 {where} を契約 {found.public_id} に追加しました", f"site {where} added to contract {found.public_id}"
        ),
        next_step(f"karte device issue-id {found.public_id} --site {site.public_id}", directory),
    )


for _command in (*contract_steps.COMMANDS, *contract_options.COMMANDS):
    contract.add_command(_command)


def _row(each: Contract, in_use: int) -> Row:
    return {
        "id": each.public_id,
        "name": each.name,
        "state": each.state.value,
        "devices": in_use,
        "quota": each.device_quota(service_day(utc_now())),
        "created_at": each.created_at,
    }


def _details(session: Session, each: Contract) -> Row:
    return {
        **_row(each, count_targets(session, each.id)),
        "state_code": each.state_code,
        "state_reason": each.state_reason,
        "state_changed_at": each.state_changed_at,
        "language": each.language,
        "sites": [
            {"id": s.public_id, "name": s.name, "prefecture": PREFECTURES[s.prefecture].ja, "address": s.address}
            for s in each.sites
        ],
        "options": [
            {
                "id": o.public_id,
                "kind": o.kind.value,
                "amount": o.amount,
                "starts_on": o.starts_on.isoformat(),
                "ends_on": o.ends_on.isoformat() if o.ends_on else None,
            }
            for o in each.options
        ],
    }


def _described(session: Session, each: Contract) -> list[Text]:
    state, reason = worded(STATE_WORDS, each.state), each.reason_text
    lines = [
        Text(
            f"契約 {each.public_id}（{each.name}）: {state.ja}{f'、{reason.ja}' if reason.ja else ''}",
            f"contract {each.public_id} ({each.name}) is {state.en}{f': {reason.en}' if reason.en else ''}",
        )
    ]
    for site in each.sites:
        place = f"{site.public_id}: {site.name}, {PREFECTURES[site.prefecture].ja}{site.address}"
        lines.append(Text(f"拠点 {place}", f"site {place}"))
    for option in each.options:
        added = option_line(option)
        lines.append(Text(f"オプション: {added.ja}", f"option: {added.en}"))
    breach, ending = open_breach(session, each), pending_end(session, each)
    if breach:
        lines.append(
            Text(
                f"契約違反を通知済み（是正の期限 {breach.cure_until}）: {breach.note}",
                f"told of a breach, to be cured until {breach.cure_until}: {breach.note}",
            )
        )
    if ending:
        lines.append(
            Text(
                f"通知 {ending.public_id} の発信をもって終了します",
                f"ends when notice {ending.public_id} is dispatched",
            )
        )
    return [*lines, *usage_lines(usage(session, each, service_day(utc_now())))]
