from collections.abc import Iterable

from api.demo.assets import assets
from api.demo.history import equipment_points
from api.demo.lan import devices
from api.demo.office import Office
from collectors.catalogue import problems
from collectors.point import FieldValue, Point

DAY_S = 86_400
_GRID_S = 6 * 3600


def scans(office: Office, days: int) -> list[Point]:
    points = equipment_points(office, "probe", office.anchor - days * DAY_S, office.anchor)
    return [point for point in points if point.measurement.startswith("asset")]


def events(points: Iterable[Point]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for point in points:
        if point.measurement == "asset_event":
            found.setdefault(point.tags["event"], []).append(point.tags["asset"])
    return found


def last(points: Iterable[Point], measurement: str, field: str, **tags: str) -> FieldValue:
    return [
        point.fields[field]
        for point in points
        if point.measurement == measurement and all(point.tags.get(key) == value for key, value in tags.items())
    ][-1]


def by_key(key: str) -> str:
    (device,) = [each for each in devices() if each.key == key]
    return device.asset


def test_its_devices_are_told_apart() -> None:
    assert len({each.asset for each in devices()}) == len({each.address for each in devices()}) == len(devices())


def test_it_is_declared(office: Office) -> None:
    assert problems(scans(office, 3)) == []


def test_it_tells_each_change_once(office: Office) -> None:
    found = events(scans(office, 30))
    assert sorted(found) == ["moved", "new", "vanished"]
    assert sorted(found["new"]) == sorted(by_key(key) for key in ("screen", "tablet", "stranger"))
    assert sorted(found["vanished"]) == sorted(by_key(key) for key in ("old-pc", "old-phone"))
    assert found["moved"] == [by_key("phone-3")]


def test_it_counts_what_is_there(office: Office) -> None:
    points = scans(office, 30)
    gone = {by_key("old-pc"), by_key("old-phone")}
    total = last(points, "assets", "total")
    assert total == len(devices()) - len(gone)
    kinds = {point.tags["kind"]: point.fields["total"] for point in points if point.measurement == "asset_kind"}
    assert sum(int(str(each)) for each in kinds.values()) == total
    assert all(last(points, "asset_seen", "present", asset=asset) is False for asset in gone)


def test_it_counts_a_device_that_is_gone_as_missed_before_it_vanishes(office: Office) -> None:
    left = (office.anchor - 8 * DAY_S) // _GRID_S * _GRID_S
    points = assets(office, left + 24 * 3600)
    assert last(points, "asset_seen", "missed", asset=by_key("old-pc")) == 24
    assert last(points, "asset_seen", "present", asset=by_key("old-pc")) is True


def test_it_moves_a_telephone(office: Office) -> None:
    phone = by_key("phone-3")
    before, after = (assets(office, (office.anchor - days * DAY_S) // _GRID_S * _GRID_S) for days in (10, 1))
    assert last(before, "asset_seen", "ip", asset=phone) != last(after, "asset_seen", "ip", asset=phone)
