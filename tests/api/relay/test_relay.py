"""From transitions to messages, on a real database: told once to each, grouped, held back, reminded, never lost."""

from datetime import UTC, datetime, time
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select

from alert_rules.registry import entries
from alert_rules.rule import Severity
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.config import Config
from api.local.alerting import tell_to_files
from api.models import (
    Asset,
    Channel,
    Contract,
    ContractEvent,
    Delivery,
    DeliveryState,
    Device,
    DeviceKind,
    Finding,
    Happening,
    Held,
    Told,
)
from api.models.base import utc_now
from api.relay.claim import LEASE, claim, settle
from api.relay.dispatch import Relay, Tools
from api.relay.maintenance import cancel, once, recurring
from api.relay.marks import MarkRefused, snooze, take_up
from api.relay.remind import remind
from collectors.text import Text
from tests.api.office import Office
from tests.api.relay.conftest import ADDRESSES, DAY, HOUR, MINUTE, NOON, SECOND, Desk

BUSY = Later(None, Text("応答なし", "no answer"))


def test_a_finding_is_told_once_with_what_to_do_and_its_end_in_the_same_thread(desk: Desk) -> None:
    desk.channel()
    finding = desk.open()

    assert desk.work(2 * MINUTE) == ["[要対応] PC-1（C:）: ディスクの空きがほとんどない"]
    message = desk.sent[0][1]
    assert message.thread == finding
    item = message.items[0]
    assert (item.happening, item.severity, item.where) == (Happening.OPENED, Severity.CRITICAL, "山田商事株式会社")
    assert "98" in item.text
    assert len(item.steps) >= 2
    assert item.advice_url == "https://karte.example.jp/advice/disk_nearly_full?lang=ja"
    assert item.act_url is not None
    assert desk.work(HOUR, every=MINUTE) == []

    desk.close(finding)
    assert desk.work(2 * MINUTE) == ["[回復] PC-1（C:）: ディスクの空きがほとんどない"]
    over = desk.sent[-1][1]
    assert (over.thread, over.items[0].until, over.items[0].steps) == (finding, desk.clock.now - 2 * MINUTE, ())
    assert [each.told for each in desk.transitions()] == [Told.TOLD, Told.TOLD]


def test_each_channel_gets_its_own_language_and_severity(desk: Desk) -> None:
    desk.channel("ja")
    desk.channel("en", lang="en")
    desk.channel("critical only", min_severity=Severity.CRITICAL)
    desk.channel("off", enabled=False)
    desk.open("disk_nearly_full")

    desk.work(3 * MINUTE)

    assert sorted((name, message.subject[:11]) for name, message in desk.sent) == [
        ("en", "[Attention]"),
        ("ja", "[注意] PC-1（C"),
    ]


def test_what_comes_together_is_told_together_the_most_urgent_first(desk: Desk) -> None:
    desk.channel()
    first = desk.open("disk_full", "d-1")
    desk.work(10 * SECOND)
    for n in range(2, 31):
        desk.open("disk_full", f"d-{n}")
    desk.close(first)

    assert desk.work(MINUTE) == ["[要対応] 山田商事株式会社: 29 件の検知、回復 1 件"]
    message = desk.sent[0][1]
    assert (len(message.items), message.more, message.thread) == (20, 10, None)


def test_what_is_over_before_it_was_sent_is_told_as_over(desk: Desk) -> None:
    desk.channel()
    finding = desk.open()
    desk.clock.now += 5 * SECOND
    desk.close(finding)

    assert desk.work(MINUTE) == ["[回復] PC-1（C:）: ディスクの空きがほとんどない"]
    assert desk.work(HOUR, every=MINUTE) == []


def test_information_waits_for_the_digest_of_the_morning(desk: Desk) -> None:
    desk.channel(digest_from=Severity.WARNING)
    desk.open("disk_nearly_full")

    assert desk.work(20 * HOUR, every=60 * MINUTE) == []
    assert desk.work(HOUR, every=10 * MINUTE) == ["[まとめ] 山田商事株式会社: 1 件のお知らせ"]
    assert desk.sent[0][1].at.astimezone(UTC) == datetime(2026, 11, 25, 23, 30, tzinfo=UTC)


