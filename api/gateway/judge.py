"""The verdict on one line: what is stored of it, or why it is not. Complete and slow; the fast path must agree."""

from dataclasses import dataclass

from api.gateway.grant import WriteGrant
from api.gateway.lineprotocol import BadLine, parse
from api.gateway.schema import Allowed, Schema, allowed_for, kept_fields
from api.gateway.stamp import series_key, stamp_tags
from api.gateway.window import Window


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is stored of a good line.

    Attributes:
        key: series key, stamped.
        fields: the declared fields, as line protocol.
        time: as forwarded; b"" where the line has none and the engine sets its own.
        allowed: what the measurement may carry.
        names: field keys in the order of the line, undeclared ones included.
        dropped_tags: how many undeclared tags were left out.
        dropped_fields: how many undeclared fields were left out.
    """

    key: bytes
    fields: bytes
    time: bytes
    allowed: Allowed
    names: tuple[bytes, ...]
    dropped_tags: int
    dropped_fields: int

    @property
    def stored(self) -> bytes:
        """The line as it is forwarded, without a line end."""
        return b" ".join(part for part in (self.key, self.fields, self.time) if part)


def judge(line: bytes, schema: Schema, grant: WriteGrant, window: Window) -> Verdict:
    """Return what is stored of a line.

    Raises:
        BadLine: it is refused.
    """
    parsed = parse(line)
    allowed = allowed_for(schema, parsed.measurement)
    key, dropped_tags = series_key(parsed, allowed, stamp_tags(grant))
    fields = kept_fields(allowed, parsed)
    time = b""
    if parsed.time is not None:
        forwarded = parsed.time * window.factor
        problem = window.problem(forwarded)
        if problem is not None:
            raise BadLine(problem)
        time = b"%d" % forwarded
    return Verdict(
        key,
        b",".join(b"%b=%b" % field for field in fields),
        time,
        allowed,
        tuple(name for name, _value in parsed.fields),
        dropped_tags,
        len(parsed.fields) - len(fields),
    )
