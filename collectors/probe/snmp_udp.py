"""SNMP version 1 and 2c over UDP: one socket for all devices, many questions in flight, retries, late answers."""

import asyncio
import random
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.probe.ber import BerError, decode_response, encode_request
from collectors.probe.exchange import Answer, Operation, no_answer
from collectors.probe.resolve import SocketAddress
from collectors.probe.snmp import AddressUnknown, MalformedAnswer, Oid, SnmpError
from collectors.probe.target import ProbeTarget, SnmpVersion
from collectors.text import Text

_RECEIVE_BUFFER_BYTES = 1024 * 1024
_MAX_REQUEST_ID = 2**31 - 1


@dataclass(slots=True)
class _Pending:
    """A question in flight.

    Attributes:
        target: who was asked.
        address: where that is.
        version: as on the wire.
        message: the question, to send again.
        answer: what the asker waits for.
        retries: how often it may still be sent.
        timer: ends the wait for this attempt.
        oddity: what else came from that address meanwhile, for a person.
    """

    target: ProbeTarget
    address: SocketAddress
    version: int
    message: bytes
    answer: asyncio.Future[Answer]
    retries: int
    timer: asyncio.TimerHandle | None = None
    oddity: Text | None = None


_NOT_ASKED = Text(
    "尋ねていない問い合わせへの応答が届きました（リクエストIDの不一致）",
    "answered to a question that was not asked (wrong request ID)",
)
_OTHER_VERSION = Text(
    "尋ねたものと異なるSNMPバージョンで応答がありました", "answered in another SNMP version than asked"
)


