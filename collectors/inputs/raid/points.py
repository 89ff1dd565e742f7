"""Arrays to points."""

from collectors.inputs.raid.array import Array, Findings
from collectors.inputs.raid.declaration import ARRAY, DEVICE
from collectors.inputs.raid.wording import REASONS
from collectors.point import Point
from collectors.reasons import because, known
from collectors.verdict import State, Verdict

_MAX_ARRAYS = 64
_MAX_NAMES = 8


def to_points(findings: Findings) -> list[Point]:
    """Return the device's point, then one an array."""
    arrays = findings.arrays
    device = Point(
        DEVICE.name,
        {},
        {
            **_overall(findings).fields(),
            "arrays": len(arrays),
            "arrays_bad": len(_in(arrays, State.BAD)),
            "arrays_unknown": len(_in(arrays, State.UNKNOWN)),
        },
    )
    return [device, *(_array_point(array) for array in arrays[:_MAX_ARRAYS])]


def _overall(findings: Findings) -> Verdict:
    bad, unknown = _in(findings.arrays, State.BAD), _in(findings.arrays, State.UNKNOWN)
    if bad:
        return REASONS.verdict("some_bad", names=_names(bad))
    if findings.unread:
        return REASONS.verdict("unreadable", why=because(findings.unread))
    if unknown:
        return REASONS.verdict("some_unknown", names=_names(unknown))
    return REASONS.verdict("all_ok", count=len(findings.arrays))


def _in(arrays: tuple[Array, ...], state: State) -> list[Array]:
    return [array for array in arrays if array.verdict.state is state]


def _names(arrays: list[Array]) -> str:
    shown = ", ".join(array.name for array in arrays[:_MAX_NAMES])
    return shown + (" …" if len(arrays) > _MAX_NAMES else "")


def _array_point(array: Array) -> Point:
    fields = {
        **array.verdict.fields(),
        "level": array.level,
        "members": array.members,
        "members_active": array.members_active,
        "failed": array.failed,
        "spares": array.spares,
        "operation": array.operation,
        "operation_percent": array.percent,
        "errors": array.errors,
        "scrub_age_days": array.scrub_age_days,
    }
    return Point(ARRAY.name, {"name": array.name, "source": array.source}, known(fields))
