"""What probes found on a customer's LAN, and what came, vanished and changed there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from api.folding import folded
from api.models import Asset, AssetChange, Device
from api.portal.frame import contract_page, shown_contract
from api.portal.pager import cut, searched
from api.portal.plain import CHANGE_WORDS
from api.portal.room import customer_room
from collectors.text import Text

blueprint = customer_room("assets", __name__)
_ACTIVE = "portal_assets.listing"

_FIELDS: Mapping[str, Text] = {
    "kind": Text("種類", "kind"),
    "maker": Text("メーカー", "maker"),
    "model": Text("型番", "model"),
    "names": Text("名前", "names"),
    "ip": Text("IPアドレス", "IP addresses"),
    "mac": Text("MACアドレス", "MAC addresses"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs of one field.

    Attributes:
        field: its name.
        before: as it was; "" if it was not known.
        after: as it became.
    """

    field: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A change on the page."""

    change: AssetChange
    probe: Device
    name: str
    kind: str
    differences: tuple[Difference, ...]


@blueprint.get("/<contract_id>/assets")
def listing(contract_id: str) -> str:
    """List what is on the LAN."""
    session, contract = shown_contract(contract_id)
    query = (
        select(Asset, Device)
        .join(Device, Device.id == Asset.device_id)
        .where(Asset.contract_id == contract.id, Device.revoked_at.is_(None))
        .order_by(Asset.kind, Asset.asset, Asset.id)
    )
    wanted = searched()
    if wanted:
        query = query.where(Asset.folded.contains(folded(wanted), autoescape=True))
    return contract_page("portal/assets.html", _ACTIVE, contract, page=cut(session, query), wanted=wanted)


@blueprint.get("/<contract_id>/assets/changes")
def changes(contract_id: str) -> str:
    """List what came, vanished and changed, the newest first."""
    session, contract = shown_contract(contract_id)
    query = (
        select(AssetChange, Device)
        .join(Device, Device.id == AssetChange.device_id)
        .where(AssetChange.contract_id == contract.id)
        .order_by(AssetChange.at.desc(), AssetChange.id.desc())
    )
    page = cut(session, query)
    return contract_page(
        "portal/asset_changes.html",
        _ACTIVE,
        contract,
        page=page,
        lines=[_changed(change, probe) for change, probe in page.rows],
        change_words=CHANGE_WORDS,
    )


def _changed(change: AssetChange, probe: Device) -> Changed:
    before, after = change.before or {}, change.after or {}
    shown = after or before
    names = shown.get("names") or []
    name = str(names[0]) if names else str(shown.get("model") or change.asset)
    differences = (
        Difference(text, _told(before.get(field)), _told(after.get(field)))
        for field, text in _FIELDS.items()
        if before and after and before.get(field) != after.get(field)
    )
    return Changed(change, probe, name, str(shown.get("kind") or ""), tuple(differences))


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
