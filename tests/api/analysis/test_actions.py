"""Actions: put together, ranked, and each with its page of advice."""

from datetime import timedelta

import pytest

from alert_rules.advice import advice
from alert_rules.registry import entries
from api.analysis.actions import actions_of
from api.analysis.diagnosis import diagnose
from api.analysis.tables import tables
from api.analysis.tree import Area, Reason, Subject
from collectors.text import Text
from tests.api.analysis.offices import NAS, PRINTER, SERVER, START, finding, office, pc


def test_the_gravest_and_easiest_comes_first() -> None:
    diagnosis = diagnose(
        office(
            finding("paper_empty", PRINTER, index="2"),
            finding("drive_failing", NAS, block_device="sdc", serial_no="X"),
            finding("firewall_off"),
            finding("battery_worn", pc(1), name="BAT0"),
        )
    )

    assert [action.advice for action in diagnosis.actions] == [
        "firewall_off",
        "drive_failing",
        "battery_worn",
        "paper_empty",
    ]
    assert [action.severity for action in diagnosis.actions] == ["critical", "critical", "info", "info"]


def test_the_same_on_several_devices_is_one_action() -> None:
    diagnosis = diagnose(office(*(finding("patches_lagging", pc(n)) for n in range(3)), pcs=5))

    (action,) = diagnosis.actions
    assert [subject.id for subject in action.subjects] == [pc(0), pc(1), pc(2)]
    assert len(action.facts) == 3
    assert action.facts[0].ja.startswith("PC-0：")


def test_rules_with_one_page_of_advice_are_one_action() -> None:
    diagnosis = diagnose(
        office(
            finding("drive_failing", NAS, block_device="sdc", serial_no="X"),
            finding("nas_disk_bad", "nas-asset", disk="3"),
            finding("physical_disk_bad", SERVER, disk="0"),
        )
    )

    (action,) = diagnosis.actions
    assert action.rules == ("drive_failing", "nas_disk_bad", "physical_disk_bad")
    assert len(action.subjects) == 3


def test_two_findings_about_one_disk_are_one_action() -> None:
    full = finding("disk_nearly_full", SERVER, path="D:")
    soon, elsewhere = (finding("disk_fills_soon", device, path="D:") for device in (SERVER, NAS))

    actions = {action.advice: [each.id for each in action.subjects] for action in diagnose(office(full, soon)).actions}
    apart = {action.advice for action in diagnose(office(full, elsewhere)).actions}

    assert actions == {"disk_nearly_full": [SERVER]}
    assert apart == {"disk_nearly_full", "disk_fills_soon"}


def test_more_devices_make_an_action_more_useful() -> None:
    one, three = (diagnose(office(*(finding("patches_lagging", pc(n)) for n in range(some)))) for some in (1, 3))

    assert three.actions[0].value > one.actions[0].value


def test_what_is_over_comes_after_what_lasts() -> None:
    diagnosis = diagnose(
        office(
            finding("firewall_off", closed=START + timedelta(days=11)),
            finding("patches_lagging", pc(1)),
        )
    )

    assert [(action.advice, action.lasts) for action in diagnosis.actions] == [
        ("patches_lagging", True),
        ("firewall_off", False),
    ]
    assert "急ぎの問題はありません" in diagnosis.summary.ja


def test_five_are_named_and_the_others_counted() -> None:
    rules = [
        "firewall_off",
        "antivirus_off",
        "patches_lagging",
        "disk_full",
        "service_stopped",
        "clock_wrong",
        "cpu_busy",
    ]

    diagnosis = diagnose(office(*(finding(rule) for rule in rules)))

    assert (len(diagnosis.actions), diagnosis.more_actions) == (5, 2)


@pytest.mark.parametrize("rule", sorted(entries()))
def test_every_rule_leads_to_an_action_with_a_page_in_both_languages(rule: str) -> None:
    entry = entries()[rule].rule
    subject = Subject("d-1", "PC", "pc")
    reason = Reason(Text("x", "x"), 1.0, Area.SECURITY, subject, rule, entry.advice_id, entry.severity, None)

    (action,) = actions_of([reason], tables().actions)

    assert advice(action.advice, "ja").steps
    assert advice(action.advice, "en").steps
    assert action.text.ja
    assert action.text.en
    assert action.risk_text.ja
    assert action.effort_text.en


def test_a_rule_that_there_is_none_of_any_more_has_no_action_but_its_words() -> None:
    subject = Subject("d-1", "PC", "pc")
    words = Text("以前の規則", "an old rule")
    gone = Reason(words, 1.0, Area.SECURITY, subject, "gone_rule", "gone_page", "info", None)

    (action,) = actions_of([gone], tables().actions)

    assert action.text == words
