import threading
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db import Database
from api.gateway.grant import WriteGrant
from api.identity.enrolment import Enrolment
from api.inventory import SHELVES, Outcome, Stored, store
from api.models import Asset, AssetChange, Device, DeviceKind, InventoryList, Software, SoftwareChange
from collectors.inventory import KINDS, SOFTWARE, AssetItem, Document, SoftwareItem
from collectors.inventory.changes import Change, ChangeKind, apply
from tests.api.lists import START, assets, product, software
from tests.api.office import Office

NOW = START + timedelta(days=30)


class Sender:
    """A device that sends lists."""

    def __init__(self, database: Database, enrolled: Enrolment) -> None:
        self.database, self.enrolled = database, enrolled
        self.grant = WriteGrant(enrolled.contract, enrolled.site, enrolled.device)

    def send(self, document: Document, now: datetime = NOW) -> Stored:
        return store(self.database, self.grant, document, now)

    def listed(self) -> list[str]:
        with self.database.reading() as session:
            rows = session.scalars(
                select(Software).where(Software.device_id == self.id(session)).order_by(Software.name)
            )
            return [f"{row.name} {row.version}".rstrip() for row in rows]

    def log(self) -> list[tuple[str, str, str | None, str | None]]:
        with self.database.reading() as session:
            query = select(SoftwareChange).where(SoftwareChange.device_id == self.id(session))
            rows = session.scalars(query.order_by(SoftwareChange.at, SoftwareChange.name))
            return [(str(row.change), row.name, row.version_before, row.version_after) for row in rows]

    def id(self, session: Session) -> int:
        return session.scalars(select(Device.id).where(Device.public_id == self.enrolled.device)).one()


@pytest.fixture
def pc(database: Database, office: Office) -> Sender:
    return Sender(database, office.enrol("1"))


@pytest.fixture
def probe(database: Database, office: Office) -> Sender:
    return Sender(database, office.enrol("probe", DeviceKind.PROBE))


def test_every_kind_has_its_tables() -> None:
    assert SHELVES.keys() == KINDS.keys()


def test_the_first_list_is_where_the_log_begins(pc: Sender, session: Session) -> None:
    stored = pc.send(software("Chrome 1.0", "7-Zip 24.08"))

    assert (stored.outcome, stored.items, sum(stored.changes.values())) == (Outcome.STORED, 2, 0)
    assert pc.listed() == ["7-Zip 24.08", "Chrome 1.0"]
    assert pc.log() == []
    listed = session.scalars(select(InventoryList)).one()
    assert (listed.kind, listed.host, listed.os, listed.total) == ("software", "keiri-pc1", "Windows 11 Pro", 2)
    assert (listed.taken_at, listed.received_at) == (START, NOW)


def test_a_newer_list_leaves_its_changes_in_the_log(pc: Sender, session: Session) -> None:
    pc.send(software("Chrome 1.0", "Old 1.0", "Same 1.0"))
    stored = pc.send(software("Chrome 1.1", "New 2.0", "Same 1.0", hours=6))

    assert stored.outcome is Outcome.STORED
    assert stored.changes == {
        ChangeKind.ADDED: 1,
        ChangeKind.REMOVED: 1,
        ChangeKind.UPDATED: 1,
        ChangeKind.CHANGED: 0,
    }
    assert pc.listed() == ["Chrome 1.1", "New 2.0", "Same 1.0"]
    assert pc.log() == [
        ("updated", "Chrome", "1.0", "1.1"),
        ("added", "New", None, "2.0"),
        ("removed", "Old", "1.0", None),
    ]
    since = {row.name: row.since for row in session.scalars(select(Software))}
    assert since == {"Chrome": START + timedelta(hours=6), "New": START + timedelta(hours=6), "Same": START}


def test_what_is_no_version_is_logged_as_a_change_and_keeps_its_age(pc: Sender, session: Session) -> None:
    pc.send(software(SoftwareItem(name="App", size_kib=1)))
    pc.send(software(SoftwareItem(name="App", size_kib=2), hours=1))

    assert pc.log() == [("changed", "App", "", "")]
    change = session.scalars(select(SoftwareChange)).one()
    assert (change.before, change.after) == (
        {"name": "App", "scope": "machine", "size_kib": 1},
        {"name": "App", "scope": "machine", "size_kib": 2},
    )
    assert session.scalars(select(Software)).one().since == START


