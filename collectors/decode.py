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
    then cp932, Japanese Windows' code page. What fits none keeps its ASCII part and shows U+FFFD for the rest, so
    nothing is invented and nothing raises.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    sample = data[:400]
    if len(sample) >= 4 and sample[1::2].count(0) > len(sample) // 4:
        return data.decode("utf-16-le", errors="replace")
    for encoding in ("utf-8", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("ascii", errors="replace")
