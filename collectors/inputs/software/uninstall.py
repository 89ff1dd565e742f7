"""Entries of the Uninstall keys, and of tools that print the same properties, to items.

As "Apps & features" does, it leaves out what has no name, what marks itself as a part of the system, and updates.
Source: https://learn.microsoft.com/windows/win32/msi/uninstall-registry-key
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from collectors.inputs.software.install_date import InstallDates
from collectors.inventory import SoftwareItem
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text

SOURCE = "registry"
MACHINE, USER = "machine", "user"

_UPDATE_KEY = re.compile(r"(?:^|[.\s_}(])(?:KB|Q)\d{6,7}(?:_v\d+)?\)?$", re.IGNORECASE)
_UPDATE_KINDS = ("update", "hotfix", "service pack", "servicepack", "update rollup", "security update")
_NAMES = ("displayname", "name", "productname", "softwarename", "名前")
_VERSIONS = ("displayversion", "version", "productversion", "softwareversion", "バージョン")
_PUBLISHERS = ("publisher", "vendor", "manufacturer", "companyname")
_DATES = ("installdate", "install_date", "installedon", "installed_on", "installationdate")
_SIZES = ("estimatedsize", "size_kib")
_ARCHITECTURES = {
    "x64": "x64",
    "x86": "x86",
    "64": "x64",
    "32": "x86",
    "arm64": "arm64",
    "64-bit": "x64",
    "32-bit": "x86",
}
_TELLING = frozenset((*_VERSIONS, *_PUBLISHERS, *_DATES, *_SIZES, "uninstallstring", "identifyingnumber"))


def items_of(
    entries: Iterable[Record], arch: str, scope: str, dates: InstallDates, source: str = SOURCE
) -> list[SoftwareItem]:
    """Return the products among entries.

    Args:
        entries: property names in lower case; `key` is the name of the entry's registry key.
        arch: architecture of the entries that tell none themselves; "" if not known.
        scope: "machine" or "user".
        dates: reads their dates.
        source: the list they stand in.
    """
    found = (_item(entry, arch, scope, dates, source) for entry in entries)
    return [item for item in found if item is not None]


def is_product(record: Record) -> bool:
    """Tell whether an object looks like an installed product: a name, and something that only products have."""
    if any(isinstance(value, list | dict) and value for value in record.values()):
        return False
    return _first(record, _NAMES) is not None and not _TELLING.isdisjoint(record)


def dates_of(entries: Iterable[Record], now_ns: int) -> InstallDates:
    """Return a reader of the dates of entries."""
    return InstallDates([_raw(entry, _DATES) for entry in entries], now_ns)


def _item(entry: Record, arch: str, scope: str, dates: InstallDates, source: str) -> SoftwareItem | None:
    name = _first(entry, _NAMES)
    if name is None or _is_hidden(entry) or _is_update(entry):
        return None
    return SoftwareItem(
        name=name,
        publisher=_first(entry, _PUBLISHERS) or "",
        version=_first(entry, _VERSIONS) or "",
        arch=_ARCHITECTURES.get(str(entry.get("architecture", entry.get("arch", ""))).lower(), arch),
        source=source,
        scope=USER if as_bool(entry.get("userscope")) else scope,
        installed_on=_date(entry, dates),
        size_kib=_size(entry),
    )


def _is_hidden(entry: Record) -> bool:
    return as_int(entry.get("systemcomponent")) not in (None, 0)


def _is_update(entry: Record) -> bool:
    if as_text(entry.get("parentkeyname")) or as_text(entry.get("parentdisplayname")):
        return True
    kind = (as_text(entry.get("releasetype")) or "").lower()
    return kind in _UPDATE_KINDS or _UPDATE_KEY.search(str(entry.get("key") or "")) is not None


def _date(entry: Record, dates: InstallDates) -> date | None:
    return dates.read(_raw(entry, _DATES))


def _size(entry: Record) -> int | None:
    """Return KiB; a dword beyond 2**31 comes from PowerShell as a negative number, and 0 is what nobody filled in."""
    size = as_int(_raw(entry, _SIZES))
    return None if size is None else size % 2**32 or None


def _raw(entry: Mapping[str, object], names: Iterable[str]) -> object:
    return next((entry[name] for name in names if entry.get(name) not in (None, "")), None)


def _first(entry: Record, names: Iterable[str]) -> str | None:
    value = _raw(entry, names)
    number = as_int(value)
    return as_text(str(number) if number is not None and not isinstance(value, str) else value, limit=1000)
