"""Every customer dashboard in a real Grafana, seen through a real browser by the customer's viewer.

`KARTE_SCREENS_DIR` keeps what was seen, for people to look at.
"""

import asyncio
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from api.grafana.boards import boards_for
from api.models import Contract
from collectors.text import Lang
from tests.dashboards.test_boards import MAY_BE_EMPTY
from tests.live.browser import PROGRAM, Page, browsing
from tests.live.grafana_place import MARKS, Place

pytestmark = [*MARKS, pytest.mark.skipif(not PROGRAM, reason="there is no chromium on PATH")]

SIZES = {"wide": (1440, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
KEPT = os.environ.get("KARTE_SCREENS_DIR", "")
SETTLED_WITHIN_S = 90

# What scrolls: the page itself, or on a wide window the part beside the menu.
BOX = """(() => {
  let each = document.querySelector('section[data-testid^="data-testid Panel header"]');
  const scrolls = box => box.scrollHeight > box.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(box).overflowY);
  while (each && !scrolls(each)) each = each.parentElement;
  return each ?? document.scrollingElement;
})()"""

# What there is on the page now, down to where it has been scrolled. Grafana draws a panel once it is near the window.
LOOK = """(() => {
  const box = BOX;
  const panels = [...document.querySelectorAll('section[data-testid^="data-testid Panel header"]')];
  const loading = document.querySelectorAll('[aria-label="Panel loading bar"], [data-testid*="Spinner"]').length;
  return {
    panels: panels.length,
    loading,
    errors: [...document.querySelectorAll('[data-testid="data-testid Panel status error"]')].map(
      each => each.closest('section')?.querySelector('h2,h6')?.textContent ?? '?'),
    text: document.body.innerText,
    title: document.title,
    theme: document.body.classList.contains('theme-dark') || getComputedStyle(document.body).backgroundColor,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    ended: box.clientHeight + box.scrollTop >= box.scrollHeight - 4,
  };
})()""".replace("BOX", BOX)
SCROLL = f"(() => {{ const box = {BOX}; box.scrollBy(0, box.clientHeight * 0.8); }})()"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lang", get_args(Lang))
def test_no_panel_shows_an_error_or_nothing(place: Place, tmp_path: Path, lang: Lang, theme: str, size: str) -> None:
    _speak(place, lang)
    assert asyncio.run(_look_at_all(place, tmp_path / "profile", lang, theme, size)) == []


async def _look_at_all(place: Place, profile: Path, lang: Lang, theme: str, size: str) -> list[str]:
    wrong: list[str] = []
    async with browsing(profile) as page:
        await _sign_in(page, place)
        for uid, document in boards_for(False, lang).documents.items():
            address = f"{place.admin.url}/d/{uid}?orgId={place.org('c-office')}&theme={theme}"
            await page.open(address, *SIZES[size])
            found = await _look(page, document, f"{uid}-{lang}-{theme}-{size}")
            wrong += [f"{uid}: {each}" for each in found]
    return wrong


def _speak(place: Place, lang: Lang) -> None:
    with place.database.writing.begin() as session:
        contract = session.query(Contract).filter_by(public_id="c-office").one_or_none()
        if contract is not None:
            contract.language = lang
    if contract is None:
        place.contract("みほん会計事務所", lang, public_id="c-office")
    place.sync("c-office")


async def _sign_in(page: Page, place: Place) -> None:
    viewer = place.viewer("c-office")
    await page.open(f"{viewer.url}/login", 800, 600)
    assert await page.until("location.pathname === '/login' && document.readyState === 'complete'", 60)
    sent = {
        "method": "POST",
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"user": viewer.user, "password": viewer.password}),
    }
    assert await page.evaluate(f"fetch('/login', {json.dumps(sent)}).then(answer => answer.status)") == 200


async def _look(page: Page, document: Mapping[str, Any], name: str) -> list[str]:
    found: list[str] = []
    if not await page.until(f"document.title.includes({document['title']!r})", SETTLED_WITHIN_S):
        return [f"did not open: {(await page.evaluate('document.body.innerText') or '')[:200]}"]
    seen_texts: list[str] = []
    for step in range(40):
        seen = await _settled(page)
        found += [f"panel with an error: {title}" for title in seen["errors"]]
        if seen["loading"]:
            found.append("still loading")
        if seen["overflow"] > 0:
            found.append(f"{seen['overflow']} px wider than the window")
        seen_texts.append(seen["text"])
        if KEPT and step < 3:
            await page.shoot(Path(KEPT) / f"{name}-{step}.png")
        if seen["ended"]:
            break
        await page.evaluate(SCROLL)
    whole = "\n".join(seen_texts)
    if "No data" in whole or "データがありません" in whole:
        found.append("a panel says that it has no data")
    absent = [
        panel["title"]
        for panel in document["panels"]
        if panel.get("targets") and panel["title"] not in whole and panel["title"] not in MAY_BE_EMPTY
    ]
    if absent:
        found.append(f"panels that were not seen: {absent}")
    return sorted(set(found))


async def _settled(page: Page) -> dict[str, Any]:
    """Return what is seen once nothing loads any more, and panels have been drawn for a moment."""
    end = time.monotonic() + SETTLED_WITHIN_S
    still = 0
    seen: dict[str, Any] = {}
    while time.monotonic() < end and still < 3:
        before, seen = seen.get("text"), await page.evaluate(LOOK)
        still = still + 1 if not seen["loading"] and seen["panels"] and seen["text"] == before else 0
        await asyncio.sleep(0.3)
    return seen
