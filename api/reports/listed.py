"""What the lists of devices and probes tell a report: software and things on the LAN, and what changed of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models import Asset, AssetChange, Contract, Device, InventoryList, Software, SoftwareChange
from api.readings.equipment import LanEvents
from api.readings.scope import Window
from api.reports.known import AssetFacts, AssetMove, KnownAsset, Product, ProductChange, SoftwareFacts
from collectors.inventory import ASSETS, SOFTWARE
from collectors.inventory.changes import ChangeKind

MOST_PRODUCTS = 2000
MOST_CHANGES = 2000
MOST_ASSETS = 1000
MOST_MOVES = 500

PACKAGE_MANAGERS = ("dpkg", "rpm", "snap", "flatpak")
"""Sources that list parts of a system, thousands each, which no customer tells apart."""


def software_of(session: Session, contract: Contract, window: Window) -> SoftwareFacts:
    """Return what is installed now, and what changed within a period; four queries."""
    here = (Device.contract_id == contract.id, Device.revoked_at.is_(None))
    products = session.execute(
        select(
            *(Software.name, Software.publisher, Software.version, Software.source),
            func.count(Software.device_id.distinct()).label("devices"),
        )
        .join(Device, Device.id == Software.device_id)
        .where(*here, Software.source.not_in(PACKAGE_MANAGERS))
        .group_by(Software.name, Software.publisher, Software.version, Software.source)
        .order_by(func.count(Software.device_id.distinct()).desc(), Software.name, Software.version, Software.source)
        .limit(MOST_PRODUCTS + 1)
    ).all()
    packages = session.execute(
        select(Device.public_id, func.count())
        .join(Software, Device.id == Software.device_id)
        .where(*here, Software.source.in_(PACKAGE_MANAGERS))
        .group_by(Device.public_id)
        .order_by(Device.public_id)
    )
    changes, is_cut = _product_changes(session, contract, window)
    return SoftwareFacts(
        listed=_listed(session, contract, SOFTWARE.name),
        products=tuple(sorted((Product(*row) for row in products[:MOST_PRODUCTS]), key=_by_name)),
        packages=dict(packages.all()),
        changes=changes,
        is_cut=is_cut or len(products) > MOST_PRODUCTS,
    )


def assets_of(session: Session, contract: Contract, window: Window, events: LanEvents) -> AssetFacts:
    """Return what there is on the LANs now, and what changed within a period; three queries."""
    here = (Device.contract_id == contract.id, Device.revoked_at.is_(None))
    assets = session.scalars(
        select(Asset)
        .join(Device, Device.id == Asset.device_id)
        .where(*here)
        .order_by(Asset.kind, Asset.asset, Asset.id)
        .limit(MOST_ASSETS + 1)
    ).all()
    moves = session.scalars(
        select(AssetChange)
        .where(AssetChange.contract_id == contract.id, AssetChange.at >= window.start, AssetChange.at < window.end)
        .order_by(AssetChange.at, AssetChange.asset)
        .limit(MOST_MOVES + 1)
    ).all()
    return AssetFacts(
        listed=_listed(session, contract, ASSETS.name),
        assets=tuple(_known(each) for each in assets[:MOST_ASSETS]),
        moves=tuple(AssetMove(each.change.value, each.at, _was(each)) for each in moves[:MOST_MOVES]),
        events=events,
        is_cut=len(assets) > MOST_ASSETS or len(moves) > MOST_MOVES,
    )


def _listed(session: Session, contract: Contract, kind: str) -> dict[str, datetime]:
    asked = (
        select(Device.public_id, InventoryList.taken_at)
        .join(Device, Device.id == InventoryList.device_id)
        .where(InventoryList.contract_id == contract.id, InventoryList.kind == kind, Device.revoked_at.is_(None))
        .order_by(Device.public_id)
    )
    return dict(session.execute(asked).all())


def _product_changes(session: Session, contract: Contract, window: Window) -> tuple[tuple[ProductChange, ...], bool]:
    """Return changes of products, those of several devices together, and whether there were more."""
    source = func.coalesce(SoftwareChange.after["source"].as_string(), SoftwareChange.before["source"].as_string(), "")
    rows = session.execute(
        select(
            *(SoftwareChange.change, SoftwareChange.name, SoftwareChange.publisher),
            *(SoftwareChange.version_before, SoftwareChange.version_after, Device.public_id),
        )
        .join(Device, Device.id == SoftwareChange.device_id)
        .where(
            *(SoftwareChange.contract_id == contract.id, SoftwareChange.change != ChangeKind.CHANGED),
            *(SoftwareChange.at >= window.start, SoftwareChange.at < window.end),
            source.not_in(PACKAGE_MANAGERS),
        )
        .order_by(SoftwareChange.change, SoftwareChange.name, SoftwareChange.at, SoftwareChange.id)
        .limit(MOST_CHANGES + 1)
    ).all()
    devices: dict[tuple[str, str, str, str, str], set[str]] = {}
    for change, name, publisher, before, after, device in rows[:MOST_CHANGES]:
        devices.setdefault((change.value, name, publisher, before or "", after or ""), set()).add(device)
    return tuple(ProductChange(*key, devices=tuple(sorted(those))) for key, those in sorted(devices.items())), len(
        rows
    ) > MOST_CHANGES


def _by_name(product: Product) -> tuple[str, ...]:
    return (product.name.casefold(), product.name, product.publisher, product.version, product.source)


def _known(row: Asset) -> KnownAsset:
    return KnownAsset(
        asset=row.asset,
        kind=row.kind,
        name=_name(row.names, row.maker, row.model, row.asset),
        maker=row.maker,
        model=row.model,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )


def _was(row: AssetChange) -> KnownAsset:
    """Return the thing of a change: as it is, or was at last."""
    item: Mapping[str, Any] = row.after or row.before or {}
    maker, model = str(item.get("maker", "")), str(item.get("model", ""))
    return KnownAsset(
        asset=row.asset,
        kind=str(item.get("kind", "unknown")),
        name=_name(item.get("names") or [], maker, model, row.asset),
        maker=maker,
        model=model,
        first_seen=_moment(item.get("first_seen")),
        last_seen=_moment(item.get("last_seen")),
    )


def _name(names: list[str], maker: str, model: str, asset: str) -> str:
    return next(iter(names), "") or f"{maker} {model}".strip() or asset


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