def test_maintenance_holds_back_and_tells_what_is_left_in_one_message_at_its_end(desk: Desk, office: Office) -> None:
    desk.channel()
    _maintain(desk, office, once(NOON, NOON + HOUR, NOON))
    desk.clock.now = NOON + 10 * MINUTE
    gone = [desk.open("disk_full", f"d-{n}") for n in range(1, 4)]
    for n in range(4, 6):
        desk.open("disk_full", f"d-{n}")
    assert desk.work(10 * MINUTE) == []
    for finding in gone:
        desk.close(finding)

    assert desk.work(2 * HOUR, every=MINUTE) == ["[要対応] 山田商事株式会社: 2 件の検知"]
    notes = desk.sent[0][1].notes
    assert "メンテナンスが終わっても続いている" in notes[0]
    assert " 3 件" in notes[1]


def test_a_cancelled_maintenance_lets_go_at_once(desk: Desk, office: Office) -> None:
    desk.channel()
    window = once(NOON, NOON + DAY, NOON)
    _maintain(desk, office, window)
    desk.open()
    assert desk.work(MINUTE) == []

    with desk.database.writing.begin() as session:
        cancel(session, session.merge(window), desk.clock.now)

    assert len(desk.work(MINUTE)) == 1


def test_maintenance_of_one_device_does_not_silence_the_others(desk: Desk, office: Office) -> None:
    desk.channel()
    window = recurring([2], time(12), 60, NOON.date(), NOON.date(), NOON)
    window.subject = "d-1"
    _maintain(desk, office, window)
    desk.open("disk_full", "d-1")
    desk.open("disk_full", "d-2")

    assert desk.work(MINUTE) == ["[要対応] PC-2（C:）: ディスクの空きがほとんどない"]
    assert [each.held for each in desk.transitions()] == [Held.MAINTENANCE, None]


def test_a_more_urgent_finding_about_the_same_takes_its_place(desk: Desk) -> None:
    desk.channel()
    urgent = desk.open("disk_full")
    desk.open("disk_nearly_full")
    desk.open("disk_nearly_full", path="D:")

    assert len(desk.work(10 * MINUTE)) == 2
    assert [item.subject for _name, message in desk.sent for item in message.items] == ["PC-1（C:）", "PC-1（D:）"]
    desk.close(urgent)
    assert desk.work(10 * MINUTE) == [
        "[回復] PC-1（C:）: ディスクの空きがほとんどない",
        "[注意] PC-1（C:）: ディスクの空きが少ない",
    ]


def test_a_rest_holds_back_what_comes_again(desk: Desk) -> None:
    desk.channel()
    finding = desk.open()
    desk.work(MINUTE)
    with desk.database.writing.begin() as session:
        row = session.scalars(select(Finding).where(Finding.public_id == finding)).one()
        assert snooze(session, row, HOUR, "boss", desk.clock.now) == desk.clock.now + HOUR
        with pytest.raises(MarkRefused):
            snooze(session, row, 32 * DAY, "boss", desk.clock.now)
    desk.close(finding)
    desk.work(5 * MINUTE)
    again = desk.open()

    assert desk.work(30 * MINUTE, every=MINUTE) == []
    assert desk.work(40 * MINUTE, every=MINUTE) == ["[要対応] PC-1（C:）: ディスクの空きがほとんどない"]
    assert desk.sent[-1][1].items[0].finding == again


def test_what_comes_and_goes_is_damped_and_says_so(desk: Desk) -> None:
    desk.channel()
    for _ in range(10):
        finding = desk.open()
        desk.work(MINUTE)
        desk.clock.now += 4 * MINUTE
        desk.close(finding)
        desk.work(MINUTE)
        desk.clock.now += 4 * MINUTE

    # Three told whole, the fourth with the word that no more follow.
    assert [message.items[0].happening for _name, message in desk.sent] == [
        *(3 * [Happening.OPENED, Happening.CLOSED]),
        Happening.OPENED,
    ]
    assert "4 回" in desk.sent[-1][1].notes[0]

    assert desk.work(2 * HOUR, every=5 * MINUTE) == ["[回復] PC-1（C:）: ディスクの空きがほとんどない"]
    assert "10 回" in desk.sent[-1][1].notes[0]
    assert {each.told for each in desk.transitions()} == {Told.TOLD, Told.FLAPPING, Told.OVER}