def test_a_resend_changes_nothing(pc: Sender) -> None:
    first, second = software("Chrome 1.0"), software("Chrome 1.1", hours=1)
    pc.send(first)
    pc.send(second)

    assert [pc.send(each).outcome for each in (second, first, second)] == [
        Outcome.KNOWN,
        Outcome.OUTDATED,
        Outcome.KNOWN,
    ]
    assert pc.listed() == ["Chrome 1.1"]
    assert len(pc.log()) == 1


def test_the_same_list_later_moves_only_its_time(pc: Sender, session: Session) -> None:
    pc.send(software("Chrome 1.0"))

    assert pc.send(software("Chrome 1.0", hours=24)).outcome is Outcome.UNCHANGED
    assert session.scalars(select(InventoryList.taken_at)).one() == START + timedelta(hours=24)
    assert pc.log() == []


def test_an_older_list_that_comes_late_is_left_out(pc: Sender) -> None:
    pc.send(software("Chrome 1.1", hours=6))
    stored = pc.send(software("Chrome 1.0", hours=1))

    assert (stored.outcome, stored.items) == (Outcome.OUTDATED, 1)
    assert pc.listed() == ["Chrome 1.1"]
    assert pc.log() == []


def test_a_clock_that_is_ahead_locks_nobody_out(pc: Sender) -> None:
    pc.send(software("Chrome 1.0", hours=24 * 365 * 50), now=START)

    assert pc.send(software("Chrome 1.1", hours=1), now=START + timedelta(hours=1)).outcome is Outcome.STORED
    assert pc.listed() == ["Chrome 1.1"]


def test_texts_are_stored_cleaned_and_bounded(pc: Sender, session: Session) -> None:
    hostile = SoftwareItem(name="<script>alert(1)</script>\u202e\x00\r\nx" + "あ" * 1000, version="1\t" * 400)
    document = software("App 1.0")
    # A sender that does not clean, as ours does.
    raw = type(document)(
        taken_at=document.taken_at,
        hash=document.hash,
        total=1,
        device=document.device,
        items=(hostile, hostile),  # type: ignore[arg-type]
    )

    assert pc.send(raw).items == 1
    row = session.scalars(select(Software)).one()
    assert row.name.startswith("<script>alert(1)</script> xあ")
    assert len(row.name) == 300
    assert len(row.version) <= 100
    assert row.name.isprintable()
    assert pc.send(raw).outcome is Outcome.KNOWN


def test_lists_of_several_devices_do_not_touch_each_other(
    database: Database, office: Office, other_office: Office, pc: Sender
) -> None:
    others = [Sender(database, office.enrol("2")), Sender(database, other_office.enrol("1"))]
    for each in (pc, *others):
        each.send(software("Chrome 1.0", "Only 1.0"))

    pc.send(software("Chrome 2.0", hours=1))

    assert pc.listed() == ["Chrome 2.0"]
    assert len(pc.log()) == 2
    for each in others:
        assert each.listed() == ["Chrome 1.0", "Only 1.0"]
        assert each.log() == []


def test_rows_carry_the_contract_of_their_device(database: Database, office: Office, other_office: Office) -> None:
    for each in (office, other_office):
        sender = Sender(database, each.enrol("1"))
        sender.send(software("Chrome 1.0"))
        sender.send(software("Chrome 1.1", hours=1))
    with database.reading() as session:
        contracts = {each.id: each.contract_id for each in session.scalars(select(Device))}
        rows: list[Software | SoftwareChange | InventoryList] = [
            *session.scalars(select(Software)),
            *session.scalars(select(SoftwareChange)),
            *session.scalars(select(InventoryList)),
        ]
    assert len(rows) == 6
    assert all(row.contract_id == contracts[row.device_id] for row in rows)


def test_a_grant_that_fits_no_device_stores_nothing(database: Database, office: Office, other_office: Office) -> None:
    mine, other = office.enrol("1"), other_office.enrol("1")
    crossed = Sender(database, mine)
    crossed.grant = WriteGrant(other.contract, mine.site, mine.device)

    with pytest.raises(Exception, match="No row was found"):
        crossed.send(software("Chrome 1.0"))


