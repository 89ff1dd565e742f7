"""`karte contract add-devices` and the other options, and what is in use."""

from datetime import date
from pathlib import Path

import click
from sqlalchemy import select

from api.cli.lookup import contract_of
from api.cli.order import DAY, day, ordering
from api.cli.speech import Failed, WrongUse, lang_option, say
from api.cli.store import data_dir_option, next_step, reading
from api.cli.table import format_option, show_json
from api.contracts.quota import Usage, add_option, choose_stopping, end_option, usage
from api.models import Contract, ContractOption, Device, OptionKind
from api.models.base import service_day, utc_now
from api.models.contract_option import OPTION_WORDS
from collectors.text import Text

_CONTRACT = click.argument("contract_id", metavar="CONTRACT")
_FROM = click.option(
    "--from", "first", type=DAY, callback=day, help="最初の日（日本時間、省略時は今日） / first day, in Japan"
)
_UNTIL = click.option(
    "--until", "last", type=DAY, callback=day, help="最後の日（省略時は期限なし） / last day; no end if not given"
)


@click.command("add-devices")
@_CONTRACT
@click.argument("amount", type=click.IntRange(1))
@_FROM
@_UNTIL
@lang_option
@data_dir_option
def add_devices(contract_id: str, amount: int, first: date | None, last: date | None, directory: Path | None) -> None:
    """対象機器を AMOUNT 台追加するオプション / Let a contract cover AMOUNT target devices more."""
    _add(contract_id, OptionKind.EXTRA_DEVICES, amount, (first, last), directory)


@click.command("add-probes")
@_CONTRACT
@click.argument("amount", type=click.IntRange(1))
@_FROM
@_UNTIL
@lang_option
@data_dir_option
def add_probes(contract_id: str, amount: int, first: date | None, last: date | None, directory: Path | None) -> None:
    """拠点ごとのプローブを AMOUNT 台追加するオプション / Let each site have AMOUNT probes more."""
    _add(contract_id, OptionKind.EXTRA_PROBES, amount, (first, last), directory)


@click.command("add-analysis")
@_CONTRACT
@_FROM
@_UNTIL
@lang_option
@data_dir_option
def add_analysis(contract_id: str, first: date | None, last: date | None, directory: Path | None) -> None:
    """機器情報の分析をレポートに加えるオプション / Let a contract's reports analyse its devices."""
    _add(contract_id, OptionKind.DEVICE_ANALYSIS, 1, (first, last), directory)


@click.command("end-option")
@_CONTRACT
@click.argument("option_id", metavar="OPTION")
@click.option("--on", "last", type=DAY, callback=day, required=True, help="最後の日 / its last day, today or later")
@lang_option
@data_dir_option
def end(contract_id: str, option_id: str, last: date, directory: Path | None) -> None:
    """オプションの最後の日を決めます / Let an option end with a day."""
    with ordering(directory, contract_id) as (order, contract):
        found = next((each for each in contract.options if each.public_id == option_id.strip().lower()), None)
        if found is None:
            raise Failed(
                Text(
                    f"オプション {option_id} はありません。karte contract show {contract.public_id} で確認してください",
                    f"there is no option {option_id}; `karte contract show {contract.public_id}` names them",
                )
            )
        end_option(order, contract, found, last)
        used = usage(order.session, contract, order.today)
    said = [Text(f"オプション {found.public_id} は {last} に終わります", f"option {found.public_id} ends on {last}")]
    if used.exceeded_by and used.shrinking:
        said.append(
            Text(
                f"{used.shrinking.on} から{used.exceeded_by}台が停止します。お客様に通知しました",
                f"{used.exceeded_by} devices stop on {used.shrinking.on}; the customer is told",
            )
        )
        said.append(next_step(f"karte contract choose-stopping {contract.public_id} DEVICE …", directory))
    say(*said)