def test_what_nobody_takes_up_is_passed_on_and_told_again_each_day(desk: Desk) -> None:
    desk.channel("office")
    desk.channel("boss", escalation_min=60)
    finding = desk.open()

    desk.work(59 * MINUTE, every=MINUTE)
    assert [name for name, _message in desk.sent] == ["office"]
    assert desk.work(5 * MINUTE, every=MINUTE) == ["[未対応] PC-1（C:）: ディスクの空きがほとんどない"]
    assert desk.sent[-1][0] == "boss"

    desk.work(25 * HOUR, every=30 * MINUTE)
    assert sorted(name for name, _message in desk.sent[2:]) == ["boss", "office"]
    with desk.database.writing.begin() as session:
        row = session.scalars(select(Finding).where(Finding.public_id == finding)).one()
        assert take_up(row, "boss", desk.clock.now)
        assert not take_up(row, "somebody", desk.clock.now)
    assert desk.work(49 * HOUR, every=2 * HOUR) == []

    desk.close(finding)
    desk.work(5 * MINUTE)
    assert sorted(name for name, _message in desk.sent[4:]) == ["boss", "office"]


def test_a_channel_that_fails_is_tried_again_and_loses_nothing(desk: Desk) -> None:
    desk.channel()
    answers: list[Outcome] = [BUSY, Later(600.0, Text("混雑", "busy")), Sent("ref-1")]
    desk.answer = lambda _channel, _message: answers.pop(0)
    desk.open()

    desk.work(2 * MINUTE)
    assert (desk.deliveries()[0].state, desk.deliveries()[0].attempts) == (DeliveryState.WAITING, 2)
    assert desk.deliveries()[0].why_en == "busy"
    assert desk.work(8 * MINUTE, every=MINUTE) == []
    assert len(desk.work(5 * MINUTE)) == 1
    assert (desk.deliveries()[0].state, desk.deliveries()[0].reference) == (DeliveryState.SENT, "ref-1")


def test_a_channel_that_asks_for_a_rest_gets_it_for_all_its_messages(desk: Desk) -> None:
    desk.channel()
    asked: list[datetime] = []

    def busy(_channel: Channel, _message: object) -> Outcome:
        asked.append(desk.clock.now)
        return Later(1800.0, Text("混雑", "busy"))

    desk.answer = busy
    desk.open("disk_full", "d-1")
    desk.open("disk_nearly_full", "d-2")

    desk.work(10 * MINUTE)

    assert len(asked) == 1


def test_what_is_refused_is_kept_to_be_seen(desk: Desk) -> None:
    desk.channel()
    desk.answer = lambda _channel, _message: Refused(Text("宛先がありません", "no such address"))
    desk.open()

    desk.work(MINUTE)

    dead = desk.deliveries()[0]
    assert (dead.state, dead.why, dead.why_en) == (DeliveryState.DEAD, "宛先がありません", "no such address")


def test_a_channel_that_is_away_for_longer_than_a_day_is_given_up_on(desk: Desk) -> None:
    desk.channel()
    desk.answer = lambda _channel, _message: BUSY
    desk.open("disk_nearly_full")

    desk.work(26 * HOUR, every=20 * MINUTE)

    assert [each.state for each in desk.deliveries()] == [DeliveryState.DEAD]
    assert desk.deliveries()[0].attempts > 40


