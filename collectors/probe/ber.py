"""SNMP version 1 and 2c messages in BER, the one encoding that SNMP uses (RFC 3417 section 8, ITU-T X.690).

Written because pyasn1, which pysnmp decodes with, takes about 150 µs of CPU for each variable; that alone would be ten
times what net-snmp needs for a whole printer. Only what an asker needs is here: requests out, responses in.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from collectors.probe.exchange import Answer, Binding, Operation
from collectors.probe.snmp import (
    Counter32,
    Counter64,
    Gauge32,
    IpAddress,
    ObjectIdentifier,
    Oid,
    Opaque,
    TimeTicks,
    Value,
)

_INTEGER: Final = 0x02
_OCTET_STRING: Final = 0x04
_OBJECT_IDENTIFIER: Final = 0x06
_SEQUENCE: Final = 0x30
_PDU: Final = 0xA0
_RESPONSE: Final = 0xA2
_NULL: Final = b"\x05\x00"

_MAX_SUBIDENTIFIER: Final = 2**32 - 1
_MAX_OID_BYTES: Final = 5 * 128
"""RFC 2578 section 3.5: at most 128 sub-identifiers of 32 bits."""


class BerError(ValueError):
    """Bytes that are not an SNMP message."""


def encode_request(
    version: int, community: bytes, operation: Operation, request_id: int, oids: Sequence[Oid], max_repetitions: int = 0
) -> bytes:
    """Return a request message.

    Args:
        version: 0 for SNMP version 1, 1 for 2c, as on the wire.
        community: as on the wire.
        operation: in GET_BULK all variables are repeaters.
        request_id: from 0 to 2**31 - 1.
        oids: the variables.
        max_repetitions: only for GET_BULK.
    """
    body = (
        _integer(request_id) + _integer(0) + _integer(max_repetitions if operation is Operation.GET_BULK else 0)
    ) + _variables(tuple(oids))
    message = _integer(version) + _wrap(_OCTET_STRING, community) + _wrap(_PDU | operation.value, body)
    return _wrap(_SEQUENCE, message)


def decode_response(data: bytes) -> tuple[int, int, Answer]:
    """Return version, request ID and answer of a response message.

    Raises:
        BerError: the bytes are not a response of SNMP version 1 or 2c.
    """
    position, end = _open(data, 0, len(data), _SEQUENCE)
    version, position = _read_integer(data, position, end)
    if version not in (0, 1):
        raise BerError(f"SNMP version field {version}")
    _start, position = _open(data, position, end, _OCTET_STRING)
    position, end = _open(data, position, end, _RESPONSE)
    request_id, position = _read_integer(data, position, end)
    status, position = _read_integer(data, position, end)
    index, position = _read_integer(data, position, end)
    position, end = _open(data, position, end, _SEQUENCE)
    return version, request_id, Answer(status, index, _read_bindings(data, position, end))


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(digits),)) + digits


def _wrap(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + _length(len(content)) + content


def _integer(value: int) -> bytes:
    return _wrap(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


# The same questions go to many devices, again and again.
@lru_cache(maxsize=1024)
def _variables(oids: tuple[Oid, ...]) -> bytes:
    return _wrap(
        _SEQUENCE, b"".join(_wrap(_SEQUENCE, _wrap(_OBJECT_IDENTIFIER, encode_oid(each)) + _NULL) for each in oids)
    )


def encode_oid(value: Oid) -> bytes:
    """Return an OID's content octets (X.690 section 8.19).

    Raises:
        ValueError: fewer than two sub-identifiers.
    """
    if len(value) < 2:
        raise ValueError(f"an OID has two numbers or more, got {value}")
    out = bytearray()
    for number in (value[0] * 40 + value[1], *value[2:]):
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        out += bytes(reversed(digits))
    return bytes(out)


def _open(data: bytes, position: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of the element with this tag starts and ends."""
    if position + 2 > end or data[position] != tag:
        found = f"{data[position]:#04x}" if position < end else "nothing"
        raise BerError(f"expected element {tag:#04x} at byte {position}, found {found}")
    return _content(data, position + 1, end)


def _content(data: bytes, position: int, end: int) -> tuple[int, int]:
    """Return start and end of a content whose length octets begin at `position`."""
    size = data[position]
    position += 1
    if size >= 0x80:
        digits = size & 0x7F
        # 0x80 alone is the indefinite form, which SNMP forbids.
        if not 1 <= digits <= 4 or position + digits > end:
            raise BerError(f"bad length at byte {position - 1}")
        size = int.from_bytes(data[position : position + digits], "big")
        position += digits
    if position + size > end:
        raise BerError(f"element at byte {position} is longer than the message")
    return position, position + size


def _read_integer(data: bytes, position: int, end: int) -> tuple[int, int]:
    start, stop = _open(data, position, end, _INTEGER)
    if not 1 <= stop - start <= 5:
        raise BerError(f"integer of {stop - start} bytes at byte {start}")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def _read_bindings(data: bytes, position: int, end: int) -> list[Binding]:
    found: list[Binding] = []
    while position < end:
        start, stop = _open(data, position, end, _SEQUENCE)
        name_start, name_stop = _open(data, start, stop, _OBJECT_IDENTIFIER)
        if name_stop + 2 > stop:
            raise BerError(f"variable without a value at byte {name_stop}")
        value_start, value_stop = _content(data, name_stop + 1, stop)
        convert = _VALUES.get(data[name_stop])
        found.append(
            (_decode_oid(data[name_start:name_stop]), convert(data[value_start:value_stop]) if convert else None)
        )
        position = stop
    return found


# The same names come from many devices, again and again.
@lru_cache(maxsize=16384)
def _decode_oid(content: bytes) -> Oid:
    if not content or content[-1] & 0x80 or len(content) > _MAX_OID_BYTES:
        raise BerError("cut or overlong OID")
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if number > _MAX_SUBIDENTIFIER + 80:
            raise BerError("OID with a number of more than 32 bits")
        if octet < 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - 40 * first, *numbers[1:])


def decode_oid(content: bytes) -> Oid:
    """Return an OID from its content octets (X.690 section 8.19).

    Raises:
        BerError: the octets are cut, or hold a number that SNMP does not allow.
    """
    return _decode_oid(content)


def _signed(content: bytes) -> int | None:
    return int.from_bytes(content, "big", signed=True) if 1 <= len(content) <= 8 else None


def _unsigned(kind: Callable[[int], int], bits: int) -> Callable[[bytes], int | None]:
    """Return a reader of unsigned numbers; agents that forget the leading zero octet are understood."""
    most = 2**bits - 1

    def read(content: bytes) -> int | None:
        number = int.from_bytes(content, "big")
        return kind(number) if content and number <= most else None

    return read


def _object_identifier(content: bytes) -> ObjectIdentifier | None:
    return ObjectIdentifier(_decode_oid(content)) if content else None


_VALUES: Final[dict[int, Callable[[bytes], Value | None]]] = {
    _INTEGER: _signed,
    _OCTET_STRING: bytes,
    _OBJECT_IDENTIFIER: _object_identifier,
    0x40: IpAddress,
    0x41: _unsigned(Counter32, 32),
    0x42: _unsigned(Gauge32, 32),
    0x43: _unsigned(TimeTicks, 32),
    0x44: Opaque,
    0x46: _unsigned(Counter64, 64),
}
"""Tag octet to reader (RFC 2578 section 7.1, RFC 3416 section 3). NULL and the exceptions noSuchObject, noSuchInstance
and endOfMibView are not in it: they are no values."""
