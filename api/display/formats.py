"""Values as text. What is not known is said to be unknown, never 0."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.display.tokyo import date_text, span_text, time_text
from collectors.text import Lang, Text

UNKNOWN = Text("不明", "unknown")

_SIZES = ("B", "KB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True, slots=True)
class Formats:
    """Formats values in one language; templates call its methods."""

    lang: Lang

    def text(self, text: Text) -> str:
        """Return a text in this language."""
        return text.in_(self.lang)

    def percent(self, value: float | None) -> str:
        """Return a share, e.g. "42%"; below 10 with one decimal, as 0.4% and 0% differ to a reader."""
        if value is None:
            return self.text(UNKNOWN)
        return f"{value:.0f}%" if value >= 10 or value == 0 else f"{value:.1f}%"

    def size(self, value: int | None) -> str:
        """Return bytes in the unit that people buy disks in: powers of 1000 (SI)."""
        if value is None:
            return self.text(UNKNOWN)
        return _scaled(value, 1000)

    def memory(self, value: int | None) -> str:
        """Return bytes in the unit that people buy memory in: powers of 1024, shown as GB."""
        if value is None:
            return self.text(UNKNOWN)
        return _scaled(value, 1024)

    def celsius(self, value: float | None) -> str:
        """Return a temperature, e.g. "41 °C"."""
        return self.text(UNKNOWN) if value is None else f"{value:.0f} °C"

    def count(self, value: int | None) -> str:
        """Return a whole number with thousands separated."""
        return self.text(UNKNOWN) if value is None else f"{value:,}"

    def time(self, moment: datetime | None) -> str:
        """Return date and time in Tokyo."""
        return self.text(UNKNOWN) if moment is None else self.text(time_text(moment))

    def date(self, moment: datetime | None) -> str:
        """Return the date in Tokyo."""
        return self.text(UNKNOWN) if moment is None else self.text(date_text(moment))

    def span(self, span: timedelta) -> str:
        """Return a length of time."""
        return self.text(span_text(span))


def _scaled(value: int, base: int) -> str:
    scaled, unit = float(value), 0
    while scaled >= base and unit < len(_SIZES) - 1:
        scaled, unit = scaled / base, unit + 1
    return f"{scaled:.0f} {_SIZES[unit]}" if unit == 0 or scaled >= 100 else f"{scaled:.1f} {_SIZES[unit]}"


def clean(name: str) -> str:
    """Return text without invisible characters that would disturb what stands around it.

    Right-to-left letters stay; what goes are the commands that turn the rest of a line around (Unicode Standard Annex
    #9, "Directional Formatting Characters"), control characters, and halves of surrogate pairs. A line break becomes a
    space.
    """
    line = " ".join(name.split()) if any(char in name for char in "\n\r\t") else name
    return "".join(char for char in line if char in _JOINERS or unicodedata.category(char) not in _INVISIBLE)


_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_JOINERS = frozenset({"\u200c", "\u200d"})