def test_a_fault_of_our_own_stops_one_message_only(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.channel("broken")
    desk.channel("well")

    def answer(channel: Channel, _message: object) -> Outcome:
        if channel.name == "broken":
            raise ZeroDivisionError
        return Sent()

    desk.answer = answer
    desk.open()

    assert len(desk.work(MINUTE)) == 1
    assert {each.state for each in desk.deliveries()} == {DeliveryState.SENT, DeliveryState.WAITING}
    assert "ZeroDivisionError" in caplog.text


def test_a_suspended_contract_is_not_written_to(desk: Desk, office: Office) -> None:
    desk.channel()
    office.apply(ContractEvent.SUSPEND, "未払い")
    desk.open()

    assert desk.work(MINUTE) == []
    assert [each.told for each in desk.transitions()] == [Told.INACTIVE]


def test_of_two_workers_one_has_a_delivery_and_a_dead_one_s_comes_free(desk: Desk) -> None:
    desk.channel()
    desk.open()
    relay = Relay(Tools(desk.database, entries(), ADDRESSES, lambda *_: Sent(), desk.clock), senders=1)
    relay.step(_Nobody())  # type: ignore[arg-type]  # begins nothing
    now = desk.clock.now + MINUTE

    first = claim(desk.database, 8, now)
    assert (len(first), claim(desk.database, 8, now)) == (1, [])

    # Killed between sending and noting it: another worker sends it again, with the same id.
    later = now + LEASE
    second = claim(desk.database, 8, later)
    assert [each.id for each in second] == [each.id for each in first]
    assert settle(desk.database, second[0], Sent(), later, 0.5) is DeliveryState.SENT
    assert settle(desk.database, first[0], BUSY, later, 0.5) is DeliveryState.SENT


class _Nobody:
    """A pool that begins nothing."""

    def submit(self, *_args: object) -> None:
        raise AssertionError("nothing is due yet")


def test_names_of_devices_are_told_as_they_are(desk: Desk) -> None:
    desk.channel()
    desk.open("disk_full", host="<b>PC & 1</b>\u202e")

    desk.work(MINUTE)

    assert desk.sent[0][1].items[0].subject.startswith("<b>PC & 1</b>")


def _maintain(desk: Desk, office: Office, window: object) -> None:
    with desk.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == office.contract)).one()
        window.contract_id, window.reason, window.made_by = contract.id, "試験", "boss"  # type: ignore[attr-defined]
        session.add(window)


def test_the_outcome_table_holds_no_text_of_the_message(desk: Desk) -> None:
    desk.channel()
    desk.open()
    desk.work(MINUTE)

    with desk.database.reading() as session:
        columns = {column.name for column in Delivery.__table__.columns}
        assert session.scalar(select(Delivery.note)) == ""
    assert not columns & {"text", "body", "secret"}


def test_equipment_is_told_by_what_people_call_it(desk: Desk, office: Office) -> None:
    desk.channel()
    probe = office.enrol("probe-1", DeviceKind.PROBE).device
    with desk.database.writing.begin() as session:
        device = session.scalars(select(Device).where(Device.public_id == probe)).one()
        session.add(
            Asset(
                contract_id=device.contract_id,
                device_id=device.id,
                asset="SN1",
                kind="router",
                maker="YAMAHA",
                model="RTX1220",
                names=["1階ルーター"],
                mac=[],
                ip=[],
                how=[],
                since=NOON,
            )
        )
    desk.open("router_unreachable", probe, host="", asset="SN1")
    desk.open("router_unreachable", probe, host="", asset="SN2")

    desk.work(MINUTE)

    assert [each.subject for each in desk.sent[0][1].items] == ["1階ルーター [SN1]", "SN2"]


def test_a_trial_cycle_writes_files_and_leaves_other_channels_their_messages(desk: Desk, tmp_path: Path) -> None:
    desk.channel("office")
    desk.clock.now = utc_now()
    desk.open()
    config = Config("", "a key for tests only, long enough to sign")

    told = tell_to_files(desk.database, config, desk.contract, "ja", tmp_path / "messages")

    assert (told.open, len(told.messages)) == (1, 1)
    assert message_from_bytes(told.messages[0].read_bytes(), policy=default)["Subject"].startswith("[要対応]")
    assert [each.state for each in desk.deliveries()] == [DeliveryState.WAITING, DeliveryState.SENT]
    desk.clock.now = utc_now()
    desk.work(MINUTE)
    assert [name for name, _message in desk.sent] == ["office"]


def test_of_two_workers_one_reminds(desk: Desk) -> None:
    desk.channel("boss", escalation_min=60)
    desk.open()
    desk.work()
    later = desk.clock.now + 2 * HOUR

    assert remind(desk.database, entries(), later) == 1
    assert remind(desk.database, entries(), later) == 0
