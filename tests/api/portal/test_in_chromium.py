"""The portal in a real Chromium: pages fit a phone and a desk, have nothing to complain of, and obey the keyboard.

`KARTE_SCREENS_DIR` keeps what was seen, for people to look at.
"""

import asyncio
import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.app import create_app
from api.audit.actor import SERVICE
from api.config import Config
from api.contracts.changes import Order
from api.contracts.transfer import Application, apply_for
from api.db import Database
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Contract, TransferGround
from api.models.base import service_day, utc_now
from collectors.point import FieldValue, Point
from tests.api.office import PASSWORD, Office
from tests.api.portal.furnished import Furnished, furnish
from tests.api.portal.served import served
from tests.api.readings.stored import Store, mfp, pc, point
from tests.live.browser import PROGRAM, Page, browsing

pytestmark = [
    pytest.mark.skipif(not PROGRAM, reason="there is no chromium on PATH"),
    # Each opens a browser and many pages.
    pytest.mark.timeout(600),
]

KEPT = os.environ.get("KARTE_SCREENS_DIR", "")
WIDE, PHONE = (1280, 900), (390, 844)
_READY_S = 30.0

CUSTOMER_PAGES = (
    "",
    "/devices",
    "/findings",
    "/consumables",
    "/software",
    "/software/changes",
    "/assets",
    "/assets/changes",
    "/reports",
    "/notices",
    "/terms",
    "/users",
    "/install",
    "/transfers",
)
STAFF_PAGES = ("/contracts", "/contracts/new", "/devices", "/notices", "/licences", "/audit?action=option")


SIGHTS = {"ja": ((WIDE, "light"), (PHONE, "dark")), "en": ((PHONE, "light"), (WIDE, "dark"))}
"""Language -> sizes and colours in which its pages are looked at."""

HERE = Path(__file__).parent
TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}

# All that the keyboard must reach: of radio buttons of one name it reaches one.
REACHABLE = """[...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,summary')]
  .filter(each => each.checkVisibility() && !each.disabled && !(each.type === 'radio' && !each.required)).length"""

# Where the focus is: the how manieth element, and whether one sees it.
FOCUSED = """(() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  return { at: [...document.querySelectorAll('*')].indexOf(each), what: each.outerHTML.slice(0, 90),
           isSeen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
             && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight };
})()"""


@dataclass(frozen=True, slots=True)
class Site:
    """The service with a furnished contract.

    Attributes:
        url: its address.
        furnished: the contract.
        customer: user name of one of its people.
        staff: user name of a member of staff.
    """

    url: str
    furnished: Furnished
    customer: str
    staff: str


@pytest.fixture
def site(
    config: Config, influxd: Influxd, database_name: str, database: Database, office: Office, customer: str, staff: str
) -> Iterator[Site]:
    live = replace(config, influx_url=influxd.url, influx_database=database_name)
    engine = create_engine(live)
    engine.ensure_database(database_name, timedelta(days=4000))
    furnished = furnish(database, office)
    store = Store(engine, database_name)
    store.put(furnished.id, furnished.devices[0], [*pc(), *mfp(), *forecasts()], utc_now())
    store.put(furnished.id, furnished.devices[1], pc(timedelta(days=4)), utc_now())
    with database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == furnished.id)).one()
        now = utc_now()
        application = Application(TransferGround.MERGER, "新山田商事株式会社", service_day(now))
        apply_for(Order(session, SERVICE, now), contract, application)
    app = create_app(live)
    with served(app) as url:
        yield Site(url, furnished, customer, staff)
    app.extensions["karte_database"].close()


def forecasts() -> list[Point]:
    """Return forecasts of the toner of the office's printer and of a disk."""
    sure: dict[str, FieldValue] = {"state": "ok", "readings": 40, "span_days": 40.0, "confidence": 0.99}
    supply = {"kind": "supply_empty", "asset": "mfp-1", "type": "toner"}
    black = {"days_left": 41.0, "days_left_low": 33.0, "days_left_high": 55.0}
    disk = {"days_left": 120.0, "days_left_low": 90.0, "days_left_high": 160.0}
    return [
        point("forecast", {**sure, **black}, {**supply, "index": "1", "color": "black"}),
        point("forecast", {"state": "uncertain", "readings": 9}, {**supply, "index": "3", "color": "magenta"}),
        point("forecast", {**sure, **disk}, {"kind": "disk_full", "path": "C:"}),
    ]


async def go(page: Page, url: str, size: tuple[int, int]) -> None:
    """Open a page and wait until it is there."""
    # What was open is marked, so that it is not taken for the next one.
    await page.evaluate("window.karteLeft = true")
    await page.open(url, *size)
    assert await page.until("!window.karteLeft && document.readyState === 'complete'", _READY_S), url


