from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.readings.check import Check
from api.readings.condition import Health, device_condition, sender_condition
from api.readings.device import DeviceReading, Disk, Temperature
from api.readings.drive import Drive
from collectors.inputs.smart.rules import Level
from collectors.text import Text
from collectors.verdict import State
from tests.api.readings.stored import NOW

SILENT_AFTER = timedelta(minutes=15)


def _reading(**values: object) -> DeviceReading:
    return DeviceReading(device="d-1", last_seen=NOW, **values)  # type: ignore[arg-type]


def _health(reading: DeviceReading | None) -> Health:
    return device_condition(reading, NOW, SILENT_AFTER).health


def test_a_device_of_which_nothing_is_known_is_unknown_and_not_fine() -> None:
    assert _health(None) is Health.UNKNOWN
    assert _health(_reading()) is Health.UNKNOWN


def test_an_idle_processor_is_a_measured_one() -> None:
    assert _health(_reading(cpu_percent=0.0)) is Health.FINE


def test_a_silent_device_says_since_when() -> None:
    condition = device_condition(_reading(cpu_percent=5.0), NOW + timedelta(days=3), SILENT_AFTER)

    assert condition.health is Health.SILENT
    assert condition.reasons[0].ja == "2026年11月23日 17:35から応答なし（3日）"


@pytest.mark.parametrize(
    "bad",
    [
        _reading(disks=(Disk("C:", 90.0, 1, 10),)),
        _reading(memory_percent=97.0),
        _reading(temperature=Temperature("package", 95.0)),
        _reading(drives=(Drive("sda", "", Level.WARNING, Text("", ""), None, None, None),)),
        _reading(drives=(Drive("sda", "", Level.FAILING, Text("", ""), None, None, None),)),
        _reading(checks=(Check("antivirus", Text("", ""), State.BAD, Text("", "")),)),
    ],
)
def test_it_needs_attention(bad: DeviceReading) -> None:
    assert _health(bad) is Health.ATTENTION


def test_what_cannot_be_told_is_not_bad() -> None:
    unknown = Check("antivirus", Text("", ""), State.UNKNOWN, Text("", ""))
    drive = Drive("sda", "", Level.UNKNOWN, Text("", ""), None, None, None)

    disk = Disk("D:", None, None, None)

    assert _health(_reading(cpu_percent=1.0, checks=(unknown,), drives=(drive,), disks=(disk,))) is Health.FINE


def test_a_probe_needs_only_to_send() -> None:
    assert sender_condition(_reading(), NOW, SILENT_AFTER).health is Health.FINE
    assert sender_condition(_reading(), NOW + SILENT_AFTER, SILENT_AFTER).health is Health.SILENT
    assert sender_condition(None, NOW, SILENT_AFTER).health is Health.UNKNOWN


@given(st.floats(0, 100))
def test_it_judges_a_disk_by_one_limit(used: float) -> None:
    assert (_health(_reading(disks=(Disk("C:", used, None, None),))) is Health.ATTENTION) == (used >= 90.0)