def test_two_documents_at_once_are_taken_one_after_the_other(pc: Sender) -> None:
    pc.send(software("Chrome 1.0"))
    documents = [software(f"Chrome 1.{number}", hours=number) for number in range(1, 7)]
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda each=each: outcomes.append(pc.send(each).outcome)) for each in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 6
    assert pc.listed() == ["Chrome 1.6"]
    assert len(pc.log()) == outcomes.count(Outcome.STORED)


lists = st.lists(
    st.tuples(st.sampled_from(["Chrome", "7-Zip", "経理"]), st.sampled_from(["", "1.0", "1.1", "2.0"])), max_size=6
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lists, min_size=1, max_size=4))
def test_the_first_list_and_the_log_give_the_current_state(pc: Sender, histories: list[list[tuple[str, str]]]) -> None:
    with pc.database.writing.begin() as session:
        for table in (Software, SoftwareChange, InventoryList):
            session.execute(delete(table))
    sent = [SOFTWARE.listed([product(f"{name} {version}") for name, version in each]) for each in histories]
    for hour, items in enumerate(sent):
        pc.send(software(*items, hours=hour))

    replayed = sent[0]
    with pc.database.reading() as session:
        for hour in range(1, len(sent)):
            at = START + timedelta(hours=hour)
            entries = session.scalars(select(SoftwareChange).where(SoftwareChange.at == at)).all()
            replayed = apply(SOFTWARE, [_change(entry) for entry in entries], replayed)
        current = SOFTWARE.listed([row.item for row in session.scalars(select(Software))])
    assert replayed == current == sent[-1]


def _change(entry: SoftwareChange) -> Change[SoftwareItem]:
    before = SoftwareItem(**entry.before) if entry.before else None
    return Change(entry.change, before, SoftwareItem(**entry.after) if entry.after else None)


def test_assets_are_kept_with_what_came_vanished_and_changed(probe: Sender, session: Session) -> None:
    printer = AssetItem(asset="AB12345", kind="printer", ip=("192.0.2.7",), names=("mfp",), last_seen=START)
    router = AssetItem(asset="00:00:5e:00:53:01", kind="router", first_seen=START)
    moved = AssetItem(asset="AB12345", kind="printer", ip=("192.0.2.8",), names=("mfp",), last_seen=NOW)
    nas = AssetItem(asset="00:00:5e:00:53:02", kind="nas")

    first = probe.send(assets([printer, router]))
    second = probe.send(assets([moved, nas], hours=1))

    assert (first.items, sum(first.changes.values())) == (2, 0)
    assert (second.changes[ChangeKind.ADDED], second.changes[ChangeKind.REMOVED]) == (1, 1)
    rows = {row.asset: row for row in session.scalars(select(Asset))}
    assert {asset: row.item for asset, row in rows.items()} == {"AB12345": moved, "00:00:5e:00:53:02": nas}
    assert rows["AB12345"].since == START
    log = session.scalars(select(AssetChange).order_by(AssetChange.asset)).all()
    assert [(str(each.change), each.asset) for each in log] == [
        ("removed", "00:00:5e:00:53:01"),
        ("added", "00:00:5e:00:53:02"),
        ("changed", "AB12345"),
    ]
    assert log[2].before is not None
    assert log[2].before["ip"] == ["192.0.2.7"]


def test_when_an_asset_was_last_seen_moves_without_a_change(probe: Sender, session: Session) -> None:
    probe.send(assets([AssetItem(asset="a", last_seen=START)]))
    stored = probe.send(assets([AssetItem(asset="a", last_seen=NOW)], hours=1))

    assert stored.outcome is Outcome.UNCHANGED
    assert session.scalars(select(Asset)).one().last_seen == NOW
    assert session.scalars(select(AssetChange)).all() == []


def test_one_device_may_send_both_kinds(probe: Sender, session: Session) -> None:
    probe.send(software("Chrome 1.0"))
    probe.send(assets([AssetItem(asset="a")]))

    assert {each.kind for each in session.scalars(select(InventoryList))} == {"software", "assets"}
    assert probe.listed() == ["Chrome 1.0"]
