"""Software that is installed on a device."""

import re
from datetime import date
from typing import Annotated

import msgspec

from collectors.inventory.declaration import Inventory, ItemField, ItemType
from collectors.inventory.kind import Item, Kind
from collectors.text import Text

_PACKAGE_MANAGERS = frozenset({"dpkg", "rpm", "snap", "flatpak"})
_MONTH_S = 30 * 86400.0
_VERSION_IN_NAME = re.compile(r"\bv?\d+(?:\.\d+)+(?:[-+~.]\d+)*")


class SoftwareItem(Item, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One installed product or package.

    Attributes:
        name: as the system shows it.
        publisher: who made it; "" if not told.
        version: as the system shows it; "" if not told.
        arch: architecture: "x64", "x86", "amd64", "noarch" …; "" if not told.
        source: which list it stands in: "registry", "store", "dpkg", "rpm", "snap", "flatpak", "macos".
        scope: "machine", or "user" where it is installed for single users only; whose is not collected.
        installed_on: day of installation, or of the last update where the system notes that; None if not told.
        size_kib: estimated size in KiB; None if not told.
    """

    name: str
    publisher: str = ""
    version: str = ""
    arch: str = ""
    source: str = ""
    scope: str = "machine"
    installed_on: date | None = None
    size_kib: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] | None = None


def product_name(name: str, version: str) -> str:
    """Return a product's name without the version that makers write into it: "7-Zip 18.01 (x64)" -> "7-zip (x64)".

    Only what begins as the version does is taken out, so "SQL Server 2017" and "SQL Server 2019" stay two products.
    """
    numbers = version.lstrip("vV").split(".")
    start = ".".join(numbers[:2])

    def strip(found: re.Match[str]) -> str:
        return "" if len(numbers) > 1 and f"{found[0].lstrip('vV')}.".startswith(f"{start}.") else found[0]

    return " ".join(_VERSION_IN_NAME.sub(strip, name).split()).casefold()


def _key(item: SoftwareItem) -> tuple[str, ...]:
    return item.name, item.publisher, item.version, item.arch, item.source, item.scope


def _product(item: SoftwareItem) -> tuple[str, ...]:
    name = product_name(item.name, item.version)
    # A package manager's name is the identity; its vendor is told by some versions and not by others.
    publisher = "" if item.source in _PACKAGE_MANAGERS else item.publisher.casefold()
    return name, publisher, item.arch, item.source, item.scope


SOFTWARE = Kind(
    declaration=Inventory(
        name="software",
        text=Text("インストールされているソフトウェアの一覧", "list of installed software"),
        fields=(
            ItemField("name", ItemType.TEXT, Text("名称", "name"), limit=300),
            ItemField("publisher", ItemType.TEXT, Text("発行元", "publisher")),
            ItemField("version", ItemType.TEXT, Text("バージョン", "version"), limit=100),
            ItemField(
                "arch", ItemType.TEXT, Text("アーキテクチャ（x64、amd64 など）", "architecture: x64, amd64 …"), limit=20
            ),
            ItemField(
                "source",
                ItemType.TEXT,
                Text(
                    "読み取り元（registry、store、dpkg、rpm、snap、flatpak、macos）",
                    "where it is listed: registry, store, dpkg, rpm, snap, flatpak, macos",
                ),
                limit=20,
            ),
            ItemField(
                "scope",
                ItemType.TEXT,
                Text(
                    "インストールの範囲（machine 機器全体、user 利用者ごと。利用者名は収集しない）",
                    "machine, or user where installed for single users; who they are is not collected",
                ),
                limit=20,
            ),
            ItemField(
                "installed_on",
                ItemType.DATE,
                Text("インストール日または更新日", "day of installation or of the last update"),
            ),
            ItemField("size_kib", ItemType.INTEGER, Text("推定サイズ", "estimated size"), "KiB"),
        ),
    ),
    item=SoftwareItem,
    key=_key,
    product=_product,
    version=lambda item: item.version,
    heartbeat_s=_MONTH_S,
)
