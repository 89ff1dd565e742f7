from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.device.rates import TICKS_WRAP, Sample, elapsed_s, growth, rates

MEGABIT_100 = 100_000_000


def sample(
    time_s: float,
    octets: int,
    *,
    uptime: int | None = None,
    discontinuity: int | None = 0,
    speed: int | None = MEGABIT_100,
    wide: bool = True,
) -> Sample:
    return Sample(
        time_s,
        uptime,
        discontinuity,
        speed,
        {"in_octets": octets},
        frozenset({"in_octets"}) if wide else frozenset(),
    )


def test_it_tells_growth_per_second() -> None:
    assert rates(sample(0, 1_000), sample(60, 61_000)) == {"in_octets": 1_000.0}


def test_it_takes_the_devices_clock_where_it_agrees_with_ours() -> None:
    before, now = sample(0.0, 0, uptime=1_000), sample(60.4, 6_000, uptime=7_000)
    assert rates(before, now) == {"in_octets": 100.0}


def test_it_takes_our_clock_where_the_devices_stands_still() -> None:
    assert rates(sample(0, 0, uptime=1_000), sample(60, 6_000, uptime=1_000)) == {"in_octets": 100.0}


def test_it_goes_on_across_a_wrap_of_the_uptime() -> None:
    before, now = sample(0, 0, uptime=TICKS_WRAP - 3_000), sample(60, 6_000, uptime=3_000)
    assert rates(before, now) == {"in_octets": 100.0}


def test_it_tells_none_across_a_restart() -> None:
    assert rates(sample(0, 5_000, uptime=900_000), sample(60, 6_000, uptime=2_000)) == {}


def test_it_tells_none_across_a_discontinuity() -> None:
    assert rates(sample(0, 5_000, discontinuity=0), sample(60, 6_000, discontinuity=77)) == {}


def test_it_tells_none_for_a_64_bit_counter_that_jumps_back() -> None:
    assert rates(sample(0, 9_000_000), sample(60, 8_999_999)) == {}


def test_it_goes_on_across_a_64_bit_wrap() -> None:
    assert rates(sample(0, 2**64 - 3_000), sample(60, 3_000)) == {"in_octets": 100.0}


def test_it_goes_on_across_a_32_bit_wrap() -> None:
    assert rates(sample(0, 2**32 - 3_000, wide=False), sample(60, 3_000, wide=False)) == {"in_octets": 100.0}


def test_it_tells_none_where_a_32_bit_counter_may_have_wrapped_twice() -> None:
    gigabit = 1_000_000_000
    before, now = sample(0, 1, wide=False, speed=gigabit), sample(60, 2, wide=False, speed=gigabit)
    assert rates(before, now) == {}


def test_it_tells_none_where_a_wrap_would_be_faster_than_the_line() -> None:
    assert rates(sample(0, 2_000_000_000, wide=False), sample(60, 1_000, wide=False)) == {}


def test_it_tells_none_where_the_counter_changed_its_width() -> None:
    assert rates(sample(0, 1_000, wide=False), sample(60, 2_000, wide=True)) == {}


def test_it_tells_none_when_no_time_went_by() -> None:
    assert elapsed_s(sample(5, 0), sample(5, 0)) is None


@given(
    start=st.integers(0, 2**64 - 1),
    growing=st.integers(0, MEGABIT_100 // 8 * 60),
    bits=st.sampled_from([32, 64]),
)
def test_it_finds_any_growth_that_the_line_allows_wherever_the_counter_stands(
    start: int, growing: int, bits: int
) -> None:
    before = start % 2**bits
    assert growth(before, (before + growing) % 2**bits, bits, MEGABIT_100 / 8 * 60) == growing


@given(
    before=st.integers(-1, 2**65),
    now=st.integers(-1, 2**65),
    bits=st.sampled_from([32, 64]),
    most=st.none() | st.floats(0, 1e12),
)
def test_it_never_tells_less_than_nothing(before: int, now: int, bits: int, most: float | None) -> None:
    found = growth(before, now, bits, most)
    assert found is None or 0 <= found < 2**bits


@given(
    times=st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)),
    uptimes=st.tuples(st.none() | st.integers(0, 2**32 - 1), st.none() | st.integers(0, 2**32 - 1)),
    octets=st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)),
    speed=st.none() | st.integers(0, 10**11),
)
def test_it_survives_any_two_samples(
    times: tuple[float, float],
    uptimes: tuple[int | None, int | None],
    octets: tuple[int, int],
    speed: int | None,
) -> None:
    found = rates(
        sample(times[0], octets[0], uptime=uptimes[0], speed=speed),
        sample(times[1], octets[1], uptime=uptimes[1], speed=speed),
    )
    assert all(each >= 0 for each in found.values())
