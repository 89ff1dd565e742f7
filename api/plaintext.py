"""Text from outside that is to be one line: names, reasons, what machines tell of themselves."""

import re
import unicodedata

from api.told import ToldError
from collectors.text import Text

_PICTOGRAPH = "[\u2600-\u27bf\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(f"{_PICTOGRAPH}(?:\u200d{_PICTOGRAPH})*(?:[\U000e0020-\U000e007e]+\U000e007f)?")
"""A pictograph, several joined to one (a family), or the flag of a part of a country, spelled in tags behind a flag.

Joiners and tags are otherwise as invisible as what is refused. The second range is Unicode's for pictographs, also for
those that it has yet to name. Source: Unicode Technical Standard 51, ED-16 (`emoji zwj sequence`) and ED-14a.
"""


class InvalidText(ToldError, ValueError):
    """The text cannot be used; the message says why."""


def has_control(text: str) -> bool:
    """Tell whether a text has characters that are no text: controls, direction overrides, lone surrogates (C*)."""
    return any(unicodedata.category(character).startswith("C") for character in _EMOJI.sub("", text))


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
