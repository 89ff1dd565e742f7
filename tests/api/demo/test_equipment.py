from collections.abc import Iterable

import pytest

from api.demo.equipment import EQUIPMENT
from api.demo.history import equipment_points, mfp_points
from api.demo.incidents import OFFICE, Incident
from api.demo.mfp import MFPS
from api.demo.office import Office
from collectors.catalogue import problems
from collectors.point import FieldValue, Point
from collectors.probe.discovery.declaration import MEASUREMENTS

NS = 10**9
DISCOVERY = {each.name for each in MEASUREMENTS}
BY_KEY = {each.key: each for each in EQUIPMENT}


def only(office: Office, kind: str, device: str) -> Incident:
    (incident,) = office.of(kind, device)
    assert incident.end is not None
    return incident


def around(office: Office, moment_s: int) -> list[Point]:
    return list(equipment_points(office, "probe", moment_s - 600, moment_s))


def last(points: Iterable[Point], measurement: str, field: str, **tags: str) -> FieldValue:
    return [
        point.fields[field]
        for point in points
        if point.measurement == measurement
        and field in point.fields
        and all(point.tags.get(key) == value for key, value in tags.items())
    ][-1]


def test_it_is_declared_in_order_and_not_of_the_future(office: Office) -> None:
    points = list(equipment_points(office, "probe", office.history_start, office.anchor))
    for mfp in MFPS:
        points += mfp_points(office, mfp, "probe", office.anchor - 10 * 86_400, office.anchor)
    assert problems(points) == []
    assert {point.tags["host"] for point in points} == {"probe"}
    assert max(point.time_ns or 0 for point in points) <= office.anchor * NS
    watched = [point for point in points if point.measurement not in {"reachability", *DISCOVERY}]
    assert {point.tags["asset"] for point in watched} == {
        *(each.asset for each in EQUIPMENT),
        *(mfp.serial for mfp in MFPS),
    }


def test_it_shows_that_the_telephone_is_dead(office: Office) -> None:
    outage = only(office, "pbx_outage", "pbx")
    asset = BY_KEY["pbx"].asset
    for moment, answers in ((outage.start - 300, True), (outage.start + 600, False), ((outage.end or 0) + 600, True)):
        points = around(office, moment)
        assert last(points, "pbx", "sip_reachable", asset=asset) is answers
        assert last(points, "network_device", "reachable", asset=asset) is answers
        assert last(points, "device_poll", "ok", asset=asset) is answers


def test_it_shows_that_the_internet_is_gone(office: Office) -> None:
    loss = only(office, "internet_loss", OFFICE)
    points = around(office, loss.start + 900)
    assert last(points, "network_interface", "up", interface="wan1") is False
    assert last(points, "reachability", "loss_percent", check="internet") == 100.0
    assert last(points, "reachability", "loss_percent", check="pbx") == 0.0
    assert last(points, "network_interface", "up", interface="lan1") is True
    assert last(around(office, loss.start - 300), "network_interface", "up", interface="wan1") is True


def test_it_shows_a_power_failure_until_the_battery_is_empty(office: Office) -> None:
    outage = only(office, "power_outage", OFFICE)
    asset = BY_KEY["ups"].asset
    points = around(office, outage.start + 1200)
    assert last(points, "ups", "on_battery", asset=asset) is True
    assert 20 < float(str(last(points, "ups", "battery_charge_percent"))) < 70
    assert last(around(office, outage.start + 3000), "network_device", "reachable", asset=asset) is False
    later = around(office, (outage.end or 0) + 7200)
    assert last(later, "ups", "on_battery") is False
    assert 10 < float(str(last(later, "ups", "battery_charge_percent"))) < 60
    assert last(around(office, office.anchor), "ups", "battery_charge_percent") == 100.0


def test_it_shows_the_failing_drive_of_the_nas(office: Office) -> None:
    points = around(office, office.anchor)
    states = {disk: last(points, "nas_disk", "state", disk=disk) for disk in ("Disk 1", "Disk 2", "Disk 3", "Disk 4")}
    assert states == {"Disk 1": "ok", "Disk 2": "ok", "Disk 3": "bad", "Disk 4": "ok"}
    before = around(office, only_start(office) - 3600)
    assert last(before, "nas_disk", "state", disk="Disk 3") == "ok"


def only_start(office: Office) -> int:
    (incident,) = office.of("drive_failing", "nas")
    return incident.start


def test_it_shows_bad_sectors_growing_as_smart_does(office: Office) -> None:
    points = around(office, office.anchor)
    assert int(str(last(points, "nas_disk", "bad_sectors", disk="Disk 3"))) > 150


@pytest.mark.parametrize("counter", ["in_octets", "out_octets"])
def test_it_never_counts_back(office: Office, counter: str) -> None:
    points = equipment_points(office, "probe", office.anchor - 20 * 86_400, office.anchor)
    values = [
        int(str(point.fields[counter]))
        for point in points
        if point.measurement == "network_interface" and point.tags["interface"] == "wan1"
    ]
    assert values == sorted(values)
