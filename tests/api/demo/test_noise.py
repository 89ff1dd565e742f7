from hypothesis import given
from hypothesis import strategies as st

from api.demo.noise import jitter, smooth, unit

TIMES = st.integers(0, 2**33)


@given(st.text(max_size=12), TIMES)
def test_it_says_the_same_again(key: str, number: int) -> None:
    assert 0.0 <= unit(key, number) == unit(key, number) < 1.0
    assert -1.0 <= jitter(key, number) < 1.0


@given(TIMES, st.integers(2, 10_000))
def test_it_moves_slowly(moment_s: int, period_s: int) -> None:
    step = smooth("k", moment_s + 1, period_s) - smooth("k", moment_s, period_s)
    assert abs(step) <= 2.0 / period_s + 1e-9


def test_it_is_spread_evenly_and_differs_by_key() -> None:
    values = [unit("a", n) for n in range(10_000)]
    assert abs(sum(values) / len(values) - 0.5) < 0.02
    assert sum(a < 0.1 for a in values) in range(850, 1150)
    assert values != [unit("b", n) for n in range(10_000)]
