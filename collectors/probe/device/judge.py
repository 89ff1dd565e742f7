"""How a device and its parts are, from what they say of themselves. Limits of use are for rules, not for here."""

from collections.abc import Iterable, Iterator
from typing import Final

from collectors.probe.device.model import Disk, Facts, Raid, Sensor, Volume
from collectors.text import Text
from collectors.verdict import State, Verdict

_Part = Disk | Raid | Sensor | Volume

ANSWERS: Final = Verdict(
    State.OK, "answers", Text("応答しており、異常の申告はありません", "answers and reports no fault")
)
NOT_TOLD: Final = Verdict(
    State.UNKNOWN, "not_told", Text("機器が状態を示しません", "the device does not tell its state")
)

_UPS_REASONS: Final[dict[str, Text]] = {
    "battery_low": Text("バッテリーの残量がわずかです", "the battery is nearly empty"),
    "battery_fault": Text("バッテリーの故障を示しています", "it reports a fault of the battery"),
    "on_battery": Text("停電などでバッテリーで動いています", "it runs on battery"),
    "replace_battery": Text("バッテリーの交換が必要です", "the battery is to be replaced"),
    "overload": Text("負荷が定格を超えています", "the load is above its rating"),
    "on_bypass": Text(
        "バイパス給電のため停電時に電源が切れます", "it is on bypass: the load would lose power in an outage"
    ),
    "output_off": Text("出力が止まっています", "its output is off"),
    "normal": Text("正常に給電しています", "it gives power normally"),
}


def ups_verdict(ups: Facts) -> Verdict:
    """Return how a UPS is."""
    code = next(_ups_problems(ups), "")
    if code:
        return Verdict(State.BAD, code, _UPS_REASONS[code])
    if ups.get("status") in (None, "unknown", "other") and ups.get("battery_status") in (None, "unknown"):
        return NOT_TOLD
    return Verdict(State.OK, "normal", _UPS_REASONS["normal"])


def _ups_problems(ups: Facts) -> Iterator[str]:
    load = ups.get("load_percent")
    tests = {
        "battery_low": ups.get("battery_status") in ("low", "depleted"),
        "on_battery": ups.get("on_battery") is True,
        "battery_fault": ups.get("battery_status") == "fault",
        "replace_battery": ups.get("replace_battery") is True,
        "overload": isinstance(load, float) and load > 100.0,
        "on_bypass": ups.get("status") == "bypass",
        "output_off": ups.get("status") in ("off", "none"),
    }
    return (code for code, holds in tests.items() if holds)


_PBX_REASONS: Final[dict[str, Text]] = {
    "not_registered": Text("電話機・回線が1つも登録されていません", "no phone or line is registered"),
    "trunk_down": Text("使えない外線があります", "a trunk is down"),
    "fault": Text("機器が異常を示しています", "the device reports a fault"),
    "sip_silent": Text("SIPに応答しなくなりました", "it no longer answers over SIP"),
    "normal": Text("正常に動いています", "it works normally"),
}

_PBX_FAULTS: Final = ("fault", "failed", "down", "stopped", "error")


def pbx_verdict(pbx: Facts) -> Verdict:
    """Return how a telephone system is."""
    trunks, up = pbx.get("trunks"), pbx.get("trunks_up")
    registered = pbx.get("registrations")
    tests = {
        "fault": pbx.get("status") in _PBX_FAULTS,
        "sip_silent": pbx.get("sip_reachable") is False,
        "trunk_down": isinstance(trunks, int) and isinstance(up, int) and up < trunks,
        "not_registered": registered == 0 and bool(pbx.get("registrations_failed")),
    }
    code = next((code for code, holds in tests.items() if holds), "")
    if code:
        return Verdict(State.BAD, code, _PBX_REASONS[code])
    if registered is None and up is None and "status" not in pbx and "sip_reachable" not in pbx:
        return NOT_TOLD
    return Verdict(State.OK, "normal", _PBX_REASONS["normal"])


def part_verdict(status: str, state: State) -> Verdict:
    """Return the device's own verdict on a part, in the form that all inputs share."""
    return Verdict(state, "told_by_device", Text(f"機器の表示: {status}", f"the device says: {status}"))


def device_verdict(parts: Iterable[_Part], ups: Facts, pbx: Facts) -> Verdict:
    """Return how a device is as a whole: bad if it calls a part of itself bad."""
    bad = [each for each in parts if each.state is State.BAD]
    if bad:
        names = ", ".join(f"{each.name} ({each.status})" for each in bad[:5])
        more = f" +{len(bad) - 5}" if len(bad) > 5 else ""
        return Verdict(State.BAD, "part_failed", Text(f"異常: {names}{more}", f"not well: {names}{more}"))
    own = [ups_verdict(ups)] if ups else []
    own += [pbx_verdict(pbx)] if pbx else []
    return next((each for each in own if each.state is State.BAD), ANSWERS)


def lost(error: str) -> Verdict:
    """Return the verdict on a device that answered before and does not now."""
    return Verdict(State.UNKNOWN, "no_answer", Text(f"応答がありません: {error}", f"no answer: {error}"))
