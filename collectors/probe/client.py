"""Opening SNMP sessions: which codec speaks to which device."""

from collectors.probe.resolve import resolve
from collectors.probe.session import Session
from collectors.probe.snmp import SnmpSession
from collectors.probe.snmp_pysnmp import PysnmpEngines
from collectors.probe.target import ProbeTarget


class Client:
    """An `SnmpClient`; make it within the event loop that uses it, and close it there."""

    def __init__(self) -> None:
        self._engines = PysnmpEngines()

    async def session(self, target: ProbeTarget) -> SnmpSession:
        """Return a session with a device; see `SnmpClient.session`."""
        return Session(self._engines.open(target, await resolve(target)))

    def close(self) -> None:
        """Release sockets."""
        self._engines.close()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_failure: object) -> None:
        self.close()
