"""Whether MDM clients, log collectors, remote management and backup software are there and run."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from collectors.input import Input, InputError
from collectors.inputs.service_health import windows
from collectors.inputs.service_health.finding import Evidence
from collectors.inputs.service_health.points import PRODUCT, STATUS, to_points
from collectors.inputs.service_health.product import Product, System, with_own
from collectors.inputs.service_health.recording import parse
from collectors.inputs.service_health.unix import Unix
from collectors.point import Point
from collectors.reasons import told_by
from collectors.systems import available_on
from collectors.windows import powershell

_TIMEOUT_S = 60.0
_SYSTEMS: Mapping[str, System] = {"win32": "windows", "darwin": "macos", "linux": "linux"}


class ServiceHealth:
    """Looks for the known products, and judges those that are expected."""

    def __init__(
        self,
        products: tuple[Product, ...],
        read: Callable[[], Evidence],
        expected: Sequence[str] = (),
        system: System = "linux",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._products = products
        self._read = read
        self._expected = tuple(expected)
        self._system = system
        self._clock = clock

    def gather(self) -> list[Point]:
        """Look once; where nothing can be read, what is expected is `unknown`, with the reason."""
        try:
            seen = self._read()
        except InputError as error:
            seen = Evidence(self._system, unread=(told_by(error),), whole=False)
        return to_points(self._products, seen, int(self._clock()), self._expected)


def windows_reader(products: tuple[Product, ...], ask: powershell.Ask = powershell.ask) -> Callable[[], Evidence]:
    """Return what reads a Windows machine."""
    text = windows.script(products)
    return lambda: windows.read(powershell.read_document(ask(text, _TIMEOUT_S)), products)


def _create(settings: Mapping[str, Any]) -> ServiceHealth:
    products = with_own(settings["products_file"])
    system = _SYSTEMS.get(sys.platform, "linux")
    read = windows_reader(products) if system == "windows" else Unix(system, products).read
    return ServiceHealth(products, read, settings["expected"], system)


INPUT = Input(
    name="service_health",
    text=PRODUCT.text,
    measurements=(STATUS, PRODUCT),
    create=_create,
    settings={"expected": (), "products_file": ""},
    parse=parse,
    available=available_on({"linux": (), "win32": ("powershell",), "darwin": ()}),
    # On Windows each reading starts a PowerShell.
    interval_s=7200.0 if sys.platform == "win32" else 3600.0,
    timeout_s=_TIMEOUT_S + 30,
)
