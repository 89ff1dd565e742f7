"""The first evaluation over a history that is already there: as if it had been evaluated all along."""

from datetime import timedelta

from sqlalchemy import delete, select

from alert_rules.machine import End, Phase
from alert_rules.registry import entries
from api.alerts.beginning import Begun, begin
from api.alerts.history import Databases, Span
from api.models import Finding, FindingTransition, RuleRun, RuleStanding
from tests.api.alerts.conftest import NOON, Bench

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFF = 'realtime=false,reason="リアルタイム保護がオフです",reason_en="real-time protection is off"'
ON = 'realtime=true,reason="保護されています",reason_en="protected"'
RULE = entries()["antivirus_off"].rule


def past(bench: Bench) -> None:
    """Two hours off, two on, and off again since."""
    for minutes in range(0, 7 * 60, 30):
        off = minutes < 120 or minutes >= 240
        bench.store("antivirus", OFF if off else ON, NOON + minutes * MINUTE)


def start(bench: Bench) -> Begun:
    span = Span(int(NOON.timestamp()), int((NOON + 6 * HOUR).timestamp()))
    return begin(bench.database, bench.engine, Databases(bench.raw, bench.hours), [RULE], span)


def findings(bench: Bench) -> list[Finding]:
    with bench.database.reading() as session:
        return list(session.scalars(select(Finding).order_by(Finding.id)))


def test_it_finds_what_evaluating_all_along_would_have(bench: Bench) -> None:
    past(bench)
    begun = start(bench)
    found = [(each.since, each.opened_at, each.closed_at, each.end) for each in findings(bench)]
    assert (begun.over, begun.open) == (1, 1)
    assert findings(bench)[1].reason_en == "real-time protection is off"

    with bench.database.writing.begin() as session:
        for table in (FindingTransition, Finding, RuleStanding, RuleRun):
            session.execute(delete(table))
    for minutes in range(0, 6 * 60, 5):
        bench.evaluate("antivirus_off", at=NOON + minutes * MINUTE)
    along = [(each.opened_at, each.closed_at, each.end) for each in findings(bench)]
    assert [each[1:] for each in found] == along


def test_only_what_lasts_is_told_and_evaluating_goes_on_from_there(bench: Bench) -> None:
    past(bench)
    start(bench)

    with bench.database.reading() as session:
        told = [
            (each.kind, each.relay_at is not None)
            for each in session.scalars(select(FindingTransition).order_by(FindingTransition.id))
        ]
        standing = session.scalars(select(RuleStanding)).one()
    assert [(str(kind), due) for kind, due in told] == [("opened", False), ("closed", False), ("opened", True)]
    assert standing.phase is Phase.FIRING

    bench.store("antivirus", ON, NOON + 6 * HOUR + 30 * MINUTE)
    for minutes in range(5, 90, 5):
        bench.evaluate("antivirus_off", at=NOON + 6 * HOUR + minutes * MINUTE)
    assert [each.end for each in findings(bench)] == [End.RECOVERED, End.RECOVERED]


def test_a_rule_that_was_evaluated_before_is_left_alone(bench: Bench) -> None:
    past(bench)
    bench.evaluate("antivirus_off", at=NOON)
    start(bench)

    assert findings(bench) == []
