"""Entities by the id that a person typed, or one line that says there is no such thing."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.models import Contract, Device, Site


def contract_of(session: Session, public_id: str) -> Contract:
    """Return a contract.

    Raises:
        ClickException: there is none of that id.
    """
    contract = session.scalar(select(Contract).where(Contract.public_id == public_id.strip().lower()))
    if contract is None:
        raise click.ClickException(f"there is no contract {public_id}; `karte contract list` names them")
    return contract


def device_of(session: Session, public_id: str) -> Device:
    """Return a device.

    Raises:
        ClickException: there is none of that id.
    """
    device = session.scalar(select(Device).where(Device.public_id == public_id.strip().lower()))
    if device is None:
        raise click.ClickException(f"there is no device {public_id}; `karte device list` names them")
    return device


def site_of(contract: Contract, wanted: str | None) -> Site:
    """Return a contract's site by id or name, or its only site where none is named.

    Raises:
        ClickException: there is no such site, none at all, or more than one to choose from.
    """
    if not contract.sites:
        raise click.ClickException(
            f"contract {contract.public_id} has no site yet; add one: "
            f"karte contract add-site {contract.public_id} NAME --prefecture PREFECTURE"
        )
    found = [s for s in contract.sites if wanted is None or wanted in (s.public_id, s.name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{s.public_id} ({s.name})" for s in contract.sites)
    if wanted is None:
        raise click.ClickException(f"contract {contract.public_id} has several sites, choose with --site: {names}")
    problem = "more than one" if found else "no"
    raise click.ClickException(f"contract {contract.public_id} has {problem} site {wanted}; its sites: {names}")
