"""A measured value with its unit, as people read it in a sentence."""

from datetime import timedelta

from api.display.formats import Formats
from api.display.tokyo import span_text
from collectors.text import Lang, Text


def measured(value: float, unit: str, lang: Lang) -> str:
    """Return a value in words.

    Args:
        value: the value.
        unit: as the catalogue declares it: "%", "d", "s", "°C", "1/s"; "" for a count.
        lang: of the words.
    """
    match unit:
        case "%":
            return Formats(lang).percent(value)
        case "d":
            return _days(value).in_(lang)
        case "s":
            return span_text(timedelta(seconds=value)).in_(lang)
        case "1/s":
            return Text(f"毎秒 {_number(value)} 件", f"{_number(value)} a second").in_(lang)
        case "":
            return _number(value)
    return f"{_number(value)} {unit}"


def _days(value: float) -> Text:
    whole = round(value)
    if whole < 0:
        return Text(f"マイナス{-whole}日", f"minus {-whole} days")
    return Text(f"{whole}日", "1 day" if whole == 1 else f"{whole} days")


def _number(value: float) -> str:
    """Whole numbers as such, others with three significant digits."""
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.3g}"
