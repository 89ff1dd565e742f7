"""SNMP through pysnmp: all of version 3 (user-based security, RFC 3414), and any version where speed does not matter.

pysnmp's command generators are called below its high-level API, which looks every OID up in a MIB. One engine serves
all devices that share credentials; an engine knows a user name only once, so devices whose keys differ for the same
user name get an engine of their own.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pysnmp.carrier.asyncio.dgram import udp, udp6  # type: ignore[import-untyped]
from pysnmp.entity import config  # type: ignore[import-untyped]
from pysnmp.entity.engine import SnmpEngine  # type: ignore[import-untyped]
from pysnmp.entity.rfc3413 import cmdgen  # type: ignore[import-untyped]
from pysnmp.error import PySnmpError  # type: ignore[import-untyped]
from pysnmp.proto import errind, rfc1902  # type: ignore[import-untyped]

from collectors.probe.exchange import Answer, Operation, no_answer
from collectors.probe.resolve import SocketAddress
from collectors.probe.snmp import (
    AuthenticationFailed,
    Counter32,
    Counter64,
    Gauge32,
    IpAddress,
    MalformedAnswer,
    ObjectIdentifier,
    Oid,
    Opaque,
    SnmpError,
    TimeTicks,
    Value,
)
from collectors.probe.target import AuthProtocol, PrivProtocol, ProbeTarget, SnmpVersion, V3Credentials
from collectors.text import Text

_AUTH: Final = {
    AuthProtocol.MD5: config.USM_AUTH_HMAC96_MD5,
    AuthProtocol.SHA: config.USM_AUTH_HMAC96_SHA,
    AuthProtocol.SHA224: config.USM_AUTH_HMAC128_SHA224,
    AuthProtocol.SHA256: config.USM_AUTH_HMAC192_SHA256,
    AuthProtocol.SHA384: config.USM_AUTH_HMAC256_SHA384,
    AuthProtocol.SHA512: config.USM_AUTH_HMAC384_SHA512,
}
_PRIV: Final = {
    PrivProtocol.DES: config.USM_PRIV_CBC56_DES,
    PrivProtocol.AES: config.USM_PRIV_CFB128_AES,
    PrivProtocol.AES192: config.USM_PRIV_CFB192_AES,
    PrivProtocol.AES256: config.USM_PRIV_CFB256_AES,
}

_CONVERSIONS: Final[dict[int, Callable[[Any], Value]]] = {
    0x02: int,
    0x04: bytes,
    0x06: lambda value: ObjectIdentifier(tuple(value)),
    0x40: lambda value: IpAddress(bytes(value)),
    0x41: Counter32,
    0x42: Gauge32,
    0x43: TimeTicks,
    0x44: lambda value: Opaque(bytes(value)),
    0x46: Counter64,
}
"""BER tag octet (RFC 2578 section 7.1, RFC 3416 section 3) to our type; NULL and the exceptions are not in it."""

_SILENCE: Final = (errind.RequestTimedOut,)
_ACCESS: Final = (
    errind.AuthenticationError,
    errind.AuthenticationFailure,
    errind.WrongDigest,
    errind.UnknownUserName,
    errind.UnknownSecurityName,
    errind.UnsupportedSecurityLevel,
    errind.UnsupportedAuthProtocol,
    errind.UnsupportedPrivProtocol,
    errind.DecryptionError,
    errind.EncryptionError,
    errind.NotInTimeWindow,
    errind.NoAccessEntry,
    errind.NoGroupName,
)

_GENERATORS: Final[dict[Operation, Any]] = {
    Operation.GET: cmdgen.GetCommandGenerator,
    Operation.GET_NEXT: cmdgen.NextCommandGeneratorSingleRun,
    Operation.GET_BULK: cmdgen.BulkCommandGeneratorSingleRun,
}
_NULL: Final = rfc1902.Null("")

_Reply = tuple[Any, Any, Any, Any]
"""errorIndication, errorStatus, errorIndex, varBinds as pysnmp hands them back."""


class PysnmpEngines:
    """The engines of one event loop; normally one."""

    def __init__(self) -> None:
        self._engines: dict[V3Credentials | None, Any] = {}
        self._names: dict[tuple[object, ...], str] = {}

    def open(self, target: ProbeTarget, address: SocketAddress) -> "PysnmpExchange":
        """Return an exchange with a device whose address is known."""
        # The context is part of each question, not of who asks.
        asker = replace(target.v3, context_name="") if target.v3 else None
        if asker not in self._engines:
            self._engines[asker] = _start_engine(asker)
        engine = self._engines[asker]
        key = (address, target.version, target.community, asker, target.timeout_s, target.retries)
        if key not in self._names:
            self._names[key] = f"device-{len(self._names)}"
            _introduce(engine, self._names[key], target, address)
        return PysnmpExchange(target, engine, self._names[key])

    def close(self) -> None:
        """Close the engines' sockets."""
        for engine in self._engines.values():
            engine.close_dispatcher()
        self._engines.clear()
        self._names.clear()


