"""A request's body, read within limits: never more than the limit is held, whatever is sent."""

import zlib
from typing import IO

_STEP = 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS
"""zlib's word for "gzip header and trailer", see zlib.decompressobj."""

_MAX_MEMBERS = 16


class BodyError(Exception):
    """The body cannot be used; the message tells the sender why."""


class BodyTooLarge(BodyError):
    """The body is larger than a limit; the message names the limit."""


def read_body(stream: IO[bytes], length: int | None, limit: int) -> bytes:
    """Read a body of at most `limit` bytes.

    Args:
        stream: where it comes from.
        length: what Content-Length says; None for a chunked body.
        limit: most bytes as sent.

    Raises:
        BodyTooLarge: it is larger. A body that says so in Content-Length is not read at all.
        BodyError: it ended before its Content-Length, or the connection broke.
    """
    too_large = f"the body is larger than the limit of {limit} bytes"
    if length is not None and length > limit:
        raise BodyTooLarge(f"{too_large}: {length} bytes")
    parts: list[bytes] = []
    size = 0
    while length is None or size < length:
        part = _read(stream, _STEP if length is None else length - size)
        if not part:
            break
        size += len(part)
        if size > limit:
            raise BodyTooLarge(too_large)
        parts.append(part)
    if length is not None and size < length:
        raise BodyError(f"the body ended after {size} of {length} bytes")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _read(stream: IO[bytes], size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise BodyError("the connection broke while the body was read") from error


def unpack(body: bytes, encoding: str, limit: int) -> bytes:
    """Return a body as it was before its Content-Encoding.

    Raises:
        BodyTooLarge: unpacked it would be larger than `limit` bytes; not more than that is ever unpacked.
        BodyError: the encoding is not known, or the gzip data is cut short or damaged.
    """
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise BodyError(f"Content-Encoding {encoding!r} is not known; send gzip or identity")
    unpacked, rest = _member(body, limit)
    for _ in range(_MAX_MEMBERS - 1):
        if not rest:
            return unpacked
        part, rest = _member(rest, limit - len(unpacked))
        unpacked += part
    if rest:
        raise BodyError(f"the gzip data has more than {_MAX_MEMBERS} members")
    return unpacked


def _member(data: bytes, limit: int) -> tuple[bytes, bytes]:
    """Return the content of the first gzip member and what follows it."""
    inflate = zlib.decompressobj(_GZIP)
    try:
        content = inflate.decompress(data, limit + 1)
    except zlib.error:
        raise BodyError("the gzip data is damaged") from None
    if len(content) > limit:
        raise BodyTooLarge("the body is larger than the limit after gzip is undone")
    if not inflate.eof:
        raise BodyError("the gzip data is cut short")
    return content, inflate.unused_data
