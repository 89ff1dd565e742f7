from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collectors.inputs.patches.facts import Facts, Hotfix, Update
from collectors.inputs.patches.lag import Basis, lag, second_tuesday

NOW_NS = 1_790_000_000_000_000_000
TODAY = date(2026, 9, 21)


def missing(released: date | None) -> Update:
    return Update("KB1", security=True, released=released)


def test_it_counts_from_the_oldest_missing_security_update() -> None:
    facts = Facts(
        "x", pending=(missing(date(2026, 9, 1)), missing(date(2026, 8, 1)), Update("old", False, date(2020, 1, 1)))
    )
    found = lag(facts, NOW_NS)
    assert found is not None
    assert (found.days, found.basis) == (51.0, Basis.OLDEST_MISSING)


def test_it_sees_that_a_new_monthly_update_stands_for_those_that_were_missed() -> None:
    installed = (Hotfix("KB5", True, date(2026, 3, 12)),)
    facts = Facts("x", pending=(missing(date(2026, 9, 8)),), hotfixes=installed, monthly=True)
    found = lag(facts, NOW_NS)
    assert found is not None
    assert (found.days, found.basis) == (float((TODAY - date(2026, 4, 14)).days), Basis.MISSED_RELEASE)


def test_it_is_nothing_only_when_the_whole_list_is_empty() -> None:
    assert lag(Facts("x", pending=()), NOW_NS) is not None
    assert lag(Facts("x", pending=(), partial=True), NOW_NS) is None
    assert lag(Facts("x"), NOW_NS) is None


def test_it_says_that_it_counted_from_the_last_success() -> None:
    last = datetime(2026, 9, 21, tzinfo=UTC) - timedelta(days=10)
    found = lag(Facts("x", pending=(missing(None),), last_success=last), NOW_NS)
    assert found is not None
    assert found.basis is Basis.LAST_SUCCESS
    assert 10 <= found.days < 11


def test_it_refuses_a_last_success_in_the_future() -> None:
    assert lag(Facts("x", last_success=datetime(2027, 1, 1, tzinfo=UTC)), NOW_NS) is None


@given(st.integers(2000, 2100), st.integers(1, 12))
def test_it_knows_the_second_tuesday(year: int, month: int) -> None:
    day = second_tuesday(year, month)
    assert day.weekday() == 1
    assert 8 <= day.day <= 14
