"""The periods of changes of terms, in one table. Days are days in Japan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from api.told import ToldError
from collectors.text import Text

ANNOUNCEMENT = "terms_announcement"


@dataclass(frozen=True, slots=True)
class Period:
    """How long something must be told before.

    Attributes:
        days: days from the day on which it is told to the one from which on it holds.
        why: the reason for this length.
    """

    days: int
    why: Text


PERIODS: Mapping[str, Period] = {
    ANNOUNCEMENT: Period(
        14,
        Text(
            "民法548条の4は、変更の効力発生時期と内容を事前に周知するよう求めますが、日数は定めていません。"
            "郵便でも届き、同意しないお客様が解約を検討できる期間として2週間とします",
            "article 548-4 of the Civil Code wants a change told before it takes effect and names no number of days; "
            "two weeks leave time for a letter to arrive and for whoever does not agree to end the contract",
        ),
    ),
}
"""Name of the rule -> its length; the only place to change it."""


class PublicationRefused(ToldError, ValueError):
    """Terms cannot be published so.

    Attributes:
        rule: name of what stands against it, for programs.
        earliest: the earliest day from which on they may hold; None where the day is not what is wrong.
    """

    def __init__(self, text: Text, rule: str, earliest: date | None = None) -> None:
        super().__init__(text)
        self.rule = rule
        self.earliest = earliest


def check_announcement(today: date, effective_on: date) -> None:
    """See that a change is told long enough before it takes effect.

    Args:
        today: the day on which it is told.
        effective_on: first day on which it holds.

    Raises:
        PublicationRefused: `terms_announcement`.
    """
    days = PERIODS[ANNOUNCEMENT].days
    earliest = today + timedelta(days=days)
    if effective_on < earliest:
        raise PublicationRefused(
            Text(
                f"規約の変更は、適用日の{days}日以上前に周知が必要です。{effective_on} ではなく {earliest} 以降に"
                "してください",
                f"a change of terms is announced at least {days} days before it takes effect: {earliest} or later, "
                f"not {effective_on}",
            ),
            ANNOUNCEMENT,
            earliest,
        )
