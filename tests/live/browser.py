"""Chromium without a window, told what to do by its DevTools protocol.

aiohttp, which the tests have anyway, speaks the protocol's WebSocket; of a browser library's thousand calls six are
needed here.
"""

import asyncio
import base64
import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
_STARTED_WITHIN_S = 60.0


@dataclass
class Page:
    """One tab."""

    socket: aiohttp.ClientWebSocketResponse
    errors: list[str] = field(default_factory=list)
    _last: int = 0

    async def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer to one call of the protocol."""
        self._last += 1
        await self.socket.send_json({"id": self._last, "method": method, "params": parameters})
        while True:
            told = json.loads(await self.socket.receive_str(timeout=120))
            if told.get("method") == "Runtime.exceptionThrown":
                self.errors.append(str(told["params"]["exceptionDetails"].get("text")))
            if told.get("id") == self._last:
                assert "error" not in told, (method, told["error"])
                answer: dict[str, Any] = told["result"]
                return answer

    async def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        result = await self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, (script, result["exceptionDetails"])
        return result["result"].get("value")

    async def open(self, url: str, width: int, height: int) -> None:
        """Go to an address in a window of that size, in CSS pixels."""
        await self.resize(width, height)
        await self.send("Page.navigate", url=url)

    async def resize(self, width: int, height: int) -> None:
        """Give the window another size, in CSS pixels; below 600 of width it is a phone's."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.send("Emulation.setDeviceMetricsOverride", **size)

    async def until(self, script: str, within_s: float) -> bool:
        """Wait for an expression to become true; tell whether it did."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if await self.evaluate(script):
                return True
            await asyncio.sleep(0.25)
        return False

    async def shoot(self, path: Path) -> None:
        """Save what is seen."""
        shot = await self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))


@asynccontextmanager
async def browsing(home: Path) -> AsyncIterator[Page]:
    """Start Chromium with a profile of its own, and give its tab."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
        *("--no-first-run", "--disable-background-networking", "--remote-debugging-port=0"),
        f"--user-data-dir={home}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        port = await _port(home / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                targets = await answer.json()
            address = next(each["webSocketDebuggerUrl"] for each in targets if each["type"] == "page")
            async with session.ws_connect(address, max_msg_size=0) as socket:
                page = Page(socket)
                await page.send("Page.enable")
                await page.send("Runtime.enable")
                yield page
    finally:
        process.terminate()
        await process.wait()


async def _port(path: Path) -> int:
    end = time.monotonic() + _STARTED_WITHIN_S
    while time.monotonic() < end:
        if path.is_file() and (lines := path.read_text(encoding="ascii").splitlines()):
            return int(lines[0])
        await asyncio.sleep(0.1)
    raise AssertionError("Chromium did not start")
