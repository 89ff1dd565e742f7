"""The bands of drives' risk, on histories whose answer is known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_rules.advice import advice
from api.analysis.devices.drives import drive_risk, drive_risks
from api.analysis.devices.history import DriveHistory, DriveToday
from api.analysis.devices.signs import SIGNS, SOURCES
from api.analysis.devices.tree import DriveRisk, Risk
from collectors.catalogue import measurements
from collectors.inputs.smart.drive import Kind
from collectors.text import Text
from tests.api.analysis.devices.made import PC, TODAY, drive

FIELDS = ("pending_sector_count", "uncorrectable_sector_count", "reallocated_sectors_count", "uncorrectable_errors")


def judged(history: DriveHistory) -> DriveRisk:
    return drive_risk(history, PC, TODAY)


def hdd(days: int = 90, today: DriveToday | None = None, **counts: Sequence[float]) -> DriveHistory:
    """A hard disk that counts nothing but what is given of its last days."""
    filled: dict[str, Any] = {name: [0.0] * days for name in FIELDS}
    for name, values in counts.items():
        filled[name] = [values[0]] * (days - len(values)) + list(values)
    return drive(filled, today=today)


def test_a_drive_that_counts_nothing_shows_no_sign() -> None:
    found = judged(hdd())

    assert found.risk is Risk.LOW
    assert found.signs == ()
    assert found.text.ja == "sda：故障の兆候は見つかりません（4項目を確認）"
    assert found.advice == ""


def test_one_event_raises_the_risk() -> None:
    found = judged(hdd(reallocated_sectors_count=[0, 8, 8, 8]))

    assert found.risk is Risk.RAISED
    (sign,) = found.signs
    assert (sign.count, sign.growth, sign.sources) == (8, 8, ("backblaze2016", "google2007"))
    assert sign.text.ja == "代替処理済みセクターが8（この60日で8増、うち増えた日は1日）"
    assert advice(found.advice, "ja").steps


def test_damage_that_goes_on_is_high() -> None:
    found = judged(hdd(reallocated_sectors_count=[0, 1, 1, 4, 4, 9, 9]))

    assert found.risk is Risk.HIGH
    assert advice(found.advice, "en").steps


def test_a_bad_place_that_is_counted_in_four_ways_is_one_event() -> None:
    found = judged(
        hdd(
            pending_sector_count=[0, 6, 6, 4, 2, 0],
            reallocated_sectors_count=[0, 0, 0, 2, 4, 6],
            uncorrectable_sector_count=[0, 6, 6, 6, 0, 0],
            uncorrectable_errors=[0, 1, 2, 3, 4, 4],
        )
    )

    assert found.risk is Risk.RAISED
    assert len(found.signs) == 4


def test_new_bad_places_are_told_whether_they_were_replaced_or_wait() -> None:
    found = judged(hdd(pending_sector_count=[0, 1, 1, 0, 1, 1], reallocated_sectors_count=[0, 0, 1, 2, 2, 2]))

    assert found.risk is Risk.HIGH
    assert found.signs[0].text.ja == "不良セクターがこの30日のうち3日で増え、合計3になりました"


def test_an_old_count_that_stands_still_is_told_and_no_risk() -> None:
    found = judged(hdd(reallocated_sectors_count=[8.0] * 90))

    assert found.risk is Risk.LOW
    assert [each.ja for each in found.context] == ["代替処理済みセクターは8ですが、60日以上増えていません"]


def test_an_old_count_of_which_nobody_knows_how_old_it_is_raises_it() -> None:
    found = judged(hdd(days=20, reallocated_sectors_count=[8.0] * 20))

    assert found.risk is Risk.RAISED
    assert found.signs[0].text.ja == "代替処理済みセクターが8（いつからかは分かりません）"


def test_sectors_that_cannot_be_read_now_count_however_old_they_are() -> None:
    assert judged(hdd(pending_sector_count=[2.0] * 90)).risk is Risk.RAISED


def test_sectors_that_were_written_anew_are_an_event_of_the_last_weeks() -> None:
    found = judged(hdd(pending_sector_count=[0, 4, 4, 0, 0, 0]))

    assert found.risk is Risk.RAISED
    assert found.signs[0].count == 0


def test_command_timeouts_alone_are_a_cable_and_beside_others_a_sign() -> None:
    timeouts: dict[str, Any] = {"command_timeout": [0.0] * 80 + [0, 5, 9, 12, 14, 20, 26, 30, 31, 33]}

    assert judged(hdd(**timeouts)).risk is Risk.LOW
    beside = judged(hdd(**timeouts, reallocated_sectors_count=[0, 8]))
    assert (beside.risk, {sign.counter for sign in beside.signs}) == (
        Risk.RAISED,
        {"command_timeout", "reallocated_sectors_count"},
    )


def test_packed_command_timeouts_are_not_counted() -> None:
    found = judged(hdd(command_timeout=[float(2**32 * n) for n in range(90)], reallocated_sectors_count=[0, 8]))

    assert found.risk is Risk.RAISED


@pytest.mark.parametrize(
    "told",
    [
        DriveToday(healthy=False),
        DriveToday(critical_warning=0x04, healthy=False),
        DriveToday(state="failing", reason=Text("属性が限界です", "an attribute is at its limit")),
    ],
)
def test_what_the_drive_says_itself_is_believed(told: DriveToday) -> None:
    assert judged(hdd(today=told)).risk is Risk.HIGH
    assert judged(hdd(days=2, today=told)).risk is Risk.HIGH


def test_an_nvme_drive_that_only_is_hot_predicts_nothing() -> None:
    hot = drive({"media_errors": [0] * 60}, Kind.NVME, DriveToday(healthy=False, critical_warning=0x02))

    assert judged(hot).risk is Risk.LOW


def test_a_few_replaced_blocks_of_an_ssd_are_ordinary_and_many_are_not() -> None:
    few, many = ([0.0] * 80 + [float(size)] * 10 for size in (3, 40))

    assert judged(drive({"reallocated_sectors_count": few}, Kind.SSD)).risk is Risk.LOW
    assert judged(drive({"reallocated_sectors_count": many}, Kind.SSD)).risk is Risk.RAISED


def test_media_errors_of_an_nvme_drive_raise_it() -> None:
    assert judged(drive({"media_errors": [0.0] * 80 + [1.0] * 10}, Kind.NVME)).risk is Risk.RAISED


def test_wear_is_told_and_beyond_the_rated_writes_raises_it() -> None:
    worn, out = (
        drive({"media_errors": [0] * 60}, Kind.NVME, DriveToday(endurance_used=used)) for used in (85.0, 104.0)
    )

    assert judged(worn).risk is Risk.LOW
    assert judged(worn).context[0].ja == "書き込み寿命の85%を使いました"
    assert judged(out).risk is Risk.RAISED


def test_age_alone_is_told_and_raises_nothing() -> None:
    found = judged(hdd(today=DriveToday(power_on_hours=52_596.0)))

    assert found.risk is Risk.LOW
    assert found.context[0].ja.startswith("通電6.0年")


def test_heat_beyond_data_sheets_on_several_days_raises_it() -> None:
    cool = hdd()

    assert judged(replace(cool, celsius=np.array([35.0] * 88 + [61.0, 62.0]))).risk is Risk.LOW
    assert judged(replace(cool, celsius=np.array([np.nan] * 85 + [61.0] * 5))).risk is Risk.RAISED


@pytest.mark.parametrize(
    ("history", "why"),
    [
        (hdd(days=10), "記録が9日分（10回）しかありません"),
        (drive({}, days=[TODAY - 1, TODAY]), "故障の兆候を示す項目を、このドライブは返しません"),
        (drive({"command_timeout": [0] * 90}), "故障の兆候を示す項目を、このドライブは返しません"),
        (drive({}, today=DriveToday(access="no_smart"), days=[TODAY]), "SMARTに対応していません"),
        (drive({}, today=DriveToday(access="timeout"), days=[TODAY]), "読み取れませんでした"),
        (drive({"media_errors": [0] * 3}, days=[TODAY - 40, TODAY - 30, TODAY - 20]), "を最後に読み取れていません"),
        (drive({"media_errors": [None] * 30}), "故障の兆候を示す項目を、このドライブは返しません"),
    ],
)
def test_it_says_where_nothing_can_be_told_and_why(history: DriveHistory, why: str) -> None:
    found = judged(history)

    assert found.risk is Risk.CANNOT_TELL
    assert why in found.text.ja
    assert found.advice == ""


def test_a_drive_that_sleeps_now_is_judged_by_what_it_told_yesterday() -> None:
    asleep = hdd(today=DriveToday(access="standby"))

    assert judged(asleep).risk is Risk.LOW


def test_a_drive_that_spoke_of_its_end_and_fell_silent_is_not_lost() -> None:
    days = [TODAY - 30 + day for day in range(20)]
    silent = drive({"reallocated_sectors_count": [0.0] * 10 + [float(5 * n) for n in range(10)]}, days=days)

    found = judged(silent)

    assert found.risk is Risk.HIGH
    assert "を最後に読み取れていません" in found.context[-1].ja


def test_the_sentence_tells_the_two_gravest_signs() -> None:
    found = judged(
        hdd(pending_sector_count=[0, 1, 3, 9], reallocated_sectors_count=[0, 2], uncorrectable_errors=[0, 1])
    )

    assert len(found.signs) == 4
    assert found.text.ja.startswith("sda：故障の可能性が高い。不良セクターがこの30日のうち3日で増え")
    assert found.text.ja.endswith("。ほか2件")


def test_what_comes_after_the_day_is_not_looked_at() -> None:
    failing = hdd(reallocated_sectors_count=[0, 1, 1, 4, 4, 9, 9])

    assert drive_risk(failing, PC, TODAY - 10).risk is Risk.LOW


def test_a_reset_counter_is_told() -> None:
    found = judged(hdd(reallocated_sectors_count=[8.0] * 30 + [0.0] * 10))

    assert "代替処理済みセクターの数が8から0に戻りました（カウンターのリセット）" in [each.ja for each in found.context]


def test_a_drive_that_was_replaced_is_gone_and_the_new_one_known_as_new() -> None:
    old = drive({"reallocated_sectors_count": [0, 9, 20, 31]}, days=[TODAY - 40, TODAY - 39, TODAY - 38, TODAY - 37])
    new = drive({"reallocated_sectors_count": [0.0] * 37}, serial="S2")

    (found,) = drive_risks([old, new], {PC.id: PC}, TODAY)

    assert (found.serial, found.risk) == ("S2", Risk.LOW)
    assert "新しいドライブです" in found.context[0].ja


def test_a_drive_that_was_taken_out_long_ago_is_not_told_of() -> None:
    out = drive({"reallocated_sectors_count": [9, 9]}, days=[TODAY - 50, TODAY - 49])

    assert drive_risks([out], {PC.id: PC}, TODAY) == ()
    assert drive_risks([hdd()], {}, TODAY) == ()


def test_the_gravest_comes_first() -> None:
    drives = [
        replace(hdd(), name="sda"),
        replace(hdd(days=5), name="sdb"),
        replace(hdd(pending_sector_count=[0, 1]), name="sdc"),
        replace(hdd(today=DriveToday(healthy=False)), name="sdd"),
    ]

    found = drive_risks(drives, {PC.id: PC}, TODAY)

    assert [each.risk for each in found] == [Risk.HIGH, Risk.RAISED, Risk.CANNOT_TELL, Risk.LOW]


@given(
    st.lists(st.one_of(st.none(), st.floats(allow_nan=True), st.integers(-5, 2**50)), min_size=1, max_size=40),
    st.sampled_from(list(Kind)),
)
def test_whatever_is_told_it_answers_with_plain_values(values: list[float | None], kind: Kind) -> None:
    history = drive({sign.field: values for sign in SIGNS}, kind)

    found = judged(history)

    assert msgspec.json.decode(msgspec.json.encode(found), type=DriveRisk) == found
    assert (found.risk in (Risk.HIGH, Risk.RAISED)) == bool(found.advice)


def test_the_table_names_stored_fields_and_known_sources() -> None:
    stored = {field.name for field in measurements()["smart_device"].fields}

    assert {sign.field for sign in SIGNS} <= stored
    assert {source for sign in SIGNS for source in sign.sources} <= {source.id for source in SOURCES}
