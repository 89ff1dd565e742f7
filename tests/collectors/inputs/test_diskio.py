from types import SimpleNamespace

import pytest

from collectors import catalogue
from collectors.input import NothingToReport
from collectors.inputs.diskio import INPUT, DiskIO, from_psutil, parse_diskstats, rates, to_points

BEFORE = {"reads": 100, "writes": 50, "read_time": 400, "write_time": 100, "io_time": 300}
AFTER = {"reads": 120, "writes": 60, "read_time": 450, "write_time": 140, "io_time": 600}


def test_it_gives_utilisation_and_mean_times_between_two_readings() -> None:
    assert rates(BEFORE, AFTER, 1000.0) == {"io_util": 30.0, "io_await": 3.0, "io_svctm": 10.0}


@pytest.mark.parametrize(
    ("before", "now", "elapsed_ms"),
    [
        (AFTER, BEFORE, 1000.0),  # counters went back
        (BEFORE, AFTER, 0.0),  # no time has passed
        (BEFORE, AFTER, 100.0),  # busy for longer than the time that has passed
        ({}, AFTER, 1000.0),  # a new disk
    ],
)
def test_it_gives_no_rate_it_cannot_know(before: dict[str, int], now: dict[str, int], elapsed_ms: float) -> None:
    assert rates(before, now, elapsed_ms) == {}


def test_it_gives_no_mean_time_of_no_request() -> None:
    assert rates(BEFORE, BEFORE, 1000.0) == {"io_util": 0.0}


def test_it_passes_over_loop_mounts_and_disks_never_used() -> None:
    counters = {"reads": 1, "writes": 0}
    points = to_points({"loop0": counters, "sr0": counters, "sdb": {"reads": 0}, "sda": counters})
    assert [point.tags["name"] for point in points] == ["sda"]


def test_it_passes_over_lines_of_another_form() -> None:
    assert parse_diskstats("8 0 sda 1 2\n8 1 sda1 1 2 3 4 x 6 7 8 9 10 11\n\n") == {}


def test_it_keeps_the_previous_reading() -> None:
    readings = iter([{"sda": BEFORE}, {"sda": AFTER}])
    times = iter([10.0, 11.0])
    diskio = DiskIO(lambda: dict(next(readings)), lambda: next(times))
    assert "io_util" not in diskio.gather()[0].fields
    (point,) = diskio.gather()
    assert point.fields["io_util"] == 30.0
    assert catalogue.problems([point]) == []


def test_it_leaves_out_what_windows_does_not_count() -> None:
    disk = SimpleNamespace(read_count=1, write_count=2, read_bytes=3, write_bytes=4, read_time=5, write_time=6)
    assert from_psutil({"PhysicalDrive0": disk})["PhysicalDrive0"].keys() == {
        "reads", "writes", "read_bytes", "write_bytes", "read_time", "write_time",
    }  # fmt: skip


def test_it_reads_this_machine() -> None:
    try:
        assert catalogue.problems(INPUT.create({}).gather()) == []
    except NothingToReport:
        pytest.skip("no disk has been used here")
