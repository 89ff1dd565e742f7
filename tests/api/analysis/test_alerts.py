"""What rules found, counted, beside the month before."""

from dataclasses import replace
from datetime import timedelta

from api.analysis.diagnosis import diagnose
from api.analysis.tree import AlertStatistics, Tally
from api.reports.known import FoundFinding
from tests.api.analysis.offices import BEFORE, END, PRINTER, START, finding, office, pc

DAY = timedelta(days=1)


def alerts(*findings: FoundFinding) -> AlertStatistics:
    return diagnose(office(*findings)).alerts


def by(tallies: tuple[Tally, ...]) -> dict[str, tuple[int, int | None, int]]:
    return {each.key: (each.opened, each.before, each.open) for each in tallies}


def test_it_counts_by_severity_category_device_and_rule() -> None:
    found = alerts(
        finding("firewall_off", closed=START + 10 * DAY),
        finding("firewall_off", opened=START + 20 * DAY),
        finding("patches_lagging", pc(1), opened=BEFORE + 2 * DAY),
        finding("toner_low", PRINTER, opened=BEFORE + DAY, closed=BEFORE + 3 * DAY, index="1"),
    )

    assert (found.total.opened, found.total.before, found.total.open) == (2, 2, 2)
    assert by(found.severities) == {"critical": (2, 0, 1), "warning": (0, 2, 1), "info": (0, 0, 0)}
    assert by(found.categories)["security"] == (2, 1, 2)
    assert by(found.categories)["consumables"] == (0, 1, 0)
    assert by(found.subjects) == {pc(0): (2, 0, 1), pc(1): (0, 1, 1)}
    assert by(found.rules) == {"firewall_off": (2, 0, 1), "patches_lagging": (0, 1, 1)}


def test_time_open_is_that_within_the_month() -> None:
    found = alerts(
        finding("firewall_off", opened=START - 2 * DAY, closed=START + DAY),
        finding("patches_lagging", opened=END - DAY),
    )

    assert found.total.hours == 48.0
    assert found.hours_to_end == 72.0


def test_nothing_found_is_zero_and_no_time_is_none() -> None:
    found = alerts()

    assert (found.total.opened, found.total.open, found.total.hours) == (0, 0, 0.0)
    assert found.hours_to_end is None
    assert found.subjects == found.rules == ()


def test_without_the_month_before_there_is_no_number_to_compare_with() -> None:
    assert diagnose(office(finding("firewall_off"), with_before=False)).alerts.total.before is None


def test_at_most_ten_devices_and_rules_are_named() -> None:
    found = alerts(*(finding("firewall_off", f"printer-{n}") for n in range(15)))

    assert len(found.subjects) == 10
    assert found.total.opened == 15


def test_what_was_cut_is_said() -> None:
    inputs = office(finding("firewall_off"))

    found = diagnose(replace(inputs, findings=replace(inputs.findings, is_cut=True))).alerts

    assert found.notes
