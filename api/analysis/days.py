"""Days and quarters of plans."""

from datetime import date, datetime, timedelta

from api.analysis.tree import Quarter
from api.display.tokyo import TOKYO, date_text
from api.readings.outlook import Forecast
from collectors.text import Text


def day_text(day: date) -> Text:
    """Return a day for people."""
    return date_text(datetime(day.year, day.month, day.day, tzinfo=TOKYO))


def days_from(forecast: Forecast, moment: datetime) -> tuple[float | None, float | None, float | None]:
    """Return days left, at the earliest and at the latest as of a moment; 0 at least."""
    passed = (moment - forecast.at) / timedelta(days=1)
    left, low, high = (
        None if days is None else round(max(0.0, days - passed), 1)
        for days in (forecast.days_left, forecast.low, forecast.high)
    )
    return left, low, high


def quarter_of(day: date) -> Quarter:
    """Return the quarter of a day."""
    return Quarter(day.year, (day.month + 2) // 3)


def later(quarter: Quarter, quarters: int) -> Quarter:
    """Return the quarter that is so many later."""
    years, place = divmod(quarter.number - 1 + quarters, 4)
    return Quarter(quarter.year + years, place + 1)


def last_day(quarter: Quarter) -> date:
    """Return the last day of a quarter."""
    following = later(quarter, 1)
    return date(following.year, 3 * following.number - 2, 1) - timedelta(days=1)
