"""What the analysis reads of a real engine's hourly rollup, and what it makes of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import numpy as np
import pytest

from api.analysis.devices.analyse import analyse
from api.analysis.devices.read import DeviceData, read_devices
from api.analysis.devices.tree import DeviceAnalysis, Metric, Risk, Use
from api.analysis.tree import Subject
from api.config import Config
from api.display.tokyo import TOKYO
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.readings.hours import SplicedReader
from api.readings.scope import Scope, Window
from collectors.inputs.smart.drive import Kind
from collectors.point import Point
from tests.bench.crowd import rolled_of

START, END = datetime(2026, 11, 1, tzinfo=TOKYO), datetime(2026, 12, 1, tzinfo=TOKYO)
PAST = START - timedelta(weeks=5)
HOUR = timedelta(hours=1)
HOURS = "karte_devices_1h"
_HOT = datetime(2026, 11, 18, 9, tzinfo=TOKYO)

SERVER = Subject("d-server", "SV-1", "server")
PC = Subject("d-pc", "PC-1", "pc")


def _point(name: str, device: str, at: datetime, fields: dict[str, object], **tags: str) -> Point:
    stamp = {"contract": "c-1", "site": "s-1", "device": device, "host": device}
    return Point(name, {**stamp, **tags}, fields, int(at.timestamp()) * 10**9)  # type: ignore[arg-type]


def _hours() -> Iterator[Point]:
    """A server that is busy and hot for a day, whose disk fills; a PC that does nothing in office hours."""
    for place in range(int((END - PAST) / HOUR)):
        at = PAST + place * HOUR
        busy = _HOT <= at < _HOT + 20 * HOUR
        used = int(5e11 + 4e9 * place / 24)
        yield _point("cpu", SERVER.id, at, {"usage_idle": 5.0 if busy else 80.0}, cpu="cpu-total")
        yield _point("cpu", SERVER.id, at, {"usage_idle": 0.0}, cpu="cpu0")
        yield _point("mem", SERVER.id, at, {"used_percent": 50.0, "total": 32 * 2**30})
        for sensor, celsius in (("core", 70.0 if busy else 40.0), ("board", 30.0), ("loose", 127.5)):
            yield _point("temp", SERVER.id, at, {"temp": celsius}, chip="c", sensor=sensor)
        disk = {"used": used, "free": 10**12 - used, "total": 10**12, "used_percent": used / 1e10}
        yield _point("disk", SERVER.id, at, dict(disk), path="/srv", fstype="ext4", mode="rw", block_device="sda1")
        if at.weekday() < 5 and 9 <= at.hour < 18:
            yield _point("cpu", PC.id, at, {"usage_idle": 98.0}, cpu="cpu-total")
            yield _point("mem", PC.id, at, {"used_percent": 30.0, "total": 16 * 2**30})


def _drives() -> Iterator[Point]:
    """A drive that fails, one that changes its name, one that took another's place, and what Windows tells."""
    for day in range((END - PAST).days):
        at = PAST + timedelta(days=day, hours=12)
        bad = max(0, day - 50) * 2
        drives = [("sda", "S-BAD", bad), ("sdb" if day < 20 else "sdc", "S-MOVED", 0)]
        drives.append(("sdd", "S-OLD", 3) if day < 15 else ("sdd", "S-NEW", 0))
        for name, serial, count in drives:
            fields: dict[str, object] = {
                **{"access": "ok", "kind": "hdd", "state": "ok", "reason": "", "health_ok": True, "temp_c": 36},
                **{"reallocated_sectors_count": count, "pending_sector_count": 0, "power_on_hours": 50_000 + 24 * day},
            }
            tags = {"block_device": name, "serial_no": serial, "model": "M", "enabled": "Enabled"}
            yield _point("smart_device", SERVER.id, at, fields, **tags)
        windows: dict[str, object] = {"read_errors": 0, "write_errors": 0, "wear_percent": 12.0, "media_type": "SSD"}
        yield _point("physical_disk", PC.id, at, {**windows, "serial_no": "W1", "temp_c": 30.0}, disk="0", model="M")
        yield _point("physical_disk", SERVER.id, at, {**windows, "serial_no": "S-BAD"}, disk="0", model="M")


@pytest.fixture(scope="module")
def reader(influxd: Influxd) -> SplicedReader:
    engine = create_engine(Config("", "", influx_url=influxd.url))
    engine.ensure_database(HOURS, timedelta(days=36_500))
    stranger = _point("mem", "d-x", START, {"used_percent": 1.0})
    other = Point(stranger.measurement, {**stranger.tags, "contract": "c-2"}, stranger.fields, stranger.time_ns)
    points = sorted([*_hours(), *_drives(), other], key=lambda point: point.time_ns or 0)
    assert engine.write(HOURS, rolled_of(points).encode(), "s").status == 204
    return SplicedReader(engine, "none", Scope("c-1", Window(START, END)), HOURS, END, END)