class UdpSocket(asyncio.DatagramProtocol):
    """The socket of one address family. Answers find their question by request ID and address."""

    def __init__(self) -> None:
        self._transport: asyncio.DatagramTransport
        self._pending: dict[int, _Pending] = {}
        # A start that cannot be guessed makes forged answers harder.
        self._first_id = self._next_id = random.SystemRandom().randrange(_MAX_REQUEST_ID // 2)
        self._send_errors: list[OSError] = []

    @classmethod
    async def open(cls, family: int) -> "UdpSocket":
        """Return a socket on a free port.

        Raises:
            OSError: this machine has no such kind of address.
        """
        any_address = "::" if family == socket.AF_INET6 else "0.0.0.0"  # noqa: S104  # takes in answers only
        loop = asyncio.get_running_loop()
        transport, opened = await loop.create_datagram_endpoint(cls, local_addr=(any_address, 0))
        opened._transport = transport
        # Many devices answer at once; the default buffer holds some ninety answers.
        raw: socket.socket = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        return opened

    def close(self) -> None:
        """Close the socket; questions in flight end as cancelled."""
        self._transport.abort()
        for pending in self._pending.values():
            pending.answer.cancel()

    def error_received(self, error: Exception) -> None:
        """Note that a datagram could not be sent."""
        if isinstance(error, OSError):
            self._send_errors.append(error)

    def datagram_received(self, data: bytes, source: SocketAddress) -> None:
        """Hand an answer to whoever waits for it; all else is noted with the question it disturbs, or ignored."""
        try:
            version, request_id, answer = decode_response(data)
        except BerError as error:
            size = len(data)
            self._note(
                source,
                Text(
                    f"SNMPではない{size}バイトが届きました（{error}）",
                    f"sent {size} bytes that are not SNMP ({error})",
                ),
            )
            return
        pending = self._pending.get(request_id)
        if pending is None or pending.address != source:
            # A late copy of an answer, after a retry, is nothing odd.
            if not self._first_id <= request_id < self._next_id:
                self._note(source, _NOT_ASKED)
        elif pending.version != version:
            pending.oddity = _OTHER_VERSION
        elif not pending.answer.done():
            pending.answer.set_result(answer)

    def _note(self, source: SocketAddress, oddity: Text) -> None:
        for pending in self._pending.values():
            if pending.address == source:
                pending.oddity = oddity

    async def ask(
        self,
        target: ProbeTarget,
        address: SocketAddress,
        operation: Operation,
        oids: Sequence[Oid],
        max_repetitions: int,
    ) -> Answer:
        """Send a question, again if need be, and return its answer.

        Raises:
            SnmpError: no answer that can be used came in time.
        """
        request_id = self._take_id()
        version = 0 if target.version is SnmpVersion.V1 else 1
        message = encode_request(version, target.community.encode(), operation, request_id, oids, max_repetitions)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        pending = _Pending(target, address, version, message, answer, target.retries)
        self._pending[request_id] = pending
        try:
            self._send(pending)
            return await answer
        finally:
            del self._pending[request_id]
            if pending.timer:
                pending.timer.cancel()

    def _take_id(self) -> int:
        if self._next_id >= _MAX_REQUEST_ID:
            self._first_id = self._next_id = 0
        self._next_id += 1
        return self._next_id - 1

    def _send(self, pending: _Pending) -> None:
        # Errors of earlier datagrams cannot be told apart by device; this one's are reported while it is sent.
        self._send_errors.clear()
        self._transport.sendto(pending.message, pending.address)
        if self._send_errors:
            reason = self._send_errors[0].strerror
            raise AddressUnknown(
                Text(
                    f"{pending.target.label} にこの機器から接続できません: {reason}",
                    f"{pending.target.label} cannot be reached from this machine: {reason}",
                )
            )
        loop = asyncio.get_running_loop()
        pending.timer = loop.call_later(pending.target.timeout_s, self._on_silence, pending)

    def _on_silence(self, pending: _Pending) -> None:
        if pending.answer.done():
            return
        try:
            if not pending.retries:
                raise _silence(pending)
            pending.retries -= 1
            self._send(pending)
        except SnmpError as error:
            pending.answer.set_exception(error)


def _silence(pending: _Pending) -> SnmpError:
    if pending.oddity:
        label, oddity = pending.target.label, pending.oddity
        return MalformedAnswer(Text(f"{label}: {oddity.ja}", f"{label} {oddity.en}"))
    return no_answer(pending.target)


@dataclass(frozen=True, slots=True)
class UdpExchange:
    """An `Exchange` with one device over a shared socket."""

    target: ProbeTarget
    address: SocketAddress
    socket: UdpSocket

    async def ask(self, operation: Operation, oids: Sequence[Oid], max_repetitions: int = 0) -> Answer:
        """Send one request; see `Exchange.ask`."""
        return await self.socket.ask(self.target, self.address, operation, oids, max_repetitions)


_NOT_ASKED = Text(
    "尋ねていない問い合わせへの応答が届きました（リクエストIDの不一致）",
    "answered to a question that was not asked (wrong request ID)",
)
_OTHER_VERSION = Text(
    "尋ねたものと異なるSNMPバージョンで応答がありました", "answered in another SNMP version than asked"
)


class UdpSockets:
    """The sockets of one event loop: at most one for IPv4 and one for IPv6, opened when needed."""

    def __init__(self) -> None:
        self._sockets: dict[int, asyncio.Task[UdpSocket]] = {}

    async def open(self, target: ProbeTarget, address: SocketAddress) -> UdpExchange:
        """Return an exchange with a device whose address is known.

        Raises:
            AddressUnknown: this machine has no such kind of address.
        """
        family = socket.AF_INET if len(address) == 2 else socket.AF_INET6
        if family not in self._sockets:
            self._sockets[family] = asyncio.ensure_future(UdpSocket.open(family))
        try:
            return UdpExchange(target, address, await asyncio.shield(self._sockets[family]))
        except OSError as error:
            raise AddressUnknown(
                Text(
                    f"{target.label} にこの機器から接続できません: {error.strerror}",
                    f"{target.label} cannot be reached from this machine: {error.strerror}",
                )
            ) from None

    def close(self) -> None:
        """Close the sockets."""
        for opening in self._sockets.values():
            if opening.done() and not opening.exception():
                opening.result().close()
            else:
                opening.cancel()
        self._sockets.clear()
