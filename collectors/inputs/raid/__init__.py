"""RAID: Linux md, ZFS, btrfs and LVM, and Storage Spaces of Windows."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from collectors.input import Input, InputError, NothingToReport
from collectors.inputs.raid import storage_spaces
from collectors.inputs.raid.array import Array, Findings
from collectors.inputs.raid.declaration import ARRAY, DEVICE
from collectors.inputs.raid.linux import Linux
from collectors.inputs.raid.points import to_points
from collectors.inputs.raid.recording import parse
from collectors.inputs.raid.wording import REASONS
from collectors.point import Point
from collectors.reasons import told_by
from collectors.systems import available_on
from collectors.windows import powershell

_TIMEOUT_S = 60.0


class Raid:
    """Reads every kind of RAID that this machine can have."""

    def __init__(
        self,
        read: Callable[[int], Findings],
        may_be_degraded: Iterable[str] = (),
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._read = read
        self._may_be_degraded = frozenset(may_be_degraded)
        self._now_ns = now_ns

    def gather(self) -> list[Point]:
        """Read once; a source that cannot be read makes the device `unknown`, with the reason.

        Raises:
            NothingToReport: everything could be read, and there is no RAID.
        """
        try:
            findings = self._read(self._now_ns())
        except InputError as error:
            findings = Findings(unread=(told_by(error),))
        if not findings.arrays and not findings.unread:
            raise NothingToReport("this machine has no RAID that its operating system manages")
        arrays = tuple(self._allowed(array) for array in findings.arrays)
        return to_points(replace(findings, arrays=arrays))

    def _allowed(self, array: Array) -> Array:
        """Return an array as the settings see it: NAS keep system arrays with room for more disks than they have."""
        if array.name not in self._may_be_degraded or array.verdict.code != "degraded" or array.failed:
            return array
        values = {"active": array.members_active or 0, "members": array.members or 0}
        return replace(array, verdict=REASONS.verdict("degraded_allowed", **values))


def windows_reader(ask: powershell.Ask = powershell.ask) -> Callable[[int], Findings]:
    """Return what reads a Windows machine."""
    return lambda _: storage_spaces.findings(powershell.read_document(ask(storage_spaces.SCRIPT, _TIMEOUT_S)))


def _create(settings: Mapping[str, Any]) -> Raid:
    read = windows_reader() if sys.platform == "win32" else Linux().read
    return Raid(read, settings["may_be_degraded"])


INPUT = Input(
    name="raid",
    text=DEVICE.text,
    measurements=(DEVICE, ARRAY),
    create=_create,
    settings={"may_be_degraded": ()},
    parse=parse,
    available=available_on({"linux": (), "win32": ("powershell",)}),
    # On Windows each reading starts a PowerShell.
    interval_s=3600.0 if sys.platform == "win32" else 300.0,
    timeout_s=_TIMEOUT_S + 10,
)
