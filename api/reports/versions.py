"""What the bytes of a report depend on beside its inputs: versions of programs, libraries and fonts."""

import ctypes
import ctypes.util
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from api.reports.pdf import FONT_FAMILY
from collectors import __version__
from collectors.input import find_program

_PACKAGES = ("weasyprint", "pydyf", "fonttools", "tinycss2", "jinja2")
_UNKNOWN = "unknown"


@cache
def versions() -> Mapping[str, str]:
    """Return name -> version; "unknown" where it cannot be told."""
    return {
        "office-karte": __version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        **{name: _package(name) for name in _PACKAGES},
        "pango": _library("pango-1.0", "pango_version_string", bytes),
        "harfbuzz": _library("harfbuzz", "hb_version_string", bytes),
        "fontconfig": _library("fontconfig", "FcGetVersion", int),
        FONT_FAMILY: _font(),
    }


def differences(then: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is of another version now, e.g. "weasyprint 66.0 → 67.1"."""
    names = sorted({*then, *now})
    return tuple(
        f"{name} {then.get(name, _UNKNOWN)} → {now.get(name, _UNKNOWN)}"
        for name in names
        if then.get(name) != now.get(name)
    )


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return _UNKNOWN


def _library(name: str, function: str, answers: Callable[..., object]) -> str:
    found = ctypes.util.find_library(name)
    if found is None:
        return _UNKNOWN
    try:
        asked = getattr(ctypes.CDLL(found), function)
    except (OSError, AttributeError):
        return _UNKNOWN
    asked.restype = ctypes.c_char_p if answers is bytes else ctypes.c_int
    said = asked()
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def _font() -> str:
    """Return the font's own version as fontconfig tells it, and its file: several packages bring the same family."""
    fc_match = find_program("fc-match")
    if fc_match is None:
        return _UNKNOWN
    said = subprocess.run(
        [str(fc_match), "--format=%{fontversion} %{file|basename}", FONT_FAMILY],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return said.stdout.strip() or _UNKNOWN
