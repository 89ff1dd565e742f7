import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import catalogue
from collectors.command import Output
from collectors.input import BadOutput, InputError, ToolMissing
from collectors.inputs.clock import ClockOffset, sntp, unix_sources, windows_source
from collectors.inputs.clock.status import Clock
from collectors.inputs.clock.unix import span_ms
from collectors.point import FieldValue

PACKET = struct.Struct("!BBbbIIIQQQQ")
SENT = 1_790_000_000.25


def _fields(gatherer: ClockOffset) -> dict[str, FieldValue]:
    points = gatherer.gather()
    assert catalogue.problems(points) == []
    return dict(points[0].fields)


def _answer(question: bytes, ahead_s: float, first: int = 4 << 3 | 4, stratum: int = 2, now: float = SENT) -> bytes:
    at = sntp.to_ntp(now + ahead_s)
    return PACKET.pack(first, stratum, 6, -20, 0, 0, 0, at, PACKET.unpack(question)[-1], at, at)


@pytest.fixture
def server() -> Iterator[str]:
    """A time server of one answer, ten seconds ahead of a clock that stands still."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10)

        def serve() -> None:
            question, sender = listener.recvfrom(512)
            listener.sendto(_answer(question, 10.0), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_it_asks_the_server_that_the_settings_name(server: str) -> None:
    fields = _fields(ClockOffset([lambda: sntp.ask(server, clock=lambda: SENT)]))
    assert fields["offset_ms"] == pytest.approx(10_000.0, abs=0.01)
    assert (fields["state"], fields["stratum"], fields["source"]) == ("bad", 3, server)


@given(st.floats(-(10**8), 10**8), st.floats(0, 4_000_000_000))
def test_it_measures_any_offset_across_the_end_of_an_era(ahead_s: float, now: float) -> None:
    # NTP's seconds start anew in 2036.
    def exchange(host: str, packet: bytes, timeout_s: float) -> bytes:
        return _answer(packet, ahead_s, now=now)

    clock = sntp.ask("ntp.example.jp", exchange, lambda: now)
    assert clock.offset_ms == pytest.approx(ahead_s * 1000, abs=1.0)


@pytest.mark.parametrize(
    "answer",
    [
        lambda question: b"",
        lambda question: b"\x24" * 47,
        lambda question: _answer(question, 1.0, first=4 << 3 | 3),
        lambda question: _answer(question, 1.0, first=3 << 6 | 4 << 3 | 4),
        lambda question: _answer(question, 1.0, stratum=0),
        lambda question: _answer(question, 1.0, stratum=16),
        lambda question: _answer(question[:-8] + b"\0" * 8, 1.0),
    ],
    ids=["empty", "short", "no server", "alarm", "kiss of death", "unsynchronised", "another question"],
)
def test_it_refuses_an_answer_that_is_not_to_be_trusted(answer: object) -> None:
    def exchange(host: str, packet: bytes, timeout_s: float) -> bytes:
        assert callable(answer)
        return bytes(answer(packet))

    with pytest.raises(BadOutput):
        sntp.ask("ntp.example.jp", exchange, lambda: SENT)


@given(st.binary(max_size=100))
def test_it_survives_any_answer(data: bytes) -> None:
    def exchange(host: str, packet: bytes, timeout_s: float) -> bytes:
        return data

    with pytest.raises(BadOutput):
        sntp.ask("ntp.example.jp", exchange, lambda: SENT)


def test_it_is_unknown_where_the_server_is_silent() -> None:
    def exchange(host: str, packet: bytes, timeout_s: float) -> bytes:
        raise TimeoutError("timed out")

    fields = _fields(ClockOffset([lambda: sntp.ask("ntp.example.jp", exchange)]))
    assert (fields["state"], fields["reason_code"]) == ("unknown", "unreadable")
    assert "offset_ms" not in fields


@pytest.mark.parametrize(
    ("host", "parts"),
    [
        ("ntp.example.jp", ("ntp.example.jp", 123)),
        ("ntp.example.jp:1123", ("ntp.example.jp", 1123)),
        ("[2001:db8::1]:1123", ("2001:db8::1", 1123)),
        ("[2001:db8::1]", ("2001:db8::1", 123)),
        ("2001:db8::1", ("2001:db8::1", 123)),
        ("ntp.example.jp:x", ("ntp.example.jp", 123)),
    ],
)
def test_it_takes_a_port_with_the_name(host: str, parts: tuple[str, int]) -> None:
    assert sntp.split_host(host) == parts


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("+1.234ms", 1.234),
        ("-12us", -0.012),
        ("1min 2.5s", 62500.0),
        ("-2h", -7.2e6),
        ("", None),
        ("n/a", None),
        ("5", None),
    ],
)
def test_it_reads_spans_of_systemd(text: str, ms: float | None) -> None:
    assert span_ms(text) == (None if ms is None else pytest.approx(ms))


def test_it_goes_on_to_the_next_service_where_one_is_not_there() -> None:
    def run(program: str, arguments: object, timeout_s: float) -> Output:
        if program == "ntpq":
            head = "     remote           refid      st t when poll reach   delay   offset  jitter\n"
            return Output(f"{head}*192.0.2.1 .GPS. 1 u 1 64 377 0.1 2.500 0.1\n".encode(), b"", 0)
        return Output(b"", b"Failed to query server: Unit not found.\n", 1)

    sources = unix_sources(run, lambda program: None if program == "chronyc" else program)
    fields = _fields(ClockOffset(sources))
    assert (fields["state"], fields["offset_ms"], fields["method"]) == ("ok", 2.5, "ntpd")


def test_it_says_that_nothing_tells_of_the_clock() -> None:
    fields = _fields(ClockOffset(unix_sources(has_program=lambda program: None)))
    assert (fields["state"], fields["reason_code"]) == ("unknown", "no_source")


def test_it_keeps_the_offset_of_a_clock_that_is_not_kept_right_to_itself() -> None:
    fields = _fields(ClockOffset([lambda: Clock("w32time", offset_ms=0.0, synchronized=False)]))
    assert (fields["state"], fields["reason_code"]) == ("unknown", "not_synchronized")
    assert "offset_ms" not in fields


@pytest.mark.parametrize("answer", [b"", b"something else entirely\r\n"])
def test_it_is_unknown_where_w32tm_says_something_else(answer: bytes) -> None:
    def run(program: str, arguments: object, timeout_s: float) -> Output:
        return Output(answer, b"", 1)

    assert _fields(ClockOffset([windows_source(run)]))["state"] == "unknown"


def test_it_passes_over_what_is_not_installed() -> None:
    def missing() -> Clock:
        raise ToolMissing("x")

    def failing() -> Clock:
        raise InputError("y failed")

    assert _fields(ClockOffset([missing]))["reason_code"] == "no_source"
    assert _fields(ClockOffset([missing, failing]))["reason_en"] == "cannot be read: y failed"
