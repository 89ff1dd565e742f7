"""`systeminfo` of Windows, whose labels follow the language of Windows: English and Japanese are known."""

import re
from datetime import UTC, date, datetime

from collectors.inputs.patches.facts import Facts, Hotfix, OperatingSystem
from collectors.inputs.patches.os_support import edition_of, windows_support
from collectors.windows.dates import DateReader, Order

_LABELS = {
    "name": ("OS Name", "OS 名"),
    "version": ("OS Version", "OS バージョン", "OS のバージョン"),
    "locale": ("System Locale", "システム ロケール"),
    "boot": ("System Boot Time", "システム起動時間", "システムの起動時刻"),
    "hotfixes": ("Hotfix(s)", "ホットフィックス"),
}
_ROW = re.compile(r"(?P<label>[^:\s][^:：]*?)\s*[:：]\s*(?P<value>.*)")
_VERSION = re.compile(r"(?P<version>\d+\.\d+\.(?P<build>\d+))\s.*?(?:Build|ビルド)\s*(?P=build)\b.*")
_COUNT = re.compile(
    r"(?P<count>\d+) ?(?:Hotfix\(s\) Installed|個?の?ホットフィックスがインストール|ホットフィックス).*"
)
_ENTRY = re.compile(r"\s*\[\d+\]: (?P<id>KB\d{5,8})\s*", re.IGNORECASE)
_TIME = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d)(?: (?P<half>AM|PM))?", re.IGNORECASE)
_ORDERS: dict[str, Order] = {"en-us": "mdy", "en-gb": "dmy", "en-au": "dmy", "de-de": "dmy", "fr-fr": "dmy"}


def is_systeminfo(text: str) -> bool:
    """Tell whether a text is the output of systeminfo."""
    found = _rows(text)
    return "name" in found and "version" in found


def read(text: str, now_ns: int) -> Facts:
    """Return the operating system, its start, and the hotfixes; the list is dropped if it is not whole."""
    rows = _rows(text)
    version = _VERSION.fullmatch(rows.get("version", ""))
    build = version["build"] if version else None
    name = rows.get("name", "").removeprefix("Microsoft").strip()
    support = windows_support(int(build), edition_of(name)) if build and len(build) <= 6 else None
    return Facts(
        "systeminfo",
        hotfixes=_hotfixes(text, rows.get("hotfixes", "")),
        system=OperatingSystem(name or None, build, support),
        booted_at=_local_time(rows.get("boot", ""), rows.get("locale", ""), now_ns),
        monthly=True,
    )


def _rows(text: str) -> dict[str, str]:
    labels = {label: name for name, known in _LABELS.items() for label in known}
    found: dict[str, str] = {}
    for line in text.split("\n")[:-1]:
        row = _ROW.fullmatch(line.rstrip())
        name = labels.get(row["label"]) if row else None
        if row and name:
            found.setdefault(name, row["value"].strip())
    return found


def _hotfixes(text: str, heading: str) -> tuple[Hotfix, ...] | None:
    """Return the listed hotfixes, if as many are listed as the heading says."""
    count = _COUNT.match(heading)
    listed = [match["id"].upper() for line in text.split("\n")[:-1] if (match := _ENTRY.fullmatch(line.rstrip()))]
    if count is None or int(count["count"]) != len(listed):
        return None
    return tuple(Hotfix(number, security=False) for number in listed)


def _local_time(text: str, locale: str, now_ns: int) -> datetime | None:
    """Return a time in the machine's own zone, marked as UTC for want of a better; None if the order is not known."""
    today = datetime.fromtimestamp(now_ns // 10**9, UTC).date()
    day: date | None = DateReader(today, _ORDERS.get(locale.split(";")[0].lower())).read(text)
    clock = _TIME.search(text)
    if day is None or clock is None:
        return None
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].upper() == "PM" else 0)
    try:
        return datetime(day.year, day.month, day.day, hour, int(clock["minute"]), int(clock["second"]), tzinfo=UTC)
    except ValueError:
        return None
