"""The allow-list: what of the catalogue a line may carry, as bytes ready to compare with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.gateway.lineprotocol import BadLine, Line, show, value_type
from collectors.declaration import AGENT_TAGS, FieldType, Measurement
from collectors.service.registry import SERVICE_MEASUREMENTS

_ESCAPE_MEASUREMENT = str.maketrans({",": r"\,", " ": r"\ "})
_ESCAPE_KEY = str.maketrans({",": r"\,", " ": r"\ ", "=": r"\="})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What lines of one measurement may carry.

    Attributes:
        tags: tag keys that are stored.
        fields: field keys that are stored, with their types.
        renamed: tag keys of other senders that are stored under a name of ours.
    """

    tags: frozenset[bytes]
    fields: Mapping[bytes, FieldType]
    renamed: Mapping[bytes, bytes]


_OWN = frozenset(each.name.encode() for each in SERVICE_MEASUREMENTS)

Schema = Mapping[bytes, Allowed]
"""Measurement -> what it may carry; all names as line protocol spells them."""


def build_schema(measurements: Iterable[Measurement]) -> dict[bytes, Allowed]:
    """Return the allow-list of the declared measurements."""
    return {
        each.name.translate(_ESCAPE_MEASUREMENT).encode(): Allowed(
            frozenset(_key(name) for name in {tag.name for tag in each.tags} | AGENT_TAGS),
            {_key(field.name): field.type for field in each.fields},
            {_key(tag.sent_as): _key(tag.name) for tag in each.tags if tag.sent_as},
        )
        for each in measurements
    }


def _key(name: str) -> bytes:
    return name.translate(_ESCAPE_KEY).encode()


def allowed_for(schema: Schema, measurement: bytes) -> Allowed:
    """Return what a measurement may carry.

    Raises:
        BadLine: it is not in the catalogue, or is the service's own.
    """
    allowed = schema.get(measurement)
    if allowed is None:
        if measurement in _OWN:
            raise BadLine(f"measurement {show(measurement)} is written by the service itself; senders may not")
        raise BadLine(f"measurement {show(measurement)} is not in the catalogue")
    return allowed


def kept_fields(allowed: Allowed, line: Line) -> list[tuple[bytes, bytes]]:
    """Return the declared fields of a line, in its order.

    Raises:
        BadLine: a value cannot be stored, a declared field has another type, or no declared field is left.
    """
    kept = []
    for name, value in line.fields:
        sent = value_type(name, value)
        declared = allowed.fields.get(name)
        if declared is None:
            continue
        if sent != declared:
            raise BadLine(f"field {show(name)} of {show(line.measurement)} is {declared} in the catalogue, got {sent}")
        kept.append((name, value))
    if not kept:
        raise BadLine(f"no field of {show(line.measurement)} is in the catalogue: {show(line.fields[0][0])}")
    return kept
