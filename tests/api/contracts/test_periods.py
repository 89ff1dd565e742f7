from collections.abc import Callable
from datetime import date

import pytest

from api.contracts.periods import (
    PeriodRefused,
    check_cure,
    check_function_end,
    check_service_end,
    months_after,
    succession_documents_by,
)

DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("check", "earliest", "rule"),
    [
        (check_cure, date(2026, 2, 7), "cure_period"),
        (check_function_end, date(2026, 2, 11), "function_end_notice"),
        (check_service_end, date(2026, 3, 1), "service_end_notice"),
    ],
)
def test_it_takes_the_earliest_day_of_the_terms_and_names_the_rule_for_an_earlier_one(
    check: Callable[[date, date], None], earliest: date, rule: str
) -> None:
    check(DAY, earliest)
    with pytest.raises(PeriodRefused, match=str(earliest)) as refused:
        check(DAY, earliest.replace(day=earliest.day - 1) if earliest.day > 1 else date(2026, 2, 28))
    assert (refused.value.rule, refused.value.earliest) == (rule, earliest)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_month_ends_with_the_same_day_or_the_last(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


def test_the_documents_of_a_succession_are_due_within_a_month_that_begins_the_day_after_the_death() -> None:
    assert succession_documents_by(date(2026, 4, 10)) == date(2026, 5, 10)
    assert succession_documents_by(date(2026, 1, 30)) == date(2026, 2, 27)
