import itertools
from collections import defaultdict
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo.calendar import DAY_S
from api.demo.cast import MACHINES, Machine, machine
from api.demo.history import OFTEN, machine_points, moments
from api.demo.incidents import Incident
from api.demo.office import Office
from collectors.catalogue import problems
from collectors.point import FieldValue, Point

NS = 10**9
DECLARED_DAYS = 40
"""All kinds of points, close and coarse, come within so many days of the end."""


def only(office: Office, kind: str, device: str) -> Incident:
    (incident,) = office.of(kind, device)
    return incident


def at_moment(office: Office, key: str, moment_s: int, measurement: str) -> list[Point]:
    """What a machine says of itself in the hour before a moment."""
    points = machine_points(office, machine(key), moment_s - 7 * 3600, moment_s)
    return [point for point in points if point.measurement == measurement]


def last(points: Iterable[Point], field: str, **tags: str) -> FieldValue:
    matching = [
        point for point in points if field in point.fields and all(point.tags.get(k) == v for k, v in tags.items())
    ]
    return matching[-1].fields[field]


@pytest.mark.parametrize("each", MACHINES, ids=lambda each: each.key)
def test_it_is_declared_in_order_and_not_of_the_future(office: Office, each: Machine) -> None:
    begin = office.anchor - DECLARED_DAYS * DAY_S
    points = list(machine_points(office, each, begin, office.anchor))
    assert problems(points) == []
    times = [point.time_ns or 0 for point in points]
    assert times == sorted(times)
    assert begin * NS < times[0]
    assert times[-1] <= office.anchor * NS
    identities = {(point.measurement, *sorted(point.tags.items()), point.time_ns) for point in points}
    assert len(identities) == len(points)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(MACHINES), st.integers(0, 80), st.integers(600, 2 * DAY_S))
