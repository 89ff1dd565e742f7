"""Times as people in Japan read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from collectors.text import Text

TOKYO = ZoneInfo("Asia/Tokyo")


def date_text(moment: datetime) -> Text:
    """Return the date in Tokyo, e.g. 2026年11月3日 and 3 Nov 2026."""
    local = moment.astimezone(TOKYO)
    return Text(f"{local.year}年{local.month}月{local.day}日", f"{local.day} {_MONTHS[local.month - 1]} {local.year}")


def time_text(moment: datetime) -> Text:
    """Return date and time in Tokyo to the minute, e.g. 2026年11月3日 18:04 and 3 Nov 2026 18:04."""
    date, clock = date_text(moment), f"{moment.astimezone(TOKYO):%H:%M}"
    return Text(f"{date.ja} {clock}", f"{date.en} {clock}")


def span_text(span: timedelta) -> Text:
    """Return a span in the largest unit that tells it well: minutes up to 2 hours, hours up to 2 days, then days."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 120:
        return Text(f"{minutes}分", _plural(minutes, "minute"))
    if minutes < 48 * 60:
        return Text(f"{minutes // 60}時間", _plural(minutes // 60, "hour"))
    return Text(f"{minutes // 1440}日", _plural(minutes // 1440, "day"))


# Not strftime("%b"): that follows the process's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
