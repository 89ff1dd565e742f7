"""A printer on a terminal, for people."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from collectors.text import Lang, Text

_STATE: Final[dict[str, Text]] = {
    "ok": Text("十分", "ok"),
    "low": Text("残りわずか", "low"),
    "empty": Text("なし", "empty"),
    "almost_full": Text("まもなく満杯", "almost full"),
    "full": Text("満杯", "full"),
    "some_left": Text("残りあり（量は不明）", "some left"),
    "unknown": Text("不明", "unknown"),
    "no_limit": Text("上限なし", "no limit"),
}
_LABELS: Final[dict[str, Text]] = {
    "model": Text("機種", "model"),
    "serial": Text("製造番号", "serial"),
    "name": Text("名前", "name"),
    "status": Text("状態", "status"),
    "errors": Text("異常", "errors"),
    "pages": Text("累計印刷数", "pages"),
}
_SUPPLIES: Final = Text("消耗品", "Supplies")
_TRAYS: Final = Text("給紙トレイ", "Trays")
_ALERTS: Final = Text("警告", "Alerts")
_PARTIAL: Final = Text("最後まで読めなかったもの", "Not read to the end")
_GHOST: Final = Text("装着なし", "not installed")
_STEP: Final = Text("{step:g} %刻み", "in steps of {step:g} %")


def to_screen(document: Mapping[str, Any], lang: Lang) -> list[str]:
    """Return lines for a person from what `to_document` gave."""
    return list(_lines(document, lang))


def _lines(document: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    system = document["system"]
    values = {
        "model": " ".join(each for each in (system["maker"], system["model"]) if each) or system["description"],
        "serial": system["serial"],
        "name": system["name"],
        "status": document["status"],
        "errors": ", ".join(document["errors"] or ()),
        "pages": document["page_count"],
    }
    shown = [(_LABELS[key].in_(lang), str(value)) for key, value in values.items() if value not in (None, "")]
    yield from _columns(shown)
    parts = (
        (_SUPPLIES, [(_name(each), *_amount(each, lang)) for each in document["supplies"]]),
        (_TRAYS, [(_name(each), *_amount(each, lang)) for each in document["trays"]]),
        (_ALERTS, [(each["severity"] or "", each["code"] or "", each["description"]) for each in document["alerts"]]),
        (_PARTIAL, [(each,) for each in document["partial"]]),
    )
    for title, rows in parts:
        if rows:
            yield f"\n{title.in_(lang)}"
            yield from (f"  {line}" for line in _columns(rows))


def _name(part: Mapping[str, Any]) -> str:
    return part.get("description") or part.get("name") or f"#{part['index']}"


def _amount(part: Mapping[str, Any], lang: Lang) -> tuple[str, str]:
    if part.get("ghost"):
        return "", _GHOST.in_(lang)
    percent = "" if part["percent"] is None else f"{part['percent']:.0f} %"
    step = f" ({_STEP.in_(lang).format(step=part['step_percent'])})" if part.get("step_percent") else ""
    return percent, _STATE[part["state"]].in_(lang) + step


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    """Return the columns that a text takes on a terminal: two for each full-width character."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
