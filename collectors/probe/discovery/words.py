"""Text from strangers on the network: short, printable, on one line."""

from typing import Final

MAX_CHARS: Final = 120


def clean(text: str) -> str:
    """Return a text on one line, cut after `MAX_CHARS`, without characters that control a terminal or hide others."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_CHARS]


def decode(data: bytes) -> str:
    """Return short text of unknown encoding: UTF-8, else cp932, as Japanese devices write; cleaned."""
    for encoding in ("utf-8", "cp932"):
        try:
            return clean(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return clean(data.decode("ascii", errors="replace"))
