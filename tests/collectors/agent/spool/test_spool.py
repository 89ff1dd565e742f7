import contextlib
import errno
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.agent.spool import Limits, Reject, Spool, SpoolError, SpoolInUse
from collectors.agent.wording import LangFormatter

SMALL = Limits(max_bytes=100_000, record_lines=10, segment_bytes=1000)


def lines(first: int, count: int) -> list[str]:
    return [f"m,n=a v={number}i 1700000000000000000" for number in range(first, first + count)]


def drain(spool: Spool) -> list[str]:
    found: list[str] = []
    while batch := spool.take(5000):
        found += [line.decode() for line in batch.lines]
        spool.done(batch)
    return found


def texts(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [LangFormatter("en", "%(message)s").format(record) for record in caplog.records]


def test_it_gives_lines_back_in_order_and_deletes_what_is_done(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 200))

    assert len(list(tmp_path.glob("*.seg"))) > 3
    assert drain(spool) == lines(0, 200)
    spool.close()
    assert not list(tmp_path.glob("*.seg"))


def test_it_keeps_batches_within_the_number_asked_for(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 95))

    batch = spool.take(25)

    assert batch is not None
    assert len(batch.lines) == 20  # whole records of 10
    spool.close()


def test_it_gives_the_same_lines_again_after_put_back_and_after_a_restart(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 30))
    assert spool.take(10) is not None
    spool.put_back()
    first = spool.take(10)
    assert first is not None
    spool.done(first)
    spool.close()

    again = Spool(tmp_path, SMALL)

    assert drain(again) == lines(10, 20)
    again.close()


def test_it_refuses_to_hand_out_two_batches_at_a_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 30))
    spool.take(10)

    with pytest.raises(RuntimeError):
        spool.take(10)
    spool.close()


def test_it_counts_what_the_limits_drop_and_remembers_the_count(tmp_path: Path) -> None:
    limits = Limits(max_bytes=5000, record_lines=10, segment_bytes=1000)
    spool = Spool(tmp_path, limits)
    spool.append(lines(0, 1000))
    dropped = spool.status().dropped
    spool.close()

    again = Spool(tmp_path, limits)

    assert again.status().dropped == dropped > 0
    assert again.status().bytes <= 5000
    assert drain(again) == lines(dropped, 1000 - dropped)
    again.close()


def test_it_counts_a_drop_once_even_if_the_file_cannot_be_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(max_bytes=5000, record_lines=10, segment_bytes=1000)
    spool = Spool(tmp_path, limits)

    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "in use by a virus scanner")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        spool.append(lines(0, 300))
        dropped = spool.status().dropped
        spool.close()
    again = Spool(tmp_path, limits)

    assert dropped > 0
    assert again.status().dropped == dropped
    assert drain(again) == lines(dropped, 300 - dropped)
    again.close()


def test_it_drops_what_is_too_old(tmp_path: Path) -> None:
    now = [1_700_000_000_000_000_000]
    spool = Spool(tmp_path, Limits(max_age_s=3600), wall_ns=lambda: now[0])
    spool.append(lines(0, 30))
    now[0] += 3000 * 1_000_000_000
    spool.append(lines(30, 10))
    now[0] += 1000 * 1_000_000_000

    spool.maintain()

    assert spool.status().dropped == 30
    assert drain(spool) == lines(30, 10)
    spool.close()


def test_it_sends_what_is_intact_before_and_behind_damage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 60))
    spool.close()
    first = sorted(tmp_path.glob("*.seg"))[0]
    content = first.read_bytes()
    first.write_bytes(content.replace(b"v=15i", b"v=95i"))

    again = Spool(tmp_path, SMALL)

    assert drain(again) == lines(0, 10) + lines(20, 40)
    assert again.status().quarantined == 1
    assert again.status().lost_bytes > 0
    assert first.with_suffix(".corrupt").read_bytes() == content.replace(b"v=15i", b"v=95i")
    assert "set aside as 00000000000000000001.corrupt; 10 lines" in texts(caplog)[0]
    again.close()


def test_it_survives_segments_that_vanish_or_turn_to_rubbish_while_it_runs(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 100))
    first, second, *_ = sorted(tmp_path.glob("*.seg"))
    first.unlink()
    second.write_bytes(os.urandom(5000))

    assert drain(spool) == lines(40, 60)
    assert spool.status().quarantined == 2
    assert spool.append(lines(0, 5)) == 5
    spool.close()


def test_it_goes_on_when_the_directory_is_removed_under_it(tmp_path: Path) -> None:
    directory = tmp_path / "spool"
    spool = Spool(directory, SMALL)
    spool.append(lines(0, 20))
    for path in directory.glob("*"):
        path.unlink()
    directory.rmdir()

    spool.append(lines(20, 200))  # the open segment is gone with its directory; the next one is made anew

    assert drain(spool)[-100:] == lines(120, 100)
    spool.close()


