"""Applications on macOS: `system_profiler -json SPApplicationsDataType`."""

import re

from collectors.inputs.software.install_date import InstallDates
from collectors.inventory import SoftwareItem
from collectors.json_text import Record
from collectors.scalar import as_text

SOURCE = "macos"
TYPE = "SPApplicationsDataType"
QUERY = ("-json", TYPE)

_SIGNER = re.compile(
    r"(?:Developer ID Application|3rd Party Mac Developer Application|Apple Development): (.+?)(?: \(\w{10}\))?"
)
_ARCHITECTURES = {
    "arch_arm_i64": "universal",
    "arch_arm": "arm64",
    "arch_i64": "x86_64",
    "arch_i32": "i386",
    "arch_ios": "arm64",
}


def applications(loaded: object) -> list[Record] | None:
    """Return the applications of an answer; None if it is no such answer."""
    listed = loaded.get(TYPE) if isinstance(loaded, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else None


def items_of(listed: list[Record], now_ns: int) -> list[SoftwareItem]:
    """Return the applications; where each one lies is not collected."""
    dates = InstallDates((), now_ns)
    return [_item(each, name, dates) for each in listed if (name := as_text(each.get("_name"), limit=1000))]


def _item(record: Record, name: str, dates: InstallDates) -> SoftwareItem:
    path = str(record.get("path") or "")
    return SoftwareItem(
        name=name,
        publisher=_publisher(record),
        version=as_text(record.get("version")) or "",
        arch=_ARCHITECTURES.get(str(record.get("arch_kind")), ""),
        source=SOURCE,
        scope="user" if path.startswith("/Users/") and not path.startswith("/Users/Shared/") else "machine",
        installed_on=dates.read(record.get("lastModified")),
    )


def _publisher(record: Record) -> str:
    if record.get("obtained_from") == "apple":
        return "Apple"
    signed = record.get("signed_by")
    first = signed[0] if isinstance(signed, list) and signed else None
    found = _SIGNER.fullmatch(first) if isinstance(first, str) else None
    return found[1] if found else ""
