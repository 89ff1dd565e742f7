"""Asking hosts over SNMP what they are: sysDescr, sysObjectID and sysName first, then who those that answer are."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from collectors.probe.device import mib
from collectors.probe.device.watch import read_device
from collectors.probe.discovery.hardware import normal_mac
from collectors.probe.discovery.outlet import Outlet
from collectors.probe.discovery.sighting import Sighting, Source
from collectors.probe.discovery.words import clean
from collectors.probe.exchange import Answer, Exchange, Operation
from collectors.probe.octets import text_of
from collectors.probe.printer.read import read_printer
from collectors.probe.resolve import resolve
from collectors.probe.session import Session
from collectors.probe.snmp import NoAnswer, NotThisKind, Oid, SnmpError, SnmpSession, Value, oid
from collectors.probe.snmp_udp import UdpSockets
from collectors.probe.target import ProbeTarget, SnmpVersion

CONCURRENCY: Final = 32
TIMEOUT_S: Final = 1.0
DEVICE_LIMIT_S: Final = 300.0
"""Generous, as its questions wait for their turn among those of all other sources."""
VERSIONS: Final = (SnmpVersion.V2C, SnmpVersion.V1)
"""Old printers know version 1 only. Devices that speak version 3 are read where `[[probe.device]]` names them."""

_HELLO: Final = {
    name: oid(text)
    for name, text in (
        ("description", mib.SYS_DESCR),
        ("object_id", mib.SYS_OBJECT_ID),
        ("name", mib.SYS_NAME),
        ("engine", mib.ENGINE_ID),
    )
}


@dataclass(frozen=True, slots=True)
class Paced:
    """An exchange whose questions leave through the outlet, repeated ones too."""

    exchange: Exchange
    outlet: Outlet
    address: str
    retries: int

    @property
    def target(self) -> ProbeTarget:
        """The device."""
        return self.exchange.target

    async def ask(self, operation: Operation, oids: Sequence[Oid], max_repetitions: int = 0) -> Answer:
        """Ask; see `Exchange.ask`."""
        for _attempt in range(self.retries):
            await self.outlet.permit(self.address)
            try:
                return await self.exchange.ask(operation, oids, max_repetitions)
            except NoAnswer:
                continue
        await self.outlet.permit(self.address)
        return await self.exchange.ask(operation, oids, max_repetitions)


class SnmpLook:
    """Asks hosts with a site's communities."""

    def __init__(self, outlet: Outlet, communities: Sequence[str], port: int, take: Callable[[Sighting], None]) -> None:
        self._outlet, self._communities, self._port, self._take = outlet, communities, port, take
        self._sockets = UdpSockets()

    async def look(self, hosts: Sequence[str]) -> None:
        """Ask all hosts, some beside each other."""
        turns = asyncio.Semaphore(CONCURRENCY)

        async def one(address: str) -> None:
            async with turns:
                found = await self._one(address)
            if found is not None:
                self._take(found)

        try:
            async with asyncio.TaskGroup() as group:
                for host in hosts:
                    group.create_task(one(host))
        finally:
            self._sockets.close()

    async def _one(self, address: str) -> Sighting | None:
        for version in VERSIONS:
            for community in self._communities:
                target = ProbeTarget(address, self._port, version, community, timeout_s=TIMEOUT_S, retries=0)
                try:
                    told = await (await self._session(target, retries=0)).get(_HELLO)
                except SnmpError:
                    continue
                found = greeting(told, address)
                return await self._identified(target, found)
        return None

    async def _session(self, target: ProbeTarget, retries: int) -> SnmpSession:
        exchange = await self._sockets.open(target, await resolve(target))
        return Session(Paced(exchange, self._outlet, target.host, retries))

    async def _identified(self, target: ProbeTarget, found: Sighting) -> Sighting:
        """Add who the device is; what it said in its first words stands if it says no more."""
        try:
            async with asyncio.timeout(DEVICE_LIMIT_S):
                return await identified(await self._session(target, retries=1), found)
        except (SnmpError, TimeoutError):
            return found


def greeting(told: Mapping[str, Value], address: str) -> Sighting:
    """Return what the first answer tells."""
    engine = told.get("engine")
    name, description = clean(text_of(told.get("name"))), clean(text_of(told.get("description")))
    return Sighting(
        address,
        Source.SNMP,
        engine_id=engine.hex() if isinstance(engine, bytes) else "",
        names=(name,) if name else (),
        texts=(description,) if description else (),
    )


async def identified(session: SnmpSession, found: Sighting) -> Sighting:
    """Return the sighting with kind, maker, model, serial number and hardware addresses as the device tells them.

    Raises:
        SnmpError: it does not answer any more.
    """
    device = await read_device(session)
    who = device.system
    macs = {normal_mac(each) for each in (who.mac, *(port.mac for port in device.interfaces))}
    found = replace(found, kind=who.kind, maker=who.maker, model=who.model, serial=who.serial, asset=who.asset)
    if who.kind == "printer":
        try:
            printer = (await read_printer(session)).identity
        except NotThisKind:
            printer = None
        if printer is not None:
            macs.add(normal_mac(printer.mac))
            found = replace(
                found,
                asset=printer.asset,
                maker=printer.maker or found.maker,
                model=printer.model or found.model,
                serial=printer.serial or found.serial,
            )
    if found.asset in (session.target.host, session.target.address):
        found = replace(found, asset="")  # an address is no identity
    return replace(found, own_macs=frozenset(macs - {""}))
