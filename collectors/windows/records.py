"""Objects as PowerShell and wmic print them: JSON, CSV (wmic's too), `Name : value` and `Name=value` lists."""

import csv
import io
import re

from collectors.input import BadOutput
from collectors.json_text import Record, load_json, objects_in

_PROPERTY = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\s*:(?:\s(?P<shown>.*))?|=(?P<raw>.*))")
# wmic ends its lines with CR CR LF.
_LINE_END = re.compile(r"\r*\n")
# `wmic … /format:csv` puts the computer's name first and quotes nothing.
_WMIC_CSV = re.compile(r"Node(?:,\w+)+\s*\n")
_MAX_RECORDS = 20_000


def read_records(text: str) -> list[Record]:
    """Return the objects in a text, each with its property names in lower case.

    The last line of a list is dropped where it has no line end, unless it says True, False or nothing: it may be
    half a number or half a name.

    Raises:
        BadOutput: the text is JSON or CSV and damaged.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return [{name.lower(): value for name, value in each.items()} for each in objects_in(load_json(start))]
    if start.startswith(('"', "#TYPE")):
        return _read_csv(start)
    if _WMIC_CSV.match(start):
        return _read_wmic_csv(_LINE_END.sub("\n", start))
    return _read_list(text)


def is_cut(text: str) -> bool:
    """Tell whether the last line of a printed list may be cut off, for all that can be seen."""
    start = text.lstrip("\ufeff \t\r\n")
    return not start.startswith(("{", "[")) and _is_doubtful(_LINE_END.split(text)[-1])


def _is_doubtful(last_line: str) -> bool:
    return bool(last_line.strip()) and not last_line.rstrip().endswith(("True", "False", ":"))


def _read_csv(text: str) -> list[Record]:
    lines = text.split("\n", 1)
    body = lines[1] if text.startswith("#TYPE") and len(lines) == 2 else text
    whole = body if body.endswith("\n") else body[: body.rfind("\n") + 1]
    try:
        rows = list(csv.DictReader(io.StringIO(whole), strict=True))
    except csv.Error:
        raise BadOutput("the CSV is damaged or cut off") from None
    return [{name.strip().lower(): value for name, value in row.items() if name} for row in rows[:_MAX_RECORDS]]


def _read_wmic_csv(text: str) -> list[Record]:
    head, *rows = [line.strip() for line in text.split("\n")[:-1]]
    names = head.lower().split(",")
    cells = [row.split(",") for row in rows if row]
    if any(len(each) != len(names) for each in cells):
        raise BadOutput(
            "a value in wmic's CSV holds a comma, so columns cannot be told apart; record it with /format:list"
        )
    return [dict(zip(names, each, strict=True)) for each in cells[:_MAX_RECORDS]]


def _read_list(text: str) -> list[Record]:
    records: list[Record] = []
    current: Record = {}
    last = ""
    for line in _whole_lines(text):
        found = _PROPERTY.fullmatch(line.rstrip())
        if found:
            name = found["name"].lower()
            if name in current:
                records.append(current)
                current = {}
            current[name] = (found["shown"] or found["raw"] or "").strip()
            last = name
        elif not line.strip():
            if current:
                records.append(current)
            current, last = {}, ""
        elif last and line.startswith(" " * 8):
            # Format-List wraps a long value and indents what follows.
            current[last] = f"{current[last]}{line.strip()}"
    if current:
        records.append(current)
    return records[:_MAX_RECORDS]


def _whole_lines(text: str) -> list[str]:
    lines = _LINE_END.split(text)
    if _is_doubtful(lines[-1]):
        lines.pop()
    return lines
