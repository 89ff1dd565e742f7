"""`karte device`: target devices, probes and the install IDs that enrol them."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api.cli.device_lists import assets, software
from api.cli.device_tokens import tokens
from api.cli.lookup import contract_of, device_of, site_of
from api.cli.moment import moment_to_come
from api.cli.order import ordering
from api.cli.speech import Failed, lang_option, say
from api.cli.store import data_dir_option, next_step, reading
from api.cli.table import Row, format_option, local_time, show_json, show_rows
from api.contracts import machines
from api.models import ContractState, Device, DeviceKind, InstallId
from api.models.contract import STATE_WORDS
from api.models.device import TARGET_KINDS, count_targets
from api.told import worded
from collectors.text import Text


@click.group()
def device() -> None:
    """対象機器、プローブ、インストールID / Target devices, probes and the install IDs that enrol them."""


device.add_command(software)
device.add_command(assets)
device.add_command(tokens)


@device.command("issue-id")
@click.argument("contract_id", metavar="CONTRACT")
@click.option("--site", help="拠点のIDか名前（1つだけなら省略可） / site, by id or name")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in DeviceKind]),
    help="登録できる種類（省略時は対象機器すべて。プローブには probe が必要） / the only kind that it enrols; "
    "any target device if not given, a probe needs --kind probe",
)
@click.option(
    "--expires",
    callback=moment_to_come,
    metavar="WHEN",
    default="14d",
    show_default=True,
    help="期限（12h、14d、日付） / when it ends: 12h, 14d or a date",
)
@click.option(
    "--uses",
    type=click.IntRange(1),
    help="登録できる台数（省略時は契約台数まで） / how many devices it may add; only the quota limits it if not given",
)
@format_option
@lang_option
@data_dir_option
def issue_id(
    contract_id: str,
    site: str | None,
    kind: str | None,
    expires: datetime,
    uses: int | None,
    form: str,
    directory: Path | None,
) -> None:
    """CONTRACT のインストールIDを発行します（表示は1回だけ） / Issue an install ID; its code is shown this once."""
    with ordering(directory, contract_id) as (order, contract):
        place = site_of(contract, site)
        install_id, code = machines.issue(
            order, place, machines.Leave(DeviceKind(kind) if kind else None, expires, uses)
        )
        row, name, state = _install_id_row(install_id), contract.name, contract.state
    if form == "json":
        show_json({"code": code, **row})
        return
    who = f"{install_id.public_id} ({name}, {place.name})"
    say(
        Text(
            f"インストールID {who}。コードの表示は今回だけです:\n\n    {code}\n",
            f"install ID {who}; its code is shown this once:\n\n    {code}\n",
        ),
        _leave_line(kind, uses, expires),
    )
    if state is not ContractState.ACTIVE:
        say(_not_active_line(state))
    command = f"karte agent enroll URL-OF-THIS-SERVICE {code}"
    say(Text(f"次に、機器の上で: {command}", f"next, on the machine: {command}"))


def _leave_line(kind: str | None, uses: int | None, expires: datetime) -> Text:
    when, kinds = local_time(expires), [kind] if kind else [*TARGET_KINDS]
    return Text(
        f"登録できるもの: {'、'.join(kinds)}{f'、{uses}台まで' if uses else ''}。期限: {when}（日本時間）",
        f"enrols {' or '.join(kinds)}{f', {uses} at most' if uses else ''}, until {when} in Japan",
    )


def _not_active_line(state: ContractState) -> Text:
    word = worded(STATE_WORDS, state)
    return Text(
        f"注意: 契約は「{word.ja}」です。有効になるまで登録できません",
        f"note: the contract is {word.en}; nothing can enrol until it is active",
    )


@device.command("list")
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, form: str, directory: Path | None) -> None:
    """CONTRACT（省略時はすべて）の機器の一覧 / List the devices of CONTRACT, or of all contracts."""
    query = select(Device).options(joinedload(Device.contract), joinedload(Device.site)).order_by(Device.id)
    with reading(directory) as session:
        if contract_id:
            query = query.where(Device.contract_id == contract_of(session, contract_id).id)
        rows = [_row(each) for each in session.scalars(query)]
    follow = next_step("karte device issue-id CONTRACT", directory)
    show_rows(rows, form, Text(f"機器はまだありません\n{follow.ja}", f"no device yet\n{follow.en}"))


@device.command()
@click.argument("device_id", metavar="DEVICE")
@lang_option
@data_dir_option
def revoke(device_id: str, directory: Path | None) -> None:
    """DEVICE の登録を取り消します / Refuse DEVICE from now on and free its place in the quota."""
    with reading(directory) as session:
        contract = device_of(session, device_id).contract.public_id
    with ordering(directory, contract) as (order, owner):
        found = device_of(order.session, device_id)
        if found.revoked_at:
            when = local_time(found.revoked_at)
            raise Failed(
                Text(
                    f"機器 {found.public_id}（{found.hostname}）は {when} に取り消し済みです",
                    f"device {found.public_id} ({found.hostname}) was revoked on {when} already",
                )
            )
        machines.revoke(order, owner, found)
        quota, in_use = owner.device_quota(order.today), count_targets(order.session, owner.id)
    say(
        Text(
            f"機器 {found.public_id}（{found.hostname}）を取り消しました。トークンは今から使えません",
            f"device {found.public_id} ({found.hostname}) is revoked; its token is refused from now on",
        ),
        Text(
            f"契約 {contract}: 対象機器 {quota}台中{in_use}台を登録",
            f"contract {contract}: {in_use} of {quota} target devices in use",
        ),
        Text(
            "これ以降に発行したインストールIDで、もう一度登録できます",
            "an install ID issued after this moment can enrol it again",
        ),
    )


def _install_id_row(install_id: InstallId) -> Row:
    return {
        "id": install_id.public_id,
        "contract": install_id.contract.public_id,
        "site": install_id.site.public_id,
        "kind": install_id.kind.value if install_id.kind else None,
        "expires_at": install_id.expires_at,
        "max_uses": install_id.max_uses,
    }


def _row(each: Device) -> Row:
    return {
        "id": each.public_id,
        "contract": each.contract.public_id,
        "site": each.site.name,
        "kind": each.kind.value,
        "hostname": each.hostname,
        "os": each.os,
        "last_seen_at": each.last_seen_at,
        "revoked_at": each.revoked_at,
    }
