"""`karte device`: target devices, probes and the install IDs that enrol them."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api.cli.lookup import contract_of, device_of, site_of
from api.cli.moment import moment_to_come
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, local_time, show_json, show_rows
from api.issuing import issue_install_id
from api.models import ContractState, Device, DeviceKind, InstallId
from api.models.base import service_day, utc_now
from api.models.device import TARGET_KINDS, count_targets


@click.group()
def device() -> None:
    """Target devices, probes and the install IDs that enrol them."""


@device.command("issue-id")
@click.argument("contract_id", metavar="CONTRACT")
@click.option("--site", help="Site, by id or name; the contract's only site if not given.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in DeviceKind]),
    help="The only kind that it enrols; any target device if not given. A probe needs --kind probe.",
)
@click.option(
    "--expires",
    callback=moment_to_come,
    metavar="WHEN",
    default="14d",
    show_default=True,
    help="When it ends: 12h, 14d or a date.",
)
@click.option(
    "--uses", type=click.IntRange(1), help="How many devices it may add; only the quota limits it if not given."
)
@format_option
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
    """Issue an install ID for CONTRACT; its code is shown this once."""
    with writing(directory) as session:
        contract = contract_of(session, contract_id)
        place = site_of(contract, site)
        install_id, code = issue_install_id(
            session,
            place,
            utc_now(),
            kind=DeviceKind(kind) if kind else None,
            expires_at=expires,
            max_uses=uses,
        )
        row, name, state = _install_id_row(install_id), contract.name, contract.state
    if form == "json":
        show_json({"code": code, **row})
        return
    click.echo(
        f"install ID {install_id.public_id} for {name}, {place.name}; its code is shown this once:\n\n    {code}\n"
    )
    limit = f", {uses} at most" if uses else ""
    click.echo(f"enrols {kind or ' or '.join(TARGET_KINDS)}{limit}, until {local_time(expires)} in Japan")
    if state is not ContractState.ACTIVE:
        click.echo(f"note: the contract is {state}; nothing can enrol until it is active")
    click.echo(f"next, on the machine: karte agent enroll URL-OF-THIS-SERVICE {code}")


@device.command("list")
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@format_option
@data_dir_option
def list_(contract_id: str | None, form: str, directory: Path | None) -> None:
    """List the devices of CONTRACT, or of all contracts."""
    query = select(Device).options(joinedload(Device.contract), joinedload(Device.site)).order_by(Device.id)
    with reading(directory) as session:
        if contract_id:
            query = query.where(Device.contract_id == contract_of(session, contract_id).id)
        rows = [_row(each) for each in session.scalars(query)]
    show_rows(rows, form, f"no device yet\n{next_step('karte device issue-id CONTRACT', directory)}")


@device.command()
@click.argument("device_id", metavar="DEVICE")
@data_dir_option
def revoke(device_id: str, directory: Path | None) -> None:
    """Refuse DEVICE from now on and free its place in the quota."""
    with writing(directory) as session:
        found = device_of(session, device_id)
        if found.revoked_at:
            when = local_time(found.revoked_at)
            raise click.ClickException(f"device {found.public_id} ({found.hostname}) was revoked on {when} already")
        found.revoke(utc_now())
        session.flush()
        contract = found.contract.public_id
        quota, in_use = found.contract.device_quota(service_day(utc_now())), count_targets(session, found.contract_id)
    click.echo(f"device {found.public_id} ({found.hostname}) is revoked; its token is refused from now on")
    click.echo(f"contract {contract}: {in_use} of {quota} target devices in use")
    click.echo("an install ID issued after this moment can enrol it again")


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
