"""Systems, batteries, licences, forecasts, equipment and what happens on the LAN, from rows."""

from datetime import date, datetime, timedelta

import pytest

from api.display.tokyo import TOKYO
from api.readings.equipment import MOST_EVENTS, to_equipment, to_lan_events
from api.readings.hardware import Hardware, to_hardware
from api.readings.outlook import to_forecasts
from api.readings.reader import Row
from collectors.text import Text

NOON = datetime(2026, 11, 20, 12, tzinfo=TOKYO)


def _row(tags: dict[str, str], at: datetime = NOON, **values: object) -> Row:
    return Row(at, tags, values)


def test_it_knows_the_system_and_until_when_it_is_supported() -> None:
    row = _row(
        {"device": "d-1"},
        os_name="Windows 10 Pro",
        os_version="22H2",
        os_build="19045",
        os_support_end="2025-10-14",
        os_support_note="延長あり",
    )

    system = to_hardware({"patches": [row]})["d-1"].system

    assert system is not None
    assert (system.name, system.version, system.support_end) == ("Windows 10 Pro", "22H2", date(2025, 10, 14))
    assert system.note == Text("延長あり", "延長あり")


@pytest.mark.parametrize("told", [None, "", "soon", "2025-13-99"])
def test_an_end_of_support_that_is_no_day_is_not_known(told: str | None) -> None:
    system = to_hardware({"patches": [_row({"device": "d-1"}, os_support_end=told)]})["d-1"].system

    assert system is not None
    assert system.support_end is None


def test_the_newest_row_of_a_part_counts() -> None:
    rows = [
        _row({"device": "d-1", "name": "BAT0"}, NOON, health_percent=70.0, cycles=400),
        _row({"device": "d-1", "name": "BAT0"}, NOON - timedelta(days=1), health_percent=90.0),
        _row({"device": "d-1", "name": "BAT1"}, health_percent=None),
    ]

    batteries = to_hardware({"battery": rows})["d-1"].batteries

    assert [(each.name, each.health_percent, each.cycles) for each in batteries] == [
        ("BAT0", 70.0, 400),
        ("BAT1", None, None),
    ]


def test_a_licence_without_an_end_is_none() -> None:
    rows = [
        _row({"device": "d-1", "product": "A"}, licence_end_date="2027-01-31"),
        _row({"device": "d-1", "product": "B"}),
    ]

    assert [each.product for each in to_hardware({"antivirus_product": rows})["d-1"].licences] == ["A"]


def test_what_was_not_told_is_not_known() -> None:
    assert to_hardware({"software_summary": [_row({"device": "d-1"})]}) == {"d-1": Hardware()}
    assert to_hardware({}) == {}


def test_the_newest_forecast_of_each_thing_counts_and_what_is_gone_is_left_out() -> None:
    disk = {"kind": "disk_full", "device": "d-1", "path": "C:"}
    rows = [
        _row(disk, NOON, state="ok", days_left=12.5, days_left_low=9.0),
        _row({**disk, "host": "old"}, NOON - timedelta(hours=6), state="too_few"),
        _row({**disk, "path": "D:"}, NOON - timedelta(days=9), state="ok", days_left=3.0),
        _row({"kind": "supply_empty", "asset": "mfp", "device": "d-1", "index": "1"}, state="not_told"),
        _row({"device": "d-1"}, state="ok"),
    ]

    found = to_forecasts(rows)

    assert [(each.kind, each.subject, each.part, each.state) for each in found] == [
        ("disk_full", "d-1", "C:", "ok"),
        ("supply_empty", "mfp", "1", "not_told"),
    ]
    assert (found[0].is_sure, found[1].is_sure) == (True, False)
    assert (found[0].days_left, found[0].low, found[0].high) == (12.5, 9.0, None)


def test_equipment_is_the_newest_of_each_by_name() -> None:
    rows = [
        _row({"asset": "r1", "kind": "router", "site": "s-1"}, name="RT", reachable=True, state="ok", maker="M"),
        _row({"asset": "r1", "kind": "router"}, NOON - timedelta(days=1), reachable=False),
        _row({"asset": "a1"}),
        _row({}),
    ]

    first, second = to_equipment(rows)

    assert (first.asset, first.name, first.kind, first.is_reachable, first.state) == (
        *("r1", "RT", "router"),
        *(True, "ok"),
    )
    assert (second.name, second.kind, second.is_reachable, second.state) == ("a1", "unknown", None, "unknown")


def test_events_are_named_by_what_is_best_known_and_cut_openly() -> None:
    new = _row({}, asset="a1", event="new", kind="phone", vendor="ACME", maker=None)
    few = to_lan_events([new, _row({}, asset="a2")])
    many = to_lan_events([new] * (MOST_EVENTS + 1))

    assert [(each.name, each.event, each.kind) for each in few.events] == [("ACME", "new", "phone")]
    assert (few.is_cut, many.is_cut, len(many.events)) == (False, True, MOST_EVENTS)
