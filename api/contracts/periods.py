"""The periods that the terms of service demand. Days are days in Japan; the day of the notice is not counted.

Source of the counting: Civil Code of Japan, articles 140 (the first day is not counted) and 143 (a period of months
ends the day before the one that corresponds to its beginning; where there is none, on the last day of the month).
"""

import calendar
from datetime import date, timedelta

from api.told import ToldError
from collectors.text import Text

CURE_DAYS = 7
FUNCTION_END_DAYS = 10
SERVICE_END_MONTHS = 1
SUCCESSION_MONTHS = 1


class PeriodRefused(ToldError, ValueError):
    """A date breaks a period of the terms.

    Attributes:
        rule: name of the period, for programs.
        earliest: the earliest day that would do; None where a latest day was missed.
    """

    def __init__(self, text: Text, rule: str, earliest: date | None = None) -> None:
        super().__init__(text)
        self.rule = rule
        self.earliest = earliest


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or that month's last day where it has none."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def check_cure(noted_on: date, until: date) -> None:
    """See that a customer has at least 7 days to cure a breach.

    Args:
        noted_on: day of the notice.
        until: last day of the period.

    Raises:
        PeriodRefused: `cure_period`.
    """
    earliest = noted_on + timedelta(days=CURE_DAYS)
    if until < earliest:
        raise PeriodRefused(
            Text(
                f"是正の期限 {until} は早すぎます。通知の翌日から{CURE_DAYS}日以上（{earliest} 以降）にしてください",
                f"{until} is too early: the customer has at least {CURE_DAYS} days to cure a breach, until {earliest} "
                "or later",
            ),
            "cure_period",
            earliest,
        )


def check_function_end(noted_on: date, ends_on: date) -> None:
    """See that the end of a function is told at least 10 days before.

    Args:
        noted_on: day of the notice.
        ends_on: first day on which the function is no more.

    Raises:
        PeriodRefused: `function_end_notice`.
    """
    earliest = noted_on + timedelta(days=FUNCTION_END_DAYS + 1)
    if ends_on < earliest:
        raise PeriodRefused(
            Text(
                f"機能の提供終了は{FUNCTION_END_DAYS}日以上前の通知が必要です。{ends_on} ではなく {earliest} 以降に"
                "してください",
                f"the end of a function needs at least {FUNCTION_END_DAYS} days' notice: {earliest} or later, "
                f"not {ends_on}",
            ),
            "function_end_notice",
            earliest,
        )


def check_service_end(noted_on: date, ends_on: date) -> None:
    """See that the end of the whole service is told at least a month before.

    Args:
        noted_on: day of the notice.
        ends_on: first day on which the service is no more.

    Raises:
        PeriodRefused: `service_end_notice`.
    """
    earliest = months_after(noted_on + timedelta(days=1), SERVICE_END_MONTHS)
    if ends_on < earliest:
        raise PeriodRefused(
            Text(
                f"サービスの提供終了は{SERVICE_END_MONTHS}か月以上前の通知が必要です。"
                f"{ends_on} ではなく {earliest} 以降にしてください",
                f"the end of the service needs at least {SERVICE_END_MONTHS} month's notice: {earliest} or later, "
                f"not {ends_on}",
            ),
            "service_end_notice",
            earliest,
        )


def succession_documents_by(happened_on: date) -> date:
    """Return the last day on which the documents of a succession may be handed in: within a month of the death."""
    return months_after(happened_on + timedelta(days=1), SUCCESSION_MONTHS) - timedelta(days=1)
