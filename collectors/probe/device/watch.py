"""Watching devices over time: what each was found to be is remembered, and found out anew after a failure or a day."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from collectors.point import Point
from collectors.probe.device.build import to_device
from collectors.probe.device.identify import Identification
from collectors.probe.device.judge import lost
from collectors.probe.device.model import Device, System
from collectors.probe.device.points import identity_fields, samples, to_points
from collectors.probe.device.rates import Sample
from collectors.probe.device.read import Remembered, ask_what_it_is, read_raw
from collectors.probe.device.sip_touch import AskSip, ask_sip, with_sip
from collectors.probe.kinds import printer
from collectors.probe.reading import DeviceReading
from collectors.probe.snmp import NotThisKind, SnmpError, SnmpSession
from collectors.probe.target import ProbeTarget

POLLS_UNTIL_ASKED_AGAIN: Final = 288
"""A day at the usual interval: firmware is updated, tables appear."""


@dataclass(slots=True)
class _Memory:
    """What is remembered of one target."""

    known: Identification | None = None
    remembered: Remembered = field(default_factory=Remembered)
    polls: int = 0
    system: System | None = None
    before: dict[str, Sample] = field(default_factory=dict)
    answered_sip: bool = False

    def forget_kind(self) -> None:
        """Find out anew what it is; who it is and the counters stay."""
        self.known, self.remembered, self.polls = None, Remembered(), 0


async def read_device(session: SnmpSession) -> Device:
    """Read one device once, whatever it is.

    Raises:
        SnmpError: it did not answer at all.
    """
    known = await ask_what_it_is(session)
    return to_device(await read_raw(session, known, Remembered()), known)


class DeviceWatch:
    """Reads devices again and again; one instance for all targets of a site."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, ask_sip: AskSip = ask_sip) -> None:
        self._clock = clock
        self._ask_sip = ask_sip
        self._memories: dict[ProbeTarget, _Memory] = {}

    async def read(self, session: SnmpSession) -> DeviceReading:
        """Read a device by its kind; see `DeviceReader`.

        Raises:
            SnmpError: it did not answer at all; next time it is found out anew what it is.
        """
        memory = self._memories.setdefault(session.target, _Memory())
        if memory.polls >= POLLS_UNTIL_ASKED_AGAIN or (memory.known and not memory.known.certain):
            memory.forget_kind()
        try:
            return await self._read(session, memory)
        except SnmpError:
            memory.forget_kind()
            raise

    async def _read(self, session: SnmpSession, memory: _Memory) -> DeviceReading:
        memory.polls += 1
        if memory.known is None:
            memory.known = await ask_what_it_is(session)
        if memory.known.kind == "printer":
            try:
                return await printer(session)
            except NotThisKind:
                # It said so of itself and has nothing of the Printer-MIB: what all devices tell is what there is.
                pass
        device = to_device(await read_raw(session, memory.known, memory.remembered), memory.known)
        if memory.known.kind == "pbx":
            response_ms = await self._ask_sip(session.target.host)
            device = with_sip(device, response_ms, memory.answered_sip)
            memory.answered_sip |= response_ms is not None
        return self._reading(_same_asset(device, memory), memory)

    def _reading(self, device: Device, memory: _Memory) -> DeviceReading:
        now = self._clock()
        points = to_points(device, now, memory.before)
        memory.system, memory.before = device.system, samples(device, now)
        return DeviceReading(device.system.kind, device.system.asset, tuple(points), device.partial)

    def lost(self, target: ProbeTarget, error: SnmpError) -> list[Point]:
        """Return what is stored of a device that cannot be read now; nothing for one that never could."""
        memory = self._memories.get(target)
        if memory is None or memory.system is None:
            return []
        who = memory.system
        told = {name: value for name, value in identity_fields(who).items() if value is not None}
        fields = {"reachable": False, **lost(str(error)).fields(), **told}
        return [Point("network_device", {"asset": who.asset, "kind": who.kind}, fields)]


def _same_asset(device: Device, memory: _Memory) -> Device:
    """Keep the id of a device whose serial number and addresses could not be read this time."""
    before, now = memory.system, device.system
    if before is None or now.serial or (now.mac and now.mac == before.mac):
        return device
    cut_short = bool(device.partial) and not now.mac
    return replace(device, system=replace(now, asset=before.asset)) if cut_short else device
