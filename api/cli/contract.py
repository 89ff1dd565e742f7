"""`karte contract`: contracts, their sites, options and states."""

from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from api.audit.actor import operator
from api.cli.lookup import contract_of
from api.cli.speech import Failed, WrongUse, lang_option, say
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, show_json, show_rows
from api.models import (
    Contract,
    ContractEvent,
    ContractOption,
    Device,
    OptionKind,
    Reason,
    ReasonCode,
    Site,
    TransitionRefused,
)
from api.models.base import service_day, utc_now
from api.models.contract import NEEDS_REASON, REASONS_OF, STATE_WORDS
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
    now = utc_now()
    with writing(directory) as session:
        made = Contract(name=name, language=language)
        session.add(made)
        session.flush()
        if not draft:
            made.apply(ContractEvent.ACTIVATE, now)
        if prefecture:
            made.sites.append(Site(name=site or FIRST_SITE, prefecture=prefecture, address=address))
        if extra_devices:
            made.options.append(_extra(extra_devices, service_day(now), None))
        session.flush()
        details, lines = _details(session, made), _described(session, made)
    if form == "json":
        show_json(details)
        return
    follow = f"device issue-id {made.public_id}"
    if not prefecture:
        follow = f"contract add-site {made.public_id} NAME --prefecture PREFECTURE"
    say(*lines, next_step(f"karte {follow}", directory))


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
    with writing(directory) as session:
        found = contract_of(session, contract_id)
        site = Site(name=name, prefecture=prefecture, address=address)
        found.sites.append(site)
        session.flush()
    where = f"{site.public_id} ({site.name}, {PREFECTURES[prefecture].ja})"
    say(
        Text(
            f"拠点 {where} を契約 {found.public_id} に追加しました", f"site {where} added to contract {found.public_id}"
        ),
        next_step(f"karte device issue-id {found.public_id} --site {site.public_id}", directory),
    )


@contract.command("add-devices")
@click.argument("contract_id", metavar="CONTRACT")
@click.argument("amount", type=click.IntRange(1))
@click.option("--from", "starts", type=_DAY, help="最初の日（日本時間、省略時は今日） / first day, in Japan")
@click.option("--until", "ends", type=_DAY, help="最後の日（省略時は期限なし） / last day; no end if not given")
@lang_option
@data_dir_option
def add_devices(
    contract_id: str, amount: int, starts: datetime | None, ends: datetime | None, directory: Path | None
) -> None:
    """対象機器を AMOUNT 台追加するオプション / Let a contract cover AMOUNT target devices more."""
    first, last = _span(starts, ends)
    with writing(directory) as session:
        found = contract_of(session, contract_id)
        found.options.append(_extra(amount, first, last))
        session.flush()
        quota = _quota_line(session, found)
    added = _extra_line(amount, first, last)
    say(
        Text(f"契約 {found.public_id}: {added.ja}", f"contract {found.public_id}: {added.en}"),
        quota,
    )


@contract.command("add-analysis")
@click.argument("contract_id", metavar="CONTRACT")
@click.option("--from", "starts", type=_DAY, help="最初の日（日本時間、省略時は今日） / first day, in Japan")
@click.option("--until", "ends", type=_DAY, help="最後の日（省略時は期限なし） / last day; no end if not given")
@lang_option
@data_dir_option
def add_analysis(contract_id: str, starts: datetime | None, ends: datetime | None, directory: Path | None) -> None:
    """機器情報の分析をレポートに加えるオプション / Let a contract's reports analyse its devices."""
    first, last = _span(starts, ends)
    with writing(directory) as session:
        found = contract_of(session, contract_id)
        found.options.append(ContractOption(kind=OptionKind.DEVICE_ANALYSIS, amount=1, starts_on=first, ends_on=last))
    added = _analysis_line(first, last)
    say(
        Text(
            f"契約 {found.public_id}: {added.ja}。次のレポートから載ります",
            f"contract {found.public_id}: {added.en}; the next report has it",
        )
    )


