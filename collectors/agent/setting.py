"""What a setting is: its kind, default and meaning, declared once and used by the reader, the sample and the tests."""

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from collectors.text import Text

T = TypeVar("T")

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of value.

    Attributes:
        expected: what such a value looks like, for an error message: "must be …".
        read: makes the value from what TOML gave; raises ValueError where it cannot be used.
        show: writes a value as TOML.
    """

    expected: Text
    read: Callable[[Any], T]
    show: Callable[[T], str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the file names it.

    Attributes:
        key: name in the TOML file.
        kind: which values it takes.
        default: value where the file does not say.
        text: what it does, for people.
    """

    key: str
    kind: Kind[Any]
    default: Any
    text: Text


def setting(kind: Kind[T], default: T, text: Text, key: str = "") -> T:
    """Declare a dataclass field as a setting; `key` names it in the file where that differs from the field's name."""
    return field(default=default, metadata={"kind": kind, "text": text, "key": key})


def settings_of(section: type) -> dict[str, Setting]:
    """Return the settings that a dataclass declares, by the dataclass' own field names."""
    return {each.name: _setting(each) for each in fields(section) if "kind" in each.metadata}


def _setting(declared: "Field[Any]") -> Setting:
    default = None if declared.default is MISSING else declared.default
    about = declared.metadata
    return Setting(about["key"] or declared.name, about["kind"], default, about["text"])


def _of_type(*types: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) not in types:
            raise ValueError
        return value

    return read


def _quoted(value: object) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def whole(least: int, most: int) -> Kind[int]:
    """Return the kind of whole numbers from `least` to `most`."""

    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError
        return value

    return Kind(Text(f"{least}～{most}の整数", f"a whole number from {least} to {most}"), read, str)


def duration(least_s: float, most_s: float = 366 * 86400.0) -> Kind[float]:
    """Return the kind of durations between two bounds, in seconds."""

    def read(value: Any) -> float:
        seconds = _amount(value, _SECONDS)
        if not least_s <= seconds <= most_s:
            raise ValueError
        return seconds

    bounds = f"{show_duration(least_s)} .. {show_duration(most_s)}"
    expected = Text(
        f'"60s"、"5m"、"7d"のような時間、または秒数（{bounds}）',
        f'a duration such as "60s", "5m" or "7d", or a number of seconds ({bounds})',
    )
    return Kind(expected, read, lambda seconds: f'"{show_duration(seconds)}"')


def size(least: int) -> Kind[int]:
    """Return the kind of byte counts from `least` up."""

    def read(value: Any) -> int:
        number = int(_amount(value, _BYTES))
        if number < least:
            raise ValueError
        return number

    expected = Text(
        f'"256MiB"のような容量、またはバイト数（{_show_size(least)}以上）',
        f'a size such as "256MiB", or a number of bytes (at least {_show_size(least)})',
    )
    return Kind(expected, read, lambda number: f'"{_show_size(number)}"')


def choice(*names: str) -> Kind[str]:
    """Return the kind of text that is one of a few words."""

    def read(value: Any) -> str:
        if value not in names or not isinstance(value, str):
            raise ValueError
        return value

    words = ", ".join(_quoted(name) for name in names)
    return Kind(Text(f"{words}のいずれか", f"one of {words}"), read, _quoted)


def _amount(value: Any, units: dict[str, float] | dict[str, int]) -> float:
    if type(value) in (int, float):
        return float(value)
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[2] not in units:
        raise ValueError
    return float(match[1]) * units[match[2]]


def show_duration(seconds: float) -> str:
    """Return a duration in its largest whole unit: 604800 -> "7d"."""
    for unit in ("d", "h", "m", "s"):
        if seconds >= _SECONDS[unit] and seconds % _SECONDS[unit] == 0:
            return f"{seconds / _SECONDS[unit]:g}{unit}"
    return f"{seconds * 1000:g}ms"


def _show_size(number: int) -> str:
    for unit in ("GiB", "MiB", "KiB"):
        if number >= _BYTES[unit] and number % _BYTES[unit] == 0:
            return f"{number // _BYTES[unit]}{unit}"
    return f"{number}B"


def _read_url(value: Any) -> str:
    if value == "":
        return ""
    if not isinstance(value, str):
        raise ValueError
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    _ = parts.port  # urlsplit raises ValueError here where the port is no number
    return value.rstrip("/")


def _read_texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError
    return tuple(value)


TEXT: Kind[str] = Kind(Text("文字列", "text in quotes"), _of_type(str), _quoted)
FLAG: Kind[bool] = Kind(Text("trueまたはfalse", "true or false"), _of_type(bool), lambda value: str(value).lower())
URL: Kind[str] = Kind(
    Text('"https://karte.example.jp"のようなURL', 'a URL such as "https://karte.example.jp"'), _read_url, _quoted
)
NUMBER: Kind[float] = Kind(Text("数値", "a number"), lambda value: float(_of_type(int, float)(value)), repr)
INTEGER: Kind[int] = Kind(Text("整数", "a whole number"), _of_type(int), str)
TEXTS: Kind[tuple[str, ...]] = Kind(
    Text('["a", "b"]のような文字列の並び', 'a list of texts such as ["a", "b"]'),
    _read_texts,
    lambda value: json.dumps(list(value), ensure_ascii=False),
)

_KIND_OF_DEFAULT: dict[type, Kind[Any]] = {
    bool: FLAG,
    int: INTEGER,
    float: NUMBER,
    str: TEXT,
    tuple: TEXTS,
    list: TEXTS,
}


def kind_of(default: object) -> Kind[Any]:
    """Return the kind of an input's own setting from its default value."""
    return _KIND_OF_DEFAULT[type(default)]
