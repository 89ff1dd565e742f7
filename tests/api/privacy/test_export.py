"""All that is held about a contract: that all of it is there, and nothing that opens something or is another's."""

import csv
import io
import json
import re
import tracemalloc
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from api.audit.actor import SERVICE
from api.audit.log import record
from api.influx.engine import EngineUnavailable
from api.influx.registry import create_engine
from api.models import Base, Contract, Disclosure, Software
from api.models.base import utc_now
from api.privacy.export import export
from api.privacy.tables import SECRETS, tables
from api.privacy.zipstream import ZipStream
from tests.api.privacy.conftest import REPORT, World


def zipped(world: World) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(export(world.holdings, world.contract, utc_now()))))


def contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def table(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[f"tables/{name}.json"])


def test_it_holds_every_value_of_every_table_and_no_secret_and_nothing_of_another(world: World) -> None:
    files = contents(zipped(world))
    everything = b"\n".join([*files.values(), *(name.encode() for name in files)])
    for mark, column in world.ours.marks.items():
        if column in SECRETS:
            assert mark.encode() not in everything, column
            assert b64encode(mark.encode()) not in everything, column
            assert mark.encode().hex().encode() not in everything, column
        else:
            assert mark.encode() in everything, column
    for mark, column in world.theirs.marks.items():
        assert mark.encode() not in everything, column
    assert world.theirs.office.contract.encode() not in everything
    assert "鈴木医院".encode() not in everything


def test_json_and_csv_hold_the_same_rows_of_every_table(world: World) -> None:
    files = contents(zipped(world))
    for each in tables():
        found = table(files, each.name)
        text = files[f"tables/{each.name}.csv"].decode()
        assert text.startswith("\ufeff")
        head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
        assert len(rows) == len(found)
        if found:
            assert head == list(found[0])
        assert f"{each.name}.json" in files["README.ja.txt"].decode()
        assert f"{each.name}.json" in files["README.en.txt"].decode()


def test_it_holds_points_of_all_times_reports_and_what_grafana_held(world: World) -> None:
    where = world.holdings.config.report_dir / "grafana" / "karte-20261101"
    (where / "dashboards").mkdir(parents=True)
    (where / "dashboards" / "one.json").write_text('{"title": "機器"}', encoding="utf-8")
    with world.database.writing.begin() as session:
        org = Base.metadata.tables["grafana_org"]
        session.execute(
            update(org).where(org.c.contract_id == world.ours.rows["contract"]).values(exported_to=str(where))
        )
    files = contents(zipped(world))
    for folder in ("measured", "hourly"):
        rows = list(csv.DictReader(io.StringIO(files[f"{folder}/cpu.csv"].decode("utf-8-sig"))))
        assert len(rows) == 6
        assert {row["contract"] for row in rows} == {world.contract}
        assert sorted(row["usage_idle"] for row in rows) == ["90", "90", "90", "90", "91", "96"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows[0]["time"])
        interface = list(csv.DictReader(io.StringIO(files[f"{folder}/network_interface.csv"].decode("utf-8-sig"))))
        assert {row["alias"] for row in interface} == {f"'=cmd of {world.contract}"}
    (report,) = [content for name, content in files.items() if name.startswith("reports/")]
    assert report == REPORT + world.contract.encode()
    assert json.loads(files["grafana/dashboards/one.json"]) == {"title": "機器"}


def test_the_audit_log_of_the_contract_is_part_of_it_but_no_disclosure_that_is_secret(world: World) -> None:
    with world.database.writing.begin() as session:
        record(session, SERVICE, "contract.suspend", at=utc_now(), contract=world.contract)
        record(session, SERVICE, "contract.resume", at=utc_now(), contract=world.theirs.office.contract)
        session.execute(
            insert(Disclosure).values(
                public_id="di-hidden",
                contract_id=world.ours.rows["contract"],
                disclosed_on=utc_now().date(),
                authority="secret authority",
                legal_ground="-",
                handed_over="-",
                is_secret=True,
                recorded_by="boss",
            )
        )
    files = contents(zipped(world))
    assert [each["action"] for each in table(files, "audit_entry")] == ["contract.suspend"]
    assert len(table(files, "disclosure")) == 1
    assert b"secret authority" not in b"".join(files.values())
    assert b"di-hidden" not in b"".join(files.values())


def test_a_place_that_is_away_is_told_before_anything_is_given(world: World) -> None:
    away = create_engine(replace(world.holdings.config, influx_url="http://127.0.0.1:9"))
    with pytest.raises(EngineUnavailable):
        next(export(replace(world.holdings, engine=away), world.contract, utc_now()))


def test_one_that_breaks_off_does_not_open(world: World) -> None:
    parts = export(world.holdings, world.contract, utc_now())
    half = b"".join([next(parts) for _ in range(20)])
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(half))


def add_software(session: Session, world: World, count: int) -> None:
    base = {
        "contract_id": world.ours.rows["contract"],
        "device_id": world.ours.rows["device"],
        "publisher": "p" * 150,
        "version": "1",
        "arch": "",
        "source": "",
        "scope": "machine",
        "since": utc_now(),
    }
    known = {column.name for column in Software.__table__.columns}
    rows = [
        {**base, "key_hash": f"{number:064d}", "name": f"product {number} " + "x" * 100, "folded": f"product {number}"}
        for number in range(count)
    ]
    session.execute(insert(Software), [{k: v for k, v in row.items() if k in known} for row in rows])


def test_memory_stays_flat(world: World) -> None:
    def peak() -> int:
        tracemalloc.start()
        for part in export(world.holdings, world.contract, utc_now()):
            assert len(part) < 2_000_000
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak()
    with world.database.writing.begin() as session:
        add_software(session, world, 2_000)
    few = peak()
    with world.database.writing.begin() as session:
        session.execute(delete(Software))
        add_software(session, world, 20_000)
    assert peak() < 2 * few


def test_a_zip_file_is_made_in_pieces() -> None:
    made = ZipStream(utc_now())
    waiting = iter([b"a" * 1000, b"b" * 1000])

    def parts() -> Iterator[bytes]:
        yield next(waiting)
        yield next(waiting)

    pieces = [*made.file("名前.txt", parts()), *made.file("empty", []), *made.end()]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.namelist() == ["名前.txt", "empty"]
    assert archive.read("名前.txt") == b"a" * 1000 + b"b" * 1000


def test_it_is_of_the_contract_that_was_asked_for(world: World) -> None:
    (found,) = table(contents(zipped(world)), "contract")
    assert found["public_id"] == world.contract
    with world.database.reading() as session:
        assert found["name"] == session.scalar(select(Contract.name).where(Contract.public_id == world.contract))
