from datetime import UTC, datetime

import pytest

from api.display.tokyo import TOKYO
from api.reports.period import PeriodError, period_of

NOW = datetime(2026, 11, 23, 8, 35, tzinfo=UTC)


def test_it_takes_the_current_month_so_far_by_default() -> None:
    period = period_of(None, NOW)

    assert (period.name, period.end, period.is_complete) == ("2026-11", NOW, False)
    assert period.start == datetime(2026, 11, 1, tzinfo=TOKYO)
    assert (period.text.ja, period.text.en) == ("2026年11月", "November 2026")


def test_a_past_month_ends_at_midnight_in_tokyo() -> None:
    period = period_of("2025-12", NOW)

    assert period.end == datetime(2026, 1, 1, tzinfo=TOKYO)
    assert period.is_complete
    assert period.last_moment.date().isoformat() == "2025-12-31"


def test_the_month_is_that_of_tokyo() -> None:
    assert period_of(None, datetime(2026, 11, 30, 15, 0, 1, tzinfo=UTC)).name == "2026-12"


def test_a_future_month_is_refused() -> None:
    with pytest.raises(PeriodError, match="has not begun"):
        period_of("2026-12", NOW)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-1", "11-2026", "２０２６-11", "2026-11\n", "0001-01"])
def test_what_is_no_month_is_refused_with_an_example(month: str) -> None:
    with pytest.raises(PeriodError, match="YYYY-MM, for example 2026-11"):
        period_of(month, NOW)
