"""`karte device software` and `karte device assets`: what a device lists now, and what changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.lookup import device_of
from api.cli.speech import lang_option, say
from api.cli.store import data_dir_option, reading
from api.cli.table import Row, format_option, local_time, show_rows
from api.models import Asset, AssetChange, Device, InventoryList, Software, SoftwareChange
from collectors.inventory import ASSETS, SOFTWARE
from collectors.text import Text

_changes_option = click.option(
    "--changes", is_flag=True, help="変更の記録を新しい順に / the log of changes, newest first"
)
_limit_option = click.option(
    "--limit",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="変更の最大件数 / most changes that are shown",
)


@click.command()
@click.argument("device_id", metavar="DEVICE")
@_changes_option
@_limit_option
@format_option
@lang_option
@data_dir_option
def software(device_id: str, changes: bool, limit: int, form: str, directory: Path | None) -> None:
    """DEVICE のソフトウェアと変更の記録 / Software of DEVICE, or what was installed, removed and updated."""
    with reading(directory) as session:
        device = device_of(session, device_id)
        if changes:
            rows = [_software_change(each) for each in _log(session, SoftwareChange, device, limit)]
        else:
            query = select(Software).where(Software.device_id == device.id).order_by(Software.name, Software.version)
            rows = [_software(each) for each in session.scalars(query)]
        head = _head(session, device, SOFTWARE.name)
    _show(rows, form, head, changes)


@click.command()
@click.argument("device_id", metavar="PROBE")
@_changes_option
@_limit_option
@format_option
@lang_option
@data_dir_option
def assets(device_id: str, changes: bool, limit: int, form: str, directory: Path | None) -> None:
    """PROBE が見つけた機器と変更の記録 / What PROBE has found on the LAN, or what came, vanished and changed."""
    with reading(directory) as session:
        device = device_of(session, device_id)
        if changes:
            rows = [_asset_change(each) for each in _log(session, AssetChange, device, limit)]
        else:
            query = select(Asset).where(Asset.device_id == device.id).order_by(Asset.kind, Asset.asset)
            rows = [_asset(each) for each in session.scalars(query)]
        head = _head(session, device, ASSETS.name)
    _show(rows, form, head, changes)


def _show(rows: Sequence[Row], form: str, head: Text | None, changes: bool) -> None:
    if form != "json" and head:
        say(head)
    nothing = Text("変更の記録はありません", "no change is recorded")
    no_list = Text("一覧をまだ受信していません", "no list has come yet")
    show_rows(rows, form, nothing if changes and head else no_list if head is None else Text("0 件", "nothing"))


def _head(session: Session, device: Device, kind: str) -> Text | None:
    """Return the line above a list: how old it is and whether it is whole; None where no list has come."""
    wanted = (InventoryList.device_id == device.id, InventoryList.kind == kind)
    listed = session.scalar(select(InventoryList).where(*wanted))
    if listed is None:
        return None
    when, name = local_time(listed.taken_at), f"{device.hostname} ({device.public_id})"
    return Text(f"{name}: {listed.total} 件、{when} 現在（日本時間）", f"{name}: {listed.total} as of {when} in Japan")


def _log(session: Session, log: type[SoftwareChange] | type[AssetChange], device: Device, limit: int) -> Sequence[Any]:
    query = select(log).where(log.device_id == device.id).order_by(log.at.desc(), log.id.desc())
    return session.scalars(query.limit(limit)).all()


def _software(each: Software) -> Row:
    return {
        "name": each.name,
        "version": each.version,
        "publisher": each.publisher,
        "arch": each.arch,
        "source": each.source,
        "scope": each.scope,
        "installed_on": each.installed_on.isoformat() if each.installed_on else None,
        "size_kib": each.size_kib,
        "since": each.since,
    }


def _software_change(each: SoftwareChange) -> Row:
    return {
        "at": each.at,
        "change": each.change.value,
        "name": each.name,
        "version_before": each.version_before,
        "version_after": each.version_after,
        "publisher": each.publisher,
    }


def _asset(each: Asset) -> Row:
    return {
        "asset": each.asset,
        "kind": each.kind,
        "maker": each.maker,
        "model": each.model,
        "names": ", ".join(each.names),
        "mac": ", ".join(each.mac),
        "ip": ", ".join(each.ip),
        "first_seen": each.first_seen,
        "last_seen": each.last_seen,
    }


def _asset_change(each: AssetChange) -> Row:
    return {
        "at": each.at,
        "change": each.change.value,
        "asset": each.asset,
        "before": _differing(each.before, each.after),
        "after": _differing(each.after, each.before),
    }


def _differing(shown: dict[str, Any] | None, other: dict[str, Any] | None) -> str | None:
    """Return those values of one side of a change that the other side has not."""
    if shown is None:
        return None
    skipped = {"asset", "last_seen"}
    values = {name: value for name, value in shown.items() if name not in skipped and value != (other or {}).get(name)}
    return "; ".join(f"{name}={_told(value)}" for name, value in values.items())


def _told(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
