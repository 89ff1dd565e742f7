"""How the messages about findings stand, as a point that only staff read."""

from datetime import timedelta

from sqlalchemy import select

from api.jobs import standing
from api.models import Channel, Contract, Delivery, DeliveryKind, DeliveryState, FindingTransition, Held
from api.models.base import utc_now
from tests.api.standing.conftest import Bench
from tests.api.standing.test_jobs import a_finding


def test_it_counts_what_waits_was_sent_and_was_given_up(bench: Bench) -> None:
    now = utc_now()
    a_finding(bench)
    with bench.tools.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == bench.office.contract)).one()
        channel = Channel(contract_id=contract.id, kind="mail", name="総務部", settings={})
        session.add(channel)
        session.flush()
        for state, due, settled in (
            (DeliveryState.WAITING, now - timedelta(minutes=10), None),
            (DeliveryState.WAITING, now + timedelta(minutes=10), None),
            (DeliveryState.SENT, now, now),
            (DeliveryState.SENT, now, now - timedelta(hours=2)),
            (DeliveryState.DEAD, now, now),
        ):
            session.add(
                Delivery(channel_id=channel.id, kind=DeliveryKind.URGENT, due_at=due, state=state, settled_at=settled)
            )
        transition = session.scalars(select(FindingTransition)).one()
        transition.held, transition.relay_at = Held.MAINTENANCE, now + timedelta(hours=1)

    standing.JOB.run(bench.tools)

    (row,) = bench.rows("service_delivery")
    assert (row["waiting"], row["sent"], row["dead"], row["held"]) == (1, 1, 1, 1)
    assert 600 <= float(str(row["oldest_s"])) < 900
    assert bench.reading(None).series('SELECT * FROM "service_delivery"')
    assert bench.reading(bench.office.contract).series('SELECT * FROM "service_delivery"') == []


def test_where_nothing_waits_there_is_no_oldest(bench: Bench) -> None:
    standing.JOB.run(bench.tools)

    (row,) = bench.rows("service_delivery")
    assert (row["waiting"], row.get("oldest_s")) == (0, None)
