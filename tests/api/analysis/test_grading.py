"""Grades: what takes points off, what is not graded, and how it compares with the month before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.analysis.diagnosis import diagnose
from api.analysis.grading import NO_DATA_BEFORE
from api.analysis.tree import Area, Diagnosis, Grade, Graded, Trend
from api.reports.inputs import ReportInputs
from api.reports.known import FoundFinding
from collectors.inputs.smart.rules import Level
from collectors.text import Text
from collectors.verdict import State
from tests.api.analysis import offices
from tests.api.analysis.offices import BEFORE, END, NAS, PRINTER, ROUTER, SERVER, START, finding, office, pc


def of(diagnosis: Diagnosis, subject: str, area: Area | None = None) -> Graded:
    every = {each.subject.id: each for each in (*diagnosis.devices, *diagnosis.equipment)}
    return every[subject].overall if area is None else every[subject].areas[area]


def area_of(diagnosis: Diagnosis, area: Area) -> Graded:
    return next(each.overall for each in diagnosis.areas if each.area is area)


def test_an_office_in_which_all_is_well_has_the_best_grade_everywhere() -> None:
    diagnosis = diagnose(office())

    assert diagnosis.overall.grade is Grade.A
    assert [each.overall.grade for each in diagnosis.areas] == [Grade.A] * 6
    assert {each.overall.grade for each in (*diagnosis.devices, *diagnosis.equipment)} == {Grade.A}
    assert diagnosis.overall.reasons == ()
    assert diagnosis.overall.compared.trend is Trend.SAME
    assert diagnosis.actions == ()


def test_a_finding_takes_its_weight_off_with_its_reason() -> None:
    diagnosis = diagnose(office(finding("patches_lagging")))

    graded = of(diagnosis, pc(0), Area.SECURITY)
    assert (graded.score, graded.grade) == (80.0, Grade.B)
    (reason,) = graded.reasons
    assert (reason.rule, reason.advice, reason.severity) == ("patches_lagging", "patches_lagging", "warning")
    assert reason.since == START + timedelta(days=9) - timedelta(hours=1)
    assert reason.lasts
    assert area_of(diagnosis, Area.SECURITY).reasons == (reason,)


def test_while_something_critical_lasts_no_grade_is_good() -> None:
    diagnosis = diagnose(office(finding("firewall_off")))

    assert of(diagnosis, pc(0), Area.SECURITY).grade is Grade.D
    assert of(diagnosis, pc(0)).grade is Grade.D
    assert area_of(diagnosis, Area.SECURITY).grade is Grade.C
    assert diagnosis.overall.grade is Grade.C


def test_what_is_over_weighs_less() -> None:
    over = finding("firewall_off", closed=START + timedelta(days=12))
    lasting, past = (diagnose(office(each)) for each in (finding("firewall_off"), over))

    first, second = (of(each, pc(0), Area.SECURITY).reasons[0] for each in (lasting, past))
    assert second.weight == pytest.approx(first.weight * 0.35)
    assert not second.lasts
    assert second.until == START + timedelta(days=12)


def test_what_comes_back_weighs_more_and_is_said_once() -> None:
    closed = START + timedelta(days=2)
    twice = [finding("service_stopped", SERVER, START + timedelta(days=n), closed + timedelta(days=n)) for n in (1, 9)]

    (reason,) = of(diagnose(office(*twice)), SERVER, Area.AVAILABILITY).reasons

    assert reason.times == 2
    assert reason.weight == pytest.approx(25 * 0.35 * 1.25, abs=0.01)
    assert "2回" in reason.text.ja


def test_what_is_over_is_told_apart_from_what_lasts() -> None:
    black = finding(
        "toner_low", PRINTER, START + timedelta(days=2), START + timedelta(days=4), index="1", color="black"
    )
    cyan = finding("toner_low", PRINTER, START + timedelta(days=9), index="2", color="cyan")

    first, second = of(diagnose(office(black, cyan)), PRINTER, Area.CONSUMABLES).reasons

    assert (first.lasts, first.weight, first.times) == (True, 15, 1)
    assert (second.lasts, second.weight, second.times) == (False, 5.25, 1)


def test_parts_of_one_device_are_one_reason() -> None:
    toner = [finding("toner_low", PRINTER, index=index, color=c) for index, c in (("1", "cyan"), ("2", "black"))]

    (reason,) = of(diagnose(office(*toner)), PRINTER, Area.CONSUMABLES).reasons

    assert reason.weight == pytest.approx(15 * 1.25)
    assert "ほか1か所" in reason.text.ja


def test_the_graver_of_two_findings_about_the_same_counts() -> None:
    both = [finding(rule, SERVER, path="D:") for rule in ("disk_nearly_full", "disk_full")]
    elsewhere = finding("disk_nearly_full", SERVER, path="E:")

    rules = {each.rule for each in of(diagnose(office(*both)), SERVER, Area.CAPACITY).reasons}
    with_other = {each.rule for each in of(diagnose(office(*both, elsewhere)), SERVER, Area.CAPACITY).reasons}

    assert rules == {"disk_full"}
    assert with_other == {"disk_full", "disk_nearly_full"}


def test_what_lasts_is_not_hidden_by_a_graver_finding_that_is_over() -> None:
    full = finding("disk_full", SERVER, closed=START + timedelta(days=11), path="D:")
    nearly = finding("disk_nearly_full", SERVER, START + timedelta(days=8), path="D:")

    rules = {each.rule: each.lasts for each in of(diagnose(office(full, nearly)), SERVER, Area.CAPACITY).reasons}

    assert rules == {"disk_full": False, "disk_nearly_full": True}


def test_a_finding_of_which_nobody_could_tell_any_longer_has_not_ended() -> None:
    untold = finding("antivirus_off", closed=START + timedelta(days=12), end="unknown")

    (reason,) = of(diagnose(office(untold)), pc(0), Area.SECURITY).reasons

    assert reason.lasts
    assert reason.weight == 45
    assert "確認できていません" in reason.text.ja


def test_a_later_finding_of_the_same_tells_how_the_earlier_ended() -> None:
    untold = finding("antivirus_off", closed=START + timedelta(days=12), end="unknown")
    later = finding("antivirus_off", opened=START + timedelta(days=14), closed=START + timedelta(days=15))

    (reason,) = of(diagnose(office(untold, later)), pc(0), Area.SECURITY).reasons

    assert not reason.lasts


def test_what_only_concerns_the_provider_is_not_told() -> None:
    diagnosis = diagnose(office(finding("spool_dropped"), finding("input_failing", input="smart")))

    assert diagnosis.overall.reasons == ()
    assert diagnosis.actions == ()
    assert diagnosis.alerts.total.opened == 0


def test_a_site_counts_where_something_speaks_against_it() -> None:
    diagnosis = diagnose(office(finding("internet_down", "s-1", check="internet", closed=START + timedelta(days=10))))

    area = next(each for each in diagnosis.areas if each.area is Area.AVAILABILITY)
    assert [each.name for each in area.worst] == ["本社"]
    assert area.overall.reasons[0].subject.kind == "site"


def test_a_finding_before_the_month_speaks_against_the_month_before_only() -> None:
    old = finding("firewall_off", opened=BEFORE + timedelta(days=3), closed=BEFORE + timedelta(days=20))

    diagnosis = diagnose(office(old))

    assert diagnosis.overall.reasons == ()
    assert of(diagnosis, pc(0), Area.SECURITY).compared.trend is Trend.BETTER
    assert of(diagnosis, pc(0), Area.SECURITY).compared.before is Grade.B


def test_a_finding_that_came_this_month_makes_it_worse() -> None:
    diagnosis = diagnose(office(finding("drive_failing", NAS, block_device="sdc", serial_no="X")))

    assert of(diagnosis, NAS, Area.HARDWARE).compared.trend is Trend.WORSE
    assert diagnosis.overall.compared.trend is Trend.WORSE
    assert "悪化" in diagnosis.summary.ja


def test_a_finding_that_lasts_for_long_is_in_both_months() -> None:
    diagnosis = diagnose(office(finding("patches_lagging", opened=BEFORE + timedelta(days=3))))

    compared = of(diagnosis, pc(0), Area.SECURITY).compared
    assert (compared.trend, compared.before) == (Trend.SAME, Grade.B)


def test_without_the_month_before_nothing_is_compared() -> None:
    diagnosis = diagnose(office(with_before=False))

    assert diagnosis.overall.compared.trend is Trend.UNKNOWN
    assert diagnosis.overall.compared.why == NO_DATA_BEFORE
    assert diagnosis.overall.grade is Grade.A


def test_a_device_that_came_this_month_is_not_compared() -> None:
    inputs = office()
    new = offices.device("d-new", "NEW", enrolled=START + timedelta(days=10))
    inputs = replace(inputs, contract=replace(inputs.contract, devices=(*inputs.contract.devices, new)))
    inputs = offices.with_reading(inputs, offices.reading("d-new"))
    hours = {**inputs.presence.devices, "d-new": (0,) * 10 + (9,) * 20}
    inputs = replace(inputs, presence=replace(inputs.presence, devices=hours))

    diagnosis = diagnose(inputs)

    graded = of(diagnosis, "d-new")
    assert graded.grade is Grade.A
    assert graded.compared.trend is Trend.UNKNOWN
    assert graded.compared.why == Text("前回の期間はまだ対象ではありませんでした", "it was not there the period before")
    assert "登録されました" in " ".join(note.text.ja for note in diagnosis.quality.notes)


def test_a_device_that_left_speaks_against_nothing() -> None:
    inputs = office(finding("drive_failing", "d-gone", block_device="sda", serial_no="X"))
    gone = replace(offices.device("d-gone", "OLD-PC"), revoked_at=START + timedelta(days=12))
    diagnosis = diagnose(replace(inputs, contract=replace(inputs.contract, left=(gone,))))

    assert diagnosis.overall.grade is Grade.A
    assert diagnosis.actions == ()
    assert "対象から外れました" in " ".join(note.text.ja for note in diagnosis.quality.notes)


# What cannot be told


def test_a_device_without_data_is_not_graded_and_not_counted() -> None:
    diagnosis = diagnose(offices.without_reading(office(), pc(0)))

    graded = of(diagnosis, pc(0))
    assert (graded.grade, graded.score) == (None, None)
    assert graded.why_not == Text("この期間のデータがありません", "no data came within this period")
    area = next(each for each in diagnosis.areas if each.area is Area.SECURITY)
    assert area.counts["none"] == 1
    assert [each.id for each in area.not_graded] == [pc(0)]
    assert area.overall.grade is Grade.A
    assert area.overall.unknown
    assert graded.compared.trend is Trend.UNKNOWN
    assert graded.compared.before is Grade.A


def test_a_silent_device_is_not_graded_by_what_it_told_long_ago() -> None:
    silent = replace(offices.reading(pc(0)), last_seen=END - timedelta(days=6))

    diagnosis = diagnose(offices.with_reading(office(), silent))

    assert of(diagnosis, pc(0), Area.SECURITY).grade is None
    assert of(diagnosis, pc(0)).why_not == Text(
        "2026年11月25日以降のデータがありません", "No data came after 25 Nov 2026"
    )
    assert [reason.rule for reason in of(diagnosis, pc(0), Area.AVAILABILITY).reasons] == ["device_silent"]


@pytest.mark.parametrize(("unknown", "graded"), [(("antivirus",), True), (("antivirus", "firewall"), False)])
def test_an_area_of_which_too_little_is_known_is_not_graded(unknown: tuple[str, ...], graded: bool) -> None:
    checks = tuple(
        offices.check(name, State.UNKNOWN if name in unknown else State.OK)
        for name in ("antivirus", "firewall", "patches")
    )

    diagnosis = diagnose(offices.with_reading(office(), replace(offices.reading(pc(0)), checks=checks)))

    area = of(diagnosis, pc(0), Area.SECURITY)
    assert (area.grade is not None) is graded
    assert len(area.unknown) == len(unknown)


def test_what_is_known_to_be_bad_is_bad_whatever_else_is_not_known() -> None:
    checks = (offices.check("antivirus", State.UNKNOWN),)
    inputs = offices.with_reading(office(finding("firewall_off")), replace(offices.reading(pc(0)), checks=checks))

    area = of(diagnose(inputs), pc(0), Area.SECURITY)

    assert area.grade is Grade.D
    assert len(area.unknown) == 3


def test_an_office_of_which_half_is_silent_has_no_grade() -> None:
    inputs = office()
    for id_ in (pc(0), pc(1), pc(2)):
        inputs = offices.without_reading(inputs, id_)

    diagnosis = diagnose(inputs)

    assert area_of(diagnosis, Area.SECURITY).grade is None
    assert diagnosis.overall.grade is None
    assert diagnosis.overall.why_not is not None
    assert "総合評価ができません" in diagnosis.summary.ja


def test_without_evaluation_nothing_is_graded_and_that_is_said() -> None:
    inputs = office(finding("firewall_off"))
    stale = replace(inputs, findings=replace(inputs.findings, evaluated_at=START - timedelta(days=1)))

    diagnosis = diagnose(stale)

    assert diagnosis.overall.grade is None
    assert {each.overall.grade for each in diagnosis.devices} == {None}
    assert [reason.rule for reason in diagnosis.overall.reasons] == ["firewall_off"]
    assert any(note.flaw == "not_evaluated" for note in diagnosis.quality.notes)
    by_grafana = diagnose(replace(inputs, findings=replace(inputs.findings, evaluated_at=None, by_grafana=True)))
    assert by_grafana.overall.grade is not None


def test_an_area_with_nothing_in_it_is_not_missed() -> None:
    inputs = office()
    inputs = replace(inputs, reading=replace(inputs.reading, printers=()), printers={}, equipment=())

    diagnosis = diagnose(inputs)

    area = next(each for each in diagnosis.areas if each.area is Area.CONSUMABLES)
    assert (area.overall.grade, sum(area.counts.values())) == (None, 0)
    assert area.overall.why_not == Text("対象の機器がありません", "there is nothing of this kind")
    assert diagnosis.overall.grade is Grade.A


# What devices told last that no rule has found


def test_a_bad_verdict_counts_where_no_rule_has_found_it() -> None:
    checks = (offices.check("antivirus", State.BAD), *map(offices.check, ("firewall", "patches")))
    inputs = offices.with_reading(office(), replace(offices.reading(pc(0)), checks=checks))

    (reason,) = of(diagnose(inputs), pc(0), Area.SECURITY).reasons
    assert (reason.rule, reason.weight) == ("antivirus_off", 20)

    covered = replace(inputs, findings=offices.found(finding("antivirus_definitions_old")))
    (reason,) = of(diagnose(covered), pc(0), Area.SECURITY).reasons
    assert reason.rule == "antivirus_definitions_old"


def test_a_failing_drive_counts_where_no_rule_has_found_it() -> None:
    reading = offices.reading(NAS)
    failing = replace(reading, drives=(replace(reading.drives[0], state=Level.FAILING),))

    (reason,) = of(diagnose(offices.with_reading(office(), failing)), NAS, Area.HARDWARE).reasons

    assert (reason.rule, reason.severity, reason.advice) == ("drive_failing", "critical", "drive_failing")


def test_equipment_that_does_not_answer_counts() -> None:
    inputs = office()
    away = replace(inputs, equipment=(replace(offices.router(), is_reachable=False),))

    (reason,) = of(diagnose(away), ROUTER, Area.EQUIPMENT).reasons

    assert reason.advice == "equipment_unreachable"


# Any order


def shuffled(inputs: ReportInputs, findings: tuple[FoundFinding, ...]) -> ReportInputs:
    return replace(inputs, findings=replace(inputs.findings, findings=findings))


def test_the_order_of_findings_changes_nothing() -> None:
    findings = (
        finding("firewall_off"),
        finding("toner_low", PRINTER, index="1", color="cyan", type="toner"),
        finding("disk_full", SERVER, path="D:"),
        finding("patches_lagging", pc(1)),
    )
    inputs = office(*findings)

    first, second = (diagnose(shuffled(inputs, each)) for each in (findings, findings[::-1]))

    assert first.overall == second.overall
    assert first.actions == second.actions
