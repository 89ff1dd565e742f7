"""Text from outside that is to be one line: names, reasons, what machines tell of themselves."""

import unicodedata

from api.told import ToldError
from collectors.text import Text


class InvalidText(ToldError, ValueError):
    """The text cannot be used; the message says why."""


def has_control(text: str) -> bool:
    """Tell whether a text has characters that are no text: controls, direction overrides, lone surrogates (C*)."""
    return any(unicodedata.category(character).startswith("C") for character in text)


def one_line(text: str, limit: int, what: Text) -> str:
    """Return a text with every run of white space as one space.

    Args:
        text: as entered.
        limit: how many characters it may have.
        what: names it in the error.

    Raises:
        InvalidText: nothing is left, it is too long, or it has control characters.
    """
    line = " ".join(text.split())
    if not line:
        raise InvalidText(Text(f"{what.ja}が空です", f"{what.en} is empty"))
    if len(line) > limit:
        raise InvalidText(
            Text(
                f"{what.ja}が{len(line)}文字あります。{limit}文字までにしてください",
                f"{what.en} has {len(line)} characters; at most {limit} are possible",
            )
        )
    if has_control(line):
        raise InvalidText(Text(f"{what.ja}に制御文字があります", f"{what.en} has control characters"))
    return line
