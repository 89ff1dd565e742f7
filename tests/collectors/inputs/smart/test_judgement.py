from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.inputs.smart.drive import (
    Access,
    Attribute,
    Drive,
    ExitStatus,
    Failed,
    Kind,
    ScsiError,
)
from collectors.inputs.smart.judgement import Snapshot, counts_of, judge
from collectors.inputs.smart.rules import DAY_S, LIMITS, REASONS, WARNING_BITS, Level

NOW = 1_000_000_000.0


def _attribute(number: int, name: str, raw: int, failed: Failed = Failed.NO, flags: str = "PO--CK") -> Attribute:
    return Attribute(number, name, 100, 100, 10, flags, failed, raw)


def _hdd(reallocated: int = 0, pending: int = 0, crc: int = 0) -> Drive:
    return Drive(
        kind=Kind.HDD,
        passed=True,
        attributes=(
            _attribute(5, "Reallocated_Sector_Ct", reallocated),
            _attribute(197, "Current_Pending_Sector", pending),
            _attribute(199, "UDMA_CRC_Error_Count", crc),
        ),
    )


def _before(days: float, drive: Drive) -> Snapshot:
    return Snapshot(NOW - days * DAY_S, counts_of(drive))


NVME = Drive(
    kind=Kind.NVME,
    passed=True,
    log={"critical_warning": 0, "available_spare": 100, "available_spare_threshold": 10, "media_errors": 0},
)


@pytest.mark.parametrize(
    ("drive", "level", "codes"),
    [
        (_hdd(), Level.OK, "no_findings"),
        (_hdd(reallocated=1), Level.WARNING, "reallocated"),
        (_hdd(reallocated=300), Level.FAILING, "reallocated"),
        (_hdd(pending=3), Level.WARNING, "pending"),
        (_hdd(pending=20, reallocated=5), Level.FAILING, "pending,reallocated"),
        (_hdd(crc=108), Level.OK, "no_findings"),
        (replace(_hdd(), passed=False), Level.FAILING, "drive_says_failing"),
        (replace(_hdd(), passed=None), Level.UNKNOWN, "no_verdict"),
        (replace(_hdd(pending=1), passed=None), Level.WARNING, "pending"),
        (replace(_hdd(), self_test_failed=True), Level.WARNING, "self_test_failed"),
        (replace(_hdd(), temperature=61), Level.WARNING, "hot"),
        (replace(_hdd(), temperature=59), Level.OK, "no_findings"),
        (replace(_hdd(), temperature=59, temperature_limit=55), Level.WARNING, "hot"),
        (replace(_hdd(), temperature=61, temperature_limit=100), Level.WARNING, "hot"),
        (replace(_hdd(), exit_status=ExitStatus.ERROR_LOG), Level.OK, "no_findings"),
        (replace(_hdd(), exit_status=ExitStatus.PAST_THRESHOLD), Level.OK, "no_findings"),
        (replace(_hdd(), exit_status=ExitStatus.COMMAND_FAILED), Level.OK, "no_findings"),
        (Drive(exit_status=ExitStatus.FAILING), Level.FAILING, "drive_says_failing"),
        (Drive(passed=True, exit_status=ExitStatus.PREFAIL_NOW), Level.FAILING, "attribute_failing"),
        (replace(NVME, log={**NVME.log, "media_errors": 7}), Level.WARNING, "media_errors"),
        (replace(NVME, log={**NVME.log, "available_spare": 9}), Level.FAILING, "spare_exhausted"),
        (replace(NVME, log={**NVME.log, "available_spare": 20}), Level.WARNING, "spare_low"),
        (replace(NVME, log={"available_spare": 100, "available_spare_threshold": 99}), Level.OK, "no_findings"),
        (replace(NVME, log={"critical_warning": 2}, passed=False), Level.WARNING, "too_hot"),
        (replace(NVME, log={"critical_warning": 2}, temperature=85), Level.WARNING, "hot"),
        (replace(NVME, log={"critical_warning": 4}, passed=False), Level.FAILING, "reliability_degraded"),
        (replace(NVME, endurance_used=120), Level.WARNING, "wear_high"),
        (replace(NVME, endurance_used=73, power_on_hours=9_000), Level.WARNING, "wear_fast"),
        (replace(NVME, endurance_used=73, power_on_hours=90_000), Level.OK, "no_findings"),
        (Drive(passed=False, scsi_error=ScsiError(0x0B, 1)), Level.WARNING, "scsi_warning"),
        (Drive(passed=False, scsi_error=ScsiError(0x5D, 0)), Level.FAILING, "drive_says_failing"),
        (Drive(passed=True, counters={"grown_defects": 2}), Level.WARNING, "grown_defects"),
        (Drive(passed=True, counters={"uncorrected_read_errors": 1}), Level.WARNING, "uncorrected_read_errors"),
    ],
)
def test_it_judges_a_drive_at_first_sight(drive: Drive, level: Level, codes: str) -> None:
    judgement = judge(drive)
    assert (judgement.level, judgement.codes) == (level, codes)


@pytest.mark.parametrize("access", [access for access in Access if access is not Access.OK])
def test_it_calls_a_drive_unknown_that_could_not_be_read(access: Access) -> None:
    judgement = judge(replace(_hdd(pending=99), passed=False, access=access))
    assert (judgement.level, judgement.codes) == (Level.UNKNOWN, str(access))
    assert judgement.text.ja != judgement.text.en


