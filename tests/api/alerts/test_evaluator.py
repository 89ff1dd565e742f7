"""Rounds of evaluation on a real influxd: what is found, once, and what a kill or a second evaluator does."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, select

from alert_rules.machine import End, Phase
from alert_rules.registry import entries
from alert_rules.rule import OnError
from api.alerts.evaluator import evaluate_due
from api.alerts.thresholds import Author, Scope, set_threshold
from api.config import Config
from api.influx.registry import create_engine
from api.models import Contract, Finding, FindingTransition, RuleRun, RuleStanding, TransitionKind
from tests.api.alerts.conftest import NOON, Bench

MINUTE = timedelta(minutes=1)
OFF = 'realtime=false,reason="リアルタイム保護がオフです",reason_en="real-time protection is off"'
ON = 'realtime=true,reason="保護されています",reason_en="protected"'


def findings(bench: Bench) -> list[Finding]:
    with bench.database.reading() as session:
        return list(session.scalars(select(Finding).order_by(Finding.id)))


def transitions(bench: Bench) -> list[TransitionKind]:
    with bench.database.reading() as session:
        return list(session.scalars(select(FindingTransition.kind).order_by(FindingTransition.id)))


def set_for(bench: Bench, name: str, subject: str, value: float) -> None:
    with bench.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == bench.contract)).one()
        scope = Scope(contract.id, subject)
        set_threshold(session, entries()[name].rule, scope, value, Author("boss", "試行"), NOON)


def test_a_stopped_antivirus_becomes_a_finding_and_ends_when_it_runs_again(bench: Bench) -> None:
    for minutes in (0, 30, 60):
        bench.store("antivirus", OFF, NOON + minutes * MINUTE)
    bench.store("antivirus", ON, NOON + 90 * MINUTE)
    rounds = [bench.evaluate("antivirus_off", at=NOON + minutes * MINUTE) for minutes in range(5, 145, 5)]

    found = findings(bench)
    assert [(each.rule, each.tags["host"], each.end) for each in found] == [("antivirus_off", "PC-1", End.RECOVERED)]
    assert (found[0].reason, found[0].reason_en) == ("リアルタイム保護がオフです", "real-time protection is off")
    assert found[0].since == NOON + 5 * MINUTE
    assert found[0].opened_at == NOON + 35 * MINUTE
    assert found[0].closed_at == NOON + 100 * MINUTE
    assert transitions(bench) == [TransitionKind.OPENED, TransitionKind.CLOSED]
    assert (sum(each.opened for each in rounds), sum(each.closed for each in rounds)) == (1, 1)


def test_a_rule_is_evaluated_once_for_each_of_its_times(bench: Bench) -> None:
    bench.store("antivirus", OFF, NOON - MINUTE)

    assert bench.evaluate("antivirus_off", at=NOON).evaluated == ("antivirus_off",)
    assert bench.evaluate("antivirus_off", at=NOON + 4 * MINUTE).evaluated == ()
    assert bench.evaluate("antivirus_off", at=NOON + 5 * MINUTE).evaluated == ("antivirus_off",)


def test_a_finding_stays_as_it_is_while_the_pc_is_off(bench: Bench) -> None:
    bench.store("disk", "used_percent=98", NOON - MINUTE, ",path=C:,fstype=NTFS,mode=rw")
    for minutes in (0, 15, 30):
        bench.evaluate("disk_full", at=NOON + minutes * MINUTE)
    assert [each.closed_at for each in findings(bench)] == [None]

    bench.evaluate("disk_full", at=NOON + timedelta(days=2))
    assert [each.closed_at for each in findings(bench)] == [None]

    bench.evaluate("disk_full", at=NOON + timedelta(days=3, hours=1))
    assert [each.end for each in findings(bench)] == [End.UNKNOWN]


def test_thresholds_of_a_contract_and_of_a_device_take_the_rule_s_own_place(bench: Bench) -> None:
    for path, value in (("C:", 80), ("D:", 96)):
        bench.store("disk", f"used_percent={value}", NOON - MINUTE, f",path={path},fstype=NTFS,mode=rw")

    set_for(bench, "disk_nearly_full", "", 70)
    bench.evaluate("disk_nearly_full", at=NOON)
    with bench.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RuleStanding)) == 2

    set_for(bench, "disk_nearly_full", bench.device, 95)
    bench.evaluate("disk_nearly_full", at=NOON + 5 * MINUTE)
    with bench.database.reading() as session:
        assert [row.key.split('"')[-2] for row in session.scalars(select(RuleStanding))] == ["D:"]


def test_of_two_evaluators_at_once_the_second_changes_nothing(bench: Bench) -> None:
    bench.store("disk", "used_percent=98", NOON - MINUTE, ",path=C:,fstype=NTFS,mode=rw")
    rule = msgspec.structs.replace(entries()["disk_full"].rule, pending="0s")

    class Meanwhile:
        """An engine during whose answer another evaluator does the same round."""

        def query(self, raw: str, statement: str) -> object:
            evaluate_due(bench.database, bench.engine, raw, [rule], NOON)
            return bench.engine.query(raw, statement)

    evaluate_due(bench.database, Meanwhile(), bench.raw, [rule], NOON)  # type: ignore[arg-type]  # only asks

    assert transitions(bench) == [TransitionKind.OPENED]


def test_an_engine_that_does_not_answer_changes_nothing_and_is_noted(bench: Bench) -> None:
    bench.store("disk", "used_percent=98", NOON - MINUTE, ",path=C:,fstype=NTFS,mode=rw")
    rule = msgspec.structs.replace(entries()["disk_full"].rule, pending="0s")
    evaluate_due(bench.database, bench.engine, bench.raw, [rule], NOON)
    nobody = create_engine(Config("", "", influx_url="http://127.0.0.1:9"))

    done = evaluate_due(bench.database, nobody, bench.raw, [rule], NOON + 5 * MINUTE)

    assert list(done.failed) == ["disk_full"]
    assert [each.closed_at for each in findings(bench)] == [None]
    with bench.database.reading() as session:
        run = session.get_one(RuleRun, "disk_full")
        assert (run.evaluated_at, run.failed_at) == (NOON, NOON + 5 * MINUTE)
        assert run.error

    again = evaluate_due(bench.database, bench.engine, bench.raw, [rule], NOON + 5 * MINUTE)
    assert again.evaluated == ("disk_full",)
    with bench.database.reading() as session:
        assert session.get_one(RuleRun, "disk_full").failed_at is None


def test_a_rule_may_say_that_a_failure_leaves_nothing_known(bench: Bench) -> None:
    bench.store("disk", "used_percent=98", NOON - MINUTE, ",path=C:,fstype=NTFS,mode=rw")
    rule = msgspec.structs.replace(entries()["disk_full"].rule, pending="0s", error=OnError.UNKNOWN)
    evaluate_due(bench.database, bench.engine, bench.raw, [rule], NOON)
    nobody = create_engine(Config("", "", influx_url="http://127.0.0.1:9"))

    done = evaluate_due(bench.database, nobody, bench.raw, [rule], NOON + 5 * MINUTE)

    assert done.closed == 1
    assert [each.end for each in findings(bench)] == [End.UNKNOWN]


def test_points_of_a_contract_that_there_is_none_of_make_no_finding(bench: Bench) -> None:
    tags = "contract=c-gone,site=s,device=d,host=h,path=C:,fstype=NTFS,mode=rw"
    line = f"disk,{tags} used_percent=99 {int(NOON.timestamp()) - 60}"
    assert bench.engine.write(bench.raw, line.encode(), "s").status == 204
    rule = msgspec.structs.replace(entries()["disk_full"].rule, pending="0s")

    done = evaluate_due(bench.database, bench.engine, bench.raw, [rule], NOON)

    assert done.opened == 0
    assert findings(bench) == []


@pytest.mark.parametrize("pending", ["0s", "15m"])
def test_states_are_kept_between_rounds(bench: Bench, pending: str) -> None:
    bench.store("disk", "used_percent=98", NOON - MINUTE, ",path=C:,fstype=NTFS,mode=rw")
    rule = msgspec.structs.replace(entries()["disk_full"].rule, pending=pending)

    evaluate_due(bench.database, bench.engine, bench.raw, [rule], NOON)

    with bench.database.reading() as session:
        row = session.scalars(select(RuleStanding)).one()
        assert row.phase is (Phase.FIRING if pending == "0s" else Phase.PENDING)
        assert (row.since, row.seen) == (NOON, NOON)


def test_a_clock_set_back_does_not_leave_anybody_unwatched(bench: Bench) -> None:
    bench.store("disk", "used_percent=98", NOON - MINUTE, ",path=C:,fstype=NTFS,mode=rw")
    a_day_ahead = NOON + timedelta(days=1)
    bench.store("disk", "used_percent=98", a_day_ahead - MINUTE, ",path=D:,fstype=NTFS,mode=rw")
    bench.evaluate("disk_full", at=a_day_ahead)

    rounds = [bench.evaluate("disk_full", at=NOON + minutes * MINUTE) for minutes in (0, 15, 30, 45)]

    assert all(each.evaluated for each in rounds)
    assert [(each.tags["path"], each.closed_at) for each in findings(bench)] == [("C:", None)]


def test_many_findings_of_one_round_are_stored_in_batches(bench: Bench) -> None:
    for at in (NOON, NOON + 5 * MINUTE):
        used = 98 if at == NOON else 10
        lines = "\n".join(
            f"disk,{bench.tags},path=/{n},fstype=ext4,mode=rw used_percent={used} {int((at - MINUTE).timestamp())}"
            for n in range(2_500)
        )
        assert bench.engine.write(bench.raw, lines.encode(), "s").status == 204
    rule = msgspec.structs.replace(entries()["disk_full"].rule, pending="0s", every="5m")

    opened = evaluate_due(bench.database, bench.engine, bench.raw, [rule], NOON)
    closed = evaluate_due(bench.database, bench.engine, bench.raw, [rule], NOON + 5 * MINUTE)

    assert (opened.opened, closed.closed) == (2_500, 2_500)
    assert {each.end for each in findings(bench)} == {End.RECOVERED}
    assert transitions(bench) == 2_500 * [TransitionKind.OPENED] + 2_500 * [TransitionKind.CLOSED]


def test_the_most_frequent_rules_are_evaluated_first(bench: Bench) -> None:
    done = bench.evaluate("os_support_ends_soon", "disk_full", "router_unreachable", at=NOON)

    assert done.evaluated[0] == "router_unreachable"
    assert done.evaluated[-1] == "os_support_ends_soon"
