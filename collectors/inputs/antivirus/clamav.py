"""ClamAV: the age of its definitions, read from the head of a database file or from `clamscan --version`.

A .cvd or .cld file begins with 512 bytes of text (ClamAV source, libclamav/cvd.c, cl_cvdparse):

    ClamAV-VDB:<build time>:<version>:<signatures>:<level>:<MD5>:<signature>:<builder>:<build time, Unix seconds>
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

HEADER_BYTES = 512
NAME = "ClamAV"

_MAGIC = b"ClamAV-VDB:"
_VERSION = re.compile(
    r"ClamAV (?P<version>\d[\w.-]*)/(?P<definitions>\d+)/(?P<built>\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})"
)
_BUILT = re.compile(r"(\d\d \w{3} \d{4} \d\d)-(\d\d [+-]\d{4})")


@dataclass(frozen=True, slots=True)
class Definitions:
    """What a database file tells.

    Attributes:
        version: its number.
        built: when its maker built it, UTC.
        engine: version of ClamAV that named it; None where a file was read.
    """

    version: str
    built: datetime
    engine: str | None = None

    @property
    def day(self) -> date:
        """The day on which it was built."""
        return self.built.date()

    def age_days(self, now_ns: int) -> float | None:
        """Return its age; None if it would be negative by more than a day, which is a wrong clock."""
        age = (now_ns / 1e9 - self.built.timestamp()) / 86_400
        return None if age < -1 else max(age, 0.0)


def is_header(data: bytes) -> bool:
    """Tell whether bytes are the head of a ClamAV database file."""
    return data.startswith(_MAGIC)


def read_header(data: bytes) -> Definitions | None:
    """Return what the head of a database file tells; None if it is damaged or cut off."""
    if len(data) < HEADER_BYTES or not is_header(data):
        return None
    parts = data[:HEADER_BYTES].decode("ascii", errors="replace").strip().split(":")
    if len(parts) < 8 or not parts[2].isdigit():
        return None
    built = _built(parts[8] if len(parts) > 8 else "", parts[1])
    return Definitions(parts[2], built) if built else None


def is_version(text: str) -> bool:
    """Tell whether a text is the answer of `clamscan --version`, `clamdscan --version` or `freshclam --version`."""
    return text.lstrip().startswith("ClamAV ")


def read_version(text: str) -> Definitions | None:
    """Return what `--version` tells; None where no database is loaded.

    The time has no zone. It is taken as UTC, which is wrong by less than a day.
    """
    found = _VERSION.match(text.lstrip())
    try:
        built = datetime.strptime(found["built"], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
    return Definitions(found["definitions"], built, found["version"]) if found and built else None


def _built(seconds: str, text: str) -> datetime | None:
    digits = seconds.strip()
    if digits.isdecimal() and digits.isascii() and 9 <= len(digits) <= 10:
        return datetime.fromtimestamp(int(digits), UTC)
    found = _BUILT.fullmatch(text.strip())
    try:
        return datetime.strptime(f"{found[1]}-{found[2]}", "%d %b %Y %H-%M %z").astimezone(UTC) if found else None
    except ValueError:
        return None
