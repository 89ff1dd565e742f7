"""The anonymised export of simulated offices in a real engine: that nobody can be found in any byte of it."""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from api.config import Config
from api.db import Database, open_database
from api.demo.calendar import at
from api.demo.cast import MACHINES
from api.demo.history import equipment_points, machine_points
from api.demo.office import Office as Simulated
from api.influx.engine import Engine, EngineUnavailable
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Contract, ContractEvent, Device, DeviceKind, Site
from api.privacy.anonymous.export import Order, TooFew, export, read_people, unknown
from api.privacy.anonymous.pseudonyms import Pseudonyms
from api.privacy.anonymous.suppress import ANY
from api.privacy.anonymous.writing import write_files
from api.readings.scope import Window
from collectors.catalogue import measurements
from collectors.declaration import PersonalData
from collectors.point import Point
from tests.api.office import Office, make_office

NOW = datetime.fromtimestamp(at(date(2026, 11, 18), 14, 0), UTC)
HOURS = 7
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
PLACES = ("13", "13", "14", "27")
NAMES = ("山田商事", "鈴木医院", "佐藤会計", "高橋工務店")


@dataclass
class Town:
    """Four offices. Three have the same equipment; the fourth has a drive and a system that nobody else has.

    Attributes:
        secrets: text -> where it comes from; none of it may leave.
    """

    database: Database
    engine: Engine
    name: str
    offices: list[Office]
    secrets: dict[str, str]

    def order(self, **changes: object) -> Order:
        window = Window(NOW - timedelta(hours=HOURS), NOW)
        made = Order(self.name, True, window, (), 3, KEY, is_key_kept=False, is_linked=False)
        return replace(made, **changes)  # type: ignore[arg-type]  # of the fields' types

    def files(self, **changes: object) -> dict[str, bytes]:
        return {file.name: b"".join(file.parts) for file in export(self.database, self.engine, self.order(**changes))}


def points_of(office: Simulated) -> Iterator[tuple[str, Point]]:
    until = int(NOW.timestamp())
    for machine in MACHINES:
        for point in machine_points(office, machine, until - HOURS * 3600, until):
            yield machine.key, point
    for point in equipment_points(office, "probe-host", until - HOURS * 3600, until):
        yield "probe", point


def stamped(point: Point, office: Office, device: str, number: int) -> Point:
    tags = {**point.tags, "contract": office.contract, "site": office.site, "device": device}
    tags.setdefault("host", f"host-{number}")
    if number == 3 and "model" in tags:
        tags["model"] = "Takahashi Special 1"
    return Point(point.measurement, tags, point.fields, point.time_ns)


def personal(point: Point) -> Iterator[tuple[str, str]]:
    declared = measurements()[point.measurement]
    classes = {each.name: each.personal for each in declared.tags} | {f.name: f.personal for f in declared.fields}
    for name, value in {**point.tags, **point.fields}.items():
        is_personal = classes.get(name, PersonalData.DEVICE) is not PersonalData.NONE
        if is_personal and isinstance(value, str) and len(value) >= 4:
            yield value, f"{point.measurement}.{name}"


