import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.reachability import dns_message
from collectors.probe.reachability.check import CheckType, make_check


@pytest.mark.parametrize(
    ("kind", "target", "host", "port"),
    [
        ("icmp", "192.168.10.1", "192.168.10.1", 0),
        ("icmp", "fd00::1", "fd00::1", 0),
        ("icmp", "router.example.jp", "router.example.jp", 0),
        ("tcp", "192.168.10.5:445", "192.168.10.5", 445),
        ("tcp", "[fd00::1]:22", "fd00::1", 22),
        ("http", "https://www.example.jp/status?x=1", "www.example.jp", 443),
        ("http", "http://[fd00::1]:8080/", "fd00::1", 8080),
        ("dns", "www.example.jp", "www.example.jp", 0),
        ("sip", "pbx.example.jp", "pbx.example.jp", 5060),
        ("sip", "192.168.10.2:5080", "192.168.10.2", 5080),
    ],
)
def test_it_takes_a_target_apart(kind: str, target: str, host: str, port: int) -> None:
    made = make_check("", kind, target, "", 3, 1.0)
    assert (made.name, made.host, made.port) == (target, host, port)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("icmp", ""),
        ("icmp", "a b"),
        ("icmp", "http://a/"),
        ("tcp", "a"),
        ("tcp", "a:0"),
        ("tcp", "a:65536"),
        ("tcp", "a:b"),
        ("http", "www.example.jp"),
        ("http", "ftp://www.example.jp/"),
        ("http", "https://user:secret@www.example.jp/"),
        ("sip", "sip:pbx"),
        ("dns", "a/b"),
    ],
)
def test_it_refuses_a_target_that_does_not_fit(kind: str, target: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        make_check("x", kind, target, "", 3, 1.0)


@given(st.sampled_from(CheckType), st.text())
def test_it_refuses_garbage_in_one_way_only(kind: CheckType, target: str) -> None:
    try:
        made = make_check("x", kind, target, "", 3, 1.0)
    except ValueError:
        return
    assert made.host


ASKED = dns_message.question(0x1234, "www.example.jp")


def test_it_writes_a_question_as_rfc_1035_draws_it() -> None:
    assert ASKED == b"\x124\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\x02jp\0\0\x01\0\x01"
    for name in ("", "a..b", "x" * 64, ".".join(["abc"] * 70)):
        with pytest.raises(ValueError, match=r"\S"):
            dns_message.question(1, name)


@given(st.binary(max_size=80), st.integers(0, 60))
def test_it_survives_answers_of_garbage(data: bytes, cut: int) -> None:
    right = b"\x124\x81\x80\0\x01\0\x01\0\0\0\0" + ASKED[12:] + b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\2\1"
    assert dns_message.parse_answer(right, ASKED) == dns_message.DnsAnswer(0, 1)
    for each in (data, right[:cut], ASKED[:2] + data, right[: 12 + cut] + data):
        found = dns_message.parse_answer(each, ASKED)
        assert found is None or 0 <= found.rcode < 16
