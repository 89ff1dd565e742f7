"""Raw values to numbers, words and texts, as a `Read` says; what cannot be meant is dropped and the reason noted."""

import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from collectors.probe.device.schema import Raw, Read
from collectors.probe.octets import text_of
from collectors.probe.snmp import IpAddress, ObjectIdentifier, Opaque, TimeTicks, Value

NO_VALUE: Final = frozenset({2**31 - 1, -(2**31), 2**32 - 1, 65535, 65534, -32768, 32767, -999, -9999})
"""What agents put where a sensor has nothing to tell: the ends of the integer types, and nines."""

_SIZES: Final = {"": 1, "B": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40, "P": 2**50}

_NUMBER: Final = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*(?:[%°]?\s*[A-Za-z%]*)?\s*")

_OPAQUE_FLOAT: Final = b"\x9f\x78\x04"
_OPAQUE_DOUBLE: Final = b"\x9f\x79\x08"


@dataclass(slots=True)
class Notes:
    """Reasons for which values were dropped, each once."""

    texts: dict[str, None] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """Note a reason."""
        self.texts.setdefault(text, None)


@dataclass(frozen=True, slots=True)
class Cells:
    """Where a `Read` finds its raw value.

    Attributes:
        objects: single objects by dotted OID.
        row: the row of a table by column name; empty outside of tables.
        notes: where reasons for dropping are put.
        what: what is being read, for the notes.
    """

    objects: Mapping[str, Value]
    row: Mapping[str, Value]
    notes: Notes
    what: str = ""

    def raw(self, read: Read) -> Value | None:
        """Return the raw value; None if the device has none."""
        return self.row.get(read.column) if read.column else self.objects.get(read.oid or "")


def plain(value: Value | None) -> int | float | str | None:
    """Return a raw value as a number or a text; None if there is none."""
    if value is None:
        return None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, ObjectIdentifier | IpAddress):
        return str(value)
    if isinstance(value, Opaque):
        return _opaque_number(value)
    return text_of(value)


def is_one_of(value: Value | None, raws: Iterable[Raw]) -> bool:
    """Tell whether a raw value is one of those that a file names."""
    told = plain(value)
    return told is not None and any(told == each or str(told) == str(each) for each in raws)


def number(
    read: Read | None, cells: Cells, limits: tuple[float, float] | None = None, measured: bool = False
) -> float | None:
    """Return a value as a number.

    Args:
        read: what to read; None for nothing.
        cells: where from.
        limits: least and greatest value that can be meant, where the file names none.
        measured: True for what a probe measures, which `NO_VALUE` stands for the lack of; a size may well be 65535.

    Returns:
        None if the device does not tell, or tells what cannot be meant; then the reason is noted.
    """
    if read is None:
        return None
    value = cells.raw(read)
    told = plain(value)
    if told is None or told == "" or isinstance(value, ObjectIdentifier | IpAddress):
        return None
    if is_one_of(value, read.absent):
        cells.notes.add(f"{cells.what}: {told} stands for no value")
        return None
    found = _parse(read, told)
    if found is None:
        return None
    if measured and found in NO_VALUE and not isinstance(value, TimeTicks):
        cells.notes.add(f"{cells.what}: {told} stands for no value")
        return None
    scaled = _scaled(read, cells, found)
    return _within(scaled, read.range or limits, cells)


def word(read: Read | None, cells: Cells) -> str:
    """Return a value as a word; "" if the device does not tell."""
    if read is None:
        return ""
    told = plain(cells.raw(read))
    if told is None or told == "" or is_one_of(cells.raw(read), read.absent):
        return ""
    if isinstance(told, str):
        told = _match(read.pattern, told)
    return _as_word(read, told)


def _as_word(read: Read, told: float | str) -> str:
    if not read.words:
        return str(told)
    if not isinstance(told, float) and told in read.words:
        return read.words[told]
    lowered = str(told).strip().lower()
    for key, meant in read.words.items():
        if str(key).lower() == lowered:
            return meant
    return f"code {told}" if isinstance(told, int) else str(told)


def _match(pattern: str, text: str) -> str:
    if not pattern:
        return text
    found = re.search(pattern, text)
    return (found["value"] or "").strip() if found else ""


def _parse(read: Read, told: float | str) -> float | None:
    if not isinstance(told, str):
        return told
    if read.pattern:
        found = re.search(read.pattern, told)
        if not found:
            return None
        groups = found.groupdict()
        size = _SIZES.get((groups.get("unit") or "").strip().upper()[:1], 1)
        return _float(groups.get("value") or groups.get("number") or "", size)
    plain_number = _NUMBER.fullmatch(told)
    return _float(plain_number[1], 1) if plain_number else None


def _float(text: str, factor: int) -> float | None:
    try:
        return float(text.replace(",", "")) * factor
    except ValueError:
        return None


def _scaled(read: Read, cells: Cells, found: float) -> float:
    if read.exponent:
        told = plain(cells.row.get(read.exponent))
        found *= 10.0 ** (read.exponents.get(told, 0) if isinstance(told, int) else 0)
    if read.decimals:
        digits = plain(cells.row.get(read.decimals))
        if isinstance(digits, int) and -8 <= digits <= 9:
            # A negative precision tells the number of accurate digits (RFC 3433); it does not shift the value.
            found /= 10.0 ** max(digits, 0)
    scaled = found * read.scale + read.add
    return scaled if read.scale == 1.0 and not read.add and not read.exponent else round(scaled, 6)


def _within(found: float, limits: tuple[float, float] | None, cells: Cells) -> float | None:
    if limits is not None and not limits[0] <= found <= limits[1]:
        cells.notes.add(f"{cells.what}: {found:g} is outside of {limits[0]:g} to {limits[1]:g}")
        return None
    return found


def _opaque_number(value: Opaque) -> float | None:
    for head, form in ((_OPAQUE_FLOAT, ">f"), (_OPAQUE_DOUBLE, ">d")):
        size = struct.calcsize(form)
        if value.startswith(head) and len(value) >= len(head) + size:
            found: float = struct.unpack(form, value[len(head) : len(head) + size])[0]
            return found if found == found and abs(found) < 1e300 else None
    return None
