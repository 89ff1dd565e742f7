"""The codec against pysnmp's: an implementation that shares nothing with it."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pysnmp.proto import rfc1902  # type: ignore[import-untyped]
from pysnmp.proto.api import v2c  # type: ignore[import-untyped]

from collectors.probe.ber import BerError, decode_oid, decode_response, encode_oid, encode_request
from collectors.probe.exchange import Operation
from collectors.probe.snmp import (
    Counter32,
    Counter64,
    Gauge32,
    IpAddress,
    ObjectIdentifier,
    Oid,
    Opaque,
    TimeTicks,
)

OIDS = st.lists(st.integers(0, 2**32 - 1), max_size=20).map(lambda tail: (1, 3, *tail))


def response(bindings: list[tuple[Oid, Any]], request_id: int = 1, status: int = 0, index: int = 0) -> bytes:
    """A response message as pysnmp encodes it."""
    pdu = v2c.GetResponsePDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, request_id)
    v2c.apiPDU.set_error_status(pdu, status)
    v2c.apiPDU.set_error_index(pdu, index)
    v2c.apiPDU.set_varbinds(pdu, bindings)
    message = v2c.Message()
    v2c.apiMessage.set_defaults(message)
    v2c.apiMessage.set_community(message, "public")
    v2c.apiMessage.set_pdu(message, pdu)
    encoded: bytes = encoder.encode(message)
    return encoded


@given(OIDS)
def test_it_codes_oids_both_ways(value: Oid) -> None:
    assert decode_oid(encode_oid(value)) == value


@pytest.mark.parametrize("value", [(0, 0), (1, 39), (2, 5, 1), (2, 100, 3), (2, 47)])
def test_it_codes_the_first_two_numbers_as_x690_does(value: Oid) -> None:
    assert decode_oid(encode_oid(value)) == value


@given(st.lists(OIDS, min_size=1, max_size=5), st.integers(0, 2**31 - 1), st.binary(max_size=40))
def test_it_writes_requests_that_pysnmp_understands(oids: list[Oid], request_id: int, community: bytes) -> None:
    data = encode_request(1, community, Operation.GET, request_id, oids)
    message, rest = decoder.decode(data, asn1Spec=v2c.Message())
    pdu = v2c.apiMessage.get_pdu(message)
    assert not rest
    assert bytes(v2c.apiMessage.get_community(message)) == community
    assert int(v2c.apiPDU.get_request_id(pdu)) == request_id
    assert [tuple(name) for name, _value in v2c.apiPDU.get_varbinds(pdu)] == oids


def test_it_writes_getbulk_with_all_variables_as_repeaters() -> None:
    data = encode_request(1, b"public", Operation.GET_BULK, 7, [(1, 3, 6, 1)], max_repetitions=300)
    pdu = v2c.apiMessage.get_pdu(decoder.decode(data, asn1Spec=v2c.Message())[0])
    assert isinstance(pdu, v2c.GetBulkRequestPDU)
    assert int(v2c.apiBulkPDU.get_non_repeaters(pdu)) == 0
    assert int(v2c.apiBulkPDU.get_max_repetitions(pdu)) == 300


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (rfc1902.Integer32(-2), -2),
        (rfc1902.Integer32(2**31 - 1), 2**31 - 1),
        (rfc1902.OctetString(b"\x00\xff"), b"\x00\xff"),
        (rfc1902.ObjectName((1, 3, 6, 1, 4, 1, 2385)), ObjectIdentifier((1, 3, 6, 1, 4, 1, 2385))),
        (rfc1902.IpAddress("192.0.2.7"), IpAddress(bytes((192, 0, 2, 7)))),
        (rfc1902.Counter32(2**32 - 1), Counter32(2**32 - 1)),
        (rfc1902.Gauge32(5), Gauge32(5)),
        (rfc1902.TimeTicks(12345), TimeTicks(12345)),
        (rfc1902.Opaque(b"\x9f\x78\x04"), Opaque(b"\x9f\x78\x04")),
        (rfc1902.Counter64(2**64 - 1), Counter64(2**64 - 1)),
        (v2c.NoSuchObject(""), None),
        (v2c.NoSuchInstance(""), None),
        (v2c.EndOfMibView(""), None),
        (v2c.Null(""), None),
    ],
)
def test_it_reads_values_with_their_types(sent: Any, expected: Any) -> None:
    version, request_id, answer = decode_response(response([((1, 3, 6, 1), sent)], request_id=99))
    assert (version, request_id, answer.status, answer.index) == (1, 99, 0, 0)
    assert answer.bindings == [((1, 3, 6, 1), expected)]
    assert type(answer.bindings[0][1]) is type(expected)


def test_it_reads_error_status_and_index() -> None:
    _version, _request_id, answer = decode_response(response([((1, 3), rfc1902.Integer32(1))], status=5, index=1))
    assert (answer.status, answer.index, answer.status_name) == (5, 1, "genErr")


@pytest.mark.parametrize(
    ("tag", "content", "expected"),
    [
        # Four octets with the highest bit set: written by agents that forget the leading zero; never negative.
        (0x41, b"\xff\xff\xff\xfe", 2**32 - 2),
        (0x46, b"\xff" * 8, 2**64 - 1),
        # More than the type can hold, or nothing at all: no number.
        (0x41, b"\x01\x00\x00\x00\x00", None),
        (0x42, b"", None),
        (0x02, b"", None),
        (0x02, b"\x01" * 9, None),
    ],
)
def test_it_reads_numbers_of_careless_agents(tag: int, content: bytes, expected: int | None) -> None:
    value = bytes((tag, len(content))) + content
    binding = b"\x06\x01\x2b" + value
    bindings = b"\x30" + bytes((len(binding),)) + binding
    pdu = b"\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30" + bytes((len(bindings),)) + bindings
    message = b"\x02\x01\x01\x04\x06public\xa2" + bytes((len(pdu),)) + pdu
    _version, _request_id, answer = decode_response(b"\x30" + bytes((len(message),)) + message)
    assert answer.bindings == [((1, 3), expected)]


@given(st.binary(max_size=200))
def test_it_refuses_garbage_with_its_own_error(data: bytes) -> None:
    with pytest.raises(BerError):
        decode_response(data)


@given(st.data())
def test_it_refuses_a_message_that_is_cut_or_damaged_or_reads_it(data: st.DataObject) -> None:
    whole = response([((1, 3, 6, 1, 2, 1, 43, n), rfc1902.OctetString("Toner")) for n in range(4)])
    with pytest.raises(BerError):
        decode_response(whole[: data.draw(st.integers(0, len(whole) - 1))])
    damaged = bytearray(whole)
    damaged[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(BerError):
        decode_response(bytes(damaged))


@pytest.mark.parametrize(
    "content", [b"", b"\x2b\x86", b"\xff" * 700, b"\x2b\x90\x80\x80\x80\x00" + b"\xff\xff\xff\xff\xff\x7f"]
)
def test_it_refuses_oids_that_snmp_does_not_allow(content: bytes) -> None:
    with pytest.raises(BerError):
        decode_oid(content)
