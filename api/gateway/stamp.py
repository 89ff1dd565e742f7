"""Series keys as they are stored: the sender's declared tags, and the contract, site and device of its token."""

from api.gateway.grant import WriteGrant
from api.gateway.lineprotocol import BadLine, Line
from api.gateway.schema import Allowed

MAX_KEY_BYTES = 32 * 1024
"""InfluxDB refuses series keys from 64 KiB on; far below, a key is a fault already."""

_ESCAPE = str.maketrans({",": r"\,", " ": r"\ ", "=": r"\="})


def stamp_tags(grant: WriteGrant) -> tuple[tuple[bytes, bytes], ...]:
    """Return the tags that the gateway sets on every point of a sender.

    Raises:
        ValueError: an id is no valid tag value, which would let it end the tag.
    """
    return tuple(
        (name, _tag_value(name, value))
        for name, value in ((b"contract", grant.contract), (b"device", grant.device), (b"site", grant.site))
    )


def series_key(line: Line, allowed: Allowed, stamp: tuple[tuple[bytes, bytes], ...]) -> tuple[bytes, int]:
    """Return the stored series key of a line and how many undeclared tags were left out.

    Tags are sorted, as InfluxDB's reference advises for speed. Tags that only the gateway sets do not count as left
    out, whatever the sender wrote there; where the declaration knows what another sender means by such a tag, its value
    is kept under our name, unless the line has that tag too.

    Raises:
        BadLine: the key is too long.
    """
    kept = [tag for tag in line.tags if tag[0] in allowed.tags]
    present = {name for name, _value in kept}
    translated = ((allowed.renamed.get(name), value) for name, value in line.tags)
    kept += [(name, value) for name, value in translated if name is not None and name not in present]
    own = {name for name, _value in stamp}
    dropped = sum(1 for name, _value in line.tags if name not in allowed.tags and name not in own)
    key = b",".join([line.measurement, *(b"%b=%b" % tag for tag in sorted([*kept, *stamp]))])
    if len(key) > MAX_KEY_BYTES:
        raise BadLine(f"series key is longer than {MAX_KEY_BYTES} bytes")
    return key, dropped


def _tag_value(name: bytes, value: str) -> bytes:
    if not value or not value.isprintable() or "\\" in value:
        raise ValueError(f"{name.decode()} id {value!r} is no valid tag value")
    return value.translate(_ESCAPE).encode()
