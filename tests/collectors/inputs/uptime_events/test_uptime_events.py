import sqlite3
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import command
from collectors.command import Output
from collectors.input import Recording, ToolMissing, find_program
from collectors.inputs.uptime_events import UptimeEvents, windows_reader
from collectors.inputs.uptime_events.history import DAY_S, Findings, Kind, Record, from_records
from collectors.inputs.uptime_events.linux import Linux
from collectors.inputs.uptime_events.points import to_points
from collectors.inputs.uptime_events.recording import parse

SAMPLES = Path(__file__).resolve().parents[4].parent / "shared" / "samples" / "windows"
NOW_S = 1_790_000_000
UTMP = struct.Struct("<hxxi32s4s32s256shhiii16s20s")


def _wtmp(*records: tuple[int, bytes, int]) -> bytes:
    return b"".join(UTMP.pack(kind, 0, b"~", b"~~", user, b"", 0, 0, 0, at, 0, b"", b"") for kind, user, at in records)


def _no_journal(program: str, arguments: object, timeout_s: float) -> Output:
    raise ToolMissing("journalctl is not installed")


def _linux(root: Path, booted: int) -> UptimeEvents:
    return UptimeEvents(Linux(_no_journal, root, lambda: booted).read, now_ns=lambda: NOW_S * 10**9)


@pytest.mark.parametrize(
    ("name", "boot"),
    [("systeminfo-win10.txt", "2021-03-19T09:25:03"), ("systeminfo-2012r2.txt", "2021-03-28T14:34:44")],
)
def test_it_tells_the_start_by_the_machines_own_clock(name: str, boot: str) -> None:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no sample {name} beside the repository")
    (point,) = parse(Recording(path.read_bytes(), name, NOW_S * 10**9))
    assert point.fields["boot_local"] == boot
    assert "boot_time" not in point.fields, "its zone is not known"


def test_it_finds_the_crash_between_two_starts() -> None:
    records = [Record(NOW_S - 9000, Kind.START), Record(NOW_S - 4000, Kind.START)]
    assert from_records("wtmp", records, NOW_S).crashes == (NOW_S - 4000,)


@given(st.lists(st.tuples(st.integers(NOW_S - 10**6, NOW_S), st.sampled_from(Kind)), max_size=30))
def test_it_counts_no_more_crashes_than_there_is_room_for(told: list[tuple[int, Kind]]) -> None:
    found = from_records("wtmp", [Record(at, kind) for at, kind in told], NOW_S)
    (point,) = to_points(found, NOW_S * 10**9)
    counted = [point.fields.get(name, 0) for name in ("unexpected_24h", "unexpected_7d")]
    assert 0 <= int(counted[0]) <= int(counted[1]) <= len(told) or "unexpected_7d" not in point.fields


def test_it_reads_wtmp_and_nothing_of_who_logged_in(tmp_path: Path) -> None:
    (tmp_path / "var/log").mkdir(parents=True)
    data = _wtmp((2, b"reboot", NOW_S - 9 * DAY_S), (7, b"yamada", NOW_S - 8 * DAY_S), (2, b"reboot", NOW_S - 3600))
    (tmp_path / "var/log/wtmp").write_bytes(data + b"half a record")
    (point,) = _linux(tmp_path, NOW_S - 3590).gather()
    assert (point.fields["state"], point.fields["unexpected_24h"], point.fields["source"]) == ("bad", 1, "wtmp")
    assert "yamada" not in str(point)


def test_it_agrees_with_last_on_the_same_file(tmp_path: Path) -> None:
    if find_program("last") is None:
        pytest.skip("last is not installed")
    assert UTMP.size == 384
    days = [(2, b"reboot", 20), (1, b"shutdown", 12), (2, b"reboot", 11), (2, b"reboot", 3), (1, b"shutdown", 2)]
    data = _wtmp(*((kind, user, NOW_S - ago * DAY_S) for kind, user, ago in [*days, (2, b"reboot", 1)]))
    (tmp_path / "wtmp").write_bytes(data)
    told = command.run("last", ["-x", "--time-format", "iso", "-f", str(tmp_path / "wtmp")], 10.0)
    if told.code:
        pytest.skip("this last knows no --time-format")
    names = ("boot_time", "unexpected_7d", "starts_7d", "last_unexpected")
    both = [parse(Recording(each, "input", NOW_S * 10**9))[0].fields for each in (data, told.stdout)]
    assert [both[0].get(name) for name in names] == [both[1].get(name) for name in names]
    assert both[0]["last_unexpected"] == NOW_S - 3 * DAY_S


def test_it_passes_over_a_wtmp_that_is_no_longer_written(tmp_path: Path) -> None:
    (tmp_path / "var/log").mkdir(parents=True)
    (tmp_path / "var/log/wtmp").write_bytes(_wtmp((2, b"reboot", NOW_S - 900 * DAY_S)))
    (tmp_path / "var/lib/wtmpdb").mkdir(parents=True)
    with sqlite3.connect(tmp_path / "var/lib/wtmpdb/wtmp.db") as database:
        database.execute(
            "CREATE TABLE wtmp (ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT, Login INTEGER, Logout INTEGER)"
        )
        rows = [(1, (NOW_S - 8 * DAY_S) * 10**6, (NOW_S - 7200) * 10**6), (1, (NOW_S - 7000) * 10**6, None)]
        database.executemany("INSERT INTO wtmp (Type, Login, Logout) VALUES (?, ?, ?)", rows)
    database.close()
    (point,) = _linux(tmp_path, NOW_S - 7000).gather()
    assert (point.fields["state"], point.fields["source"], point.fields["starts_7d"]) == ("ok", "wtmpdb", 1)


def test_it_knows_that_nothing_happened_while_the_machine_was_up(tmp_path: Path) -> None:
    (point,) = _linux(tmp_path, NOW_S - 8 * DAY_S).gather()
    assert (point.fields["state"], point.fields["unexpected_7d"]) == ("ok", 0)


def test_it_is_unknown_how_a_machine_started_that_keeps_no_records(tmp_path: Path) -> None:
    (point,) = _linux(tmp_path, NOW_S - 3600).gather()
    assert (point.fields["state"], point.fields["reason_code"]) == ("unknown", "short_log")
    assert "unexpected_24h" not in point.fields


def test_it_says_nothing_of_shutdowns_that_were_not_read() -> None:
    (point,) = to_points(Findings("systeminfo", boot_local="2026-09-21T08:00:00"), NOW_S * 10**9)
    assert point.fields["reason_code"] == "not_told"


def test_it_asks_windows_for_numbers_and_times_only() -> None:
    asked: list[str] = []

    def ask(script: str, timeout_s: float) -> str:
        asked.append(script)
        return '{"karte":"uptime_events","parts":{"events":{"items":[]},"oldest":{"items":[]}}}'

    assert UptimeEvents(windows_reader(ask)).gather()[0].fields["unexpected_7d"] == 0
    assert "$event.Message" not in asked[0]
    assert "FormatDescription" not in asked[0]
