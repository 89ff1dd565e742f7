"""Installed software: a point that sums it up, and the list as an inventory document where it changed."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from collectors.input import Input, InputError
from collectors.inputs.software import windows
from collectors.inputs.software.declaration import SUMMARY
from collectors.inputs.software.points import to_points, unreadable
from collectors.inputs.software.reading import Reading
from collectors.inputs.software.recording import listed, parse
from collectors.inputs.software.unix import LINUX, MACOS, Unix
from collectors.inventory import SOFTWARE, DeviceFacts, SoftwareItem
from collectors.inventory.device import this_device
from collectors.inventory.outbox import Outbox
from collectors.inventory.register import Register
from collectors.point import Point
from collectors.reasons import told_by
from collectors.systems import available_on
from collectors.windows import powershell

_TIMEOUT_S = 300.0


class Software:
    """Reads the software of this machine and keeps its list up to date."""

    def __init__(
        self,
        read: Callable[[int], Reading],
        register: Register[SoftwareItem],
        device: Callable[[], DeviceFacts] = this_device,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._read, self._register, self._device, self._now_ns = read, register, device, now_ns

    def gather(self) -> list[Point]:
        """Read once; what cannot be read at all becomes a device that is `unknown`, and its last list stands."""
        now_ns = self._now_ns()
        try:
            reading = self._read(now_ns)
        except InputError as error:
            return unreadable(told_by(error))
        return to_points(reading, self._register.note(reading.items, now_ns, self._device(), reading.misses))


def windows_reader(with_store: bool = False, ask: powershell.Ask = powershell.ask) -> Callable[[int], Reading]:
    """Return what reads a Windows machine."""
    script = windows.script(with_store)
    return lambda now_ns: windows.reading(powershell.read_document(ask(script, _TIMEOUT_S)), now_ns)


def _create(settings: Mapping[str, Any]) -> Software:
    # The agent adds where documents go; without it nothing is sent, and nothing is noted as sent.
    state_file, outbox = str(settings.get("state_file", "")), str(settings.get("outbox", ""))
    register = Register(SOFTWARE, Path(state_file) if state_file else None, Outbox(Path(outbox)) if outbox else None)
    with_store = bool(settings.get("store_apps", False))
    return Software(windows_reader(with_store) if sys.platform == "win32" else Unix().read, register)


INPUT = Input(
    name="software",
    text=SOFTWARE.declaration.text,
    measurements=(SUMMARY,),
    inventories=(SOFTWARE.declaration,),
    create=_create,
    settings={"store_apps": False, "state_file": "software.json.gz"},
    parse=parse,
    listed=listed,
    available=available_on(
        {
            "linux": tuple(each.program for each in LINUX),
            "darwin": tuple(each.program for each in MACOS),
            "win32": ("powershell",),
        }
    ),
    interval_s=6 * 3600.0,
    timeout_s=_TIMEOUT_S * 2,
)