def test_it_tells_the_same_however_it_is_asked(office: Office, each: Machine, days_ago: int, span: int) -> None:
    until = office.anchor - days_ago * DAY_S
    whole = {
        (p.measurement, *sorted(p.tags.items()), p.time_ns): p.fields
        for p in machine_points(office, each, until - span, until)
    }
    other = Office(office.anchor)
    for point in machine_points(other, each, until - span // 2, until):
        key = (point.measurement, *sorted(point.tags.items()), point.time_ns)
        assert whole.get(key, point.fields) == point.fields


def test_it_differs_by_seed(office: Office) -> None:
    other = Office(office.anchor, seed=2)
    one, two = (list(machine_points(each, MACHINES[0], office.anchor - 600, office.anchor)) for each in (office, other))
    assert [point.fields for point in one] != [point.fields for point in two]


@given(st.integers(0, 95 * DAY_S), st.integers(1, 95 * DAY_S))
def test_it_lists_each_moment_once_in_order(after: int, span: int) -> None:
    found = list(moments(OFTEN, after, after + span, [(after + 500, after + 9_000)]))
    assert found == sorted(set(found))
    assert all(after < moment <= after + span for moment in found)


def test_it_goes_on_where_it_ended(office: Office) -> None:
    first = list(moments(OFTEN, office.anchor - 300, office.anchor, []))
    then = list(moments(OFTEN, office.anchor, office.anchor + 120, []))
    assert then[0] - first[-1] == 60


def test_it_counts_up_until_a_restart(office: Office) -> None:
    for key in ("sv-kaikei", "pc-keiri1"):
        seen: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for point in machine_points(office, machine(key), office.history_start, office.anchor):
            if point.measurement == "diskio":
                seen[point.tags["name"]].append((point.time_ns or 0, int(str(point.fields["read_bytes"]))))
        for values in seen.values():
            drops = [t for (_, before), (t, now) in itertools.pairwise(values) if now < before]
            boots = {office.booted_at(machine(key), t // NS) for t, _ in values} - {
                office.booted_at(machine(key), values[0][0] // NS)
            }
            assert len(drops) == len(boots)


def test_it_falls_silent(office: Office) -> None:
    incident = only(office, "device_silent", "pc-eigyo")
    points = list(machine_points(office, machine("pc-eigyo"), office.history_start, office.anchor))
    assert incident.start - 3600 * NS < (points[-1].time_ns or 0) // NS < incident.start


def test_it_is_gone_while_shut_down_and_counts_uptime_anew(office: Office) -> None:
    incident = only(office, "unexpected_shutdown", "sv-kaikei")
    assert incident.end is not None
    points = list(machine_points(office, machine("sv-kaikei"), incident.start - DAY_S, incident.end + 2 * 3600))
    times = [(point.time_ns or 0) // NS for point in points]
    assert not [moment for moment in times if incident.start <= moment < incident.end]
    uptimes = [int(str(p.fields["uptime"])) for p in points if p.measurement == "system"]
    assert uptimes[-1] < 3 * 3600 < uptimes[0]


@pytest.mark.parametrize(
    ("kind", "device", "measurement", "code"),
    [
        ("antivirus_off", "pc-daihyo", "antivirus", "realtime_off"),
        ("firewall_off", "pc-uketsuke", "firewall", "profiles_off"),
        ("service_down", "sv-kaikei", "services", "down"),
    ],
)
def test_it_shows_what_was_switched_off(office: Office, kind: str, device: str, measurement: str, code: str) -> None:
    incident = only(office, kind, device)
    assert incident.end is not None
    before = at_moment(office, device, incident.start - 60, measurement)
    during = at_moment(office, device, incident.end - 60, measurement)
    after = at_moment(office, device, incident.end + 7 * 3600, measurement)
    assert (last(before, "state"), last(during, "state"), last(after, "state")) == ("ok", "bad", "ok")
    assert last(during, "reason_code") == code


def test_it_shows_stale_definitions_lagging_patches_and_an_old_system(office: Office) -> None:
    now = office.anchor
    stale = at_moment(office, "pc-soumu", now, "antivirus")
    assert last(stale, "state") == "bad"
    assert float(str(last(stale, "definitions_age_days"))) == pytest.approx(19, abs=0.2)
    lagging = at_moment(office, "pc-keiri2", now, "patches")
    assert float(str(last(lagging, "lag_days"))) > 60
    old = at_moment(office, "pc-uketsuke", now, "patches")
    assert int(str(last(old, "os_support_days_left"))) < 0


def test_it_shows_a_disk_that_fills_faster(office: Office) -> None:
    def used(days_ago: int) -> float:
        points = at_moment(office, "sv-kaikei", office.anchor - days_ago * DAY_S, "disk")
        return float(str(last(points, "used_percent", path="\\D:")))

    assert used(0) > 92
    assert used(0) - used(28) > 2 * (used(31) - used(59))


def test_it_shows_memory_running_out_and_a_busy_processor(office: Office) -> None:
    leak = only(office, "memory_leak", "sv-bunsho")
    assert leak.end is not None
    full, restarted = (
        float(str(last(at_moment(office, "sv-bunsho", moment, "mem"), "used_percent")))
        for moment in (leak.end - 60, leak.end + 7200)
    )
    assert full > 90 > restarted + 15
    busy = only(office, "cpu_runaway", "pc-keiri1")
    idle = last(at_moment(office, "pc-keiri1", busy.start + 7200, "cpu"), "usage_idle")
    assert float(str(idle)) < 10


def test_it_shows_heat(office: Office) -> None:
    heat = only(office, "overheating", "sv-bunsho")
    hot = last(at_moment(office, "sv-bunsho", heat.start + 5 * 3600, "temp"), "temp")
    cool = last(at_moment(office, "sv-bunsho", heat.start - 3600, "temp"), "temp")
    assert float(str(hot)) > float(str(cool)) + 18


def test_it_counts_unexpected_shutdowns(office: Office) -> None:
    incident = only(office, "unexpected_shutdown", "sv-kaikei")
    assert incident.end is not None
    before = at_moment(office, "sv-kaikei", incident.start - 60, "uptime_events")
    after = at_moment(office, "sv-kaikei", incident.end + 6 * 3600, "uptime_events")
    assert (last(before, "unexpected_24h"), last(after, "unexpected_24h")) == (0, 1)
    assert last(at_moment(office, "sv-kaikei", office.anchor, "uptime_events"), "state") == "ok"


def test_it_shows_a_battery_wearing_out(office: Office) -> None:
    incident = only(office, "battery_worn", "pc-daihyo")
    states = [
        last(at_moment(office, "pc-daihyo", incident.start + days * DAY_S, "battery"), "state") for days in (-2, 2)
    ]
    assert states == ["ok", "bad"]


def test_it_shows_a_drive_that_fails(office: Office) -> None:
    incident = only(office, "drive_failing", "nas")
    for days, states in ((-2, {"ok"}), (5, {"ok", "warning"})):
        points = at_moment(office, "nas", incident.start + days * DAY_S, "smart_device")
        assert {str(point.fields["state"]) for point in points} == states
    points = at_moment(office, "nas", office.anchor, "smart_device")
    assert {point.tags["block_device"] for point in points if point.fields["state"] != "ok"} == {"sdc"}


def test_it_shows_when_a_disk_will_be_full(office: Office) -> None:
    points = at_moment(office, "sv-kaikei", office.anchor, "disk_outlook")
    states = {point.tags["path"]: point.fields["state"] for point in points}
    assert states == {"\\C:": "ok", "\\D:": "bad"}


def test_it_names_changed_software_once(office: Office) -> None:
    points = machine_points(office, machine("pc-keiri1"), office.history_start, office.anchor)
    changed = [names for point in points if str(names := point.fields.get("changed_names", "")).startswith("^")]
    assert changed
    assert len(changed) == len(set(changed))


def test_it_backs_up_every_night_that_has_power(office: Office) -> None:
    outage = only(office, "unexpected_shutdown", "nas")
    assert outage.end is not None
    points = list(machine_points(office, machine("nas"), office.history_start, office.anchor))
    ages = [float(str(point.fields["age_days"])) for point in points if point.measurement == "backup"]
    assert max(ages) < 2
    assert {point.fields["state"] for point in points if point.measurement == "backup"} == {"ok"}


def test_it_logs_many_errors_while_a_service_is_down(office: Office) -> None:
    incident = only(office, "service_down", "sv-kaikei")
    assert incident.end is not None
    before = at_moment(office, "sv-kaikei", incident.start - 60, "event_log")
    during = at_moment(office, "sv-kaikei", incident.end - 60, "event_log")
    assert int(str(last(before, "errors_24h"))) < 60 < int(str(last(during, "errors_24h")))


def test_it_encrypts_notebooks_and_manages_all_machines(office: Office) -> None:
    for each in MACHINES:
        found = at_moment(office, each.key, office.of("device_silent", "pc-eigyo")[0].start - 60, "service_health")
        assert {point.fields["state"] for point in found} == {"ok"}
    (volume, *_) = at_moment(office, "pc-daihyo", office.anchor, "disk_encryption")
    assert volume.fields["protected"] is True