def test_it_tells_prefailure_from_age_and_heat() -> None:
    now = [
        _attribute(5, "Reallocated_Sector_Ct", 9, Failed.NOW),
        _attribute(9, "Power_On_Hours", 9, Failed.NOW, "-O--CK"),
        _attribute(190, "Airflow_Temperature_Cel", 60, Failed.NOW, "-O---K"),
    ]
    levels = [judge(Drive(kind=Kind.SSD, passed=True, attributes=(each,))) for each in now]
    assert [(each.level, each.codes) for each in levels] == [
        (Level.FAILING, "attribute_failing"),
        (Level.WARNING, "attribute_at_limit"),
        (Level.WARNING, "too_hot"),
    ]


def test_it_warns_of_an_attribute_that_failed_in_the_past_but_not_of_past_heat() -> None:
    spin_up = Drive(passed=True, attributes=(_attribute(3, "Spin_Up_Time", 1, Failed.PAST),))
    heat = Drive(passed=True, attributes=(_attribute(190, "Airflow_Temperature_Cel", 1, Failed.PAST),))
    assert judge(spin_up).text.en == "Spin_Up_Time was at the vendor's threshold in the past"
    assert judge(heat).level is Level.OK


def test_it_lets_flash_retire_blocks_but_not_fast() -> None:
    ssd = Drive(kind=Kind.SSD, passed=True, attributes=(_attribute(5, "Reallocated_Sector_Ct", 8),))
    earlier = Snapshot(NOW - 3600, {"reallocated": 1})
    assert judge(ssd).level is Level.OK
    assert judge(ssd, [earlier], NOW).level is Level.WARNING


def test_it_warns_of_new_transfer_errors_only() -> None:
    drive = _hdd(crc=120)
    assert judge(drive, [_before(0.5, _hdd(crc=119))], NOW).level is Level.OK
    judgement = judge(drive, [_before(0.5, _hdd(crc=100))], NOW)
    assert (judgement.level, judgement.text.en) == (Level.WARNING, "check the cable; transfer errors: 120 (20 new)")


def test_it_calls_a_drive_failing_whose_bad_sectors_multiply() -> None:
    assert judge(_hdd(reallocated=60), [_before(0.9, _hdd(reallocated=2))], NOW).level is Level.FAILING
    assert judge(_hdd(reallocated=60), [_before(3, _hdd()), _before(0.9, _hdd(reallocated=59))], NOW).level is (
        Level.WARNING
    ), "what grew before the last day is no longer growth"


def test_it_compares_with_the_last_known_count_after_a_long_silence() -> None:
    assert judge(_hdd(reallocated=60), [_before(30, _hdd(reallocated=2))], NOW).level is Level.FAILING


def test_it_takes_a_counter_that_went_back_for_a_reset() -> None:
    assert judge(_hdd(crc=5), [_before(0.5, _hdd(crc=500))], NOW).level is Level.OK


def test_it_lets_a_drive_recover_when_a_single_event_stays_single() -> None:
    drive = _hdd(reallocated=1)
    week = [_before(days, drive) for days in (8, 4, 1, 0.5)]
    assert judge(drive, week[1:], NOW).level is Level.WARNING, "less than a week is too soon"
    assert judge(drive, week, NOW).level is Level.OK
    assert judge(_hdd(reallocated=2), week, NOW).level is Level.WARNING
    assert judge(_hdd(), [_before(1, _hdd(pending=3))], NOW).level is Level.OK, "pending sectors were rewritten"


def test_it_does_not_let_many_bad_sectors_or_unreadable_ones_settle() -> None:
    for drive, level in ((_hdd(reallocated=400), Level.FAILING), (_hdd(pending=2), Level.WARNING)):
        assert judge(drive, [_before(8, drive), _before(0.5, drive)], NOW).level is level


def test_it_only_warns_where_the_meaning_of_attributes_is_guessed() -> None:
    ssd = Drive(kind=Kind.SSD, passed=True, attributes=(_attribute(5, "Reallocated_Sector_Ct", 9_000),))
    earlier = [Snapshot(NOW - 60, {"reallocated": 0})]
    assert judge(ssd, earlier, NOW).level is Level.FAILING
    assert judge(replace(ssd, in_database=False), earlier, NOW).level is Level.WARNING


def test_it_judges_no_packed_raw_value() -> None:
    packed = (
        _attribute(1, "Raw_Read_Error_Rate", 234_151_754),
        _attribute(7, "Seek_Error_Rate", 12_834_215_976_973),
        _attribute(188, "Command_Timeout", 12_885_098_499),
        _attribute(197, "Current_Pending_Sector", 2**40),
        _attribute(198, "Host_Reads_GiB", 4_000),
    )
    assert judge(Drive(kind=Kind.HDD, passed=True, attributes=packed)).level is Level.OK


def test_it_has_words_for_every_reason() -> None:
    codes = {limit.counter for limit in LIMITS} | {bit.code for bit in WARNING_BITS}
    codes |= {str(access) for access in Access if access is not Access.OK}
    assert codes <= REASONS.keys()


@given(
    st.dictionaries(st.sampled_from([limit.counter for limit in LIMITS]), st.integers(0, 2**40)),
    st.lists(st.tuples(st.floats(0, 30), st.integers(0, 2**40)), max_size=4),
    st.sampled_from(Kind),
)
def test_it_never_judges_better_for_higher_counts(
    counts: dict[str, int], past: list[tuple[float, int]], kind: Kind
) -> None:
    history = [Snapshot(NOW - days * DAY_S, dict.fromkeys(counts, count)) for days, count in sorted(past, reverse=True)]
    drive = Drive(kind=kind, passed=True, counters=counts)
    worse = replace(drive, counters={name: count + 2**41 for name, count in counts.items()})
    first, second = judge(drive, history, NOW), judge(worse, history, NOW)
    assert second.level.code >= first.level.code
    assert first.text.ja
    assert "{" not in first.text.en