@click.command("choose-stopping")
@_CONTRACT
@click.argument("device_ids", metavar="[DEVICE]...", nargs=-1)
@lang_option
@data_dir_option
def choose(contract_id: str, device_ids: tuple[str, ...], directory: Path | None) -> None:
    """台数が減るとき先に止める機器（省略時は新しいもの） / Devices that stop first where the quota shrinks."""
    wanted = {each.strip().lower() for each in device_ids}
    with ordering(directory, contract_id) as (order, contract):
        asked = select(Device).where(Device.contract_id == contract.id, Device.public_id.in_(wanted))
        devices = order.session.scalars(asked).all()
        unknown = sorted(wanted - {device.public_id for device in devices})
        if unknown:
            raise Failed(
                Text(f"この契約に機器 {unknown[0]} はありません", f"there is no device {unknown[0]} in this contract")
            )
        choose_stopping(order, contract, devices)
    say(
        Text(
            f"契約 {contract.public_id}: 先に停止する機器を{len(devices)}台にしました",
            f"contract {contract.public_id}: {len(devices)} devices stop first",
        )
    )


@click.command("usage")
@_CONTRACT
@format_option
@lang_option
@data_dir_option
def usage_command(contract_id: str, form: str, directory: Path | None) -> None:
    """対象機器とプローブの台数 / How many devices are covered and in use."""
    with reading(directory) as session:
        found = contract_of(session, contract_id)
        used = usage(session, found, service_day(utc_now()))
    if form == "json":
        shrinking = used.shrinking
        show_json(
            {
                "quota": used.quota,
                "in_use": used.in_use,
                "headroom": used.headroom,
                "stopped": used.stopped,
                "probes_a_site": used.probes_a_site,
                "shrinks_on": shrinking.on.isoformat() if shrinking else None,
                "shrinks_to": shrinking.quota if shrinking else None,
            }
        )
        return
    say(*usage_lines(used))


COMMANDS = (add_devices, add_probes, add_analysis, end, choose, usage_command)


def usage_lines(used: Usage) -> list[Text]:
    """Return what is in use, for people."""
    lines = [
        Text(
            f"対象機器: {used.quota}台中{used.in_use}台を登録（あと{used.headroom}台）",
            f"target devices: {used.in_use} of {used.quota} in use, {used.headroom} free",
        )
    ]
    if used.stopped:
        lines.append(
            Text(f"台数超過で停止中: {used.stopped}台", f"stopped, as there is no place for them: {used.stopped}")
        )
    if used.shrinking:
        lines.append(
            Text(
                f"{used.shrinking.on} から{used.shrinking.quota}台になります",
                f"{used.shrinking.quota} from {used.shrinking.on} on",
            )
        )
    return [*lines, Text(f"拠点ごとのプローブ: {used.probes_a_site}台まで", f"probes a site: {used.probes_a_site}")]


def option_line(option: ContractOption) -> Text:
    """Return an option, for people."""
    words = OPTION_WORDS[option.kind]
    amount = "" if option.kind is OptionKind.DEVICE_ANALYSIS else f" +{option.amount}"
    last = option.ends_on
    return Text(
        f"{option.public_id} {words.ja}{amount}（{option.starts_on}から{f'{last}まで' if last else '期限なし'}）",
        f"{option.public_id} {words.en}{amount}, from {option.starts_on} {f'to {last}' if last else 'without an end'}",
    )


def _add(
    contract_id: str,
    kind: OptionKind,
    amount: int,
    span: tuple[date | None, date | None],
    directory: Path | None,
) -> None:
    if span[0] and span[1] and span[1] < span[0]:
        raise WrongUse(
            Text(
                f"オプションの最後の日 {span[1]} が最初の日 {span[0]} より前です",
                f"the option would end on {span[1]}, before it starts on {span[0]}",
            )
        )
    with ordering(directory, contract_id) as (order, contract):
        option = add_option(order, contract, kind, amount, span[0] or order.today, span[1])
        lines = _added(contract, option, usage(order.session, contract, order.today))
    say(*lines)


def _added(contract: Contract, option: ContractOption, used: Usage) -> list[Text]:
    line = option_line(option)
    first = Text(f"契約 {contract.public_id}: {line.ja}", f"contract {contract.public_id}: {line.en}")
    if option.kind is OptionKind.DEVICE_ANALYSIS:
        return [first, Text("次のレポートから載ります", "the next report has it")]
    return [first, *usage_lines(used)]
