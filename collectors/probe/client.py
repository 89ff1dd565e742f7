"""Opening SNMP sessions: which codec speaks to which device."""

from typing import TYPE_CHECKING

from collectors.probe.exchange import Exchange
from collectors.probe.resolve import SocketAddress, resolve
from collectors.probe.session import Session
from collectors.probe.snmp import SnmpSession
from collectors.probe.snmp_udp import UdpSockets
from collectors.probe.target import ProbeTarget, SnmpVersion

if TYPE_CHECKING:
    from collectors.probe.snmp_pysnmp import PysnmpEngines


class Client:
    """An `SnmpClient`; make it within the event loop that uses it, and close it there."""

    def __init__(self) -> None:
        self._sockets = UdpSockets()
        self._engines: PysnmpEngines | None = None

    async def session(self, target: ProbeTarget) -> SnmpSession:
        """Return a session with a device; see `SnmpClient.session`."""
        return Session(await self._exchange(target, await resolve(target)))

    async def _exchange(self, target: ProbeTarget, address: SocketAddress) -> Exchange:
        if target.version is not SnmpVersion.V3:
            return await self._sockets.open(target, address)
        if self._engines is None:
            # Imported when first needed: pysnmp takes some 25 MiB, which a site without version 3 need not pay.
            from collectors.probe.snmp_pysnmp import PysnmpEngines

            self._engines = PysnmpEngines()
        return self._engines.open(target, address)

    def close(self) -> None:
        """Release sockets."""
        self._sockets.close()
        if self._engines:
            self._engines.close()
            self._engines = None

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_failure: object) -> None:
        self.close()
