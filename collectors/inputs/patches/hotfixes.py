"""Installed Windows hotfixes: Win32_QuickFixEngineering and `Get-HotFix`.

What these show is what was installed, not what is missing. A date in their text follows the user's locale.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from collectors.input import BadOutput
from collectors.inputs.patches.facts import Facts, Hotfix
from collectors.json_text import Record
from collectors.scalar import as_text
from collectors.windows.dates import DateReader, date_reader, read_instant

_KB = re.compile(r"KB\d{5,8}", re.IGNORECASE)
_TABLE_ROW = re.compile(r"(?P<before>.*?)\b(?P<id>KB\d{5,8})\b(?P<after>.*)", re.IGNORECASE)
_SECURITY = ("security update", "セキュリティ更新", "セキュリティ アップデート")
_FILETIME = re.compile(r"[0-9a-fA-F]{16}")
_WHOLE_ROW_END = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d")
_SHORT_DATE = re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    description: str
    installed: str


def is_table(text: str) -> bool:
    """Tell whether a text is the table of `Get-HotFix` or `wmic qfe`."""
    heads = text.lstrip("\ufeff \r\n").split("\n", 1)[0].lower().split()
    return "hotfixid" in heads


def is_hotfix(record: Record) -> bool:
    """Tell whether an object is a Win32_QuickFixEngineering."""
    return "hotfixid" in record


def read_table(text: str, now_ns: int) -> Facts:
    """Return the hotfixes of a table; a last line without line end counts only if it holds a whole date.

    Raises:
        BadOutput: there is a heading and no hotfix.
    """
    lines = text.split("\n")
    last = lines.pop().strip()
    whole = not last or _WHOLE_ROW_END.search(last) is not None
    if whole:
        lines.append(last)
    rows = [
        _Row(match["id"].upper(), match["before"], _date_part(match["after"]))
        for line in lines
        if (match := _TABLE_ROW.fullmatch(line.strip()))
    ]
    if not rows:
        # Get-HotFix prints no heading where it has nothing to list.
        raise BadOutput("the table of hotfixes is cut off")
    return from_hotfixes(_hotfixes(rows, now_ns), cut=not whole)


def read_records(records: Iterable[Record], now_ns: int, cut: bool = False) -> Facts:
    """Return the hotfixes among printed objects; `cut` where these are known not to be all.

    Old systems write "File 1" as the number of a hotfix that came in several files; the number then stands in
    ServicePackInEffect.
    """
    rows: list[_Row] = []
    for record in records:
        number = _kb(record.get("hotfixid")) or _kb(record.get("servicepackineffect"))
        if number and is_hotfix(record):
            rows.append(_Row(number, _text(record.get("description")), _installed_text(record.get("installedon"))))
    # Objects of which none has a number that is known tell nothing of how many hotfixes there are.
    return from_hotfixes(_hotfixes(rows, now_ns), cut or not rows)


def from_hotfixes(hotfixes: tuple[Hotfix, ...], cut: bool = False) -> Facts:
    """Return what installed hotfixes tell: which there are, and when the last one came."""
    days = [hotfix.installed for hotfix in hotfixes if hotfix.installed]
    # A hotfix without a date may be newer than the newest that has one.
    newest = max(days) if days and len(days) == len(hotfixes) and not cut else None
    last = datetime.combine(newest, time(), UTC) if newest else None
    return Facts("hotfixes", hotfixes=hotfixes, hotfixes_cut=cut, last_success=last, monthly=True)


def newest(hotfixes: Sequence[Hotfix], security_only: bool = False) -> tuple[date, list[str]] | None:
    """Return the day of the newest hotfixes and their numbers; None if no hotfix has a date."""
    dated = [(each.installed, each.id) for each in hotfixes if each.installed and (each.security or not security_only)]
    if not dated:
        return None
    last = max(day for day, _ in dated)
    return last, sorted(number for day, number in dated if day == last)


def _hotfixes(rows: Sequence[_Row], now_ns: int) -> tuple[Hotfix, ...]:
    reader = date_reader((row.installed for row in rows), now_ns)
    found: dict[str, Hotfix] = {}
    for row in rows:
        security = any(mark in row.description.lower() for mark in _SECURITY)
        found.setdefault(row.id, Hotfix(row.id, security, _day(row.installed, reader)))
    return tuple(found.values())


def _day(text: str, reader: DateReader) -> date | None:
    if _FILETIME.fullmatch(text):
        # Some systems write a FILETIME in hexadecimal: 100 ns steps since 1601.
        try:
            found = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(text, 16) // 10)
        except OverflowError:
            return None
        return reader.read(found.date().isoformat())
    instant = read_instant(text)
    return reader.read(instant.date().isoformat()) if instant else reader.read(text)


def _date_part(text: str) -> str:
    """Return the date from what follows the number in a table row; the installer's name stands before it."""
    found = list(_SHORT_DATE.finditer(text))
    return text[found[-1].start() :].strip() if found else ""


def _installed_text(value: object) -> str:
    if isinstance(value, dict):
        # ConvertTo-Json writes a DateTime with its display text beside it.
        value = value.get("value") or value.get("DateTime")
    return _text(value)


def _text(value: object) -> str:
    return as_text(value) or ""


def _kb(value: object) -> str | None:
    found = _KB.fullmatch(_text(value))
    return found[0].upper() if found else None
