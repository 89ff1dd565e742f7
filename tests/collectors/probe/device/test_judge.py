import pytest

from collectors.probe.device.judge import device_verdict, lost, part_verdict, pbx_verdict, ups_verdict
from collectors.probe.device.model import Disk, Facts, Sensor
from collectors.verdict import State


@pytest.mark.parametrize(
    ("ups", "state", "code"),
    [
        ({"status": "online", "battery_status": "normal", "load_percent": 35.0}, "ok", "normal"),
        ({"status": "on_battery", "on_battery": True, "battery_status": "normal"}, "bad", "on_battery"),
        ({"status": "on_battery", "on_battery": True, "battery_status": "low"}, "bad", "battery_low"),
        ({"status": "online", "replace_battery": True}, "bad", "replace_battery"),
        ({"status": "online", "load_percent": 104.0}, "bad", "overload"),
        ({"status": "bypass", "on_battery": False}, "bad", "on_bypass"),
        ({"status": "off"}, "bad", "output_off"),
        ({"status": "boost", "battery_status": "unknown"}, "ok", "normal"),
        ({"status": "unknown", "battery_status": "unknown"}, "unknown", "not_told"),
        ({"runtime_s": 1200.0}, "unknown", "not_told"),
    ],
)
def test_it_judges_a_ups(ups: Facts, state: str, code: str) -> None:
    found = ups_verdict(ups)
    assert (found.state, found.code) == (state, code)


@pytest.mark.parametrize(
    ("pbx", "state", "code"),
    [
        ({"registrations": 8, "registrations_failed": 1}, "ok", "normal"),
        ({"registrations": 0, "registrations_failed": 4}, "bad", "not_registered"),
        ({"registrations": 0, "registrations_failed": 0}, "ok", "normal"),
        ({"trunks": 2, "trunks_up": 1}, "bad", "trunk_down"),
        ({"status": "failed"}, "bad", "fault"),
        ({"active_calls": 3}, "unknown", "not_told"),
        ({}, "unknown", "not_told"),
    ],
)
def test_it_judges_a_telephone_system(pbx: Facts, state: str, code: str) -> None:
    found = pbx_verdict(pbx)
    assert (found.state, found.code) == (state, code)


def test_it_calls_a_device_bad_that_calls_a_part_bad() -> None:
    parts: list[Sensor | Disk] = [
        Sensor("Fan", "fan", 0.0, "rpm", "failed", State.BAD),
        Disk("Disk 1", "normal", State.OK),
    ]
    found = device_verdict(parts, {}, {})
    assert (found.state, found.reason.ja) == ("bad", "異常: Fan (failed)")


def test_it_names_five_parts_and_counts_the_rest() -> None:
    parts = [Disk(f"Disk {number}", "crashed", State.BAD) for number in range(7)]
    assert device_verdict(parts, {}, {}).reason.en.endswith("Disk 4 (crashed) +2")


def test_it_takes_over_the_verdict_on_the_ups() -> None:
    assert device_verdict([], {"status": "bypass"}, {}).code == "on_bypass"


def test_it_does_not_take_an_unknown_part_for_a_bad_one() -> None:
    assert device_verdict([Disk("Disk 1", "code 9", State.UNKNOWN)], {}, {}).state == "ok"


def test_it_does_not_call_a_silent_device_bad() -> None:
    assert lost("no route").state == "unknown"
    assert part_verdict("degraded", State.BAD).reason.en == "the device says: degraded"
