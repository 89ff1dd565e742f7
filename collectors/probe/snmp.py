"""The narrow seam to SNMP: what the probe asks of a device, whichever library or codec speaks on the wire.

Values come typed: an INTEGER is an `int`, an OCTET STRING is `bytes`, and the other types of RFC 2578 are the small
subclasses below, so that a counter cannot be taken for a gauge. What a device does not have (noSuchObject,
noSuchInstance, endOfMibView, NULL) is absent from the result; it is never a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from collectors.probe.target import ProbeTarget
from collectors.text import Text

Oid = tuple[int, ...]


class Counter32(int):
    """Wraps to 0 after 2**32 - 1."""

    __slots__ = ()


class Counter64(int):
    """Wraps to 0 after 2**64 - 1; not known to SNMP version 1."""

    __slots__ = ()


class Gauge32(int):
    """An unsigned number that stays at 2**32 - 1 when it would be more. Also Unsigned32."""

    __slots__ = ()


class TimeTicks(int):
    """Hundredths of a second; wraps after 497 days."""

    __slots__ = ()


class ObjectIdentifier(tuple[int, ...]):
    """An OBJECT IDENTIFIER as a value."""

    __slots__ = ()

    def __str__(self) -> str:
        return format_oid(self)


class IpAddress(bytes):
    """An IPv4 address, 4 bytes."""

    __slots__ = ()

    def __str__(self) -> str:
        return ".".join(map(str, self))


class Opaque(bytes):
    """Bytes wrapped by an old agent for which SNMP has no type of its own (net-snmp puts floats there)."""

    __slots__ = ()


Value = int | bytes | ObjectIdentifier
"""`int` and `bytes` stand for their subclasses above too."""

Row = Mapping[str, Value]
"""One row of a table: column name to value; a column that the device lacks is absent."""


class SnmpError(Exception):
    """A device could not be read; the message is one line for a person: which device, what, and what to do.

    Attributes:
        text: the message in both languages; `str()` gives the English one.
    """

    def __init__(self, text: Text | str) -> None:
        """Take the message; a plain string is the words of another program and stands for both languages."""
        self.text = Text(text, text) if isinstance(text, str) else text
        super().__init__(self.text.en)


class AddressUnknown(SnmpError):
    """The host name cannot be resolved, or the address cannot be reached from this machine."""


class NoAnswer(SnmpError):
    """Silence. A wrong community looks the same: SNMP versions 1 and 2c do not answer it (RFC 3584 section 5.2.1)."""


class AuthenticationFailed(SnmpError):
    """The device knows SNMPv3 but refused the user, a key, a protocol or the security level."""


class MalformedAnswer(SnmpError):
    """Something answered that is not SNMP, or not an answer to what was asked."""


class RefusedRequest(SnmpError):
    """The device answered with an error status (RFC 3416 section 3) for the request as a whole."""


class NotThisKind(SnmpError):
    """The device answers, but is of another kind than the one it was asked as."""


@dataclass(frozen=True, slots=True)
class Table:
    """What was read of a table.

    Attributes:
        rows: index (the part of the OID behind the column) to row, in ascending order of index.
        partial: for a person, why rows or columns may be missing; "" if the table was read to its end.
        cause: the error that ended the reading before its time; None if the table ended or the agent went in circles.
    """

    rows: Mapping[Oid, Row] = field(default_factory=dict)
    partial: str = ""
    cause: SnmpError | None = None


class SnmpSession(Protocol):
    """A conversation with one device. Objects and columns are named by the caller: `{"level": oid("1.3.6…")}`."""

    @property
    def target(self) -> ProbeTarget:
        """The device."""
        ...

    async def get(self, objects: Mapping[str, Oid]) -> dict[str, Value]:
        """Read single objects, each with its whole instance OID (a scalar ends in .0).

        Returns:
            The values of those that the device has, by name.

        Raises:
            SnmpError: the device could not be asked at all.
        """
        ...

    async def walk(self, columns: Mapping[str, Oid], expect_rows: int = 8, max_rows: int = 4096) -> Table:
        """Read columns of a table, or of several tables that share their index (ifTable and ifXTable).

        A device that stops, loops or errs in the middle gives what was read until then, with `Table.partial` set.

        Args:
            columns: name to column OID (table, entry and column number, without an index).
            expect_rows: how many rows are usual; sizes the first question, limits nothing.
            max_rows: where to stop with `partial` set.

        Raises:
            SnmpError: nothing could be read at all.
        """
        ...


class SnmpClient(Protocol):
    """Makes sessions; owns what they share (sockets, engine). Close it when done."""

    async def session(self, target: ProbeTarget) -> SnmpSession:
        """Return a session with a device; nothing is sent yet.

        Raises:
            AddressUnknown: the host name cannot be resolved.
        """
        ...

    def close(self) -> None:
        """Release sockets."""
        ...


def oid(text: str) -> Oid:
    """Return a dotted OID as a tuple; a leading dot is allowed.

    Raises:
        ValueError: not a dotted OID.
    """
    try:
        return tuple(int(part) for part in text.strip().lstrip(".").split("."))
    except ValueError:
        raise ValueError(f"{text!r} is not a dotted OID") from None


def format_oid(value: Oid) -> str:
    """Return an OID in dotted form."""
    return ".".join(map(str, value))