async def log_in(page: Page, site: Site, username: str) -> None:
    """Sign in as a person does."""
    await go(page, f"{site.url}/login?lang=ja", WIDE)
    await page.evaluate(f"username.value = {username!r}; password.value = {PASSWORD!r}; window.karteLeft = true")
    await page.evaluate("document.querySelector('main form').requestSubmit()")
    assert await page.until("!window.karteLeft && document.readyState === 'complete'", _READY_S)


async def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the window another size."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    await page.send("Emulation.setDeviceMetricsOverride", **metrics)


async def colours(page: Page, theme: str) -> None:
    """Choose light or dark."""
    await page.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])


async def keep(page: Page, name: str) -> None:
    """Keep a picture of the whole page, where somebody wants to look."""
    if KEPT:
        shot = await page.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        Path(KEPT).mkdir(parents=True, exist_ok=True)
        (Path(KEPT) / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


async def look_at_all(home: Path, site: Site, username: str, paths: tuple[str, ...]) -> dict[str, Any]:
    """Return what is wrong with pages, in both languages, wide and on a phone, light and dark."""
    wrong: dict[str, Any] = {}
    look, contrast = ((HERE / name).read_text(encoding="utf-8") for name in ("look.js", "contrast.js"))
    async with browsing(home) as page:
        await page.send("Log.enable")
        await log_in(page, site, username)
        for path in paths:
            separator = "&" if "?" in path else "?"
            shown = path.replace(site.furnished.id, "c").strip("/").replace("/", "_").split("?")[0]
            for lang, sights in SIGHTS.items():
                await go(page, f"{site.url}{path}{separator}lang={lang}", WIDE)
                for size, theme in sights:
                    await resize(page, size)
                    await colours(page, theme)
                    found = await page.evaluate(look.replace("WIDTH", str(size[0]))) + await page.evaluate(contrast)
                    if found:
                        wrong[f"{path} {lang} {size[0]} {theme}"] = found
                    await keep(page, f"{shown}-{lang}-{size[0]}-{theme}")
        if page.errors:
            wrong["console"] = page.errors
    return wrong


def test_every_page_of_a_customer_fits_and_is_named(site: Site, tmp_path: Path) -> None:
    base = f"/portal/{site.furnished.id}"
    paths = (*(f"{base}{path}" for path in CUSTOMER_PAGES), f"/portal/notices/{site.furnished.notice}")

    wrong = asyncio.run(look_at_all(tmp_path / "chromium", site, site.customer, paths))

    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)


def test_every_page_of_the_staff_fits_and_is_named(site: Site, tmp_path: Path) -> None:
    contract = f"/portal/staff/contracts/{site.furnished.id}"
    paths = (
        *(f"/portal/staff{path}" for path in STAFF_PAGES),
        contract,
        f"{contract}/users",
        f"{contract}/users/{site.furnished.person}",
        f"{contract}/licences",
        f"{contract}/licences/{site.furnished.licence}",
        f"/portal/staff/notices/{site.furnished.notice}",
        f"/portal/{site.furnished.id}",
    )

    wrong = asyncio.run(look_at_all(tmp_path / "chromium", site, site.staff, paths))

    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_keyboard_reaches_all_in_order_and_one_sees_where_one_is(
    site: Site, tmp_path: Path, size: tuple[int, int]
) -> None:
    paths = (
        f"/portal/{site.furnished.id}/devices",
        f"/portal/{site.furnished.id}/transfers",
        f"/portal/staff/contracts/{site.furnished.id}",
    )

    async def walk() -> None:
        async with browsing(tmp_path / "chromium") as page:
            await log_in(page, site, site.staff)
            for path in paths:
                await go(page, site.url + path, size)
                reachable = await page.evaluate(REACHABLE)
                places: list[int] = []
                # A field for a day has several stops.
                for _ in range(reachable + 60):
                    for kind in ("keyDown", "keyUp"):
                        await page.send("Input.dispatchKeyEvent", type=kind, **TAB)
                    focused = await page.evaluate(FOCUSED)
                    if focused is None or (places and focused["at"] < places[-1]):
                        break
                    assert focused["isSeen"], (path, focused)
                    if not places or focused["at"] > places[-1]:
                        places.append(focused["at"])
                assert len(places) == reachable, path

    asyncio.run(walk())


