"""Every dashboard in a real Grafana, seen through a real browser: customers' by their viewer, the staff's by staff.

`KARTE_SCREENS_DIR` keeps what was seen, a whole dashboard a picture, for people to look at.
"""

import asyncio
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from api.grafana.answers import Json
from api.grafana.api import MAIN_ORG
from api.grafana.boards import boards_for
from api.identity.accounts import create_user
from api.models import Contract, Role, User
from collectors.text import Lang
from dashboards.registry import BOARDS, Audience
from tests.api.office import PASSWORD
from tests.live.browser import PROGRAM, Page, browsing
from tests.live.grafana_place import MARKS, Caller, Place

pytestmark = [*MARKS, pytest.mark.skipif(not PROGRAM, reason="there is no chromium on PATH")]

SIZES = {"wide": (1440, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
KEPT = os.environ.get("KARTE_SCREENS_DIR", "")
SETTLED_WITHIN_S = 90
STAFF = "looks-at-dashboards"
OFFICE = "c-office"
"""The simulated office's contract; only the staff's page of one contract asks for one."""

MARGIN_PX = 24

TALLEST_PX = 16_000
"""As much as Chromium paints into one picture."""

# What is on the page now. Grafana draws a panel once it is near the window, so the window is made as tall as they are.
LOOK = """(() => {
  const panels = [...document.querySelectorAll('section[data-testid^="data-testid Panel header"]')];
  const loading = document.querySelectorAll('[aria-label="Panel loading bar"], [data-testid*="Spinner"]').length;
  return {
    panels: panels.length,
    bottom: Math.ceil(Math.max(0, ...panels.map(each => each.getBoundingClientRect().bottom))),
    loading,
    errors: [...document.querySelectorAll('[data-testid="data-testid Panel status error"]')].map(
      each => each.closest('section')?.querySelector('h2,h6')?.textContent ?? '?'),
    text: document.body.innerText,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
  };
})()"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lang", get_args(Lang))
@pytest.mark.parametrize("audience", get_args(Audience))
def test_no_panel_shows_an_error_or_nothing(
    place: Place, tmp_path: Path, audience: Audience, lang: Lang, theme: str, size: str
) -> None:
    viewer, org = _customer(place, lang) if audience == "customer" else _staff(place, lang)
    boards = boards_for(audience == "staff", lang).documents
    shown = {entry.uid: boards[entry.uid] for entry in BOARDS if entry.audience == audience}
    looking = _look_at_all(viewer, org, shown, tmp_path / "profile", (lang, theme, size))
    assert asyncio.run(looking) == []


async def _look_at_all(
    viewer: Caller, org: int, shown: Mapping[str, Json], profile: Path, way: tuple[Lang, str, str]
) -> list[str]:
    wrong: list[str] = []
    _lang, theme, size = way
    async with browsing(profile) as page:
        await _sign_in(page, viewer)
        for uid, document in shown.items():
            await page.open(f"{viewer.url}/d/{uid}?orgId={org}&theme={theme}&var-contract={OFFICE}", *SIZES[size])
            found = await _look(page, document, SIZES[size], "-".join((uid, *way)))
            wrong += [f"{uid}: {each}" for each in found]
    return wrong


def _customer(place: Place, lang: Lang) -> tuple[Caller, int]:
    with place.database.writing.begin() as session:
        contract = session.query(Contract).filter_by(public_id=OFFICE).one_or_none()
        if contract is not None:
            contract.language = lang
    if contract is None:
        place.contract("みほん会計事務所", lang, public_id=OFFICE)
    place.sync(OFFICE)
    return place.viewer(OFFICE), place.org(OFFICE)


def _staff(place: Place, lang: Lang) -> tuple[Caller, int]:
    with place.database.writing.begin() as session:
        if session.query(User).filter_by(username=STAFF).one_or_none() is None:
            create_user(session, STAFF, PASSWORD, None)
        # The staff's organisation speaks as the first of them does.
        session.query(User).filter_by(role=Role.STAFF).update({User.language: lang})
        session.flush()
        login = session.query(User).filter_by(username=STAFF).one().public_id
    place.sync()
    return place.person(login), MAIN_ORG


async def _sign_in(page: Page, viewer: Caller) -> None:
    await page.open(f"{viewer.url}/login", 800, 600)
    assert await page.until("location.pathname === '/login' && document.readyState === 'complete'", 60)
    sent = {
        "method": "POST",
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"user": viewer.user, "password": viewer.password}),
    }
    assert await page.evaluate(f"fetch('/login', {json.dumps(sent)}).then(answer => answer.status)") == 200


async def _look(page: Page, document: Json, size: tuple[int, int], name: str) -> list[str]:
    if not await page.until(f"document.title.includes({document['title']!r})", SETTLED_WITHIN_S):
        return [f"did not open: {(await page.evaluate('document.body.innerText') or '')[:200]}"]
    width, height = size
    seen = await _settled(page)
    found = [f"{seen['overflow']} px wider than the window"] if seen["overflow"] > 0 else []
    while height < min(seen["bottom"], TALLEST_PX):
        height = min(seen["bottom"] + MARGIN_PX, TALLEST_PX)
        await page.resize(width, height)
        seen = await _settled(page)
    if KEPT:
        await page.shoot(Path(KEPT) / f"{name}.png")
    found += [f"panel with an error: {title}" for title in seen["errors"]]
    if seen["loading"]:
        found.append("still loading")
    if "No data" in seen["text"] or "データがありません" in seen["text"]:
        found.append("a panel says that it has no data")
    titles = [panel["title"] for panel in document["panels"] if panel.get("targets")]
    if absent := [title for title in titles if title not in seen["text"]]:
        found.append(f"panels that were not seen: {absent}")
    return found


async def _settled(page: Page) -> dict[str, Any]:
    """Return what is seen once nothing loads any more, and panels have been drawn for a moment."""
    end = time.monotonic() + SETTLED_WITHIN_S
    still = 0
    seen: dict[str, Any] = {}
    while time.monotonic() < end and still < 3:
        before, seen = seen, await page.evaluate(LOOK)
        still = still + 1 if not seen["loading"] and seen["panels"] and seen == before else 0
        await asyncio.sleep(0.3)
    return seen
