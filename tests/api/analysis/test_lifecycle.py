"""Age, support and wear, and what to replace when."""

from dataclasses import replace
from datetime import date

import pytest

from api.analysis.days import last_day, later, quarter_of
from api.analysis.diagnosis import diagnose
from api.analysis.tree import Quarter
from api.readings.drive import Drive
from collectors.inputs.smart.rules import Level
from tests.api.analysis import offices
from tests.api.analysis.offices import END, NAS, SERVER, finding, office, pc


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), Quarter(2026, 1)),
        (date(2026, 3, 31), Quarter(2026, 1)),
        (date(2026, 4, 1), Quarter(2026, 2)),
        (date(2026, 12, 31), Quarter(2026, 4)),
    ],
)
def test_a_day_belongs_to_its_quarter(day: date, quarter: Quarter) -> None:
    assert quarter_of(day) == quarter


def test_quarters_go_on_over_the_turn_of_the_year() -> None:
    assert later(Quarter(2026, 4), 1) == Quarter(2027, 1)
    assert later(Quarter(2026, 4), 12) == Quarter(2029, 4)
    assert last_day(Quarter(2026, 4)) == date(2026, 12, 31)
    assert Quarter(2026, 4).text.ja == "2026年10〜12月"


def test_an_unknown_age_is_said_and_not_guessed() -> None:
    inputs = office()
    reading = replace(offices.reading(pc(0)), drives=())
    diagnosis = diagnose(offices.with_reading(inputs, reading))

    ages = {each.subject.id: each for each in diagnosis.lifecycle.devices}
    assert ages[pc(0)].years_at_least is None
    assert ages[pc(0)].age.ja == "使用年数は分かりません"
    assert ages[pc(1)].years_at_least == 1.0
    assert "少なくとも1.0年" in ages[pc(1)].age.ja
    assert any("収集していない" in note.ja for note in diagnosis.lifecycle.notes)


def test_support_that_has_ended_is_due_now() -> None:
    inputs = office()
    inputs = replace(inputs, hardware={**inputs.hardware, pc(0): offices.hardware(date(2025, 10, 14))})

    diagnosis = diagnose(inputs)

    first = diagnosis.lifecycle.replacements[0]
    assert (first.subject.id, first.is_due, first.quarter) == (pc(0), True, Quarter(2026, 4))
    assert first.advice == "os_support_ended"
    assert "終了しています" in first.reason.ja
    device = diagnosis.lifecycle.devices[0]
    assert (device.support_days_left, device.support_end) == (-412, date(2025, 10, 14))
    assert [each.is_over for each in diagnosis.software.support_ends] == [True, False]


def test_support_that_will_end_is_planned_for_its_quarter() -> None:
    diagnosis = diagnose(office(pcs=1))

    planned = [each for each in diagnosis.lifecycle.replacements if each.advice == "os_support_ends_soon"]
    assert {each.quarter for each in planned} == {Quarter(2027, 4)}
    assert not any(each.is_due for each in planned)


def test_what_lies_beyond_the_plan_is_not_in_it() -> None:
    inputs = office()
    inputs = replace(inputs, hardware={id_: offices.hardware(date(2031, 10, 14)) for id_ in inputs.hardware})

    assert diagnose(inputs).lifecycle.replacements == ()


def test_an_end_of_support_that_is_not_known_is_said() -> None:
    inputs = office()
    inputs = replace(inputs, hardware={**inputs.hardware, pc(0): offices.hardware(None)})

    diagnosis = diagnose(inputs)

    assert diagnosis.lifecycle.devices[0].support.ja == "サポート終了日は分かりません"
    assert any("1台は、OSのサポート終了日が分かりません" in note.ja for note in diagnosis.lifecycle.notes)


def test_a_failing_drive_is_to_be_replaced_now() -> None:
    diagnosis = diagnose(office(finding("drive_failing", NAS, block_device="sdc", serial_no="X")))

    first = diagnosis.lifecycle.replacements[0]
    assert (first.subject.id, first.is_due, first.what.ja) == (NAS, True, "ドライブ")


def test_a_worn_battery_is_planned_by_its_earliest_day_and_told_once() -> None:
    inputs = replace(office(), forecasts=(offices.forecast("battery_worn", pc(0), "BAT0", 200.0),))
    inputs = replace(inputs, hardware={**inputs.hardware, pc(0): offices.hardware(health=71.0)})

    diagnosis = diagnose(inputs)

    battery = next(each for each in diagnosis.lifecycle.replacements if each.what.ja == "バッテリー")
    assert battery.by == date(2027, 5, 9)
    assert battery.quarter == Quarter(2027, 2)
    wear = next(each for each in diagnosis.lifecycle.devices[0].wear if each.part == "BAT0")
    assert (wear.worn_percent, wear.days_left) == (29.0, 199.8)
    worn = diagnose(replace(inputs, findings=offices.found(finding("battery_worn", name="BAT0"))))
    assert [each.is_due for each in worn.lifecycle.replacements if each.what.ja == "バッテリー"] == [True]


@pytest.mark.parametrize("state", ["uncertain", "no_trend", "far", "too_few", "not_told"])
def test_a_forecast_that_is_not_sure_plans_nothing(state: str) -> None:
    inputs = replace(office(), forecasts=(offices.forecast("ssd_worn", pc(0), "sda", None, state),))

    assert not [each for each in diagnose(inputs).lifecycle.replacements if each.what.ja == "SSD"]


def test_drives_that_always_run_are_planned_by_their_hours() -> None:
    reading = offices.reading(SERVER)
    old = replace(reading, drives=tuple(_drive(name, 40_000) for name in ("sda", "sdb")))
    young = replace(offices.reading(pc(0)), drives=(_drive("sda", 40_000),))
    inputs = offices.with_reading(offices.with_reading(office(), old), young)

    drives = [each for each in diagnose(inputs).lifecycle.replacements if each.what.ja == "ドライブ"]

    assert [each.subject.id for each in drives] == [SERVER]
    assert drives[0].by == date(2027, 5, 8)
    assert "sda" in drives[0].reason.ja
    assert "sdb" in drives[0].reason.ja


def test_a_device_that_told_nothing_has_an_empty_lifecycle() -> None:
    inputs = offices.without_reading(office(), pc(0))

    device = diagnose(inputs).lifecycle.devices[0]

    assert device.system == "Windows 11 Pro"  # by its enrolment
    assert (device.support_end, device.years_at_least, device.wear) == (None, None, ())


def _drive(name: str, hours: int) -> Drive:
    return Drive(name, "HDD 4T", Level.OK, offices.FINE, 38.0, hours, None)


def test_days_left_are_as_of_the_period_s_end() -> None:
    inputs = replace(office(), forecasts=(offices.forecast("ssd_worn", pc(0), "sda", 90.25),))

    wear = diagnose(inputs).lifecycle.devices[0].wear[0]

    assert (wear.days_left, wear.low) == (90.0, 72.0)
    assert inputs.forecasts[0].at < END