@pytest.fixture(scope="module")
def town(influxd: Influxd, schema_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    path = tmp_path_factory.mktemp("town") / "karte.db"
    path.write_bytes(schema_file.read_bytes())
    database = open_database(f"sqlite:///{path}")
    engine = create_engine(Config("sqlite://", "x", influx_url=influxd.url))
    name = "karte_town"
    engine.ensure_database(name, timedelta(days=36_500))
    made = Town(database, engine, name, [], {})
    for number, customer in enumerate(NAMES):
        office = make_office(database, customer)
        made.offices.append(office)
        office.add_devices(50)
        made.secrets |= {office.contract: "contract", office.site: "site", customer: "customer"}
        devices: dict[str, str] = {}
        lines = []
        for key, point in points_of(Simulated(int(NOW.timestamp()), seed=1)):
            if key not in devices:
                kind = DeviceKind.PROBE if key == "probe" else DeviceKind.PC
                devices[key] = office.enrol(f"{key}-{number}", kind).device
                made.secrets |= {devices[key]: "device", f"host-{key}-{number}": "host name"}
            out = stamped(point, office, devices[key], number)
            made.secrets |= dict(personal(out))
            lines.append(out.to_line())
        for start in range(0, len(lines), 5000):
            assert engine.write(name, "\n".join(lines[start : start + 5000]).encode(), "ns").status == 204
        with database.writing.begin() as session:
            session.execute(update(Site).where(Site.public_id == office.site).values(prefecture=PLACES[number]))
            os = "Takahashi OS 1" if number == 3 else "Windows 11 Pro"
            mine = select(Contract.id).where(Contract.public_id == office.contract).scalar_subquery()
            session.execute(update(Device).where(Device.contract_id == mine).values(os=os))
    yield made
    database.close()


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture(scope="module")
def files(town: Town) -> dict[str, bytes]:
    return town.files()


def test_no_original_occurs_in_any_byte(town: Town, files: dict[str, bytes]) -> None:
    everything = b"\n".join([*files.values(), *(name.encode() for name in files)])
    assert len(town.secrets) > 60
    kinds = {where.rpartition(".")[2] for where in town.secrets.values()}
    assert {"host", "mac", "ip", "serial", "serial_no", "name", "target", "contract", "device"} <= kinds
    for text, where in town.secrets.items():
        assert text.encode() not in everything, where
    assert b"Takahashi" not in everything
    assert KEY not in everything
    assert re.search(rb"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}", everything) is None
    assert re.search(rb"(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}", everything) is None


def test_there_is_something_to_analyse(files: dict[str, bytes]) -> None:
    cpu = table(files["cpu.csv"])
    assert len(cpu) > 100
    assert {row["cpu"] for row in cpu} == {"cpu-total"}
    assert all(0 <= float(row["usage_idle"]) <= 100 for row in cpu)
    drives = table(files["smart_device.csv"]) if "smart_device.csv" in files else table(files["physical_disk.csv"])
    assert any(row["model"] not in ("", ANY) for row in drives)
    assert {"device_kind", "prefecture", "device_os"} <= set(cpu[0])


def test_each_combination_of_traits_is_shared_by_k_contracts(town: Town, files: dict[str, bytes]) -> None:
    traits = ("device_kind", "prefecture", "device_os", "product", "active_product", "model", "os_name", "os_version")
    count = 0
    for name, content in files.items():
        if not name.endswith(".csv"):
            continue
        shared: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        words: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for row in table(content):
            shared[tuple(row[trait] for trait in traits if trait in row)].add(row["contract"])
            for column in ("state", "status", "reason_code", "type", "kind", "mode"):
                if column in row and row[column] != ANY:
                    words[column, row[column]].add(row["contract"])
        for combination, contracts in (*shared.items(), *words.items()):
            count += 1
            assert len(contracts) >= 3, (name, combination)
    assert count > 50


def test_less_is_told_where_fewer_are_alike(files: dict[str, bytes]) -> None:
    rows = table(files["cpu.csv"])
    # Tokyo twice, Kanagawa and Osaka once: three offices are in Kanto, and the fourth with its own system is nowhere.
    assert {row["prefecture"] for row in rows} == {"Kanto"}
    assert {row["device_os"] for row in rows} == {"Windows 11 Pro"}
    assert len({row["contract"] for row in rows}) == 3
    said = json.loads(files["report.json"])["measurements"]["cpu"]
    assert said["contracts"] == 4
    assert said["rows"] == len(rows)
    assert said["rows_generalised"] == len(rows)
    assert said["rows_suppressed"] > 0


def test_times_are_whole_hours(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith(".csv"):
            assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00Z", row["time"]) for row in table(content))


def test_a_device_has_one_name_in_a_file_and_another_in_the_next(files: dict[str, bytes], town: Town) -> None:
    cpu, mem = ({row["device"] for row in table(files[name])} for name in ("cpu.csv", "mem.csv"))
    assert len(cpu) % 3 == 0  # three offices of the same machines, some of which are off
    assert len(cpu) >= 15
    assert cpu.isdisjoint(mem)
    linked = town.files(is_linked=True, names=("cpu", "mem"))
    cpu, mem = ({row["device"] for row in table(linked[name])} for name in ("cpu.csv", "mem.csv"))
    assert cpu == mem


def test_the_same_key_gives_the_same_names_and_another_key_others(town: Town) -> None:
    names = ("cpu",)
    first, again = (table(town.files(names=names)["cpu.csv"]) for _ in range(2))
    other = table(town.files(names=names, key=OTHER_KEY)["cpu.csv"])
    for column in ("contract", "site", "device", "series"):
        assert {row[column] for row in first} == {row[column] for row in again}
        assert {row[column] for row in first}.isdisjoint({row[column] for row in other})
    assert {row["contract"] for row in first} <= {
        Pseudonyms(KEY).of("contract", office.contract, "cpu") for office in town.offices
    }


def test_it_says_what_was_dropped_and_why(files: dict[str, bytes]) -> None:
    said = json.loads(files["report.json"])
    assert (said["k"], said["times"], said["key_kept"]) == (3, "hour", False)
    dropped = {each["name"]: each["why"] for each in said["measurements"]["network_device"]["dropped"]}
    assert "person" in dropped["location"]
    assert "machine" in dropped["serial"]
    assert "free text" in dropped["reason"]
    for lang in ("ja", "en"):
        assert "network_device" in files[f"report.{lang}.txt"].decode("utf-8-sig")


def test_with_fewer_contracts_than_k_nothing_leaves(town: Town) -> None:
    with pytest.raises(TooFew):
        next(export(town.database, town.engine, town.order(k=5)))


def test_what_has_ended_does_not_leave(database: Database, office: Office, other_office: Office) -> None:
    ended, running = office.enrol("one").device, other_office.enrol("two").device
    office.apply(ContractEvent.TERMINATE, "解約")
    with database.reading() as session:
        people = read_people(session)
    assert people.contracts == {other_office.contract}
    assert ended not in people.machines
    assert people.machines[running].prefecture == "13"


def test_points_of_whom_nobody_knows_do_not_leave(town: Town) -> None:
    line = "cpu,contract=c-erased,device=d-erased,cpu=cpu-total usage_idle=1"
    assert town.engine.write(town.name, f"{line} {int(NOW.timestamp()) - 60}".encode(), "s").status == 204
    said = json.loads(town.files(names=("cpu",))["report.json"])
    assert said["measurements"]["cpu"]["contracts"] == 4


def test_it_is_written_whole_or_not_at_all(town: Town, tmp_path: Path) -> None:
    wanted = town.order(names=("cpu",))
    write_files(tmp_path / "out", export(town.database, town.engine, wanted), NOW)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "cpu.csv",
        "report.en.txt",
        "report.ja.txt",
        "report.json",
    ]
    with pytest.raises(FileExistsError):
        write_files(tmp_path / "out", export(town.database, town.engine, wanted), NOW)
    write_files(tmp_path / "out.zip", export(town.database, town.engine, wanted), NOW)
    away = create_engine(Config("sqlite://", "x", influx_url="http://127.0.0.1:9"))
    for output in (tmp_path / "half", tmp_path / "half.zip"):
        with pytest.raises(EngineUnavailable):
            write_files(output, export(town.database, away, wanted), NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.zip"]


def test_a_measurement_that_there_is_not_is_named() -> None:
    assert unknown(["cpu", "gpu"]) == ["gpu"]
