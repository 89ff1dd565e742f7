"""Points of hours that are over are noted, as the gateway notes those of senders, so that they are rolled up again."""

from collections.abc import Iterable
from datetime import datetime

from api.gateway.late import late_hour_ns
from api.rollup.late import LateRecorder
from collectors.point import Point


def note_late(recorder: LateRecorder, points: Iterable[Point], now: datetime) -> None:
    """Note the oldest hour that is over of each contract that has points of one.

    Raises:
        NotNoted: the database does not answer.
    """
    oldest: dict[str, int] = {}
    for point in points:
        contract, time_ns = point.tags.get("contract", ""), point.time_ns
        if contract and time_ns is not None:
            oldest[contract] = min(time_ns, oldest.get(contract, time_ns))
    for contract, time_ns in oldest.items():
        hour_ns = late_hour_ns(time_ns, "ns", now.timestamp())
        if hour_ns is not None:
            recorder.note(contract, hour_ns)
