"""The probe as an input: all devices of a site asked beside each other, each with its own failure."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from collectors.input import Input, NothingToReport
from collectors.point import FieldValue, Point
from collectors.probe.client import Client
from collectors.probe.device.watch import DeviceWatch
from collectors.probe.reading import DeviceReader, DeviceReading
from collectors.probe.registry import PROBE_MEASUREMENTS
from collectors.probe.snmp import SnmpError, SnmpSession
from collectors.probe.target import ProbeTarget
from collectors.text import Text

NAME: Final = "snmp_probe"

CONCURRENCY: Final = 64
"""Devices asked at the same time; their answers fit into the socket's buffer together."""

DEVICE_LIMIT_S: Final = 60.0
"""One device may take no longer, however long its tables are and however slowly it answers."""

INTERVAL_S: Final = 300.0
TIMEOUT_S: Final = 240.0


class ClosableClient(Protocol):
    """What the probe needs of an SNMP client."""

    async def session(self, target: ProbeTarget) -> SnmpSession:
        """Return a session with a device."""
        ...

    def close(self) -> None:
        """Release sockets."""
        ...


class SnmpProbe:
    """Asks devices; remembers who was found at which address, so that a silent device keeps its identity."""

    def __init__(
        self,
        targets: Sequence[ProbeTarget],
        read: DeviceReader | None = None,
        connect: Callable[[], ClosableClient] = Client,
    ) -> None:
        self._targets = targets
        self._watch = DeviceWatch()
        self._read = read or self._watch.read
        self._connect = connect
        self._assets: dict[str, str] = {}

    def gather(self) -> list[Point]:
        """Ask all devices once.

        Raises:
            NothingToReport: no device is configured.
        """
        if not self._targets:
            raise NothingToReport("no device is configured for the probe")
        return asyncio.run(self.poll())

    async def poll(self) -> list[Point]:
        """Ask all devices once and return their points in the order of the targets."""
        client = self._connect()
        turns = asyncio.Semaphore(CONCURRENCY)
        try:
            found = await asyncio.gather(*(self._poll_one(client, each, turns) for each in self._targets))
        finally:
            client.close()
        return [point for points in found for point in points]

    async def _poll_one(self, client: ClosableClient, target: ProbeTarget, turns: asyncio.Semaphore) -> list[Point]:
        async with turns:
            began = time.monotonic()
            try:
                async with asyncio.timeout(DEVICE_LIMIT_S):
                    reading = await self._read(await client.session(target))
            except SnmpError as error:
                return self._lost(target, error, time.monotonic() - began)
            except TimeoutError:
                late = SnmpError(
                    Text(
                        f"{target.label} の読み取りが {DEVICE_LIMIT_S:g} 秒たっても終わりません",
                        f"{target.label} was still being read after {DEVICE_LIMIT_S:g} s",
                    )
                )
                return self._lost(target, late, time.monotonic() - began)
            return [self._success(target, reading, time.monotonic() - began), *reading.points]

    def _success(self, target: ProbeTarget, reading: DeviceReading, duration_s: float) -> Point:
        self._assets[target.address] = reading.asset
        fields: dict[str, FieldValue] = {
            "ok": True,
            "duration": duration_s,
            "kind": reading.kind,
            "partial": "; ".join(reading.partial),
            "error_class": "",
            "error": "",
        }
        return Point("device_poll", self._tags(target), fields)

    def _lost(self, target: ProbeTarget, error: SnmpError, duration_s: float) -> list[Point]:
        return [self._failure(target, error, duration_s), *self._watch.lost(target, error)]

    def _failure(self, target: ProbeTarget, error: SnmpError, duration_s: float) -> Point:
        fields: dict[str, FieldValue] = {
            "ok": False,
            "duration": duration_s,
            "error_class": type(error).__name__,
            "error": str(error),
        }
        return Point("device_poll", self._tags(target), fields)

    def _tags(self, target: ProbeTarget) -> dict[str, str]:
        asset = self._assets.get(target.address, target.address)
        return {"asset": asset, "target": target.name or target.address}


def probe_input(targets: Sequence[ProbeTarget], interval_s: float = INTERVAL_S) -> Input:
    """Return the input that asks these devices."""

    def create(_settings: Mapping[str, Any]) -> SnmpProbe:
        return SnmpProbe(targets)

    return Input(
        name=NAME,
        text=Text("SNMPで見る複合機・ネットワーク機器", "printers and network equipment over SNMP"),
        measurements=PROBE_MEASUREMENTS,
        create=create,
        interval_s=interval_s,
        timeout_s=min(TIMEOUT_S, interval_s),
    )
