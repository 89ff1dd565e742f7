"""`w32tm /query /status /verbose` of Windows.

Its words follow the language of Windows, its order and its numbers do not: in the first block leap indicator, stratum
and so on, in the second phase offset, clock rate, state … Only what stands at a known place is read. Source:
"Windows Time service tools and settings", Microsoft Learn.
"""

import re

from collectors.input import BadOutput, NoPermission
from collectors.inputs.clock.status import Clock, stratum_of
from collectors.scalar import as_text

ARGUMENTS = ("/query", "/status", "/verbose")

_ROW = re.compile(r"[^:：]+[:：] ?(?P<value>.*)")
_LEADING = re.compile(r"(?P<number>\d{1,3}) ?\(")
_SECONDS = re.compile(r"(?P<seconds>[+-]?\d{1,12}[.,]\d{1,12}) ?s")
_CODE = re.compile(r"\((?P<code>0x[0-9A-Fa-f]{8})\)")
_LEAP, _STRATUM, _SOURCE = 0, 1, 7
_FIRST_ROWS = 9
_OFFSET, _AGE = 0, 6
_UNSYNCHRONIZED_LEAP = 3
_NOT_RUNNING = ("0x80070426", "0x800706b5", "0x800706ba")
"""ERROR_SERVICE_NOT_ACTIVE, RPC_S_UNKNOWN_IF and RPC_S_SERVER_UNAVAILABLE: what w32tm says while the service is off."""
_DENIED = "0x80070005"
_LOCAL_CLOCKS = ("local cmos clock", "free-running system clock")


def is_status(text: str) -> bool:
    """Tell whether a text is the answer of w32tm: its first rows are two numbers that brackets explain, or a code."""
    blocks = _blocks(text)
    rows = blocks[0] if blocks else []
    told = [_LEADING.match(value) for value in rows[:2]]
    return (len(told) == 2 and all(told)) or error_code(text) is not None


def error_code(text: str) -> str | None:
    """Return the HRESULT that w32tm ends with where it cannot answer, in lower case."""
    found = _CODE.search(text) if len(text) < 1000 else None
    return found["code"].lower() if found and len(text.strip().splitlines()) <= 3 else None


def read(text: str) -> Clock:
    """Return what w32tm tells.

    Raises:
        NoPermission: it may not be asked.
        BadOutput: it is cut off, or ended with another error.
    """
    code = error_code(text)
    if code == _DENIED:
        raise NoPermission("no permission to ask the Windows Time service; run the agent as LocalSystem")
    if code in _NOT_RUNNING:
        return Clock("w32time", running=False)
    if code:
        raise BadOutput(f"w32tm failed with {code}")
    blocks = _blocks(text)
    first, second = blocks[0], blocks[1] if len(blocks) > 1 else []
    leap, stratum = _number(first[_LEAP]), _number(first[_STRATUM])
    if leap is None or len(first) < _FIRST_ROWS:
        raise BadOutput("the output of w32tm is cut off")
    source = as_text(first[_SOURCE].split(",")[0], 80)
    offset = _seconds(second, _OFFSET)
    age = _seconds(second, _AGE)
    return Clock(
        "w32time",
        offset_ms=offset * 1000.0 if offset is not None else None,
        synchronized=leap != _UNSYNCHRONIZED_LEAP and (source or "").lower() not in _LOCAL_CLOCKS,
        stratum=stratum_of(stratum),
        source=source,
        sync_age_s=age if age is not None and age >= 0 else None,
    )


def _blocks(text: str) -> list[list[str]]:
    """Return the values of the rows, in the blocks that empty lines part; a last line without its end is left out."""
    blocks: list[list[str]] = [[]]
    lines = text.replace("\r", "").split("\n")
    # Every row that is read ends in the unit of its number or in the bracket that explains it.
    for line in lines if lines[-1].endswith(("s", ")")) else lines[:-1]:
        found = _ROW.fullmatch(line.strip())
        if found:
            blocks[-1].append(found["value"].strip())
        elif not line.strip() and blocks[-1]:
            blocks.append([])
    return blocks


def _number(value: str) -> int | None:
    found = _LEADING.match(value)
    return int(found["number"]) if found else None


def _seconds(rows: list[str], at: int) -> float | None:
    found = _SECONDS.fullmatch(rows[at]) if len(rows) > at else None
    return float(found["seconds"].replace(",", ".")) if found else None
