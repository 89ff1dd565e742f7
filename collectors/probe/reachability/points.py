"""The outcome of a check as points."""

from collections.abc import Sequence

from collectors.point import FieldValue, Point
from collectors.probe.reachability.attempt import Attempt, Failure, times_of
from collectors.probe.reachability.check import Check, CheckType
from collectors.probe.reachability.judge import judge
from collectors.reasons import known

_TELEGRAF_OK, _TELEGRAF_NOTHING, _TELEGRAF_ERROR = 0, 1, 2


def to_points(check: Check, attempts: Sequence[Attempt]) -> list[Point]:
    """Return the points of one check: `reachability`, and Telegraf's `ping` beside it for ICMP.

    Where this machine could not ask at all, nothing is said of loss: it is not the target's.
    """
    points = [_reachability(check, attempts)]
    return [*points, _ping(check, attempts)] if check.type is CheckType.ICMP else points


def _asked(attempts: Sequence[Attempt]) -> list[Attempt]:
    return [each for each in attempts if each.failure is not Failure.CANNOT_CHECK]


def _last(attempts: Sequence[Attempt], name: str) -> FieldValue | None:
    found: FieldValue | None = next((v for each in reversed(attempts) if (v := getattr(each, name)) is not None), None)
    return found


def _reachability(check: Check, attempts: Sequence[Attempt]) -> Point:
    asked = _asked(attempts)
    received = sum(each.time_ms is not None for each in asked)
    times = times_of(asked)
    fields = {
        **judge(attempts).fields(),
        "sent": len(asked),
        "received": received,
        "loss_percent": 100.0 * (len(asked) - received) / len(asked) if asked else None,
        "minimum_ms": times.minimum if times else None,
        "average_ms": times.average if times else None,
        "maximum_ms": times.maximum if times else None,
        "jitter_ms": times.jitter if times else None,
        "address": next((each.address for each in reversed(attempts) if each.address), None),
        "http_status": _last(attempts, "http_status"),
        "sip_status": _last(attempts, "sip_status"),
        "dns_answers": _last(attempts, "dns_answers"),
        "certificate_days_left": _last(attempts, "certificate_days"),
    }
    tags = {"check": check.name, "type": check.type.value, "target": check.target}
    return Point("reachability", tags, known(fields))


def _ping(check: Check, attempts: Sequence[Attempt]) -> Point:
    asked = _asked(attempts)
    if not asked:
        return Point("ping", {"url": check.target}, {"result_code": _TELEGRAF_ERROR})
    times = times_of(asked)
    received = sum(each.time_ms is not None for each in asked)
    fields = {
        "packets_transmitted": len(asked),
        "packets_received": received,
        "percent_packet_loss": 100.0 * (len(asked) - received) / len(asked),
        "average_response_ms": times.average if times else None,
        "minimum_response_ms": times.minimum if times else None,
        "maximum_response_ms": times.maximum if times else None,
        "standard_deviation_ms": times.deviation if times else None,
        "ttl": _last(asked, "ttl"),
        "result_code": _TELEGRAF_OK if received else _TELEGRAF_NOTHING,
    }
    return Point("ping", {"url": check.target}, known(fields))
