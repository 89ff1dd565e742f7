"""Text from strangers on the network: short, printable, on one line."""

import re
from typing import Final

MAX_CHARS: Final = 120

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")
_SPACES: Final = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return a text on one line without control characters, cut after `MAX_CHARS`."""
    return _SPACES.sub(" ", _UNPRINTABLE.sub(" ", text)).strip()[:MAX_CHARS]


def decode(data: bytes) -> str:
    """Return short text of unknown encoding: UTF-8, else cp932, as Japanese devices write; cleaned."""
    for encoding in ("utf-8", "cp932"):
        try:
            return clean(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return clean(data.decode("ascii", errors="replace"))
