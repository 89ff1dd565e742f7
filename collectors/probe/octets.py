"""OCTET STRINGs to what people read: text of unknown encoding, hardware addresses, bit sets.

Printers say in prtLocalizationCharacterSet (RFC 3805) which character set their text has; many Japanese ones send
Shift_JIS whatever they say, some send UTF-16, and some send the hexadecimal digits of the bytes as text.
"""

import codecs
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from collectors.probe.snmp import Value

CHARSETS: Final[dict[int, str]] = {
    3: "ascii",
    4: "iso8859-1",
    5: "iso8859-2",
    8: "iso8859-5",
    12: "iso8859-9",
    15: "shift_jis",
    17: "cp932",
    18: "euc_jp",
    39: "iso2022_jp",
    106: "utf-8",
    111: "iso8859-15",
    1000: "utf-16-be",
    1013: "utf-16-be",
    1014: "utf-16-le",
    1015: "utf-16",
    2004: "hp_roman8",
    2009: "cp850",
    2011: "cp437",
    2024: "cp932",
    2252: "cp1252",
}
"""IANA MIBenum (RFC 3808, IANA character-sets registry) to Python codec."""

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HEX_TEXT: Final = re.compile(r"(?:0[xX])?[0-9A-Fa-f]{2}(?:[ :-]?[0-9A-Fa-f]{2}){2,}\s*")


def readable(data: bytes, charset: str = "") -> str:
    """Return text in one line, without control characters; what cannot be read shows as U+FFFD.

    Args:
        data: as the device sent it.
        charset: a Python codec, from the character set that the device names; "" if it names none.
    """
    text = _decode(data, charset)
    spelled = _spelled_hex(text)
    if spelled is not None:
        text = _decode(spelled, charset)
    return _one_line(text)


def text_of(value: Value | None, charset: str = "") -> str:
    """Return a value as text; "" if it is absent or no OCTET STRING."""
    return readable(value, charset) if isinstance(value, bytes) else ""


def number_of(value: Value | None) -> int | None:
    """Return a value as a number; None if it is absent or of another type, which is an agent's fault."""
    return int(value) if isinstance(value, int) else None


def mac_of(value: Value | None) -> str:
    """Return a hardware address as `00:11:22:aa:bb:cc`; "" if it is none, or all zeros or all ones."""
    if not isinstance(value, bytes) or len(value) != 6 or value in (bytes(6), b"\xff" * 6):
        return ""
    return value.hex(":")


def bits_of(value: Value | None, names: Sequence[str]) -> list[str] | None:
    """Return the names of the bits that are set, the first bit being the highest of the first octet.

    Returns:
        None if the value is absent or no OCTET STRING; bits beyond `names` are left out.
    """
    if not isinstance(value, bytes):
        return None
    set_bits = (octet * 8 + bit for octet, content in enumerate(value) for bit in range(8) if content & (0x80 >> bit))
    return [names[bit] for bit in set_bits if bit < len(names)]


def _decode(data: bytes, charset: str) -> str:
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data.decode(codec, errors="replace")
    if wide := _wide_codec(data):
        return data.decode(wide, errors="replace")
    data = data.rstrip(b"\0")
    for codec in _candidates(data, charset):
        for cut in range(min(4, len(data))):
            # A device that cuts at its column's size may leave half a character; nothing else may be dropped.
            if cut and len(data) < 20:
                break
            try:
                return data[: len(data) - cut].decode(codec)
            except UnicodeDecodeError:
                continue
    return data.decode("utf-8", errors="replace")


def _wide_codec(data: bytes) -> str:
    """Tell UTF-16 without a mark by the high octets of its letters: 0x00 (ASCII), 0x30 (kana), 0xFF (full width)."""
    if len(data) < 4 or len(data) % 2 or all(0x20 <= each < 0x7F for each in data.rstrip(b"\0")):
        return ""
    text = data.rstrip(b"\0") if data.endswith(b"\0\0") else data
    high, low = (sum(each in (0x00, 0x30, 0xFF) for each in text[start::2]) for start in (0, 1))
    if max(high, low) * 4 < len(text) or high == low:
        return ""
    return "utf-16-be" if high > low else "utf-16-le"


def _candidates(data: bytes, charset: str) -> list[str]:
    # Text in another encoding is UTF-8 by chance only where it is ASCII; so UTF-8 is safe to try first.
    # ISO-2022-JP is all ASCII, told by its escape sequence to kanji.
    found = ["iso2022_jp", "utf-8"] if b"\x1b$" in data else ["utf-8"]
    # C1 control characters in a Latin set mean that the device sends Shift_JIS and says something else.
    if charset and not (charset.startswith("iso8859") and any(0x80 <= each <= 0x9F for each in data)):
        found.append(charset)
    japanese = ["cp932", "euc_jp"]
    return [*found, *(reversed(japanese) if _has_euc_kana(data) else japanese)]


def _has_euc_kana(data: bytes) -> bool:
    """Tell EUC-JP by its kana: each has 0xA4 or 0xA5 in front.

    Read as Shift_JIS they are half-width kana of which every other one is a comma or a middle dot, which nobody writes.
    """
    runs = re.findall(rb"(?:[\xa1-\xfe]{2})+", data)
    leads = [lead for run in runs for lead in run[::2]]
    return len(leads) > 1 and sum(lead in (0xA4, 0xA5) for lead in leads) * 2 >= len(leads)


def _spelled_hex(text: str) -> bytes | None:
    """Return the octets that a text spells in hexadecimal digits, if they are text that is not plain ASCII."""
    if not _HEX_TEXT.fullmatch(text):
        return None
    octets = bytes.fromhex(re.sub(r"^0[xX]|[ :\s-]", "", text))
    for codec in ("utf-8", "cp932"):
        try:
            decoded = octets.decode(codec)
        except UnicodeDecodeError:
            continue
        # A model or part number may look like hexadecimal digits; kana and kanji do not come about by chance.
        japanese = sum(unicodedata.name(each, "").startswith(("HIRAGANA", "KATAKANA", "CJK")) for each in decoded)
        if japanese * 2 >= len(decoded):
            return octets
    return None


def _one_line(text: str) -> str:
    kept = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text)
    return " ".join(kept.split())
