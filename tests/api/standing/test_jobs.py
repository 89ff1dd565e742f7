"""The jobs on a real database and engine: what they store, who may read it, and what a second run changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from alert_rules.registry import entries
from api.alerts.thresholds import Author, Scope, set_threshold
from api.gateway.counters import Counters
from api.influx.registry import create_engine
from api.jobs import agents, findings, ingest, standing, thresholds
from api.models import (
    Contract,
    ContractEvent,
    Device,
    Finding,
    FindingTransition,
    RollupPending,
    RollupProgress,
    TransitionKind,
)
from api.models.base import utc_now
from api.standing.gateway import Reporter
from api.standing.store import NotStored
from collectors import __version__
from tests.api.standing.conftest import Bench


def a_finding(bench: Bench, *, closed: bool = False) -> None:
    """Open a finding of a full disk three hours ago, and close it an hour later."""
    at = utc_now() - timedelta(hours=3)
    with bench.tools.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == bench.office.contract)).one()
        tags = {"contract": contract.public_id, "site": "s-1", "device": bench.device, "host": "PC-1", "path": "C:"}
        found = Finding(
            contract_id=contract.id,
            rule="disk_full",
            key="[]",
            tags=tags,
            since=at,
            opened_at=at,
            value=97.0,
            threshold=95.0,
        )
        session.add(found)
        session.flush()
        session.add(FindingTransition(finding_id=found.id, kind=TransitionKind.OPENED, at=at))
        if closed:
            found.closed_at = at + timedelta(hours=1)
            session.add(FindingTransition(finding_id=found.id, kind=TransitionKind.CLOSED, at=found.closed_at))


def test_it_stores_every_device_and_contract(bench: Bench) -> None:
    standing.JOB.run(bench.tools)
    rows = {row["device"]: row for row in bench.rows("device_status")}
    assert len(rows) == 3
    device = rows[bench.device]
    assert (device["contract"], device["site"]) == (bench.office.contract, bench.office.site)
    assert (device["host"], device["kind"]) == ("host-1", "pc")
    assert rows[bench.probe]["kind"] == "probe"
    contracts = {row["contract"]: row for row in bench.rows("contract_status")}
    mine = contracts[bench.office.contract]
    assert (mine["name"], mine["state"]) == ("山田商事株式会社", "active")
    assert (mine["devices_used"], mine["quota"], mine["probes"]) == (1, 15, 1)
    assert bench.rows("service_engine")[0]["reachable"] == 1


def test_it_counts_what_is_wrong_with_a_contract(bench: Bench) -> None:
    a_finding(bench)
    with bench.tools.database.writing.begin() as session:
        for device in session.scalars(select(Device)):
            device.last_seen_at = utc_now() - timedelta(days=1)
    bench.other.apply(ContractEvent.SUSPEND, "料金未払い")
    standing.JOB.run(bench.tools)
    told = {row["contract"]: row for row in bench.rows("contract_status")}
    mine, closed = told[bench.office.contract], told[bench.other.contract]
    assert (mine["findings_critical"], mine["findings_warning"]) == (1, 0)
    # The probe is silent for too long, the PC may be away for a weekend.
    assert (mine["silent_always_on"], mine["silent_pcs"]) == (1, 0)
    assert (closed["findings_critical"], closed["silent_always_on"]) == (0, None)


def test_it_tells_nothing_of_devices_that_may_not_send(bench: Bench) -> None:
    bench.office.revoke(bench.device)
    standing.JOB.run(bench.tools)
    assert bench.device not in {row["device"] for row in bench.rows("device_status")}


@pytest.mark.parametrize("measurement", ["service_engine", "service_gateway", "service_job"])
def test_no_customer_reads_of_the_service_itself_and_staff_do(bench: Bench, measurement: str) -> None:
    standing.JOB.run(bench.tools)
    Reporter(bench.engine, bench.raw, Counters(), Counters()).report()
    _job_point(bench)
    asked = f'SELECT * FROM "{measurement}"'
    assert bench.reading(None).series(asked)
    assert bench.reading(bench.office.contract).series(asked) == []
    shown = bench.reading(bench.office.contract).series("SHOW MEASUREMENTS")
    assert measurement not in {row[0] for series in shown for row in series["values"]}


def _job_point(bench: Bench) -> None:
    outcome = bench.engine.write(bench.raw, b"service_job,job=rollup duration_s=1,failed=0i", "ns")
    assert outcome.status == 204


def test_a_customer_reads_the_standing_of_its_own_devices_only(bench: Bench) -> None:
    standing.JOB.run(bench.tools)
    found = bench.reading(bench.other.contract).series('SELECT * FROM "device_status"')
    assert {row[series["columns"].index("host")] for series in found for row in series["values"]} == {"host-2"}


def test_it_keeps_looks_at_an_engine_that_is_away_until_it_is_back(bench: Bench) -> None:
    away = replace(bench.tools, engine=create_engine(replace(bench.tools.config, influx_url="http://127.0.0.1:9")))
    standing._WATCH.stored()
    with pytest.raises(NotStored):
        standing.JOB.run(away)
    standing.JOB.run(bench.tools)
    # Both looks may be of one minute, of which the later one stands.
    assert bench.rows("service_engine")[-1]["reachable"] == 1
    assert standing._WATCH._looks.maxlen
    assert not standing._WATCH._looks


def test_it_stores_a_finding_and_marks_it(bench: Bench) -> None:
    a_finding(bench, closed=True)
    findings.JOB.run(bench.tools)
    rows = bench.rows("finding")
    assert [(row["opened"], row["closed"], row["open"], row["open_s"]) for row in rows] == [
        (1, None, 1, None),
        (None, 1, 0, 3600),
    ]
    assert {row["severity"] for row in rows} == {"critical"}
    headline = entries()["disk_full"].rule.name.text
    assert (rows[0]["detail"], rows[0]["detail_en"]) == (f"{headline.ja}（PC-1 C:）", f"{headline.en} (PC-1 C:)")
    assert rows[1]["detail"] is None, "an end marks nothing"
    with bench.tools.database.reading() as session:
        assert all(each.stored_at for each in session.scalars(select(FindingTransition)))


def test_a_run_that_was_killed_before_its_mark_writes_the_same_again(bench: Bench) -> None:
    a_finding(bench, closed=True)
    findings.JOB.run(bench.tools)
    before = bench.rows("finding")
    with bench.tools.database.writing.begin() as session:
        for each in session.scalars(select(FindingTransition)):
            each.stored_at = None
    findings.JOB.run(bench.tools)
    assert bench.rows("finding") == before


def test_a_finding_is_not_marked_while_the_engine_is_away(bench: Bench) -> None:
    a_finding(bench)
    away = replace(bench.tools, engine=create_engine(replace(bench.tools.config, influx_url="http://127.0.0.1:9")))
    with pytest.raises(NotStored):
        findings.JOB.run(away)
    with bench.tools.database.reading() as session:
        assert [each.stored_at for each in session.scalars(select(FindingTransition))] == [None]


def test_late_findings_are_noted_for_the_rollup(bench: Bench) -> None:
    a_finding(bench)
    findings.JOB.run(bench.tools)
    with bench.tools.database.reading() as session:
        assert len(session.scalars(select(RollupPending)).all()) == 1


def test_open_findings_and_changed_thresholds_are_stored(bench: Bench) -> None:
    a_finding(bench)
    with bench.tools.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == bench.office.contract)).one()
        rule = entries()["disk_full"].rule
        set_threshold(session, rule, Scope(contract.id), 96.0, Author("boss", "試行"), utc_now())
    for _again in range(2):
        thresholds.JOB.run(bench.tools)
    assert [row["open"] for row in bench.rows("finding")] == [1]
    assert {(row["rule"], row["value"], row["own"]) for row in bench.rows("rule_threshold")} == {
        ("disk_full", 96, rule.limit)
    }
    with bench.tools.database.writing.begin() as session:
        set_threshold(session, rule, Scope(contract.id), None, Author("boss", "元に戻す"), utc_now())
    thresholds.JOB.run(bench.tools)
    asked = 'SELECT last("delta") AS "delta" FROM "rule_threshold"'
    (newest,) = bench.engine.query(bench.raw, asked)
    assert newest.rows()[0]["delta"] in {0, 96 - rule.limit}


def test_a_process_keeps_its_counts_while_the_engine_is_away(bench: Bench) -> None:
    counters = Counters()
    away = create_engine(replace(bench.tools.config, influx_url="http://127.0.0.1:9"))
    reporter = Reporter(away, bench.raw, counters, Counters())
    counters.add(requests=3)
    reporter.report()
    reporter._engine = bench.engine
    counters.add(requests=4)
    reporter.start()
    reporter.stop()
    assert sum(row["writes"] for row in bench.rows("service_gateway")) == 7  # type: ignore[misc]


def test_it_compares_the_agents_that_report_with_the_service(bench: Bench) -> None:
    inside = int((utc_now().replace(minute=0, second=0, microsecond=0) - timedelta(minutes=5)).timestamp())
    lines = [
        f'agent,contract={bench.office.contract},site=s-1,device=d-1,host=PC-1 version="0.0.9" {inside - 60}',
        f'agent,contract={bench.office.contract},site=s-1,device=d-1,host=PC-1 version="{__version__}" {inside}',
        f'agent,contract={bench.office.contract},site=s-1,device=d-2,host=PC-2 version="0.0.9" {inside}',
        f'agent,contract={bench.office.contract},site=s-1,device=d-3,host=PC-3 version="trial" {inside}',
        f'agent,contract={bench.office.contract},site=s-1,device=d-4,host=PC-4 version="0.0.9" {inside - 7200}',
    ]
    assert bench.engine.write(bench.raw, "\n".join(lines).encode(), "s").status == 204
    agents.JOB.run(bench.tools)
    agents.JOB.run(bench.tools)
    told = {row["host"]: (row["version"], row["behind"]) for row in bench.rows("agent_status")}
    assert told == {"PC-1": (__version__, 0), "PC-2": ("0.0.9", 2), "PC-3": ("trial", None)}


def test_it_says_so_where_no_version_can_be_read(bench: Bench) -> None:
    away = replace(bench.tools, engine=create_engine(replace(bench.tools.config, influx_url="http://127.0.0.1:9")))
    with pytest.raises(agents.NotRead):
        agents.JOB.run(away)


def test_grafana_is_told_of_all_whose_threshold_does_not_differ(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thresholds, "_ZERO_EVERY_MINUTES", 1)
    tags = f"contract={bench.office.contract},site=s-1,asset=SN-1,type=toner,color=black,class=consumed,index=1"
    outcome = bench.engine.write(bench.raw, f"printer_supply,{tags} percent=50".encode(), "ns")
    assert outcome.status == 204
    thresholds.JOB.run(bench.tools)
    assert bench.rows("rule_threshold") == []
    thresholds.JOB.run(replace(bench.tools, config=replace(bench.tools.config, alerting="grafana")))
    rows = bench.rows("rule_threshold")
    assert {row["delta"] for row in rows} == {0}
    mine = {(row.get("device"), row.get("asset")) for row in rows if row["contract"] == bench.office.contract}
    assert {(None, None), (bench.device, None), (bench.probe, None), (None, "SN-1")} == mine
    assert len(rows) == 6


def test_it_counts_what_agents_measured_and_lost_in_a_day(bench: Bench) -> None:
    until = utc_now().replace(minute=0, second=0, microsecond=0)
    first = int(until.timestamp()) - 25 * 3600
    mine = f"contract={bench.office.contract},site=s-1,host=PC-1"
    lines = [
        line
        for hour in range(26)
        for line in (
            f"collector_run,{mine},device=d-1,input=cpu points_sum=60i {first + hour * 3600}",
            f"agent,{mine},device=d-1 dropped_points_last={5 * hour}i,rejected_points_last=0i {first + hour * 3600}",
            # One that starts anew every day: its counter falls, which is no drop.
            f"agent,{mine},device=d-2 dropped_points_last={hour % 24}i {first + hour * 3600}",
            f"agent,{mine},device=d-3 dropped_points_last=9i,rejected_points_last=7i {first + hour * 3600}",
        )
    ]
    rollup = f"{bench.raw}_1h"
    tools = replace(bench.tools, config=replace(bench.tools.config, influx_rollup_database=rollup))
    bench.engine.ensure_database(rollup, timedelta(days=36_500))
    assert bench.engine.write(rollup, "\n".join(lines).encode(), "s").status == 204
    ingest.JOB.run(tools)
    assert list(bench.rows("contract_ingest")) == [], "nothing is told while the rollup is not known to be there"
    with bench.tools.database.writing.begin() as session:
        session.merge(RollupProgress(id=1, done_until=until))
    ingest.JOB.run(tools)
    ingest.JOB.run(tools)
    (row,) = bench.rows("contract_ingest")
    assert (row["points"], row["dropped"], row["rejected"]) == (24 * 60, 24 * 5 + 23, 0)
    lost = {row["device"]: (row["dropped"], row["rejected"]) for row in bench.rows("agent_loss")}
    assert lost == {"d-1": (24 * 5, 0), "d-2": (23, None)}, "who lost nothing has no point"


def test_it_says_so_where_what_was_measured_cannot_be_read(bench: Bench) -> None:
    with bench.tools.database.writing.begin() as session:
        session.merge(RollupProgress(id=1, done_until=utc_now()))
    away = replace(bench.tools, engine=create_engine(replace(bench.tools.config, influx_url="http://127.0.0.1:9")))
    with pytest.raises(ingest.NotRead):
        ingest.JOB.run(away)
