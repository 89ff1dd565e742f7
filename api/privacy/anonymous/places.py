"""Where a device is and what it runs, told as roughly as need be. Pure."""

from api.privacy.anonymous.suppress import ANY

_REGIONS = (
    (1, "Hokkaido"),
    (7, "Tohoku"),
    (14, "Kanto"),
    (23, "Chubu"),
    (30, "Kinki"),
    (35, "Chugoku"),
    (39, "Shikoku"),
    (47, "Kyushu-Okinawa"),
)
"""The last prefecture (JIS X 0401) of each of the eight regions that the standard's order runs through."""


def region(prefecture: str) -> str:
    """Return the region of a prefecture's code."""
    if not prefecture.isdecimal():
        return ANY
    return next((name for last, name in _REGIONS if int(prefecture) <= last), ANY)


def system(os: str) -> str:
    """Return the first word of an operating system's name: Windows, Ubuntu."""
    return os.split()[0] if os.split() else ""