def test_a_customer_does_their_part_in_the_browser(site: Site, tmp_path: Path) -> None:
    base = f"{site.url}/portal/{site.furnished.id}"

    async def press(page: Page, button: str) -> str:
        """Press a button by its text, as a person sees it, and return the text of the page that follows."""
        found = f"[...document.querySelectorAll('main button')].find(each => each.innerText.includes({button!r}))"
        await page.evaluate(f"(() => {{ window.karteLeft = true; {found}.click(); }})()")
        assert await page.until("!window.karteLeft && document.readyState === 'complete'", _READY_S), button
        shown: str = await page.evaluate("document.querySelector('main').innerText")
        return shown

    async def do() -> None:
        async with browsing(tmp_path / "chromium") as page:
            await log_in(page, site, site.customer)
            await go(page, f"{base}/terms?lang=ja", PHONE)
            assert "同意を記録しました" in await press(page, "同意する")
            await go(page, f"{site.url}/portal/notices/{site.furnished.notice}", PHONE)
            assert "確認したことを記録しました" in await press(page, "内容を確認しました")
            await go(page, f"{base}/install", PHONE)
            shown = await press(page, "発行する")
            assert "karte agent enroll" in shown
            assert await page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
            await keep(page, "installed-ja-390")
            await go(page, f"{base}/devices", WIDE)
            await page.evaluate("document.querySelector('.ticks input').click()")
            assert "先に停止する機器として記録しました" in await press(page, "この選択を記録する")
            assert page.errors == []

    asyncio.run(do())


def test_staff_bring_a_new_customer_in(site: Site, tmp_path: Path) -> None:
    look, contrast = ((HERE / name).read_text(encoding="utf-8") for name in ("look.js", "contrast.js"))

    async def fill(page: Page, form: str, **values: str) -> str:
        """Fill the form of an action in, send it, and return the text of the page that follows."""
        await page.evaluate(
            f"""(() => {{
              const form = document.querySelector('form[action$={json.dumps(form)}]');
              for (const [name, value] of Object.entries({json.dumps(values)})) form[name].value = value;
              window.karteLeft = true;
              form.requestSubmit();
            }})()"""
        )
        assert await page.until("!window.karteLeft && document.readyState === 'complete'", _READY_S), form
        shown: str = await page.evaluate("document.querySelector('main').innerText")
        return shown

    async def see(page: Page, name: str) -> None:
        """See that the page is in order with all that can be opened on it, too."""
        await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for size, theme in ((PHONE, "dark"), (WIDE, "light"), (PHONE, "light")):
            await resize(page, size)
            await colours(page, theme)
            found = await page.evaluate(look.replace("WIDTH", str(size[0]))) + await page.evaluate(contrast)
            assert not found, (name, size, theme, found)
            await keep(page, f"{name}-ja-{size[0]}-{theme}")

    async def do() -> None:
        async with browsing(tmp_path / "chromium") as page:
            await page.send("Log.enable")
            await log_in(page, site, site.staff)
            await go(page, f"{site.url}/portal/staff/contracts/new?lang=ja", PHONE)
            await fill(
                page, "/contracts/new", name="高橋工務店", contact="soumu@localhost", prefecture="27", site="\u202e"
            )
            assert "拠点の名前に制御文字があります" in await page.evaluate("document.activeElement.innerText")
            assert await page.evaluate("document.getElementById('contract-prefecture').value") == "27"
            await see(page, "new-refused")
            assert "次に、利用者を登録し" in await fill(page, "/contracts/new", site="本社")
            await see(page, "draft")
            contract = await page.evaluate("location.pathname")
            await go(page, f"{site.url}{contract}/users", PHONE)
            person = {"username": "jiro", "name": "鈴木 次郎", "position": "it_staff", "email": "jiro@example.jp"}
            assert "パスワードの表示は今回だけです" in await fill(page, "/users", **person)
            await see(page, "password")
            await go(page, f"{site.url}{contract}/users", PHONE)
            await page.evaluate("(() => { window.karteLeft = true; document.querySelector('th a').click(); })()")
            assert await page.until("!window.karteLeft && document.readyState === 'complete'", _READY_S)
            await see(page, "person")
            assert "IDを停止しました" in await fill(page, "/revoke")
            await see(page, "revoked")
            # What is refused answers 422, which the browser notes.
            assert [each for each in page.errors if "422" not in str(each)] == []

    asyncio.run(do())


def test_a_refusal_is_seen_and_focused_and_keeps_what_was_entered(site: Site, tmp_path: Path) -> None:
    async def do() -> None:
        async with browsing(tmp_path / "chromium") as page:
            await log_in(page, site, site.staff)
            await go(page, f"{site.url}/portal/staff/contracts/{site.furnished.id}?lang=ja", PHONE)
            await page.evaluate(
                """(() => {
                  const form = document.getElementById('suspend-reason').form;
                  form.closest('details').open = true;
                  form.reason.value = 'other';
                  window.karteLeft = true;
                  form.requestSubmit();
                })()"""
            )
            assert await page.until("!window.karteLeft && document.readyState === 'complete'", _READY_S)
            await keep(page, "refused-ja-390")
            why = await page.evaluate("document.activeElement.innerText")
            assert "お客様に伝える説明が必要です" in why
            assert await page.evaluate("document.getElementById('suspend-reason').value") == "other"
            assert await page.evaluate("document.getElementById('suspend-reason').closest('details').open")

    asyncio.run(do())
