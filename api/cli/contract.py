"""`karte contract`: contracts, their sites, options and states."""

from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from api.cli.lookup import contract_of
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, show_json, show_rows
from api.models import Contract, ContractEvent, ContractOption, Device, OptionKind, Site, TransitionRefused
from api.models.base import service_day, utc_now
from api.models.contract import NEEDS_REASON
from api.models.device import TARGET_KINDS, count_targets
from api.models.prefecture import PREFECTURES, prefecture_code

FIRST_SITE = "本社"


def _prefecture_code(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    code = prefecture_code(value) if value else None
    if value and code is None:
        raise click.BadParameter(f"{value} is not a prefecture of Japan (e.g. 東京都, Tokyo or 13)")
    return code


_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def contract() -> None:
    """Contracts, their sites, options and states."""


@contract.command()
@click.argument("name")
@click.option("--site", help=f"Name of its first site; {FIRST_SITE} if only --prefecture is given.")
@click.option(
    "--prefecture", callback=_prefecture_code, help="Where the site is: 東京都, Tokyo or 13. The service area is Japan."
)
@click.option("--address", default="", help="The rest of the site's address.")
@click.option("--extra-devices", type=click.IntRange(0), default=0, help="Target devices beyond the basic 10.")
@click.option(
    "--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True, help="Of mail and reports."
)
@click.option("--draft", is_flag=True, help="Do not activate it yet.")
@format_option
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
    """Make a contract for the customer NAME, active at once."""
    if site and not prefecture:
        raise click.UsageError("--site needs --prefecture: the service area is Japan, e.g. --prefecture 東京都")
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
    click.echo("\n".join([*lines, next_step(f"karte {follow}", directory)]))


@contract.command("list")
@format_option
@data_dir_option
def list_(form: str, directory: Path | None) -> None:
    """List all contracts."""
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
    show_rows(rows, form, f"no contract yet\n{follow}")


@contract.command()
@click.argument("contract_id", metavar="CONTRACT")
@format_option
@data_dir_option
def show(contract_id: str, form: str, directory: Path | None) -> None:
    """Show one contract with its sites, options and quota."""
    with reading(directory) as session:
        found = contract_of(session, contract_id)
        details, lines = _details(session, found), _described(session, found)
    if form == "json":
        show_json(details)
    else:
        click.echo("\n".join(lines))


@contract.command("add-site")
@click.argument("contract_id", metavar="CONTRACT")
@click.argument("name")
@click.option("--prefecture", callback=_prefecture_code, required=True, help="Where it is: 東京都, Tokyo or 13.")
@click.option("--address", default="", help="The rest of its address.")
@data_dir_option
def add_site(contract_id: str, name: str, prefecture: str, address: str, directory: Path | None) -> None:
    """Add a site to a contract."""
    with writing(directory) as session:
        found = contract_of(session, contract_id)
        site = Site(name=name, prefecture=prefecture, address=address)
        found.sites.append(site)
        session.flush()
    click.echo(f"site {site.public_id} ({site.name}, {PREFECTURES[prefecture].ja}) added to contract {found.public_id}")
    click.echo(next_step(f"karte device issue-id {found.public_id} --site {site.public_id}", directory))


@contract.command("add-devices")
@click.argument("contract_id", metavar="CONTRACT")
@click.argument("amount", type=click.IntRange(1))
@click.option("--from", "starts", type=_DAY, help="First day, in Japan; today if not given.")
@click.option("--until", "ends", type=_DAY, help="Last day; no end if not given.")
@data_dir_option
def add_devices(
    contract_id: str, amount: int, starts: datetime | None, ends: datetime | None, directory: Path | None
) -> None:
    """Let a contract cover AMOUNT target devices more, as an option."""
    today = service_day(utc_now())
    first, last = (starts.date() if starts else today), (ends.date() if ends else None)
    if last and last < first:
        raise click.UsageError(f"the option would end on {last}, before it starts on {first}")
    with writing(directory) as session:
        found = contract_of(session, contract_id)
        found.options.append(_extra(amount, first, last))
        session.flush()
        quota = _quota_line(session, found)
    until = f" to {last}" if last else ""
    click.echo(f"contract {found.public_id}: {amount} more target devices from {first}{until}\n{quota}")


def _add_event_command(event: ContractEvent, does: str) -> None:
    @contract.command(event.value, help=f"{does}.")
    @click.argument("contract_id", metavar="CONTRACT")
    @click.option("--reason", default="", help="Told to the customer." if event in NEEDS_REASON else "Not needed.")
    @data_dir_option
    def change(contract_id: str, reason: str, directory: Path | None) -> None:
        with writing(directory) as session:
            found = contract_of(session, contract_id)
            try:
                found.apply(event, utc_now(), reason)
            except TransitionRefused as error:
                raise click.ClickException(str(error)) from None
        click.echo(f"contract {found.public_id} ({found.name}) is {found.state} now")


_add_event_command(ContractEvent.ACTIVATE, "Begin a contract: its devices may enrol and send from now on")
_add_event_command(ContractEvent.SUSPEND, "Suspend a contract: its devices keep what they measure and cannot send")
_add_event_command(ContractEvent.RESUME, "Resume a suspended contract: what its devices kept arrives")
_add_event_command(ContractEvent.TERMINATE, "End a contract for good: its devices are refused")


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


def _quota_line(session: Session, each: Contract) -> str:
    quota = each.device_quota(service_day(utc_now()))
    return f"target devices: {count_targets(session, each.id)} of {quota} in use"


def _described(session: Session, each: Contract) -> list[str]:
    reason = f": {each.state_reason}" if each.state_reason else ""
    lines = [f"contract {each.public_id} ({each.name}) is {each.state}{reason}"]
    lines += [f"site {s.public_id}: {s.name}, {PREFECTURES[s.prefecture].ja}{s.address}" for s in each.sites]
    for option in each.options:
        until = f" to {option.ends_on}" if option.ends_on else ""
        lines.append(f"option: {option.amount} more target devices from {option.starts_on}{until}")
    return [*lines, _quota_line(session, each)]
