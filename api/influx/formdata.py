"""Parameters as a URL's query and a form carry them (application/x-www-form-urlencoded)."""

from collections.abc import Mapping
from urllib.parse import quote_plus

_ASCII = [quote_plus(chr(code)) for code in range(128)]
"""Each character as it is sent."""


def encoded(parameters: Mapping[str, str]) -> str:
    """Return parameters in the form that `urllib.parse.urlencode` gives them.

    That one goes through a query's text character by character in Python, 0.1 ms for a dashboard's query; this leaves
    the walk to `str.translate`.
    """
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in parameters.items()])


def _quoted(text: str) -> str:
    return text.translate(_ASCII) if text.isascii() else quote_plus(text)
