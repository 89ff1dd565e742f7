"""One scan of a site's subnets: which source looks where, in which order, within which limits."""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Final

from collectors.input import InputError
from collectors.probe.discovery import http, mdns, neighbours, netbios, sip_options, ssdp, tcp, udp
from collectors.probe.discovery.asset import assets_of
from collectors.probe.discovery.host import hosts_of
from collectors.probe.discovery.neighbours import Freshness, Neighbour
from collectors.probe.discovery.outlet import Outlet
from collectors.probe.discovery.plan import Plan, Scan
from collectors.probe.discovery.sighting import Sighting, Source
from collectors.probe.discovery.snmp import SnmpLook
from collectors.probe.discovery.words import clean
from collectors.probe.ping import Pinger, open_pinger
from collectors.text import Text

QUESTIONS: Final = (mdns.QUESTION, ssdp.QUESTION, netbios.QUESTION, sip_options.QUESTION)
"""What is asked over UDP, one line a source."""

_SWEEP: Final = 128
"""Addresses pinged before the neighbour table is read: Linux keeps some 512 entries at ease (gc_thresh2)."""

_SETTLE_S: Final = 10.0
_SETTLE_STEP_S: Final = 1.0

_PING_TIMEOUT_S: Final = 1.0
_PING_CONCURRENCY: Final = 128


Progress = Callable[[Text], None]

_OUT_OF_TIME: Final = Text("時間切れ（{limit:g}秒）", "out of time after {limit:g} s")


def scan(plan: Plan, progress: Progress = lambda _text: None) -> Scan:
    """Scan once and return what is there."""
    return asyncio.run(scan_with(plan, Outlet(plan.fence, plan.rate), progress))


async def scan_with(plan: Plan, outlet: Outlet, progress: Progress) -> Scan:
    """Scan through an outlet of the caller's."""
    began = time.monotonic()
    run = _Run(plan, outlet, progress)
    try:
        async with asyncio.timeout(plan.limit_s):
            await run.everything()
        is_complete = True
    except TimeoutError:
        run.note(_filled(_OUT_OF_TIME, limit=plan.limit_s))
        is_complete = False
    assets = assets_of(hosts_of(run.sightings))
    duration_s = time.monotonic() - began
    return Scan(tuple(assets), len(plan.fence.addresses), outlet.sent, duration_s, is_complete, tuple(run.partial))


_PINGING: Final = Text("{count}個のアドレスにpingを送っています", "pinging {count} addresses")
_ASKING: Final = Text(
    "{count}個のアドレスに問い合わせています（TCP、SNMP、mDNS、SSDP、NetBIOS、SIP）",
    "asking {count} addresses (TCP, SNMP, mDNS, SSDP, NetBIOS, SIP)",
)
_READING: Final = Text("見つけた機器の説明を読んでいます", "reading what the devices found say of themselves")
_CANNOT_PING: Final = Text("pingを使えません: {why}", "cannot ping: {why}")
_NO_NEIGHBOURS: Final = Text("近隣テーブル（ARP）を読めません: {why}", "cannot read the neighbour table: {why}")


def _filled(text: Text, **values: object) -> Text:
    return Text(text.ja.format(**values), text.en.format(**values))


