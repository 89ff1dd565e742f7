"""Erasing a contract that has ended: all of it, nothing of another's, and resumable."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from api.archive.verify import verify as verify_archive
from api.audit.actor import Actor, ActorKind
from api.audit.log import record
from api.audit.log import verify as verify_log
from api.grafana.errors import GrafanaError
from api.grafana.setting import create_sync
from api.influx.engine import CannotDelete, EngineUnavailable
from api.influx.registry import create_engine
from api.models import AuditEntry, Base, Contract, Erasure
from api.models import ContractEvent as Event
from api.models.base import utc_now
from api.plaintext import InvalidText
from api.privacy import places as places_module
from api.privacy import stored
from api.privacy.certificate import hash_of, readable
from api.privacy.erase import Erased, ErasureRefused, check, due_at, erase
from api.privacy.kept import ERASED_NAME, KEPT
from api.privacy.places import ErasureStopped, InEngine, is_empty, places
from api.privacy.tables import BY_TEXT, Whose, rows_of, tables
from api.rollup.progress import Lease
from tests.api.archive.conftest import chain_of
from tests.api.grafana.server import PASSWORD as GRAFANA_PASSWORD
from tests.api.grafana.server import USER as GRAFANA_USER
from tests.api.grafana.server import World as GrafanaWorld
from tests.api.grafana.server import grafana
from tests.api.privacy.conftest import World

BOSS = Actor(ActorKind.STAFF, "u-boss", "boss")
DEMAND = "山田様の依頼（2026年11月1日の書面）"


def terminate(world: World) -> None:
    world.ours.office.apply(Event.TERMINATE, "解約")


def run(world: World, demand: str = DEMAND, progress: Callable[[str], None] = lambda _place: None) -> Erased:
    return erase(world.holdings, world.contract, BOSS, utc_now, demand, progress)


def counts(world: World, contract: str) -> dict[str, int]:
    with world.database.reading() as session:
        row = session.scalars(select(Contract.id).where(Contract.public_id == contract)).one()
        return {
            table.name: session.scalar(
                select(func.count()).select_from(table).where(rows_of(table, Whose(row, contract)))
            )
            or 0
            for table in tables()
        }


def test_only_what_has_ended_is_erased_and_not_before_its_time_unless_somebody_demands_it(world: World) -> None:
    with pytest.raises(ErasureRefused) as refused:
        run(world)
    assert refused.value.rule == "not_terminated"
    terminate(world)
    with pytest.raises(ErasureRefused) as refused:
        run(world, demand=" ")
    assert refused.value.rule == "retention"
    with pytest.raises(InvalidText):
        run(world, demand="x\u202ey")
    with world.database.reading() as session:
        assert session.scalars(select(Erasure)).all() == []
        contract = session.scalars(select(Contract).where(Contract.public_id == world.contract)).one()
    due = due_at(contract, 90)
    assert timedelta(days=90) <= due - contract.state_changed_at < timedelta(days=92)
    check(contract, 90, "", due)
    with pytest.raises(ErasureRefused):
        check(contract, 90, "", due - timedelta(seconds=1))


def test_nothing_is_left_of_it_anywhere_and_all_is_left_of_others(world: World) -> None:
    theirs = world.theirs.office.contract
    before, others = counts(world, world.contract), counts(world, theirs)
    points = {name: stored.series_of(world.engine, name, theirs) for name in databases(world)}
    files = sorted(world.holdings.cabinet.blobs.list(f"{theirs}/"))
    terminate(world)
    done = run(world)
    after = counts(world, world.contract)
    for table, rows in after.items():
        if table in KEPT:
            assert rows >= before[table], table
        else:
            assert rows == 0, table
            assert before[table] or table in ("report_draft",), table
    assert counts(world, theirs) == others
    assert {name: stored.series_of(world.engine, name, theirs) for name in databases(world)} == points
    assert sorted(world.holdings.cabinet.blobs.list(f"{theirs}/")) == files
    for name in databases(world):
        assert stored.series_of(world.engine, name, world.contract) == {}
        assert not any(
            stored.has_points(world.engine, name, each, world.contract)
            for each in stored.measurements(world.engine, name)
        )
    said = json.loads(done.certificate)
    assert said["erased"]["sql"]["device"] == before["device"]
    assert said["erased"]["influx"][databases(world)[0]] == {"cpu": 1, "network_interface": 1}
    assert said["erased"]["archive"]["files"] == 1
    assert all(is_empty(found) for found in said["left"].values())
    assert set(said["left"]) == {place.name for place in places(world.holdings, Whose(1, world.contract))}


def databases(world: World) -> tuple[str, str]:
    return world.holdings.raw.name, world.holdings.rollup.name


@pytest.mark.dialect("sqlite")
def test_no_text_of_the_customers_stays_in_the_files_of_the_database(world: World, tmp_path: Path) -> None:
    kept = {f"{name}.{column}" for name, each in KEPT.items() for column in columns_kept(name, each.blanked)}
    terminate(world)
    run(world)
    world.database.close()
    files = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("karte.db*")))
    for mark, column in world.ours.marks.items():
        assert (mark.encode() in files) == (column in kept), column
    for mark, column in world.theirs.marks.items():
        assert mark.encode() in files, column
    assert "山田商事".encode() not in files
    assert ERASED_NAME.encode() in files


def columns_kept(table: str, blanked: Any) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].columns if column.name not in blanked]


def test_what_is_kept_refers_to_nothing_that_is_erased() -> None:
    for name in KEPT:
        for key in Base.metadata.tables[name].foreign_keys:
            assert key.column.table.name in KEPT, f"{name} refers to {key.column.table.name}"


def test_what_is_blanked_exists_and_may_be_blank() -> None:
    for name, each in KEPT.items():
        table = Base.metadata.tables[name]
        assert table in tables() or name in BY_TEXT
        for column, value in each.blanked.items():
            assert value is not None or table.c[column].nullable


@pytest.mark.parametrize("stop", range(1, 13))
def test_cut_short_anywhere_it_goes_on_and_certifies_what_there_was(world: World, stop: int) -> None:
    before = counts(world, world.contract)
    terminate(world)
    seen = 0

    class Killed(BaseException):
        pass

    def kill(_place: str) -> None:
        nonlocal seen
        seen += 1
        if seen == stop:
            raise Killed

    with pytest.raises(Killed):
        run(world, progress=kill)
    done = run(world, demand="")
    said = json.loads(done.certificate)
    assert said["erased"]["sql"] == {name: rows for name, rows in before.items() if rows and name not in KEPT}
    assert said["erased"]["archive"]["files"] == 1
    assert said["erased"]["influx"][databases(world)[1]] == {"cpu": 1, "network_interface": 1}
    assert run(world) == done


def test_killed_while_rows_are_deleted_it_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = counts(world, world.contract)
    terminate(world)
    real, calls = places_module.overwrite, 0

    def dying(session: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 15:
            raise KeyboardInterrupt
        real(session)

    monkeypatch.setattr(places_module, "overwrite", dying)
    with pytest.raises(KeyboardInterrupt):
        run(world)
    done = run(world)
    assert json.loads(done.certificate)["erased"]["sql"] == {
        name: rows for name, rows in before.items() if rows and name not in KEPT
    }


def test_an_engine_that_is_away_stops_it_before_the_rows_go(world: World) -> None:
    terminate(world)
    away = replace(world.holdings.config, influx_url="http://127.0.0.1:9")
    with pytest.raises(EngineUnavailable):
        erase(replace(world.holdings, engine=create_engine(away)), world.contract, BOSS, utc_now, DEMAND)
    assert counts(world, world.contract)["device"] > 0
    assert json.loads(run(world).certificate)["erased"]["influx"]


def test_an_engine_that_cannot_delete_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    terminate(world)

    def unable(_database: str, _contract: str) -> None:
        raise CannotDelete("unsupported command")

    with monkeypatch.context() as patched:
        patched.setattr(world.engine, "delete_contract", unable)
        with pytest.raises(ErasureStopped, match="end with the retention, by 20"):
            run(world)
        assert counts(world, world.contract)["device"] == 0
    assert json.loads(run(world).certificate)["erased"]["sql"]["device"] == 1


def test_points_that_are_left_keep_the_certificate_from_being_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminate(world)
    with monkeypatch.context() as patched:
        patched.setattr(world.engine, "delete_contract", lambda _database, _contract: None)
        with pytest.raises(ErasureStopped, match="there still is something in influx"):
            run(world)
    with world.database.reading() as session:
        assert session.scalars(select(Erasure.finished_at)).all() == [None]
    run(world)


def test_it_waits_for_the_rollup_and_says_so_where_it_takes_too_long(world: World) -> None:
    lease = Lease(world.database)
    lease.acquire()
    waited: list[float] = []
    with pytest.raises(ErasureStopped, match="another process is rolling up"):
        InEngine(world.holdings, Whose(1, world.contract), pause=waited.append).erase()
    assert waited

    def let_go(seconds: float) -> None:
        lease.release()

    InEngine(world.holdings, Whose(1, world.contract), pause=let_go).erase()
    Lease(world.database).acquire()


def test_the_log_and_the_archives_chain_stay_whole(world: World) -> None:
    with world.database.writing.begin() as session:
        record(session, BOSS, "contract.create", at=utc_now(), contract=world.contract)
    terminate(world)
    done = run(world)
    with world.database.reading() as session:
        assert verify_log(session).broken is None
        entries = session.scalars(select(AuditEntry).where(AuditEntry.contract == world.contract)).all()
    assert [each.action for each in entries] == ["contract.create", "privacy.erase", "privacy.erased"]
    assert entries[-1].details == {"sha256": done.hash}
    chain = chain_of(world.database, world.contract)
    assert verify_archive(world.database, world.holdings.cabinet.blobs, chain) == []


def test_the_certificate_is_known_by_its_hash_and_reads_in_both_languages(world: World) -> None:
    terminate(world)
    done = run(world)
    assert hash_of(done.certificate) == done.hash
    assert hash_of(done.certificate.replace("boss", "b0ss")) != done.hash
    for lang in ("ja", "en"):
        text = readable(done.certificate, lang)
        assert done.hash in text
        assert world.contract in text
        assert DEMAND in text
    assert "山田商事" not in done.certificate
    with world.database.reading() as session:
        kept = session.scalars(select(Erasure)).one()
    assert (kept.certificate, kept.hash, kept.is_early) == (done.certificate, done.hash, True)
    assert isinstance(kept.finished_at, datetime)


def test_an_organisation_in_grafana_without_settings_stops_it(world: World) -> None:
    terminate(world)
    org = Base.metadata.tables["grafana_org"]
    with world.database.writing.begin() as session:
        mine = org.c.contract_id == world.ours.rows["contract"]
        session.execute(update(org).where(mine).values(org_id=7, emptied_at=None))
    with pytest.raises(GrafanaError, match="KARTE_GRAFANA"):
        run(world)
    assert counts(world, world.contract)["grafana_org"] == 1


def test_exported_files_of_grafana_go_but_only_from_their_own_place(world: World, tmp_path: Path) -> None:
    terminate(world)
    root = tmp_path / "grafana-export"
    world.holdings = replace(world.holdings, config=replace(world.holdings.config, grafana_export_dir=root))
    org = Base.metadata.tables["grafana_org"]

    def exported_to(where: Path) -> None:
        where.mkdir(parents=True)
        (where / "members.json").write_text("[]", encoding="utf-8")
        with world.database.writing.begin() as session:
            mine = org.c.contract_id == world.ours.rows["contract"]
            session.execute(update(org).where(mine).values(exported_to=str(where), emptied_at=None))

    exported_to(tmp_path / "elsewhere")
    with pytest.raises(ErasureStopped, match="by hand"):
        run(world)
    assert (tmp_path / "elsewhere" / "members.json").exists()
    exported_to(root / f"{world.contract}-1")
    done = run(world)
    assert list(root.iterdir()) == []
    assert json.loads(done.certificate)["erased"]["grafana"]["exported_files"] == 1


def test_the_organisation_in_grafana_is_exported_removed_and_its_files_deleted(world: World, tmp_path: Path) -> None:
    server = GrafanaWorld()
    with grafana(server) as url:
        settings = replace(
            world.holdings.config,
            grafana_admin_url=url,
            grafana_user=GRAFANA_USER,
            grafana_password=GRAFANA_PASSWORD,
            grafana_export_dir=tmp_path / "grafana-export",
        )
        world.holdings = replace(world.holdings, config=settings)
        assert create_sync(settings, world.database).run().is_good
        assert server.named(world.contract).name
        terminate(world)
        said = json.loads(run(world).certificate)
        assert said["erased"]["grafana"]["organisations"] == 1
        names = [org.name for org in server.orgs.values()]
    assert not any(world.contract in name for name in names)
    assert any(world.theirs.office.contract in name for name in names)
    assert not any("山田商事" in name for name in names)
    assert list((tmp_path / "grafana-export").iterdir()) == []
