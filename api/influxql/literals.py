"""Literals as values: durations, regular expressions, request parameters.

Source: InfluxQL specification, "Literals", https://docs.influxdata.com/influxdb/v1/query_language/spec/#literals
"""

import re
from functools import lru_cache

import re2

from api.influxql.errors import QueryRefused

_UNITS_NS = {
    "ns": 1,
    "u": 1_000,
    "µ": 1_000,
    "ms": 1_000_000,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3_600 * 10**9,
    "d": 86_400 * 10**9,
    "w": 7 * 86_400 * 10**9,
}
_PART = re.compile(r"([0-9]+)(ns|ms|u|µ|s|m|h|d|w)")
_WHOLE = re.compile(r"(?:[0-9]{1,20}(?:ns|ms|u|µ|s|m|h|d|w))+")
_MAX_NS = 2**63 - 1
_SLASH = re.compile(r"(\\*)/")

MAX_REGEX = 4_096
"""Longest regular expression, characters; one of 500 host names has about that."""


def check_duration(text: str, offset: int | None = None) -> str:
    """Return a duration literal if it is one.

    Raises:
        QueryRefused: a unit is missing or not known, or the duration is longer than an engine can hold.
    """
    if _WHOLE.fullmatch(text) is None:
        raise QueryRefused(f"invalid duration {text[:40]!r}", offset)
    if duration_ns(text) > _MAX_NS:
        raise QueryRefused(f"duration {text[:40]!r} is too long", offset)
    return text.replace("µ", "u")


def duration_ns(text: str) -> int:
    """Return the nanoseconds of a valid duration literal, e.g. "1h30m"."""
    return sum(int(count) * _UNITS_NS[unit] for count, unit in _PART.findall(text))


def regex_literal(pattern: str, offset: int | None = None) -> str:
    """Return a regular expression between slashes, so that nothing in it ends it early.

    Raises:
        QueryRefused: it is no regular expression as the engines read it (RE2), or too long.
    """
    compiled_regex(pattern, offset)
    return slashed(pattern)


def matches_all(literal: str) -> bool:
    """Tell whether a regular expression, between slashes, surely matches every text of one line, the empty one too."""
    return literal in _MATCH_ALL


def slashed(pattern: str) -> str:
    """Return a regular expression that has been checked, or that the service made, between slashes.

    An engine's scanner takes every backslash before a slash for an escape; who reads escapes as pairs does not where an
    even number precedes. So there is always an odd number: a slash that the pattern itself escapes loses that escape,
    which says nothing.
    """
    return "/" + _SLASH.sub(lambda found: "\\" * (len(found[1]) // 2 * 2 + 1) + "/", pattern) + "/"


def compiled_regex(pattern: str, offset: int | None = None) -> "re2._Regexp[str]":
    """Return a regular expression compiled as the engines do.

    Raises:
        QueryRefused: it is none, or too long.
    """
    if len(pattern) > MAX_REGEX:
        raise QueryRefused(f"regular expression of {len(pattern)} characters; the limit is {MAX_REGEX}", offset)
    if "\n" in pattern:
        raise QueryRefused("regular expression with a line break; write it as \\n", offset)
    if pattern.endswith("\\"):
        # The engines' scanner takes a backslash before the closing slash for an escape, whatever precedes it.
        raise QueryRefused("regular expression ends with a backslash; write [\\\\] for one", offset)
    try:
        return _compiled(pattern)
    except re2.error as error:
        told = error.args[0] if error.args else ""
        told = told.decode(errors="replace") if isinstance(told, bytes) else str(told)
        raise QueryRefused(f"error parsing regexp: {told}", offset) from None


@lru_cache(maxsize=2_000)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    return re2.compile(pattern, _OPTIONS)


def _quiet() -> "re2.Options":
    options = re2.Options()
    options.log_errors = False
    return options


_OPTIONS = _quiet()

_MATCH_ALL = frozenset(
    f"/{begin}{middle}{end}/" for begin in ("", "^") for middle in (".*", "(.*)") for end in ("", "$")
)
"""As Grafana and people write it for "all"."""