def _span(starts: datetime | None, ends: datetime | None) -> tuple[date, date | None]:
    """Return the first and last day of an option."""
    first, last = (starts.date() if starts else service_day(utc_now())), (ends.date() if ends else None)
    if last and last < first:
        raise WrongUse(
            Text(
                f"オプションの最後の日 {last} が最初の日 {first} より前です",
                f"the option would end on {last}, before it starts on {first}",
            )
        )
    return first, last


def _add_event_command(event: ContractEvent, does: str) -> None:
    @contract.command(event.value, help=does)
    @click.argument("contract_id", metavar="CONTRACT")
    @click.option(
        "--reason",
        type=click.Choice(list(REASONS_OF.get(event, ()))),
        required=event in NEEDS_REASON,
        hidden=event not in NEEDS_REASON,
        help="規約に定める理由（お客様に伝わります） / the reason of the terms; told to the customer",
    )
    @click.option("--note", default="", help="理由の説明 / words beside the reason")
    @lang_option
    @data_dir_option
    def change(contract_id: str, reason: str | None, note: str, directory: Path | None) -> None:
        with writing(directory) as session:
            found = contract_of(session, contract_id)
            try:
                found.apply(event, utc_now(), Reason(ReasonCode(reason), note) if reason else None, operator().name)
            except TransitionRefused as error:
                raise Failed(error.text) from None
        state = worded(STATE_WORDS, found.state)
        say(
            Text(
                f"契約 {found.public_id}（{found.name}）は「{state.ja}」になりました",
                f"contract {found.public_id} ({found.name}) is {state.en} now",
            )
        )


_add_event_command(
    ContractEvent.ACTIVATE,
    "契約を開始し、機器の登録と送信を受け付けます / Begin a contract: its devices may enrol and send from now on.",
)
_add_event_command(
    ContractEvent.SUSPEND,
    "契約を停止します。機器は測定値を手元に残します / Suspend a contract: its devices keep what they measure.",
)
_add_event_command(
    ContractEvent.RESUME,
    "停止中の契約を再開し、残された測定値を受け取ります / Resume a contract: what its devices kept arrives.",
)
_add_event_command(
    ContractEvent.TERMINATE,
    "契約を終了し、機器を受け付けなくします / End a contract for good: its devices are refused.",
)


def _option_line(option: ContractOption) -> Text:
    if option.kind is OptionKind.DEVICE_ANALYSIS:
        return _analysis_line(option.starts_on, option.ends_on)
    return _extra_line(option.amount, option.starts_on, option.ends_on)


def _analysis_line(first: date, last: date | None) -> Text:
    until = Text(f"{last}まで", f" until {last}") if last else Text("期限なし", " without an end")
    return Text(f"機器情報の分析（{first}から{until.ja}）", f"device analysis from {first}{until.en}")


def _extra(amount: int, first: date, last: date | None) -> ContractOption:
    return ContractOption(kind=OptionKind.EXTRA_DEVICES, amount=amount, starts_on=first, ends_on=last)


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
                "kind": o.kind.value,
                "amount": o.amount,
                "starts_on": o.starts_on.isoformat(),
                "ends_on": o.ends_on.isoformat() if o.ends_on else None,
            }
            for o in each.options
        ],
    }


def _quota_line(session: Session, each: Contract) -> Text:
    quota, in_use = each.device_quota(service_day(utc_now())), count_targets(session, each.id)
    return Text(f"対象機器: {quota}台中{in_use}台を登録", f"target devices: {in_use} of {quota} in use")


def _extra_line(amount: int, first: date, last: date | None) -> Text:
    return Text(
        f"対象機器を{amount}台追加（{first}から{f'{last}まで' if last else ''}）",
        f"{amount} more target devices from {first}{f' to {last}' if last else ''}",
    )


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
        added = _option_line(option)
        lines.append(Text(f"オプション: {added.ja}", f"option: {added.en}"))
    return [*lines, _quota_line(session, each)]
