import itertools
import math
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.input import InputError, NothingToReport
from collectors.inputs.disk_outlook import INPUT, DiskOutlook
from collectors.inputs.disk_outlook.history import History, dump, load
from collectors.inputs.disk_outlook.points import to_point
from collectors.inputs.disk_outlook.trend import DAY_S, Reading, outlook, theil_sen
from collectors.point import Point

GIB = 2**30
NOW = 1_790_000_000.0


def _daily(*used: int, total: int = 1000) -> list[Reading]:
    return [Reading(NOW + at * DAY_S, each * GIB, total * GIB) for at, each in enumerate(used)]


def _disk(used: int, path: str = "/", mode: str = "rw") -> Point:
    fields = {"used": used * GIB, "free": (1000 - used) * GIB, "total": 1000 * GIB}
    return Point("disk", {"path": path, "mode": mode}, fields)


def test_it_tells_the_days_of_steady_growth() -> None:
    found = outlook(_daily(*range(500, 530, 2)), 100 * GIB)
    assert [found.days, found.low, found.high] == pytest.approx([50, 50, 50])


@pytest.mark.parametrize("days", [0, 1, 13])
def test_it_refuses_below_fourteen_days(days: int) -> None:
    found = outlook(_daily(*range(days + 1)), GIB)
    assert (found.slope, found.days) == (None, None)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_it_refuses_readings_too_few_for_a_range(count: int) -> None:
    readings = [Reading(NOW + at * 20 * DAY_S, at * GIB, 100 * GIB) for at in range(count)]
    assert outlook(readings, GIB).days is None


def test_it_gives_no_latest_day_where_the_disk_may_not_fill() -> None:
    found = outlook(_daily(50, 52, 49, 53, 48, 54, 50, 51, 49, 53, 52, 50, 53, 49, 55, 54), 100 * GIB)
    assert found.low is not None
    assert found.high is None
    assert to_point("/", found, 100 * GIB).fields["reason_code"] in ("far", "not_sure")


def test_it_begins_anew_when_a_disk_is_resized() -> None:
    readings = [*_daily(*range(20)), *(Reading(NOW + (20 + at) * DAY_S, at * GIB, 2000 * GIB) for at in range(5))]
    assert outlook(readings, GIB).readings == 5


_VALUES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 10**6)), min_size=4, max_size=25, unique_by=lambda each: each[0]
)


@given(_VALUES)
def test_it_estimates_within_its_own_range(values: list[tuple[int, int]]) -> None:
    slope = theil_sen([(float(x), float(y)) for x, y in values])
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.combinations(values, 2)]
    assert min(slopes) <= slope.low <= slope.middle <= slope.high <= max(slopes)


@given(_VALUES, st.integers(0, 10**6))
def test_it_orders_the_days(values: list[tuple[int, int]], free: int) -> None:
    readings = [Reading(NOW + x * DAY_S, y, 10**7) for x, y in sorted(values)]
    found = outlook(readings, free)
    days = [math.inf if each is None else each for each in (found.low, found.days, found.high)]
    assert days == sorted(days)
    assert all(each >= 0 for each in days)


def test_it_keeps_a_few_readings_a_day_for_two_months(tmp_path: Path) -> None:
    history = History(tmp_path / "state/disks.json")
    for hour in range(24 * 90):
        history.add("/", Reading(NOW + hour * 3600.0, hour, 10**6))
    history.save()
    assert len(history.of("/")) == 240
    assert [each.used for each in History(tmp_path / "state/disks.json").of("/")] == [e.used for e in history.of("/")]
    assert stat.S_IMODE((tmp_path / "state/disks.json").stat().st_mode) == 0o600


def test_it_forgets_readings_from_the_future() -> None:
    history = History()
    history.add("/", Reading(NOW + 10 * DAY_S, 1, 10))
    history.add("/", Reading(NOW, 2, 10))
    assert [each.used for each in history.of("/")] == [2]


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=4)))
def test_it_reads_any_file_that_was_damaged(rows: object) -> None:
    for readings in load({"/": rows}).values():
        assert load({"/": [[int(e.at), e.used, e.total] for e in readings]}) == {"/": readings}


def test_it_begins_anew_with_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "disks.json").write_text('{"/": [[17900')
    assert History(tmp_path / "disks.json").of("/") == ()


def test_it_survives_a_place_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file/disks.json")
    (point,) = DiskOutlook(lambda: [_disk(5)], history, clock=lambda: NOW).gather()
    assert point.fields["reason_code"] == "too_short"
    assert "could not be written" in caplog.text


def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "disks.json"
    path.write_text(dump({"/": _daily(*range(880, 900))}))
    disk = DiskOutlook(lambda: [_disk(900)], History(path), clock=lambda: NOW + 20 * DAY_S)
    (point,) = disk.gather()
    assert (point.fields["state"], point.fields["days_to_full"], point.fields["readings"]) == ("ok", 100.0, 21)


def test_it_warns_within_the_days_of_the_settings() -> None:
    history = History()
    for each in _daily(*range(880, 900)):
        history.add("/", each)
    now = NOW + 20 * DAY_S
    assert DiskOutlook(lambda: [_disk(900)], history, 120.0, lambda: now).gather()[0].fields["state"] == "bad"


def test_it_leaves_read_only_file_systems_out() -> None:
    with pytest.raises(NothingToReport):
        DiskOutlook(lambda: [_disk(5, mode="ro")]).gather()


def test_it_is_unknown_where_disks_cannot_be_read() -> None:
    def read() -> list[Point]:
        raise InputError("psutil.disk_partitions failed: Error")

    assert DiskOutlook(read).gather()[0].fields["state"] == "unknown"


def test_it_reads_this_machine() -> None:
    assert {point.fields["state"] for point in INPUT.create(INPUT.settings).gather()} <= {"unknown", "bad"}
