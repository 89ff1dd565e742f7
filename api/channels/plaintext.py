"""Text from findings on its way into somebody else's format: cleaned, measured, and cut without breaking it."""

import re
import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
"""The one format character that is kept: it holds emoji together."""

_DROPPED = {"Cc", "Cf", "Cs"}


def clean(text: str) -> str:
    """Return a text as one line without controls, direction overrides and lone surrogates.

    A device's name may hold anything; overrides would turn what follows around, and a lone surrogate has no UTF-8.
    """
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    return "".join(
        character
        for character in line
        if character == _ZERO_WIDTH_JOINER or unicodedata.category(character) not in _DROPPED
    )


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` units of UTF-16, with "…" at its end where something was taken away."""
    if utf16(text) <= limit:
        return text
    room = max(0, limit - 1)
    kept = text.encode("utf-16-le")[: room * 2].decode("utf-16-le", errors="ignore")
    return f"{kept.rstrip()}…"[: max(0, limit)]


def utf16(text: str) -> int:
    """Return how many units of UTF-16 a text has: what most services count, and never less than its characters."""
    return len(text.encode("utf-16-le")) // 2


_FULL_WIDTH = str.maketrans("<>[]{}@*_~`|#\\", "＜＞［］｛｝＠＊＿～｀｜＃＼")


def without(characters: str, text: str) -> str:
    """Return a text whose `characters` are full-width, for formats that mean something by them and know no escape."""
    return text.translate({ord(each): _FULL_WIDTH[ord(each)] for each in characters})


_WORD = re.compile(r"[!#-&(-;=?-Z_a-z~]+")


def is_url(text: str | None) -> bool:
    """Tell whether a text is a link of ours that can stand in a message as it is."""
    return text is not None and text.startswith(("https://", "http://")) and _WORD.fullmatch(text) is not None
