from hypothesis import given
from hypothesis import strategies as st

from collectors.agent.schedule import FIRST_RUN_WITHIN_S, first_delay_s, next_due


def test_it_spreads_a_fleet_over_the_interval() -> None:
    delays = [first_delay_s(f"d-{number}", "mem", 60.0) for number in range(600)]

    tenths = [sum(low <= delay < low + 6 for delay in delays) for low in range(0, 60, 6)]
    assert all(30 <= count <= 90 for count in tenths)


def test_it_gives_a_device_the_same_place_at_every_start_and_each_input_another() -> None:
    assert first_delay_s("d-1", "mem", 60.0) == first_delay_s("d-1", "mem", 60.0)
    assert first_delay_s("d-1", "mem", 60.0) != first_delay_s("d-1", "cpu", 60.0)


def test_it_runs_the_first_time_soon_however_long_the_interval() -> None:
    assert all(first_delay_s(f"d-{n}", "patches", 21600.0) < FIRST_RUN_WITHIN_S for n in range(100))


@given(due=st.floats(0, 1e6), late=st.floats(0, 1e5), interval=st.floats(0.01, 1e5))
def test_it_comes_next_after_now_within_one_interval(due: float, late: float, interval: float) -> None:
    now = due + late

    following = next_due(due, now, interval)

    assert now <= following <= now + interval * 1.001 + 1e-6
