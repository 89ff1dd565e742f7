import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors import catalogue
from collectors.input import BadOutput, NothingToReport, Recording
from collectors.inputs.smart import declaration
from collectors.inputs.smart.declaration import INPUT, parse
from collectors.point import to_lines

DOCUMENT: dict[str, Any] = {
    "smartctl": {"argv": ["smartctl", "-x", "/dev/sda"], "exit_status": 0, "messages": [{"string": "x"}]},
    "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
    "device_type": {"name": "disk"},
    "model_name": "EXAMPLE",
    "serial_number": "S",
    "wwn": {"naa": 5, "oui": 1, "id": 2},
    "user_capacity": {"bytes": 10},
    "rotation_rate": 7200,
    "smart_support": {"available": True, "enabled": True},
    "smart_status": {"passed": True, "scsi": {"asc": 0, "ascq": 0}},
    "temperature": {"current": 30, "op_limit_max": 60},
    "power_on_time": {"hours": 10},
    "power_cycle_count": 3,
    "ata_smart_attributes": {
        "table": [
            {"id": 5, "name": "Reallocated_Sector_Ct", "value": 1, "worst": 1, "thresh": 1, "when_failed": "",
             "flags": {"string": "PO--CK"}, "raw": {"value": 0, "string": "0"}},
        ]
    },
    "ata_smart_self_test_log": {"standard": {"table": [{"status": {"value": 0}}]}},
    "nvme_smart_health_information_log": {"critical_warning": 0, "available_spare": 100, "percentage_used": 1},
    "scsi_error_counter_log": {"read": {"total_uncorrected_errors": 0}},
}  # fmt: skip

_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}), st.just([None])
)


def _paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, child in items for each in _paths(child, (*path, key)))]


@settings(max_examples=300)
@given(st.sampled_from(_paths(DOCUMENT)[1:]), _VALUES)
def test_it_takes_any_value_anywhere(path: tuple[Any, ...], value: object) -> None:
    document = copy.deepcopy(DOCUMENT)
    parent: Any = document
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    points = parse(Recording(json.dumps(document).encode(), "x.json", 0))
    assert catalogue.problems(points) == []
    assert to_lines(points)


@given(st.text(max_size=300))
def test_it_takes_any_text_behind_the_banner(text: str) -> None:
    points = parse(Recording(f"smartctl 7.3 2022-02-28\n{text}".encode(errors="replace"), "x.txt", 0))
    assert catalogue.problems(points) == []


@given(st.binary(max_size=200))
def test_it_refuses_garbage_in_one_line(data: bytes) -> None:
    with pytest.raises(BadOutput, match=r"\A[^\n]+\Z"):
        parse(Recording(b"\xff" + data, "x", 0))


def test_it_refuses_what_is_nested_too_deep_or_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadOutput, match="damaged or cut off"):
        parse(Recording(b'{"smartctl":' + b"[" * 100_000, "x.json", 0))
    monkeypatch.setattr(declaration, "MAX_OUTPUT_BYTES", 100)
    with pytest.raises(BadOutput, match="more than"):
        parse(Recording(b"{" + b" " * 100, "x.json", 0))


def test_it_finds_nothing_in_an_empty_scan() -> None:
    with pytest.raises(NothingToReport):
        parse(Recording(b'{"smartctl": {}, "devices": []}', "x.json", 0))


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declaration, "find_program", lambda _name: None)
    availability = INPUT.available()
    assert not availability.ok
    assert "smartmontools" in availability.reason.ja
