"""What the devices of a contract have: queries for lists of software and of things on the LAN, and of their changes.

Current lists leave revoked devices out, as reports do; the log of changes keeps them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload

from api.matching import begins, contains, first_line_contains, first_line_like, second_line_contains
from api.models import Asset, AssetChange, Contract, Device, Software, SoftwareChange
from api.models.base import SERVICE_ZONE
from collectors.inventory.changes import ChangeKind

MOST_FOUND = 50
"""Of each kind that a search across a contract gives."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is wanted; "" and None stand for all.

    Attributes:
        name: contained in the name of the product, or in any word by which a thing on the LAN is found.
        publisher: contained in the publisher's name.
        kind: of a thing on the LAN.
        device: public id of the device that lists it.
        change: of a log, which changes.
        since: of a log, the first day in Japan.
        until: of a log, the last day in Japan.
    """

    name: str = ""
    publisher: str = ""
    kind: str = ""
    device: str = ""
    change: ChangeKind | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search across a contract found, `MOST_FOUND` of each kind at most.

    Attributes:
        devices: that were enrolled.
        software: entries, each with its device.
        assets: things on the LAN, each with the probe.
        more: kinds of which there is more.
    """

    devices: Sequence[Device]
    software: Sequence[tuple[Software, Device]]
    assets: Sequence[tuple[Asset, Device]]
    more: frozenset[str]


def software(contract: Contract, wanted: Wanted) -> Select[Software, Device]:
    """Return the query of what is installed now, each entry with its device."""
    asked = (
        select(Software, Device)
        .join(Device, Device.id == Software.device_id)
        .where(Software.contract_id == contract.id, Device.revoked_at.is_(None))
        .order_by(Software.name, Software.id)
    )
    if wanted.name:
        asked = asked.where(first_line_contains(Software.folded, wanted.name))
    if wanted.publisher:
        asked = asked.where(second_line_contains(Software.folded, wanted.publisher))
    return asked.where(*_of_device(wanted))


def products(contract: Contract, wanted: Wanted) -> Select[str, str, str, int]:
    """Return the query of products by name, publisher and version, with the number of devices that have them."""
    columns = (Software.name, Software.publisher, Software.version)
    asked = (
        select(*columns, func.count(Software.device_id.distinct()).label("devices"))
        .join(Device, Device.id == Software.device_id)
        .where(Software.contract_id == contract.id, Device.revoked_at.is_(None))
        .group_by(*columns)
        .order_by(*columns)
    )
    if wanted.name:
        asked = asked.where(first_line_contains(Software.folded, wanted.name))
    if wanted.publisher:
        asked = asked.where(second_line_contains(Software.folded, wanted.publisher))
    return asked.where(*_of_device(wanted))


def holders(contract: Contract, pattern: str) -> Select[Software, Device]:
    """Return the query of who has a product.

    Args:
        contract: whose devices.
        pattern: name of the product, `*` being anything.
    """
    return (
        select(Software, Device)
        .join(Device, Device.id == Software.device_id)
        .where(
            Software.contract_id == contract.id,
            Device.revoked_at.is_(None),
            first_line_like(Software.folded, pattern),
        )
        .order_by(Device.hostname, Software.name, Software.id)
    )


def assets(contract: Contract, wanted: Wanted) -> Select[Asset, Device]:
    """Return the query of what is on the LANs now, each with the probe that found it."""
    asked = (
        select(Asset, Device)
        .join(Device, Device.id == Asset.device_id)
        .join(Device.site)
        .options(contains_eager(Device.site))
        .where(Asset.contract_id == contract.id, Device.revoked_at.is_(None))
        .order_by(Asset.kind, Asset.asset, Asset.id)
    )
    if wanted.name:
        asked = asked.where(contains(Asset.folded, wanted.name))
    if wanted.kind:
        asked = asked.where(Asset.kind == wanted.kind)
    return asked.where(*_of_device(wanted))


def software_changes(contract: Contract, wanted: Wanted) -> Select[SoftwareChange, Device]:
    """Return the query of what was installed, removed and updated, the newest first."""
    asked = (
        select(SoftwareChange, Device)
        .join(Device, Device.id == SoftwareChange.device_id)
        .where(SoftwareChange.contract_id == contract.id, *_within(SoftwareChange.at, wanted), *_of_device(wanted))
        .order_by(SoftwareChange.at.desc(), SoftwareChange.id.desc())
    )
    if wanted.name:
        asked = asked.where(SoftwareChange.name.icontains(wanted.name, autoescape=True))
    return asked if wanted.change is None else asked.where(SoftwareChange.change == wanted.change)


def asset_changes(contract: Contract, wanted: Wanted) -> Select[AssetChange, Device]:
    """Return the query of what came, vanished and changed on the LANs, the newest first."""
    asked = (
        select(AssetChange, Device)
        .join(Device, Device.id == AssetChange.device_id)
        .where(AssetChange.contract_id == contract.id, *_within(AssetChange.at, wanted), *_of_device(wanted))
        .order_by(AssetChange.at.desc(), AssetChange.id.desc())
    )
    return asked if wanted.change is None else asked.where(AssetChange.change == wanted.change)


def search(session: Session, contract: Contract, text: str) -> Found:
    """Look for a text in the devices, software and things on the LANs of a contract; three queries."""
    named = (
        select(Device)
        .where(
            Device.contract_id == contract.id,
            or_(contains(Device.search_name, text), begins(session, Device.public_id, text)),
        )
        .options(joinedload(Device.site))
        .order_by(Device.revoked_at.is_not(None), Device.hostname, Device.id)
    )
    listed = (
        select(Software, Device)
        .join(Device, Device.id == Software.device_id)
        .where(Software.contract_id == contract.id, Device.revoked_at.is_(None), contains(Software.folded, text))
        .order_by(Software.name, Software.id)
    )
    most = MOST_FOUND + 1
    devices = session.scalars(named.limit(most)).all()
    entries = [(each, device) for each, device in session.execute(listed.limit(most))]
    things = [(each, device) for each, device in session.execute(assets(contract, Wanted(name=text)).limit(most))]
    found = {"devices": devices, "software": entries, "assets": things}
    return Found(
        devices[:MOST_FOUND],
        entries[:MOST_FOUND],
        things[:MOST_FOUND],
        frozenset(name for name, rows in found.items() if len(rows) > MOST_FOUND),
    )


def _of_device(wanted: Wanted) -> list[ColumnElement[bool]]:
    return [Device.public_id == wanted.device] if wanted.device else []


def _within(column: InstrumentedAttribute[datetime], wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        found.append(column >= _begin(wanted.since))
    if wanted.until is not None:
        found.append(column < _begin(wanted.until + timedelta(days=1)))
    return found


def _begin(day: date) -> datetime:
    """Return when a day begins in Japan."""
    return datetime.combine(day, time(), SERVICE_ZONE).astimezone(UTC)