@pytest.fixture(scope="module")
def data(reader: SplicedReader) -> DeviceData:
    return read_devices(reader)


@pytest.fixture(scope="module")
def analysis(data: DeviceData) -> DeviceAnalysis:
    return analyse(data, (SERVER, PC))


def test_it_reads_hours_with_the_past_before_them(data: DeviceData) -> None:
    server, pc = data.loads[SERVER.id], data.loads[PC.id]

    assert list(data.loads) == [PC.id, SERVER.id]
    assert len(server.cpu.values) == 84 * 24 + 30 * 24
    assert server.memory_bytes == 32 * 2**30
    first = int(np.flatnonzero(server.cpu.told)[0])
    assert server.cpu.at(first) == PAST
    assert np.nanmax(server.cpu.values) == 95
    assert np.nanmin(server.cpu.values) == 20
    assert int(pc.cpu.told.sum()) == sum(
        9 for day in range((END - PAST).days) if (PAST + timedelta(days=day)).weekday() < 5
    )
    assert np.nanmax(data.temperature[SERVER.id].values) == 70
    assert PC.id not in data.temperature


def test_it_knows_drives_by_their_serial_numbers(data: DeviceData) -> None:
    found = {(each.device, each.name, each.serial): each for each in data.drives}

    assert set(found) == {
        (SERVER.id, "sda", "S-BAD"),
        (SERVER.id, "sdc", "S-MOVED"),
        (SERVER.id, "sdd", "S-OLD"),
        (SERVER.id, "sdd", "S-NEW"),
        (PC.id, "0", "W1"),
    }
    moved = found[SERVER.id, "sdc", "S-MOVED"]
    assert (moved.span, moved.kind) == (64, Kind.HDD)
    assert moved.today.power_on_hours == 50_000 + 24 * 64
    assert found[PC.id, "0", "W1"].kind is Kind.SSD


def test_it_tells_what_there_is(analysis: DeviceAnalysis) -> None:
    risks = {each.serial: each.risk for each in analysis.drives}
    assert risks == {"S-BAD": Risk.HIGH, "S-MOVED": Risk.LOW, "S-NEW": Risk.LOW, "W1": Risk.LOW}
    assert {(each.metric, each.hours) for each in analysis.unusual} == {(Metric.CPU, 20), (Metric.TEMPERATURE, 20)}
    assert {each.subject.id: each.use for each in analysis.usage} == {SERVER.id: Use.ORDINARY, PC.id: Use.IDLE}
    urgent = analysis.capacity[0]
    assert (urgent.subject, urgent.part) == (SERVER, "/srv")
    assert urgent.percent == pytest.approx(76, abs=0.5)
    assert urgent.act_in is not None
    assert analysis.not_compared == ()
    assert (analysis.start, analysis.end) == (START, END)


def test_the_same_data_give_the_same_plain_values(data: DeviceData, analysis: DeviceAnalysis) -> None:
    frozen = msgspec.json.encode(analysis, order="deterministic")

    assert frozen == msgspec.json.encode(analyse(data, (SERVER, PC)), order="deterministic")
    assert msgspec.json.decode(frozen, type=DeviceAnalysis) == analysis


def test_hours_that_are_not_rolled_up_are_left_for_later(reader: SplicedReader) -> None:
    until = END - timedelta(days=10, minutes=-20)
    early = replace(reader, rolled_until=until)

    found = analyse(read_devices(early), (SERVER, PC))

    assert found.end == until.replace(minute=0)
    assert {each.serial for each in found.drives if each.risk is Risk.CANNOT_TELL} == set()


def test_a_contract_without_data_is_told_so(reader: SplicedReader) -> None:
    nobody = replace(reader, scope=replace(reader.scope, contract="c-0"))

    found = analyse(read_devices(nobody), (SERVER, PC))

    assert (found.drives, found.unusual, found.capacity, found.moves) == ((), (), (), ())
    assert {each.use for each in found.usage} == {Use.CANNOT_TELL}
    assert all("データがありません" in each.text.ja for each in found.usage)


def test_a_young_contract_is_not_compared(reader: SplicedReader) -> None:
    first = Window(PAST, PAST + timedelta(days=20))
    young = replace(reader, scope=replace(reader.scope, window=first))

    found = analyse(read_devices(young), (SERVER, PC))

    assert {(each.subject.id, each.metrics) for each in found.not_compared} == {
        (SERVER.id, (Metric.CPU, Metric.MEMORY, Metric.TEMPERATURE)),
        (PC.id, (Metric.CPU, Metric.MEMORY)),
    }


def test_a_long_period_is_cut_to_its_last_quarter(reader: SplicedReader) -> None:
    year = Window(END - timedelta(days=365), END)

    found = read_devices(replace(reader, scope=replace(reader.scope, window=year)))

    assert found.window == Window(END - timedelta(days=92), END)
