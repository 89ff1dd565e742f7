"""Batteries of this computer: charge, wear and cycles."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from collectors.input import Input, InputError, NothingToReport
from collectors.inputs.battery import power_supply, windows
from collectors.inputs.battery.cell import WORN_BELOW_PERCENT, Battery, percent
from collectors.inputs.battery.points import BATTERY, to_points, unreadable
from collectors.inputs.battery.recording import parse
from collectors.inputs.temp.declaration import STATUS, TEMP
from collectors.point import Point
from collectors.psutil_calls import call
from collectors.reasons import told_by
from collectors.systems import available_on
from collectors.windows import powershell

_TIMEOUT_S = 60.0


class Batteries:
    """Reads the batteries of this machine."""

    def __init__(self, read: Callable[[], list[Battery]], worn_below_percent: float = WORN_BELOW_PERCENT) -> None:
        self._read = read
        self._worn_below_percent = worn_below_percent

    def gather(self) -> list[Point]:
        """Read once; batteries that cannot be read become a point that is `unknown`, with the reason.

        Raises:
            NothingToReport: this machine has no battery.
        """
        try:
            points = to_points(self._read(), self._worn_below_percent)
        except InputError as error:
            return unreadable(told_by(error))
        if not points:
            raise NothingToReport("this machine has no battery")
        return points


def linux_reader(tree: Callable[[], Mapping[str, str]] = power_supply.read_tree) -> Callable[[], list[Battery]]:
    """Return what reads a Linux machine."""
    return lambda: power_supply.from_tree(tree())


def windows_reader(ask: powershell.Ask = powershell.ask) -> Callable[[], list[Battery]]:
    """Return what reads a Windows machine."""
    return lambda: windows.batteries(powershell.read_document(ask(windows.SCRIPT, _TIMEOUT_S)))


def psutil_reader() -> list[Battery]:
    """Return the charge, which is all that psutil tells."""
    found = call("sensors_battery")
    if found is None:
        return []
    return [Battery("battery", charge_percent=percent(found.percent), on_mains=found.power_plugged)]


def _create(settings: Mapping[str, Any]) -> Batteries:
    readers = {"win32": windows_reader(), "linux": linux_reader()}
    return Batteries(readers.get(sys.platform, psutil_reader), settings["worn_below_percent"])


INPUT = Input(
    name="battery",
    text=BATTERY.text,
    measurements=(BATTERY, TEMP, STATUS),
    create=_create,
    settings={"worn_below_percent": WORN_BELOW_PERCENT},
    parse=parse,
    available=available_on({"linux": (), "win32": ("powershell",), "darwin": ()}),
    # On Windows each reading starts a PowerShell.
    interval_s=6 * 3600.0 if sys.platform == "win32" else 300.0,
    timeout_s=_TIMEOUT_S + 10,
)
