from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import catalogue
from collectors.input import NothingToReport
from collectors.inputs.cpu import FIRST_SPAN_S, INPUT, Cpu, normalise, to_points, usage

BEFORE = {"user": 100.0, "system": 50.0, "idle": 1000.0, "iowait": 10.0, "steal": 0.0, "guest": 20.0}
AFTER = {"user": 130.0, "system": 60.0, "idle": 1055.0, "iowait": 15.0, "steal": 0.0, "guest": 30.0}


def test_it_takes_guest_time_out_of_user_time() -> None:
    shares = usage(normalise(BEFORE), normalise(AFTER))
    assert shares == {"user": 20.0, "system": 10.0, "idle": 55.0, "iowait": 5.0, "steal": 0.0, "guest": 10.0}


def test_it_takes_interrupts_out_of_windows_kernel_time() -> None:
    times = normalise({"user": 10.0, "system": 8.0, "idle": 80.0, "interrupt": 1.0, "dpc": 2.0})
    assert times == {"user": 10.0, "system": 5.0, "idle": 80.0, "irq": 1.0, "softirq": 2.0}


def test_it_gives_no_share_after_a_reset() -> None:
    assert usage(normalise(AFTER), normalise(BEFORE)) is None
    assert usage(normalise(AFTER), normalise(AFTER)) is None


def test_it_counts_a_kind_that_went_back_as_nothing() -> None:
    shares = usage({"user": 10.0, "idle": 100.0, "iowait": 5.0}, {"user": 20.0, "idle": 190.0, "iowait": 4.0})
    assert shares == {"user": 10.0, "idle": 90.0, "iowait": 0.0}


def test_it_leaves_out_a_cpu_that_was_not_there_before() -> None:
    points = to_points({"cpu0": {"user": 1.0}}, {"cpu0": {"user": 2.0}, "cpu1": {"user": 9.0}})
    assert [point.tags["cpu"] for point in points] == ["cpu0"]


@given(st.lists(st.floats(0, 1e9), min_size=3, max_size=3), st.lists(st.floats(0, 1e6), min_size=3, max_size=3))
def test_it_always_adds_up_to_all_of_the_time(start: list[float], spent: list[float]) -> None:
    kinds = ("user", "system", "idle")
    before = dict(zip(kinds, start, strict=True))
    shares = usage(before, {kind: before[kind] + more for kind, more in zip(kinds, spent, strict=True)})
    assert shares is None or sum(shares.values()) == pytest.approx(100.0)


def test_it_tells_the_use_already_in_the_first_gather() -> None:
    readings: Iterator[dict[str, dict[str, float]]] = iter(
        [{"cpu-total": {"user": 1.0, "idle": 1.0}}, {"cpu-total": {"user": 2.0, "idle": 4.0}}]
    )
    waited: list[float] = []
    (point,) = Cpu(lambda: next(readings), waited.append).gather()
    assert point.fields == {"usage_user": 25.0, "usage_idle": 75.0}
    assert waited == [FIRST_SPAN_S]


def test_it_waits_only_once() -> None:
    ticks = iter(range(10))
    waited: list[float] = []
    cpu = Cpu(lambda: {"cpu0": {"user": float(next(ticks))}}, waited.append)
    assert cpu.gather()
    assert cpu.gather()
    assert len(waited) == 1


def test_it_has_nothing_to_report_while_no_time_passes() -> None:
    with pytest.raises(NothingToReport):
        Cpu(lambda: {"cpu0": {"user": 1.0}}, lambda _s: None).gather()


def test_it_reads_this_machine() -> None:
    points = INPUT.create({}).gather()
    assert points[0].tags == {"cpu": "cpu-total"}
    assert catalogue.problems(points) == []
    assert sum(float(value) for value in points[0].fields.values()) == pytest.approx(100.0)
