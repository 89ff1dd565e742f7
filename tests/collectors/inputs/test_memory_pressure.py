from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors import catalogue
from collectors.input import InputError
from collectors.inputs.memory_pressure import MemoryPressure, Reading, rates, read_linux
from collectors.windows.commit import Commit, PerformanceInformation, read_commit, to_commit

PSI = "some avg10=0.00 avg60=1.00 avg300=2.00 total=1\nfull avg10=0.00 avg60=0.50 avg300=0.25 total=1\n"


def _gatherer(*readings: Reading, apart_s: float = 10.0) -> MemoryPressure:
    told, times = iter(readings), _times(apart_s)
    return MemoryPressure(lambda: next(told), lambda: next(times))


def _times(apart_s: float) -> Iterator[float]:
    at = 0.0
    while True:
        yield at
        at += apart_s


def test_it_reads_the_kernels_own_files(tmp_path: Path) -> None:
    (tmp_path / "pressure").mkdir()
    (tmp_path / "pressure/memory").write_text(PSI)
    (tmp_path / "vmstat").write_text("pgmajfault 5\npswpin 0\npswpout 0\noom_kill 0\n")
    (point,) = MemoryPressure(lambda: read_linux(tmp_path)).gather()
    assert catalogue.problems([point]) == []
    assert (point.fields["state"], point.fields["some_avg300"], point.fields["full_avg60"]) == ("ok", 2.0, 0.5)


def test_it_is_unknown_on_a_kernel_without_pressure(tmp_path: Path) -> None:
    (tmp_path / "vmstat").write_text("pgmajfault 5\noom_kill 0\n")
    (point,) = MemoryPressure(lambda: read_linux(tmp_path)).gather()
    assert (point.fields["state"], point.fields["reason_code"]) == ("unknown", "not_told")


def test_it_is_unknown_where_nothing_can_be_read(tmp_path: Path) -> None:
    (point,) = MemoryPressure(lambda: read_linux(tmp_path)).gather()
    assert (point.fields["state"], point.fields["reason_code"]) == ("unknown", "unreadable")


def test_it_gives_rates_from_the_second_reading_on() -> None:
    gatherer = _gatherer(Reading(counters={"pgmajfault": 100}), Reading(counters={"pgmajfault": 150}))
    assert "major_faults_per_s" not in gatherer.gather()[0].fields
    assert gatherer.gather()[0].fields["major_faults_per_s"] == 5.0


def test_it_gives_no_rate_where_a_counter_went_back() -> None:
    assert rates({"pgmajfault": 100, "pswpin": 3}, {"pgmajfault": 7, "pswpin": 3}, 10.0) == {"swap_in_pages_per_s": 0.0}


def test_it_is_bad_for_a_day_after_a_process_was_ended() -> None:
    calm = {"some_avg300": 0.0}
    before, after = Reading(calm, {"oom_kill": 2}), Reading(calm, {"oom_kill": 3})
    gatherer = _gatherer(before, after, after, after, apart_s=50_000.0)
    found = [gatherer.gather()[0].fields for _ in range(4)]
    assert [fields["state"] for fields in found] == ["ok", "bad", "bad", "ok"]
    assert [fields.get("oom_kills_24h") for fields in found] == [None, 1, 1, 0]


@pytest.mark.parametrize(("used", "state"), [(50, "ok"), (95, "bad")])
def test_it_judges_what_windows_has_promised(used: int, state: str) -> None:
    (point,) = MemoryPressure(lambda: Reading(commit=Commit(used, 100))).gather()
    assert (point.fields["state"], point.fields["commit_percent"]) == (state, float(used))


def test_it_counts_windows_pages_in_bytes() -> None:
    told = PerformanceInformation(commit_total=3, commit_limit=4, page_size=4096)
    assert to_commit(told) == Commit(12288, 16384)
    with pytest.raises(InputError, match="no commit limit"):
        to_commit(PerformanceInformation())


def test_it_asks_for_committed_memory_on_windows_only() -> None:
    with pytest.raises(InputError, match="Windows only"):
        read_commit()
