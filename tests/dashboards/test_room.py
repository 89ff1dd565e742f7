"""What is written on dashboards has room in a window of 1440 pixels with Grafana's menu open: it cuts what has not.

Widths of letters are those of Grafana's font at its size for titles and headings, rounded up.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest

from collectors.text import Lang
from dashboards.build import document
from dashboards.registry import BOARDS, Entry

GRID_PX, GAP_PX, COLUMNS = 1017, 8, 24
"""Of the part that holds panels below a heading, which is a little narrower than the one above."""

TITLE_MARGIN_PX, TABLE_MARGIN_PX, CELL_MARGIN_PX = 62, 14, 12
"""Beside a title there is the panel's menu."""

SLIM, BROAD = set("ilIjtfr.,:;'|()[] "), set("mwMW%@")
JAPANESE_PX, LETTER_PX, SLIM_PX, BROAD_PX = 14, 8.2, 5, 12.5

OF_A_CELL_PX = 150
"""Below this Grafana makes no column that says nothing of its width."""

SCROLLS = {("assets", "機器の一覧"), ("assets", "All devices")}
"""A list of all that is known of each device, the most important first."""


def _px(text: str) -> float:
    return sum(map(_px_of_one, text))


def _px_of_one(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WFA":
        return JAPANESE_PX
    return SLIM_PX if letter in SLIM else BROAD_PX if letter in BROAD else LETTER_PX


def _panels(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for panel in document["panels"]:
        yield from panel.get("panels") or []
        if panel["type"] not in ("row", "text"):
            yield panel


def _room(panel: Mapping[str, Any]) -> float:
    width = panel["gridPos"]["w"]
    return float((GRID_PX + GAP_PX) / COLUMNS * width - GAP_PX)


CASES = [pytest.param(entry, lang, id=f"{entry.uid}-{lang}") for entry in BOARDS for lang in get_args(Lang)]


@pytest.mark.parametrize(("entry", "lang"), CASES)
def test_no_title_is_cut(entry: Entry, lang: Lang) -> None:
    cut = [
        panel["title"]
        for panel in _panels(json.loads(document(entry, lang)))
        if _px(panel.get("title", "")) > _room(panel) - TITLE_MARGIN_PX
    ]
    assert cut == []


@pytest.mark.parametrize(("entry", "lang"), CASES)
def test_columns_and_their_headings_fit(entry: Entry, lang: Lang) -> None:
    wrong = []
    for panel in _panels(json.loads(document(entry, lang))):
        if panel["type"] != "table" or (entry.name, panel["title"]) in SCROLLS:
            continue
        needed = 0.0
        for heading in _headings(panel):
            given = _property(panel, heading, "custom.width")
            needed += given or _property(panel, heading, "custom.minWidth") or OF_A_CELL_PX
            if given and _px(heading) > given - CELL_MARGIN_PX:
                wrong.append(f"{panel['title']}: the heading {heading!r} needs {_px(heading):.0f} px")
        if needed > _room(panel) - TABLE_MARGIN_PX:
            wrong.append(f"{panel['title']}: needs {needed:.0f} px and has {_room(panel) - TABLE_MARGIN_PX:.0f}")
    assert wrong == []


def _headings(panel: Mapping[str, Any]) -> list[str]:
    arranged = [each["options"] for each in panel["transformations"] if each["id"] == "organize"][-1]
    hidden, names = arranged["excludeByName"], arranged["renameByName"]
    return list(dict.fromkeys(names.get(key, key) for key in arranged["indexByName"] if not hidden.get(key)))


def _property(panel: Mapping[str, Any], heading: str, name: str) -> Any:
    found = None
    for override in panel["fieldConfig"]["overrides"]:
        matcher = override["matcher"]
        is_meant = (
            re.search(matcher["options"], heading) if matcher["id"] == "byRegexp" else matcher["options"] == heading
        )
        if is_meant:
            found = next((each["value"] for each in override["properties"] if each["id"] == name), found)
    return found
