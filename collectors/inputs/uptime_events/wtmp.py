"""/var/log/wtmp, its successor wtmpdb, and the output of last(1): starts and orderly ends of a Linux machine.

Of all records only starts and ends of the machine are looked at, never who logged in. Sources: utmp(5) of glibc;
wtmpdb(8), whose table `wtmp` has Type 1 for a start with `Logout` set at an orderly end; last(1) of util-linux.
"""

import re
import struct
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from collectors.input import BadOutput
from collectors.inputs.uptime_events.history import Kind, Record

_UTMP = struct.Struct("<hxxi32s4s32s256shhiii16s20s")
_RUN_LVL, _BOOT_TIME = 1, 2
_TYPES = range(10)
RECORD_BYTES = _UTMP.size
_LAST = re.compile(
    r"(?P<what>reboot|shutdown) +(?:system (?:boot|down)|~) +(?:\S+ +)?"
    r"(?P<time>\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d)(?: .*)?"
)
_BEGINS = re.compile(r"\S*wtmp\S* begins .*")
_ZONED = re.compile(r"\d{4}-.*")


def is_wtmp(data: bytes) -> bool:
    """Tell whether bytes are records of utmp(5)."""
    if len(data) < _UTMP.size or len(data) % _UTMP.size:
        return False
    kinds = {each[0] for each in _UTMP.iter_unpack(data[: 64 * _UTMP.size])}
    return all(kind in _TYPES for kind in kinds) and any(data)


def read_wtmp(data: bytes) -> list[Record]:
    """Return the starts and orderly ends in wtmp.

    Raises:
        BadOutput: it is no wtmp, or is cut off.
    """
    if not is_wtmp(data):
        raise BadOutput("this is no wtmp, or it is cut off")
    return list(_records(data))


def _records(data: bytes) -> Iterator[Record]:
    for kind, _pid, _line, _id, user, _host, _, _, _, seconds, *_ in _UTMP.iter_unpack(data):
        if kind == _BOOT_TIME:
            yield Record(seconds, Kind.START)
        elif kind == _RUN_LVL and user.startswith(b"shutdown\0"):
            yield Record(seconds, Kind.CLEAN_END)


def read_wtmpdb(path: Path) -> list[Record]:
    """Return the starts and orderly ends in a wtmpdb database.

    Raises:
        BadOutput: it is no such database.
    """
    import sqlite3  # few systems have this file, and the agent does without the memory

    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=2.0)) as database:
            rows = database.execute(
                "SELECT Login, Logout FROM wtmp WHERE Type = 1 ORDER BY Login DESC LIMIT 1000"
            ).fetchall()
    except sqlite3.Error as error:
        raise BadOutput(f"wtmpdb could not be read: {error}") from None
    found: list[Record] = []
    for login, logout in rows:
        if isinstance(login, int):
            found.append(Record(login // 10**6, Kind.START))
        if isinstance(logout, int):
            found.append(Record(logout // 10**6, Kind.CLEAN_END))
    return found


def is_last(text: str) -> bool:
    """Tell whether a text is `last -x` with full times."""
    return any(_LAST.fullmatch(line.rstrip()) for line in text.splitlines()[:2000])


def read_last(text: str) -> tuple[list[Record], str | None]:
    """Return the starts and ends in `last -x -F` or `last -x --time-format iso`, and the last start's local time.

    The times of -F have no zone. They are then good for order, not for a point in time: the records come without them.

    Raises:
        BadOutput: the output is cut off: it lacks the line that ends it.
    """
    lines = [line.rstrip() for line in text.splitlines()]
    if not any(_BEGINS.fullmatch(line) for line in lines):
        raise BadOutput("the output of last is cut off: the line that tells when the file begins is missing")
    rows = [found for line in lines if (found := _LAST.fullmatch(line))]
    starts = [each["time"] for each in rows if each["what"] == "reboot"]
    if not all(_ZONED.fullmatch(each["time"]) for each in rows):
        return [], _local(starts[0]) if starts else None
    kinds = {"reboot": Kind.START, "shutdown": Kind.CLEAN_END}
    return [Record(at, kinds[each["what"]]) for each in rows if (at := _unix(each["time"])) is not None], None


def _local(text: str) -> str | None:
    try:
        return datetime.strptime(text, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return None


def _unix(text: str) -> int | None:
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        return None
