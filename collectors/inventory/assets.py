"""Equipment and machines that a site's probe has found on the LAN."""

from datetime import datetime
from typing import Annotated

import msgspec

from collectors.declaration import PersonalData
from collectors.inventory.declaration import Inventory, ItemField, ItemType
from collectors.inventory.kind import Item, Kind
from collectors.text import Text

_DAY_S = 86400.0

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with a zone."""


class AssetItem(Item, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing on the LAN.

    A thing that leaves the list has vanished, so whoever makes the list decides for how long a silent thing stays.

    Attributes:
        asset: id that is unique within the contract and outlives an address change (`collectors.probe.asset`).
        kind: "printer", "router", "switch", "nas", "pbx", "ups", "server", "pc", … or "unknown".
        maker: "" if not known.
        model: "" if not known.
        names: by which it is known (DNS, mDNS, NetBIOS, sysName).
        mac: hardware addresses `00:11:22:aa:bb:cc`.
        ip: addresses.
        first_seen: when it was first found.
        last_seen: when it last answered; it changes with every look and makes no list a new one.
        how: by which ways it was found: "arp", "icmp", "snmp", "mdns", "ssdp", "netbios", "sip", "tcp" …
    """

    asset: str
    kind: str = "unknown"
    maker: str = ""
    model: str = ""
    names: tuple[str, ...] = ()
    mac: tuple[str, ...] = ()
    ip: tuple[str, ...] = ()
    first_seen: Moment | None = None
    last_seen: Moment | None = None
    how: tuple[str, ...] = ()


ASSETS = Kind(
    declaration=Inventory(
        name="assets",
        text=Text("LAN上で見つかった機器の一覧", "list of what is found on the LAN"),
        fields=(
            ItemField(
                "asset",
                ItemType.TEXT,
                Text("機器の識別子（製造番号、MACアドレスなど）", "id of the device: serial number, MAC address …"),
                personal=PersonalData.DEVICE,
            ),
            ItemField(
                "kind",
                ItemType.TEXT,
                Text("種別（printer、router、nas など）", "kind: printer, router, nas …"),
                limit=40,
            ),
            ItemField("maker", ItemType.TEXT, Text("メーカー", "maker")),
            ItemField("model", ItemType.TEXT, Text("型番", "model")),
            ItemField(
                "names",
                ItemType.TEXTS,
                Text("ネットワーク上の名前", "names on the network"),
                limit=255,
                personal=PersonalData.PERSON,
            ),
            ItemField(
                "mac",
                ItemType.TEXTS,
                Text("MACアドレス", "hardware addresses"),
                limit=40,
                personal=PersonalData.DEVICE,
            ),
            ItemField("ip", ItemType.TEXTS, Text("IPアドレス", "IP addresses"), limit=45, personal=PersonalData.DEVICE),
            ItemField("first_seen", ItemType.TIME, Text("最初に見つけた日時", "when it was first found")),
            ItemField(
                "last_seen", ItemType.TIME, Text("最後に応答した日時", "when it last answered"), is_content=False
            ),
            ItemField(
                "how",
                ItemType.TEXTS,
                Text("見つけた方法（arp、snmp、mdns など）", "how it was found: arp, snmp, mdns …"),
                limit=20,
            ),
        ),
    ),
    item=AssetItem,
    key=lambda item: (item.asset,),
    product=lambda item: item.asset,
    version=lambda _item: "",
    heartbeat_s=_DAY_S,
)
