"""What the probe says of its own asking, for the simulated past."""

from api.demo.noise import unit
from collectors.point import FieldValue, Point

NS = 10**9


def poll_point(key: str, asset: str, target: str, kind: str, moment_s: int, answers: bool = True) -> Point:
    """Return the `device_poll` point of one question.

    Args:
        key: for the noise in the time that the device took.
        asset: id of the equipment.
        target: its name in the probe's settings.
        kind: of device.
        moment_s: Unix seconds.
        answers: False where it stays silent.
    """
    if answers:
        fields: dict[str, FieldValue] = {
            "ok": True,
            "duration": round(0.05 + 0.15 * unit(key, moment_s), 4),
            "kind": kind,
            "partial": "",
            "error_class": "",
            "error": "",
        }
    else:
        fields = {"ok": False, "duration": 4.0, "error_class": "NoAnswer", "error": f"{target} did not answer"}
    return Point("device_poll", {"asset": asset, "target": target}, fields, moment_s * NS)
