from datetime import timedelta

from api.readings.contract import read_contract
from collectors.verdict import State
from tests.api.readings.conftest import ReaderOf
from tests.api.readings.stored import NOW, Fields, Store, pc, point, verdict


def test_it_reads_the_newest_values_of_a_device(store: Store, reader_of: ReaderOf) -> None:
    store.put("c-1", "d-1", [*pc(timedelta(hours=1), idle=3.0), *pc()])

    device = read_contract(reader_of("c-1")).devices["d-1"]

    assert device.last_seen == NOW - timedelta(minutes=1)
    assert device.cpu_percent == 12.0
    assert (device.memory_percent, device.memory_bytes) == (41.5, 17_179_869_184)
    assert [(disk.path, disk.used_percent, disk.free_bytes) for disk in device.disks] == [("C:", 61.2, 33_700_000_000)]
    assert device.temperature is not None
    assert (device.temperature.sensor, device.temperature.celsius) == ("package", 52.0)
    assert [(check.name, check.state, check.reason.en) for check in device.checks] == [("antivirus", State.OK, "on")]
    assert device.failures == ()


def test_it_never_mixes_contracts(store: Store, reader_of: ReaderOf) -> None:
    store.put("c-1", "d-1", pc())
    store.put("c-2", "d-2", pc(idle=1.0))

    assert set(read_contract(reader_of("c-1")).devices) == {"d-1"}
    assert set(read_contract(reader_of("c-2")).devices) == {"d-2"}
    assert read_contract(reader_of("c-3")).devices == {}


def test_it_leaves_unknown_what_was_not_measured(store: Store, reader_of: ReaderOf) -> None:
    store.put("c-1", "d-1", [point("disk", {"used_percent": 50.0}, {"path": "/"})])

    device = read_contract(reader_of("c-1")).devices["d-1"]

    assert (device.cpu_percent, device.memory_percent, device.temperature) == (None, None, None)
    assert device.disks[0].free_bytes is None


def test_it_drops_a_part_that_its_device_no_longer_tells_of(store: Store, reader_of: ReaderOf) -> None:
    gone = point("disk", {"used_percent": 10.0}, {"path": "E:"}, timedelta(days=2))
    store.put("c-1", "d-1", [*pc(), gone])

    assert [disk.path for disk in read_contract(reader_of("c-1")).devices["d-1"].disks] == ["C:"]


def test_it_keeps_the_last_values_of_a_silent_device_with_their_time(store: Store, reader_of: ReaderOf) -> None:
    store.put("c-1", "d-1", pc(timedelta(days=6)))

    device = read_contract(reader_of("c-1")).devices["d-1"]

    assert device.last_seen == NOW - timedelta(days=6)
    assert device.cpu_percent == 12.0


def test_it_tells_the_inputs_whose_last_run_failed(store: Store, reader_of: ReaderOf) -> None:
    failed: Fields = {
        "ok": False,
        "outcome": "failed",
        "error_class": "NoPermission",
        "error": "smartctl: permission denied",
    }
    store.put(
        "c-1",
        "d-1",
        [
            point("collector_run", failed, {"input": "smart"}),
            point("collector_run", failed, {"input": "temp"}, timedelta(hours=2)),
            point("collector_run", {"ok": True, "outcome": "ok"}, {"input": "temp"}),
            point("collector_run", {"outcome": "unavailable", "error": "not on Linux"}, {"input": "patches"}),
        ],
    )

    failures = read_contract(reader_of("c-1")).devices["d-1"].failures

    assert [(each.input, each.error, each.message) for each in failures] == [
        ("smart", "NoPermission", "smartctl: permission denied")
    ]


def test_it_takes_a_verdict_it_does_not_know_for_unknown(store: Store, reader_of: ReaderOf) -> None:
    odd = {**verdict("ok", "理由", "reason"), "state": "splendid"}
    store.put("c-1", "d-1", [point("antivirus", odd)])

    assert read_contract(reader_of("c-1")).devices["d-1"].checks[0].state is State.UNKNOWN
