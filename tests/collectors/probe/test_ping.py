import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import command
from collectors.input import InputError, ToolMissing
from collectors.probe import ping
from collectors.probe.icmp import TOKEN_BYTES, EchoReply, checksum, echo_request, parse_echo_reply
from collectors.probe.ping import Pong, ProgramPinger, SocketPinger, open_pinger, parse_ping

TOKEN = bytes(range(TOKEN_BYTES))
IPV4_HEADER = bytes([0x45, 0, 0, 44, 0, 0, 0, 0, 57, 1]) + bytes(10)


@given(st.binary(max_size=60))
def test_its_checksum_makes_the_whole_sum_to_nothing(payload: bytes) -> None:
    packet = echo_request(4, 0x1234, 7, TOKEN + payload)
    assert checksum(packet) == 0


def test_it_reads_a_reply_with_and_without_the_ip_header() -> None:
    reply = b"\0" + echo_request(4, 1, 2, TOKEN)[1:]
    assert parse_echo_reply(4, reply) == EchoReply(TOKEN, None)
    assert parse_echo_reply(4, IPV4_HEADER + reply) == EchoReply(TOKEN, 57)
    assert parse_echo_reply(6, b"\x81" + reply[1:]) == EchoReply(TOKEN, None)
    assert parse_echo_reply(4, echo_request(4, 1, 2, TOKEN)) is None


@given(st.binary(max_size=80), st.sampled_from([4, 6]))
def test_it_survives_garbage(data: bytes, version: int) -> None:
    for each in (data, IPV4_HEADER + data, b"\0\0" + data):
        found = parse_echo_reply(version, each)
        assert found is None or len(found.token) == TOKEN_BYTES


LINUX = """\
PING 192.168.10.1 (192.168.10.1) 56(84) bytes of data.
64 bytes from 192.168.10.1: icmp_seq=1 ttl=64 time=0.431 ms

--- 192.168.10.1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time 0ms
rtt min/avg/max/mdev = 0.431/0.431/0.431/0.000 ms
"""
WINDOWS = """
192.168.10.1 に ping を送信しています 32 バイトのデータ:
192.168.10.1 からの応答: バイト数 =32 時間 <1ms TTL=255

192.168.10.1 の ping 統計:
    パケット数: 送信 = 1、受信 = 1、損失 = 0 (0% の損失)、
"""
WINDOWS_UNREACHABLE = """
192.168.10.9 に ping を送信しています 32 バイトのデータ:
192.168.10.5 からの応答: 宛先ホストに到達できません。

    パケット数: 送信 = 1、受信 = 1、損失 = 0 (0% の損失)、
"""


@pytest.mark.parametrize(
    ("text", "pong"),
    [
        (LINUX, Pong(0.431, 64)),
        (WINDOWS, Pong(1.0, 255)),
        ("64 bytes from 10.0.0.1: icmp_seq=0 ttl=63 time=12,5 ms", Pong(12.5, 63)),
        (WINDOWS_UNREACHABLE, None),
        ("Request timed out.", None),
        ("", None),
    ],
)
def test_it_reads_ping_programs_in_any_language(text: str, pong: Pong | None) -> None:
    assert parse_ping(text) == pong


@given(st.text())
def test_it_survives_what_is_no_ping(text: str) -> None:
    assert parse_ping(text) is None or "ttl" in text.lower()


def test_it_pings_through_a_socket() -> None:
    async def both() -> tuple[Pong | None, Pong | None]:
        pinger = SocketPinger()
        try:
            return await pinger.ping("127.0.0.1", 2.0), await pinger.ping("::1", 2.0)
        finally:
            pinger.close()

    try:
        four, _six = asyncio.run(both())
    except OSError as error:
        pytest.skip(f"no ICMP sockets here: {error}")
    assert four is not None
    assert four.time_ms > 0


def test_it_falls_back_to_the_program_and_says_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_version: int) -> object:
        raise PermissionError("not allowed")

    monkeypatch.setattr(ping, "_open", refused)
    monkeypatch.setattr(ping, "find_program", lambda _name: None)
    with pytest.raises(ToolMissing, match="run as root, or install ping"):
        open_pinger()
    monkeypatch.setattr(ping, "find_program", lambda _name: "/bin/ping")
    assert isinstance(open_pinger(), ProgramPinger)


def test_it_takes_silence_of_the_program_for_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(program: str, arguments: list[str], timeout_s: float) -> command.Output:
        asked.append([program, *arguments])
        if len(asked) == 2:
            raise InputError(f"{program} did not answer within {timeout_s:g} s")
        return command.Output(LINUX.encode(), b"", 0)

    monkeypatch.setattr(command, "run", run)
    assert asyncio.run(ProgramPinger().ping("192.168.10.1", 1.4)) == Pong(0.431, 64)
    assert asyncio.run(ProgramPinger().ping("192.168.10.1", 1.4)) is None
    assert (asked[0][0], asked[0][-1]) == ("ping", "192.168.10.1")