class _Run:
    """The state of one scan."""

    def __init__(self, plan: Plan, outlet: Outlet, progress: Progress) -> None:
        self._plan, self._outlet, self._progress = plan, outlet, progress
        self._fence = plan.fence
        self._silent: set[str] = set()
        self._confirmed: set[str] = set()
        self._pending: dict[str, Neighbour] = {}
        self.sightings: list[Sighting] = []
        self.partial: list[Text] = []

    def note(self, what: Text) -> None:
        if what not in self.partial:
            self.partial.append(what)

    async def everything(self) -> None:
        own = self._see_own()
        await self._sweep()
        hosts = self._to_ask()
        self._progress(_filled(_ASKING, count=len(hosts)))
        links = [each for each in own if not each.startswith("127.")]
        snmp = SnmpLook(self._outlet, self._plan.communities, self._plan.snmp_port, self._take)
        async with asyncio.TaskGroup() as group:
            group.create_task(snmp.look(hosts))
            for question in QUESTIONS:
                group.create_task(udp.ask(question, self._outlet, hosts, links, self._take))
            group.create_task(tcp.look(self._outlet, hosts, self._take, tcp.PORTS))
        self._progress(_READING)
        await self._read_pages()
        await self._settle()

    def _take(self, found: Sighting) -> None:
        if found.address in self._fence:
            self.sightings.append(found)

    def _see_own(self) -> list[str]:
        """See this machine itself, which has no entry in its own neighbour table; return its addresses."""
        names = (clean(socket.gethostname()),)
        own = [each for each in neighbours.own_addresses() if each[0] in self._fence]
        for address, mac in own:
            self._take(Sighting(address, Source.SELF, mac=mac, own_macs=frozenset({mac} - {""}), names=names))
        return [address for address, _mac in own]

    async def _sweep(self) -> None:
        # On the loopback this machine itself answers for every address.
        addresses = [each for each in self._fence.addresses if not each.startswith("127.")]
        self._progress(_filled(_PINGING, count=len(addresses)))
        try:
            pinger = open_pinger()
        except InputError as error:
            self.note(_filled(_CANNOT_PING, why=error))
            await self._read_neighbours()
            return
        turns = asyncio.Semaphore(_PING_CONCURRENCY)
        try:
            for start in range(0, len(addresses), _SWEEP):
                batch = addresses[start : start + _SWEEP]
                await asyncio.gather(*(self._ping(pinger, each, turns) for each in batch))
                await self._read_neighbours()
        finally:
            pinger.close()

    async def _ping(self, pinger: Pinger, address: str, turns: asyncio.Semaphore) -> None:
        async with turns:
            await self._outlet.permit(address)
            found = await pinger.ping(address, _PING_TIMEOUT_S)
        if found is not None:
            self._take(Sighting(address, Source.PING))

    async def _read_neighbours(self) -> None:
        try:
            table = await asyncio.to_thread(neighbours.read_neighbours)
        except InputError as error:
            self.note(_filled(_NO_NEIGHBOURS, why=error))
            return
        for each in table:
            if each.freshness is Freshness.GONE:
                self._silent.add(each.address)
                self._pending.pop(each.address, None)
            elif each.freshness is Freshness.CONFIRMED:
                self._pending.pop(each.address, None)
                self._see_neighbour(each)
            elif each.address in self._fence and each.address not in self._confirmed:
                self._pending[each.address] = each

    def _see_neighbour(self, neighbour: Neighbour) -> None:
        self._confirmed.add(neighbour.address)
        self._take(Sighting(neighbour.address, Source.ARP, mac=neighbour.mac))

    async def _settle(self) -> None:
        """Give the system time to confirm or drop the neighbours of which it only remembers an address."""
        until = time.monotonic() + _SETTLE_S
        await self._read_neighbours()
        while self._pending and time.monotonic() < until:
            await asyncio.sleep(_SETTLE_STEP_S)
            await self._read_neighbours()
        alive = {each.address for each in self.sightings}
        for each in self._pending.values():
            # Of one that answers otherwise, the address is worth knowing; of one that does not, it is a memory.
            if each.freshness is Freshness.UNTOLD or each.address in alive:
                self._see_neighbour(each)

    def _to_ask(self) -> list[str]:
        """Return the addresses worth asking: all but those on this machine's own links that nobody answers for."""
        seen = {each.address for each in self.sightings}
        proxied = seen - {each.address for each in hosts_of(self.sightings)}
        silent = self._silent - seen - self._pending.keys()
        return [each for each in self._fence.addresses if each not in proxied and each not in silent]

    async def _read_pages(self) -> None:
        ports = {(each.address, port) for each in self.sightings for port in each.ports}
        locations = {
            (each.address, service.removeprefix("location:"))
            for each in self.sightings
            for service in each.services
            if service.startswith("location:")
        }
        # One description of each host: the root device's, which all its services name.
        first = dict(sorted(locations, reverse=True))
        await http.look(self._outlet, sorted(ports), self._take)
        await http.describe(self._outlet, sorted(first.items()), self._take)
