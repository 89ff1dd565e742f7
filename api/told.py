"""Errors whose message reaches a person."""

from collections.abc import Mapping

from collectors.text import Text


class ToldError(Exception):
    """Base of errors that say what, where and what to do, in one line.

    Attributes:
        text: the line in both languages; `str()` gives the English one, which logs take.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def worded(words: Mapping[str, Text], value: str) -> Text:
    """Return the words for a value of an enumeration; a value without words stands for itself."""
    return words.get(value, Text(value, value))