@pytest.mark.parametrize("step", ["before the damaged file moves", "after the damaged file moved"])
def test_it_completes_a_quarantine_that_a_crash_interrupted(tmp_path: Path, step: str) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 20))
    spool.close()
    segment = next(tmp_path.glob("*.seg"))
    intact = segment.read_bytes()
    segment.with_suffix(".salvage").write_bytes(intact)
    segment.write_bytes(intact[:-30] + os.urandom(30))
    if step == "after the damaged file moved":
        segment.replace(segment.with_suffix(".corrupt"))

    again = Spool(tmp_path, SMALL)

    expected = lines(0, 10) if step == "before the damaged file moves" else lines(0, 20)
    assert drain(again) == expected
    assert not list(tmp_path.glob("*.salvage"))
    again.close()


def test_it_resends_when_its_state_is_damaged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 20))
    batch = spool.take(10)
    assert batch is not None
    spool.done(batch)
    spool.close()
    (tmp_path / "state.json").write_bytes(b"\0" * 80)

    again = Spool(tmp_path, SMALL)

    assert drain(again) == lines(0, 20)
    assert "state.json is damaged" in texts(caplog)[0]
    again.close()


def test_it_keeps_refused_lines_for_people_and_never_gives_them_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    spool.append(lines(0, 3))
    batch = spool.take(10)
    assert batch is not None

    spool.done(batch, [Reject(batch.lines[1], "field type\nconflict")])

    comment, line = (tmp_path / "rejects.lp").read_text().splitlines()
    assert comment.startswith("# 20")
    assert comment.endswith("field type conflict")
    assert line == lines(1, 1)[0]
    assert spool.status().rejected == 1
    assert spool.take(10) is None
    spool.close()


def test_it_keeps_the_file_of_refused_lines_small(tmp_path: Path) -> None:
    spool = Spool(tmp_path, Limits(record_lines=100))
    for _round in range(6):
        spool.append(["m v=" + "1" * 5000] * 100)
        batch = spool.take(100)
        assert batch is not None
        spool.done(batch, [Reject(line, "no") for line in batch.lines])

    assert sum(path.stat().st_size for path in tmp_path.glob("rejects*")) <= 2 * 1024**2
    assert spool.status().rejected == 600
    spool.close()


def test_it_lets_only_one_process_use_a_spool(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    code = f"""
from pathlib import Path
from collectors.agent.spool import Spool, SpoolInUse
try:
    Spool(Path({str(tmp_path)!r}))
except SpoolInUse as error:
    print(error)
"""

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert told.strip() == f"another agent (process {os.getpid()}) uses the spool {tmp_path}"
    spool.close()
    Spool(tmp_path, SMALL).close()


def test_it_holds_the_lock_against_itself(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)

    with pytest.raises(SpoolInUse):
        Spool(tmp_path, SMALL)
    spool.close()


def test_it_says_in_one_line_that_the_directory_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SpoolError) as caught:
        Spool(tmp_path / "file" / "spool")

    assert caught.value.text.en.startswith(f"cannot use the spool {tmp_path}/file/spool: Not a directory")
    assert "\n" not in caught.value.text.ja


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
def test_it_says_that_permission_is_missing(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "spool").mkdir(mode=0o755)
    code = f"""
import os
from pathlib import Path
from collectors.agent.spool import Spool, SpoolError
os.setuid(65534)
try:
    Spool(Path({str(tmp_path / "spool")!r}))
except SpoolError as error:
    print(error)
"""

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert "Permission denied" in told
    assert len(told.splitlines()) == 1


def test_it_goes_on_when_the_disk_is_full_and_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    is_full = [False]

    def write(descriptor: int, data: bytes) -> int:
        if is_full[0]:
            os.write(descriptor, data[:7])
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(descriptor, data)

    spool = Spool(tmp_path, SMALL, write=write)
    spool.append(lines(0, 10))
    is_full[0] = True
    assert [spool.append(lines(10, 10)), spool.append(lines(20, 10))] == [0, 0]
    is_full[0] = False
    spool.append(lines(30, 10))

    assert spool.status().dropped == 20
    assert drain(spool) == lines(0, 10) + lines(30, 10)
    assert [text.split(" (")[0] for text in texts(caplog)] == [
        "cannot write to the spool",
        "the spool can be written again; 20 lines were lost",
    ]
    spool.close()
    again = Spool(tmp_path, SMALL)
    assert again.status().dropped == 20
    again.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_it_loses_and_repeats_nothing_that_it_took_on_a_disk_that_is_really_full(small_disk: Path) -> None:
    spool = Spool(small_disk / "spool", Limits(max_bytes=1024**2, record_lines=10, segment_bytes=32_768))
    taken: list[str] = []
    for start in range(0, 10_000, 10):
        if spool.append(lines(start, 10)):
            taken += lines(start, 10)
    assert spool.status().dropped == 10_000 - len(taken) > 0

    assert drain(spool) == taken
    assert spool.append(lines(0, 10)) == 10
    spool.maintain()
    spool.close()
    again = Spool(small_disk / "spool", SMALL)
    assert again.status().dropped == 10_000 - len(taken)
    assert drain(again) == lines(0, 10)
    again.close()


def test_it_starts_on_a_disk_that_is_full(small_disk: Path) -> None:
    with (small_disk / "other").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)

    spool = Spool(small_disk / "spool", SMALL)

    assert spool.append(lines(0, 10)) == 0
    assert spool.status().dropped == 10
    (small_disk / "other").unlink()
    assert spool.append(lines(0, 10)) == 10
    spool.close()
