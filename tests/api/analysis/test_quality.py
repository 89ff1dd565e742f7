"""What the data lacks is said openly; bad input of any kind makes no guess and no error."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from api.analysis.diagnosis import diagnose
from api.analysis.tree import DataQuality, Diagnosis, Flaw
from api.readings.inputrun import InputFailure
from api.readings.presence import Presence
from api.reports.inputs import ReportInputs, freeze, thaw
from collectors.text import Text
from collectors.verdict import State
from tests.api.analysis import offices
from tests.api.analysis.offices import DAYS, END, NAS, SERVER, START, finding, office, pc
from tests.api.reports import office as reports

DAY = timedelta(days=1)


def flaws(quality: DataQuality) -> list[Flaw]:
    return [note.flaw for note in quality.notes]


def with_hours(inputs: ReportInputs, id_: str, hours: tuple[int, ...]) -> ReportInputs:
    devices = {**inputs.presence.devices, id_: hours}
    return replace(inputs, presence=replace(inputs.presence, devices=devices))


def test_a_month_without_flaws_has_no_notes() -> None:
    quality = diagnose(office()).quality

    assert flaws(quality) == []
    assert (quality.devices, quality.heard, quality.hours_percent) == (5, 5, 100.0)


def test_it_names_who_is_silent_and_who_was_never_heard_of() -> None:
    inputs = offices.without_reading(office(), pc(0))
    inputs = offices.with_reading(inputs, replace(offices.reading(pc(1)), last_seen=END - 4 * DAY))

    quality = diagnose(inputs).quality

    notes = {note.flaw: [each.id for each in note.subjects] for note in quality.notes}
    assert notes == {Flaw.NEVER_SEEN: [pc(0)], Flaw.SILENT: [pc(1)]}
    assert quality.heard == 4


def test_it_counts_hours_that_a_server_did_not_tell() -> None:
    inputs = with_hours(office(), SERVER, (*(24,) * 10, 0, 0, *(24,) * 18))

    quality = diagnose(inputs).quality

    (note,) = quality.notes
    assert (note.flaw, note.text.ja) == (Flaw.GAPS, "SV：データのない時間が48時間あります")
    assert quality.hours_percent == pytest.approx(96.7)


def test_days_on_which_a_pc_was_off_are_told_as_such() -> None:
    quality = diagnose(office()).quality
    assert Flaw.GAPS not in flaws(quality)  # nobody works at weekends


def test_a_pc_that_is_off_for_long_in_between_has_a_gap() -> None:
    inputs = with_hours(office(), pc(0), (*(9,) * 8, *(0,) * 10, *(9,) * 12))

    (note,) = diagnose(inputs).quality.notes

    assert "10日" in note.text.ja


def test_failing_inputs_and_checks_that_cannot_tell_are_named_with_all_their_devices() -> None:
    inputs = office()
    for id_ in (SERVER, NAS):
        reading = offices.reading(id_)
        checks = (*reading.checks, offices.check("raid", State.UNKNOWN))
        failure = InputFailure("smart", "NoPermission", "permission denied", END)
        inputs = offices.with_reading(inputs, replace(reading, checks=checks, failures=(failure,)))

    notes = {note.flaw: [each.id for each in note.subjects] for note in diagnose(inputs).quality.notes}

    assert notes == {Flaw.FAILING_INPUT: [SERVER, NAS], Flaw.CANNOT_TELL: [SERVER, NAS]}


def test_a_probe_that_reads_nothing_is_named() -> None:
    inputs = office()
    probe = offices.device("d-probe", "PROBE", "probe")
    inputs = replace(inputs, contract=replace(inputs.contract, probes=(probe,)))

    assert flaws(diagnose(inputs).quality) == []
    nothing_read: tuple[dict[str, tuple[int, ...]], ...] = ({}, {"d-probe": (*(24,) * 20, *(0,) * 10)})
    for hours in nothing_read:
        silent = replace(inputs, presence=replace(inputs.presence, probes=hours))
        assert flaws(diagnose(silent).quality) == [Flaw.PROBE]


def test_a_month_that_is_not_over_and_one_whose_points_are_gone_say_so() -> None:
    inputs = office()
    partial = replace(inputs, period=replace(inputs.period, end=END - 5 * DAY))
    old = replace(inputs, rolled_until=None, kept_since=START + 3 * DAY)

    assert Flaw.PARTIAL_MONTH in flaws(diagnose(partial).quality)
    assert Flaw.TOO_OLD in flaws(diagnose(old).quality)


# Bad input


def nothing(_inputs: ReportInputs) -> ReportInputs:
    return reports.empty()


def no_devices(_inputs: ReportInputs) -> ReportInputs:
    return reports.empty(devices=0)


def hostile(_inputs: ReportInputs) -> ReportInputs:
    inputs = reports.inputs(8, names=reports.HOSTILE_NAMES)
    device = inputs.contract.devices[0].id
    findings = tuple(finding(rule, device, reports.NOW - DAY) for rule in ("firewall_off", "disk_full"))
    return replace(inputs, findings=offices.found(*findings, evaluated=reports.NOW))


def strange_tags(inputs: ReportInputs) -> ReportInputs:
    odd = replace(finding("disk_full"), tags={})
    gone = replace(finding("firewall_off"), tags={"device": "d-nobody", "host": "x"})
    return replace(inputs, findings=offices.found(odd, gone))


def rules_that_are_gone(inputs: ReportInputs) -> ReportInputs:
    return replace(inputs, findings=replace(offices.found(finding("firewall_off")), rules={}))


def no_presence(inputs: ReportInputs) -> ReportInputs:
    return replace(inputs, presence=Presence())


def clock_that_ran_ahead(inputs: ReportInputs) -> ReportInputs:
    ahead = replace(finding("firewall_off"), opened_at=END - DAY, closed_at=END - 2 * DAY)
    return replace(inputs, findings=offices.found(ahead))


def first_hour(inputs: ReportInputs) -> ReportInputs:
    return replace(inputs, period=replace(inputs.period, end=START + timedelta(hours=1)))


BAD = (nothing, no_devices, hostile, strange_tags, rules_that_are_gone, no_presence, clock_that_ran_ahead, first_hour)


@pytest.mark.parametrize("spoil", BAD)
def test_bad_input_makes_a_diagnosis_all_the_same(spoil: Callable[[ReportInputs], ReportInputs]) -> None:
    inputs = spoil(office())

    diagnosis = diagnose(thaw(freeze(inputs)))

    assert diagnosis.summary.ja
    assert diagnosis.summary.en
    assert msgspec.json.encode(diagnosis)
    for text in texts(diagnosis):
        assert text.en
        assert "None" not in text.en
        assert "  " not in text.en.strip() or "  " in text.ja


def texts(value: object) -> list[Text]:
    """Return all texts of a tree."""
    if isinstance(value, Text):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, tuple):
        return [text for each in value for text in texts(each)]
    names = getattr(value, "__dataclass_fields__", {})
    return [text for name in names for text in texts(getattr(value, name))]


def test_no_data_at_all_is_said_first() -> None:
    diagnosis = diagnose(reports.empty())

    assert diagnosis.quality.notes[0].flaw is Flaw.NO_DATA
    assert diagnosis.overall.grade is None
    assert diagnosis.printers == ()


def test_the_same_inputs_give_the_same_bytes() -> None:
    inputs = office(finding("firewall_off"), finding("disk_full", SERVER, path="D:"))

    first, second = (msgspec.json.encode(diagnose(each), order="deterministic") for each in (inputs, inputs))

    assert first == second
    assert first == msgspec.json.encode(diagnose(thaw(freeze(inputs))), order="deterministic")


def test_a_hundred_devices_stay_small() -> None:
    findings = [finding("patches_lagging", pc(n)) for n in range(98)]
    inputs = office(*findings, pcs=98)

    diagnosis = diagnose(inputs)

    assert len(freeze(inputs)) < 3_000_000
    assert len(msgspec.json.encode(diagnosis)) < 1_000_000
    assert len(diagnosis.actions[0].subjects) == 98


# The summary


def summary(diagnosis: Diagnosis) -> str:
    return diagnosis.summary.ja


def test_the_summary_tells_grade_change_and_what_to_do_first() -> None:
    diagnosis = diagnose(office(finding("firewall_off")))

    assert summary(diagnosis) == (
        "総合評価はC（改善が必要）で、先月より悪化しました。"
        "急ぎの対応が1件あります。まず「ファイアウォールを有効に戻す」をお願いします。"
    )
    assert diagnosis.summary.en == (
        "The overall grade is C (needs improvement), worse than last month."
        " 1 thing needs action now; first: switch the firewall on again."
    )


def test_the_summary_of_a_good_month_says_that_there_is_nothing_to_do() -> None:
    assert summary(diagnose(office())) == "総合評価はA（良好）で、先月と同じです。今すぐ必要な対応はありません。"


def test_a_week_is_compared_with_the_week_before() -> None:
    inputs = office()
    week = replace(inputs, period=replace(inputs.period, week=48))

    assert summary(diagnose(week)).startswith("総合評価はA（良好）で、先週と同じです。")


def test_the_summary_names_devices_without_data() -> None:
    diagnosis = diagnose(offices.without_reading(office(), pc(0)))

    assert summary(diagnosis).endswith("1台からはデータが届いていません。")
    assert diagnosis.summary.en.endswith(" No data came from 1 of 5 devices.")


def test_the_disclaimer_says_what_the_terms_demand() -> None:
    ja = " ".join(each.ja for each in diagnose(office()).disclaimer)

    assert "正確性・完全性を保証するものではありません" in ja
    assert "原因の除去" in ja
    assert "含まれません" in ja
    assert len(DAYS) == 30