@dataclass(frozen=True, slots=True)
class PysnmpExchange:
    """An `Exchange` with one device through a pysnmp engine.

    Attributes:
        target: the device.
        engine: the engine that knows the target's credentials.
        address_name: the name under which the engine's local configuration has the device.
    """

    target: ProbeTarget
    engine: Any
    address_name: str

    async def ask(self, operation: Operation, oids: Sequence[Oid], max_repetitions: int = 0) -> Answer:
        """Send one request; see `Exchange.ask`."""
        reply: asyncio.Future[_Reply] = asyncio.get_running_loop().create_future()
        sizes = (0, max_repetitions) if operation is Operation.GET_BULK else ()
        context = self.target.v3.context_name if self.target.v3 else ""
        names = [(rfc1902.ObjectName(each), _NULL) for each in oids]
        limit_s = self.target.timeout_s * (self.target.retries + 1)
        try:
            _GENERATORS[operation]().send_varbinds(
                self.engine, self.address_name, None, context, *sizes, names, _settle, reply
            )
            # Engine discovery (RFC 5343) and time synchronisation are questions of their own, hence three times.
            indication, status, index, bindings = await asyncio.wait_for(reply, 3 * limit_s + 1)
        except TimeoutError:
            raise no_answer(self.target) from None
        except PySnmpError as error:
            raise _malformed(self.target, error) from error
        if indication:
            raise _error_of(self.target, indication)
        return Answer(int(status), int(index), [(tuple(name), _convert(value)) for name, value in bindings])


def _start_engine(credentials: V3Credentials | None) -> Any:
    engine = SnmpEngine()
    for family in (udp, udp6):
        transport = family.UdpAsyncioTransport if family is udp else family.Udp6AsyncioTransport
        config.add_transport(engine, family.DOMAIN_NAME, transport().open_client_mode())
    if credentials:
        config.add_v3_user(
            engine,
            credentials.user,
            _AUTH[credentials.auth_protocol] if credentials.auth_key else config.USM_AUTH_NONE,
            credentials.auth_key or None,
            _PRIV[credentials.priv_protocol] if credentials.priv_key else config.USM_PRIV_NONE,
            credentials.priv_key or None,
        )
    return engine


def _introduce(engine: Any, name: str, target: ProbeTarget, address: SocketAddress) -> None:
    """Enter a device into the engine's local configuration (RFC 3413 section 4: target address and parameters)."""
    if target.v3:
        level = "noAuthNoPriv" if not target.v3.auth_key else "authPriv" if target.v3.priv_key else "authNoPriv"
        config.add_target_parameters(engine, name, target.v3.user, level, 3)
    else:
        config.add_v1_system(engine, name, target.community)
        config.add_target_parameters(engine, name, name, "noAuthNoPriv", 0 if target.version is SnmpVersion.V1 else 1)
    domain = (udp6 if len(address) == 4 else udp).DOMAIN_NAME
    config.add_target_address(engine, name, domain, address, name, target.timeout_s * 100, target.retries)


def _settle(
    _engine: Any, _handle: Any, indication: Any, status: Any, index: Any, bindings: Any, reply: asyncio.Future[_Reply]
) -> None:
    if not reply.done():
        reply.set_result((indication, status, index, bindings))


def _convert(value: Any) -> Value | None:
    outermost = value.tagSet.superTags[-1]
    convert = _CONVERSIONS.get(outermost.tagClass | outermost.tagId)
    return convert(value) if convert else None


def _error_of(target: ProbeTarget, indication: Any) -> SnmpError:
    if isinstance(indication, _SILENCE):
        return no_answer(target)
    if isinstance(indication, _ACCESS):
        return AuthenticationFailed(
            Text(
                f"{target.label} がSNMPv3のユーザー名または鍵を拒否しました: {indication}",
                f"{target.label} refused the SNMPv3 user or a key: {indication}",
            )
        )
    return _malformed(target, indication)


def _malformed(target: ProbeTarget, said: object) -> MalformedAnswer:
    line = _first_line(said)
    return MalformedAnswer(Text(f"{target.label} の応答が正しくありません: {line}", f"{target.label}: {line}"))


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0]
