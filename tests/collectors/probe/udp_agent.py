"""An SNMP agent on a real UDP socket whose answers a test makes up, decoded and encoded by pysnmp."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pysnmp.proto import rfc1902  # type: ignore[import-untyped]
from pysnmp.proto.api import v2c  # type: ignore[import-untyped]

from collectors.probe.snmp import Oid
from collectors.probe.target import ProbeTarget


@dataclass(frozen=True)
class Asked:
    """A request that came in.

    Attributes:
        number: how many came before it.
        request_id: its request ID.
        oids: its variables.
    """

    number: int
    request_id: int
    oids: list[Oid]


Reply = Callable[[Asked], Iterable[bytes | float]]
"""What to send: datagrams, and numbers for seconds to wait before the next."""


def answer(asked: Asked, values: Iterable[Any] = (), request_id: int | None = None, version: int = 1) -> bytes:
    """A response to a request: its variables with these values, the first of them 7 if none are given."""
    pdu = v2c.GetResponsePDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, asked.request_id if request_id is None else request_id)
    v2c.apiPDU.set_varbinds(pdu, list(zip(asked.oids, [*values] or [rfc1902.Integer32(7)], strict=False)))
    message = v2c.Message()
    v2c.apiMessage.set_defaults(message)
    message.setComponentByPosition(0, version)
    v2c.apiMessage.set_pdu(message, pdu)
    encoded: bytes = encoder.encode(message)
    return encoded


class _Agent(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.transport: asyncio.DatagramTransport

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        message, _rest = decoder.decode(data, asn1Spec=v2c.Message())
        pdu = v2c.apiMessage.get_pdu(message)
        oids = [tuple(name) for name, _value in v2c.apiPDU.get_varbinds(pdu)]
        asked = Asked(self._number, int(v2c.apiPDU.get_request_id(pdu)), oids)
        self._number += 1
        task = asyncio.ensure_future(self._send(asked, source))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, asked: Asked, source: tuple[str, int]) -> None:
        for step in self._reply(asked):
            if isinstance(step, bytes):
                self.transport.sendto(step, source)
            else:
                await asyncio.sleep(step)

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self.transport.abort()


@contextlib.asynccontextmanager
async def udp_agent(reply: Reply, timeout_s: float = 0.4, retries: int = 1) -> AsyncIterator[ProbeTarget]:
    """Run an agent on the loopback and give the target that it is."""
    loop = asyncio.get_running_loop()
    transport, agent = await loop.create_datagram_endpoint(lambda: _Agent(reply), local_addr=("127.0.0.1", 0))
    agent.transport = transport
    port: int = transport.get_extra_info("sockname")[1]
    try:
        yield ProbeTarget("127.0.0.1", port, timeout_s=timeout_s, retries=retries, name="bad agent")
    finally:
        agent.stop()
