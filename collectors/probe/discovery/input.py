"""Discovery as an input of the agent: scans the site's subnets and remembers what it finds."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from collectors.input import Input, InputError
from collectors.inventory import ASSETS, AssetItem
from collectors.inventory.device import this_device
from collectors.inventory.register import Register
from collectors.point import Point
from collectors.probe.discovery import state_file
from collectors.probe.discovery.apart import scan_apart
from collectors.probe.discovery.declaration import MEASUREMENTS
from collectors.probe.discovery.defaults import VANISH_AFTER
from collectors.probe.discovery.document import to_item
from collectors.probe.discovery.known import Look, learn
from collectors.probe.discovery.plan import Plan, Scan
from collectors.probe.discovery.points import to_points
from collectors.text import Text

NAME: Final = "discovery"


class Discovery:
    """Scans and remembers."""

    def __init__(
        self,
        plan: Plan,
        state: Path,
        register: Register[AssetItem],
        vanish_after: int = VANISH_AFTER,
        scan: Callable[[Plan], Scan] = scan_apart,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._plan, self._state, self._register = plan, state, register
        self._vanish_after, self._scan, self._wall_ns = vanish_after, scan, wall_ns

    def gather(self) -> list[Point]:
        """Scan once.

        Raises:
            InputError: the scan failed, or what it found cannot be kept.
        """
        try:
            before = state_file.load(self._state)
            found = self._scan(self._plan)
            now_ns = self._wall_ns()
            look = Look(found.assets, self._plan.fence, now_ns // 10**9, found.is_complete)
            memory, changes = learn(before, look, self._vanish_after)
            state_file.save(self._state, memory)
        except OSError as error:
            raise InputError(f"{self._state} cannot be used: {error.strerror}") from error
        here = memory.within(self._plan.fence)
        if found.is_complete:
            items = [to_item(each) for each in here.known.values() if not each.is_gone]
            self._register.note(items, now_ns, this_device())
        return to_points(found, here, changes, look.time)


def discovery_input(
    plan: Plan,
    state: Path,
    register: Register[AssetItem],
    interval_s: float,
    vanish_after: int = VANISH_AFTER,
) -> Input:
    """Return the input that scans these subnets."""

    def create(_settings: Mapping[str, Any]) -> Discovery:
        return Discovery(plan, state, register, vanish_after)

    return Input(
        name=NAME,
        text=Text("LAN上の機器の発見", "devices found on the LAN"),
        measurements=MEASUREMENTS,
        inventories=(ASSETS.declaration,),
        create=create,
        interval_s=interval_s,
        timeout_s=plan.limit_s + 120.0,
    )
