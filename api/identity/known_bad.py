"""Passwords that are guessed first: put together from known words, rows of keys, counting, and the person's own names.

Nothing is asked of which characters a password has; what matters is what is left of it once everything known is taken
out. Source: NIST SP 800-63B-4, 3.1.1.2 (a blocklist of common, expected and context-specific values; no rules of
composition).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

ENOUGH = 4
"""So many letters or digits must be left beside what everybody tries."""

ENOUGH_BESIDE_NAMES = 8
"""And so many where the password also has the person's or the company's own names."""

_SHORTEST_NAME, _SHORTEST_KANJI = 3, 2
_SHORTEST_RUN = 4
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    "いろはにほへとちりぬるを",
    "ぬふあうえおやゆよわほへ",
    "たていすかんなにらせ",
    "ちとしはきくまのりれけむ",
    "つさそひこみもねるめ",
)
_NO_NAME = re.compile(r"[\W_]+|株式会社|有限会社|合同会社|合資会社|合名会社")
_REPEATED = re.compile(r"(.{1,4}?)\1{2,}")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\d{2}){0,2}")
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})


def is_guessed_first(password: str, names: Iterable[str] = ()) -> bool:
    """Tell whether a password is one that is tried first.

    Args:
        password: as entered.
        names: of the person, the company and whatever else an attacker knows who knows whom to attack.
    """
    entered = _folded(password)
    own = sorted(_parts(names), key=len, reverse=True)
    # Each reading by itself: "p@ssw0rd" is a word once its signs are letters, "1qaz2wsx" only while they are digits.
    return any(_is_poor(reading, own) for reading in {entered, entered.translate(_LEET)})


def _is_poor(entered: str, own: list[str]) -> bool:
    rest = entered
    for name in own:
        rest = rest.replace(name, "\n")
    least = ENOUGH_BESIDE_NAMES if rest != entered else ENOUGH
    for word in _known_words():
        rest = rest.replace(word, "\n")
    for pattern in (_runs(), _YEAR, _REPEATED):
        rest = pattern.sub("\n", rest)
    left = [sign for sign in rest if sign.isalnum()]
    return len(left) < least or len(set(left)) < ENOUGH


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _parts(names: Iterable[str]) -> set[str]:
    """Return names and the words in them: of a mail address what is on both sides, of a company what is its own."""
    whole = {_folded(name) for name in names if name}
    parts = {part for name in whole for part in _NO_NAME.split(name)}
    joined = {_NO_NAME.sub("", name) for name in whole}
    return {
        part for part in whole | parts | joined if len(part) >= (_SHORTEST_NAME if part.isascii() else _SHORTEST_KANJI)
    }


@cache
def _known_words() -> tuple[str, ...]:
    """Return the words of the list, long ones first, so that "pass" does not break "password"."""
    lines = files("api.identity").joinpath("known_words.txt").read_text(encoding="utf-8").splitlines()
    words = {_folded(line.strip()) for line in lines if line.strip() and not line.startswith("#")}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def _runs() -> re.Pattern[str]:
    """Return what finds four and more neighbours of a row, forwards and backwards."""
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    pieces = {
        row[start:end]
        for row in rows
        for start in range(len(row))
        for end in range(start + _SHORTEST_RUN, len(row) + 1)
    }
    return re.compile("|".join(re.escape(piece) for piece in sorted(pieces, key=lambda piece: (-len(piece), piece))))
