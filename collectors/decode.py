"""Bytes of unknown encoding to text: what Windows, old tools and Japanese devices write."""

import codecs

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(data: bytes) -> str:
    """Return the text of a tool's output, whatever encoding it came in.

    A byte-order mark decides; then UTF-16 without a mark (every other byte of mostly-ASCII text is NUL); then UTF-8;
    then cp932, Japanese Windows' code page. Either may be cut off within its last character. What fits none keeps its
    ASCII part and shows U+FFFD for the rest, so nothing is invented and nothing raises.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    sample = data[:400]
    if len(sample) >= 4 and sample[1::2].count(0) > len(sample) // 4:
        return data.decode("utf-16-le", errors="replace")
    for read in (_utf8, lambda given: given.decode("cp932"), _cut_cp932):
        try:
            return read(data)
        except UnicodeDecodeError:
            continue
    return data.decode("ascii", errors="replace")


def _utf8(data: bytes) -> str:
    """Read UTF-8, also if it is cut off within a character.

    Raises:
        UnicodeDecodeError: it is none. After nothing but ASCII, a last odd byte is more likely one of cp932.
    """
    text = codecs.getincrementaldecoder("utf-8")().decode(data)
    return data.decode("utf-8") if text.isascii() else text


def _cut_cp932(data: bytes) -> str:
    return codecs.getincrementaldecoder("cp932")().decode(data)
