"""Firewalls and verdicts to points."""

from collections.abc import Mapping

from collectors.inputs.firewall.declaration import DEVICE, PROFILE
from collectors.inputs.firewall.judge import Judgement
from collectors.inputs.firewall.layer import PROFILES, Layer
from collectors.point import FieldValue, Point
from collectors.verdict import Verdict

OffSince = Mapping[tuple[str, str], int]
"""Since when each (profile, manager) is observed off, Unix nanoseconds; ("", "") stands for the device."""

THE_DEVICE = ("", "")
_MAX_LAYERS = 32


def to_points(judged: Judgement, off_since: OffSince, now_ns: int) -> list[Point]:
    """Return the device's point, then one a layer."""
    windows = [layer.enabled for layer, _ in judged.layers if layer.profile in PROFILES]
    whole = len(windows) == len(PROFILES) and None not in windows
    rules = [layer.rules for layer, _ in judged.layers if layer.manager == judged.manager and layer.rules is not None]
    device: dict[str, FieldValue | None] = {
        **judged.device.fields(),
        "enabled": judged.enabled,
        "manager": judged.manager,
        "profiles_off": windows.count(False) if whole else None,
        "rules": rules[0] if rules else None,
        **_off(off_since.get(THE_DEVICE), now_ns),
    }
    layers = [_layer_point(layer, verdict, off_since, now_ns) for layer, verdict in judged.layers[:_MAX_LAYERS]]
    return [Point(DEVICE.name, {}, _known(device)), *layers]


def _layer_point(layer: Layer, verdict: Verdict, off_since: OffSince, now_ns: int) -> Point:
    fields: dict[str, FieldValue | None] = {
        **verdict.fields(),
        "enabled": layer.enabled,
        "active": layer.active,
        "default_inbound": layer.default_inbound,
        "default_outbound": layer.default_outbound,
        "managed_by": layer.managed_by,
        "rules": layer.rules,
        **_off(off_since.get((layer.profile, layer.manager)), now_ns),
    }
    return Point(PROFILE.name, {"profile": layer.profile, "manager": layer.manager}, _known(fields))


def _off(since_ns: int | None, now_ns: int) -> dict[str, FieldValue | None]:
    if since_ns is None:
        return {}
    return {"off_since": since_ns // 10**9, "off_for_s": max(0, now_ns - since_ns) // 10**9}


def _known(values: Mapping[str, FieldValue | None]) -> dict[str, FieldValue]:
    return {name: value for name, value in values.items() if value is not None}
