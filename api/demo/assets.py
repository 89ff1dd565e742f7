"""Points of the discovery of the simulated office's LAN: what a scan remembers, told by discovery's own code."""

from collections.abc import Iterator

from api.demo.calendar import DAY_S
from api.demo.lan import LanDevice, devices
from api.demo.noise import unit
from api.demo.office import Office
from collectors.point import Point
from collectors.probe.discovery.asset import Asset
from collectors.probe.discovery.defaults import VANISH_AFTER
from collectors.probe.discovery.kind import guess
from collectors.probe.discovery.known import Change, Event, Known, Memory
from collectors.probe.discovery.plan import Scan
from collectors.probe.discovery.points import to_points

NS = 10**9
_HOUR_S = 3600
_GRID_S = 6 * _HOUR_S
"""Changes come about at times at which every scan of the history is made, the coarse ones too."""


def assets(office: Office, moment_s: int) -> list[Point]:
    """Return what a scan at a full hour tells."""
    known = [each for each in (_known(office, device, moment_s) for device in devices()) if each is not None]
    changes = [change for each in devices() for change in _changes(office, each, moment_s)]
    found = tuple(each.asset for each in known if each.last_seen == moment_s)
    key = office.key("discovery", "scan")
    scan = Scan(found, 254, 2600 + len(found) * 40, round(80 + 30 * unit(key, moment_s), 1), is_complete=True)
    memory = Memory({each.asset.id: each for each in known})
    return [
        Point(point.measurement, point.tags, point.fields, moment_s * NS)
        for point in to_points(scan, memory, changes, moment_s)
    ]


def _known(office: Office, device: LanDevice, moment_s: int) -> Known | None:
    first, last = _span(office, device)
    if moment_s < first:
        return None
    seen = moment_s if last is None else min(last, moment_s)
    missed = (moment_s - seen) // _HOUR_S
    return Known(_asset(office, device, seen), first, seen, missed, is_gone=missed >= VANISH_AFTER)


def _span(office: Office, device: LanDevice) -> tuple[int, int | None]:
    """Return when a device was first and last found."""
    first = office.history_start if device.arrived_days is None else _before(office, device.arrived_days)
    return first, None if device.left_days is None else _before(office, device.left_days)


def _before(office: Office, days: float) -> int:
    return (office.anchor - round(days * DAY_S)) // _GRID_S * _GRID_S


def _asset(office: Office, device: LanDevice, moment_s: int) -> Asset:
    moved = device.moved_days is not None and moment_s < _before(office, device.moved_days)
    return Asset(
        id=device.asset,
        addresses=(device.address_before if moved else device.address,),
        mac=device.mac,
        names=(device.name,) if device.name else (),
        maker=device.maker,
        model=device.model,
        serial=device.serial,
        guess=guess(device.traits),
        sources=device.sources,
    )


def _changes(office: Office, device: LanDevice, moment_s: int) -> Iterator[Change]:
    known = _known(office, device, moment_s)
    if known is None:
        return
    first, last = _span(office, device)
    if device.arrived_days is not None and moment_s == first:
        yield Change(Event.NEW, known)
    if last is not None and moment_s == last + VANISH_AFTER * _HOUR_S:
        yield Change(Event.VANISHED, known)
    if device.moved_days is not None and moment_s == _before(office, device.moved_days):
        yield Change(Event.MOVED, known, (device.address_before,))
