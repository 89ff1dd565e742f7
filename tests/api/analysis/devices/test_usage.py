"""Idle, overloaded and seldom used machines, on hours whose answer is known."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from alert_rules.advice import advice
from api.analysis.devices.hourly import Hourly
from api.analysis.devices.tree import Use
from api.analysis.devices.usage import Load, moves_of, office_hours_of, usage_of
from api.analysis.tree import Subject
from tests.api.analysis.devices.made import MONDAY, PC, SERVER, Shape, office_day, weeks

GIB = 1024.0**3
OTHER = replace(PC, id="d-other", name="SOUMU-PC01")


def load(cpu: Shape, memory: Shape = lambda _moment: 50.0, gib: float | None = 16) -> Load:
    return Load(weeks(cpu, 4), weeks(memory, 4), None if gib is None else gib * GIB)


def still(_moment: datetime) -> float:
    return 2.0


def heavy(moment: datetime) -> float:
    return 92.0 if moment.weekday() < 5 and 13 <= moment.hour < 16 else 30.0


def test_office_hours_are_nine_a_day_from_monday_to_friday() -> None:
    hours = Hourly(MONDAY, np.zeros(168))

    marked = np.flatnonzero(office_hours_of(hours))

    assert len(marked) == 45
    assert marked[:9].tolist() == list(range(9, 18))
    assert marked[-1] == 4 * 24 + 17


def test_an_ordinary_machine_is_told_with_its_median() -> None:
    found = usage_of(PC, load(office_day), 180)

    assert (found.use, found.office_hours, found.told_hours) == (Use.ORDINARY, 180, 180)
    assert (found.cpu_percent, found.cpu_busy_hours) == (20.0, 0)
    assert found.text.ja == "営業時間のCPU使用率は中央値20%"


def test_a_machine_that_does_nothing_is_idle() -> None:
    found = usage_of(PC, load(still), 180)

    assert found.use is Use.IDLE
    assert found.text.ja == "営業時間の180時間のうち100%で、CPU使用率が6%以下です"


def test_a_machine_used_for_half_a_day_a_week_is_not_idle() -> None:
    monday: Shape = lambda moment: 25.0 if moment.weekday() == 0 and 9 <= moment.hour < 13 else 2.0  # noqa: E731

    assert usage_of(PC, load(monday), 180).use is Use.ORDINARY


def test_a_server_that_works_at_night_is_not_idle() -> None:
    night: Shape = lambda moment: 60.0 if moment.hour < 4 else 2.0  # noqa: E731

    assert usage_of(SERVER, load(night), 180).use is Use.ORDINARY
    assert usage_of(PC, load(night), 180).use is Use.IDLE
    assert usage_of(SERVER, load(still), 180).use is Use.IDLE


def test_an_overloaded_machine_is_told_with_its_hours() -> None:
    found = usage_of(PC, load(heavy), 180)

    assert (found.use, found.cpu_busy_hours) == (Use.OVERLOADED, 60)
    assert found.text.ja == "CPU使用率が80%以上の時間が、営業時間180時間のうち60時間（33%）"
    assert advice(found.advice, "ja").steps


def test_too_little_memory_is_overload_too() -> None:
    found = usage_of(PC, load(office_day, lambda _moment: 93.0), 180)

    assert (found.use, found.memory_full_hours) == (Use.OVERLOADED, 180)
    assert found.advice == "memory_full"
    assert advice(found.advice, "en").steps


def test_a_pc_that_is_seldom_on_is_told_so_and_not_called_idle() -> None:
    monday: Shape = lambda moment: 2.0 if moment.weekday() == 0 and 9 <= moment.hour < 14 else np.nan  # noqa: E731

    found = usage_of(PC, load(monday, monday), 180)

    assert (found.use, found.told_hours) == (Use.SELDOM_ON, 20)
    assert "180時間のうち、電源が入っていたのは20時間（11%）" in found.text.ja
    assert "区別できません" in found.text.ja


def test_a_server_that_was_silent_for_most_of_the_time_cannot_be_judged() -> None:
    late: Shape = lambda moment: 2.0 if (moment - MONDAY).days >= 20 else np.nan  # noqa: E731

    found = usage_of(SERVER, load(late, late), 180)

    assert found.use is Use.CANNOT_TELL
    assert "データが届いておらず" in found.text.ja


def test_a_week_is_needed_to_speak_of_load() -> None:
    found = usage_of(PC, Load(weeks(still, 0.5), weeks(still, 0.5)), 27)

    assert found.use is Use.CANNOT_TELL
    assert "30時間しかありません" in found.text.ja


@pytest.mark.parametrize("told", [None, load(lambda _moment: np.nan, lambda _moment: np.nan)])
def test_a_machine_that_told_nothing_cannot_be_judged(told: Load | None) -> None:
    found = usage_of(PC, told, 180)

    assert (found.use, found.office_hours, found.told_hours) == (Use.CANNOT_TELL, 180, 0)
    assert found.cpu_percent is None
    assert found.cpu_busy_hours is None


def test_a_machine_without_processor_use_is_judged_by_memory_only() -> None:
    nothing: Shape = lambda _moment: np.nan  # noqa: E731

    assert usage_of(PC, load(nothing), 180).use is Use.CANNOT_TELL
    assert usage_of(PC, load(nothing, lambda _moment: 95.0), 180).use is Use.OVERLOADED


def _moves(source: Load, target: Load, other: Subject = OTHER) -> list[str]:
    loads = {PC.id: source, other.id: target}
    usage = [usage_of(PC, source, 180), usage_of(other, target, 180)]
    return [move.target.id for move in moves_of(usage, loads)]


def test_work_may_move_to_an_idle_machine_of_the_same_kind_and_site() -> None:
    assert _moves(load(heavy), load(still)) == [OTHER.id]
    assert _moves(load(heavy), load(still), replace(OTHER, site="支店")) == []
    assert _moves(load(heavy), load(still), replace(OTHER, kind="server")) == []


def test_it_may_not_move_where_memory_or_processor_have_no_room_or_that_is_not_known() -> None:
    assert _moves(load(heavy, gib=64), load(still)) == []
    assert _moves(load(heavy), load(lambda _moment: 50.0)) == []
    assert _moves(load(heavy), load(heavy)) == []
    assert _moves(load(heavy, gib=None), load(still)) == []
    assert _moves(load(heavy), load(still, lambda _moment: np.nan)) == []


def test_a_machine_is_the_target_of_one_move_only() -> None:
    third = replace(PC, id="d-third", name="KEIRI-PC02")
    loads = {PC.id: load(heavy), third.id: load(heavy), OTHER.id: load(still, lambda _moment: 20.0)}
    usage = [usage_of(each, loads[each.id], 180) for each in (PC, third, OTHER)]

    (move,) = moves_of(usage, loads)

    assert (move.source.id, move.target.id) == (PC.id, OTHER.id)
    assert "KEIRI-PC01の作業の一部をSOUMU-PC01" in move.text.ja
