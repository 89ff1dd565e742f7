"""When a failed delivery is tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.relay.backoff import FIRST_S, GIVE_UP_AFTER, LONGEST_S, is_given_up, next_try

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_wait_is_never_none_and_never_endless(attempts: int, share: float) -> None:
    assert FIRST_S / 2 <= next_try(attempts, None, share).total_seconds() <= LONGEST_S


def test_waits_double() -> None:
    assert [next_try(n, None, 1.0).total_seconds() for n in (1, 2, 3, 4)] == [15, 30, 60, 120]


def test_it_is_never_tried_before_the_time_that_the_service_asked_for() -> None:
    assert next_try(1, 7200.0, 0.0) == timedelta(hours=2)
    assert next_try(1, 1.0, 1.0) == timedelta(seconds=15)


def test_a_message_that_would_come_a_day_late_is_given_up() -> None:
    assert not is_given_up(NOW, NOW + GIVE_UP_AFTER)
    assert is_given_up(NOW, NOW + GIVE_UP_AFTER + timedelta(seconds=1))
