"""Assets as JSON (`karte probe scan --json`, whose names are kept stable) and as inventory items."""

from datetime import UTC, datetime
from typing import Any

from collectors.inventory import AssetItem
from collectors.probe.discovery.asset import Asset
from collectors.probe.discovery.fence import Fence
from collectors.probe.discovery.identity import Mark
from collectors.probe.discovery.known import Known
from collectors.probe.discovery.plan import Scan


def to_document(found: Scan, fence: Fence) -> dict[str, Any]:
    """Return what a scan found as JSON values; null and empty lists are what is not known."""
    return {
        "assets": [_asset(each) for each in found.assets],
        "subnets": [str(each) for each in fence.networks],
        "addresses": found.addresses,
        "questions": found.packets,
        "duration_s": round(found.duration_s, 3),
        "complete": found.is_complete,
        "partial": [{"ja": each.ja, "en": each.en} for each in found.partial],
    }


def _asset(asset: Asset) -> dict[str, Any]:
    return {
        "asset": asset.id,
        "ip": asset.addresses[0],
        "addresses": list(asset.addresses),
        "mac": asset.mac or None,
        "vendor": asset.vendor or None,
        "names": list(asset.names),
        "kind": asset.guess.kind,
        "reason": {"ja": asset.guess.reason.ja, "en": asset.guess.reason.en},
        "maker": asset.maker or None,
        "model": asset.model or None,
        "serial": asset.serial or None,
        "engine_id": min(asset.marked(Mark.ENGINE), default=None),
        "ports": list(asset.ports),
        "services": [each for each in asset.services if not each.startswith(("location:", "server:"))],
        "how": [each.value for each in asset.sources],
    }


def to_item(known: Known) -> AssetItem:
    """Return an asset as an item of the inventory."""
    asset = known.asset
    macs = asset.marked(Mark.MAC) | ({asset.mac} - {""})
    return AssetItem(
        asset=asset.id,
        kind=asset.guess.kind,
        maker=asset.maker,
        model=asset.model,
        names=asset.names,
        mac=tuple(sorted(macs)),
        ip=asset.addresses,
        first_seen=datetime.fromtimestamp(known.first_seen, UTC),
        last_seen=datetime.fromtimestamp(known.last_seen, UTC),
        how=tuple(sorted(each.value for each in asset.sources)),
    )
