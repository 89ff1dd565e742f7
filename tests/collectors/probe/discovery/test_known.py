"""What is remembered: identity over address changes, and which events there are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.catalogue import problems
from collectors.probe.discovery import state_file
from collectors.probe.discovery.asset import assets_of
from collectors.probe.discovery.document import to_item
from collectors.probe.discovery.fence import fence_of
from collectors.probe.discovery.host import hosts_of
from collectors.probe.discovery.known import FORGET_AFTER_S, Change, Event, Look, Memory, learn
from collectors.probe.discovery.plan import Scan
from collectors.probe.discovery.points import to_points
from collectors.probe.discovery.sighting import Sighting, Source

FENCE = fence_of(["192.168.10.0/24"])
MAC_A, MAC_B, RANDOM = "00:80:77:00:00:0a", "00:80:77:00:00:0b", "da:a1:19:00:00:01"
DAY = 86400


def arp(last: int, mac: str) -> Sighting:
    return Sighting(f"192.168.10.{last}", Source.ARP, mac=mac)


def snmp(last: int, serial: str, engine: str = "") -> Sighting:
    return Sighting(f"192.168.10.{last}", Source.SNMP, serial=serial, engine_id=engine, kind="printer")


def ping(last: int) -> Sighting:
    return Sighting(f"192.168.10.{last}", Source.PING)


def see(memory: Memory, *sightings: Sighting, time: int = 0, complete: bool = True) -> tuple[Memory, list[Change]]:
    return learn(memory, Look(assets_of(hosts_of(sightings)), FENCE, time, complete), vanish_after=2)


def told(changes: list[Change]) -> list[tuple[str, str]]:
    return sorted((each.event.value, each.known.asset.id) for each in changes)


def test_its_first_scan_is_the_baseline_and_later_ones_tell_what_is_new() -> None:
    memory, changes = see(Memory(), arp(1, MAC_A))
    assert changes == []
    memory, changes = see(memory, arp(1, MAC_A), arp(2, MAC_B), time=60)
    assert told(changes) == [("new", MAC_B)]
    assert (memory.known[MAC_A].first_seen, memory.known[MAC_A].last_seen) == (0, 60)


def test_it_counts_as_gone_only_after_missed_scans_and_comes_back() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A), arp(2, MAC_B))
    memory, changes = see(memory, arp(1, MAC_A))
    assert (changes, memory.known[MAC_B].missed, memory.known[MAC_B].is_gone) == ([], 1, False)
    memory, changes = see(memory, arp(1, MAC_A))
    assert told(changes) == [("vanished", MAC_B)]
    memory, changes = see(memory, arp(1, MAC_A))
    assert changes == []
    memory, changes = see(memory, arp(1, MAC_A), arp(2, MAC_B))
    assert told(changes) == [("returned", MAC_B)]
    assert memory.known[MAC_B].missed == 0


def test_it_counts_nothing_as_missed_where_it_did_not_look_to_the_end() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A))
    for _round in range(3):
        memory, changes = see(memory, complete=False)
    assert (changes, memory.known[MAC_A].missed) == ([], 0)
    elsewhere = Look((), fence_of(["192.168.20.0/24"]), 0, True)
    memory, changes = learn(memory, elsewhere, 1)
    assert (changes, memory.known[MAC_A].missed) == ([], 0)


def test_what_is_in_a_subnet_that_was_added_is_not_new() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A))
    wider = fence_of(["192.168.10.0/24", "192.168.20.0/24"])
    there = assets_of(hosts_of([arp(1, MAC_A), Sighting("192.168.20.5", Source.ARP, mac=MAC_B)]))
    memory, changes = learn(memory, Look(there, wider, 0, True), 2)
    assert changes == []
    assert set(memory.known) == {MAC_A, MAC_B}


def test_it_speaks_no_more_of_a_subnet_that_is_no_longer_scanned() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A))
    assert set(memory.within(FENCE).known) == {MAC_A}
    assert set(memory.within(fence_of(["192.168.20.0/24"])).known) == set()


def test_it_knows_a_device_again_at_another_address() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A), snmp(1, "SN-100"))
    memory, changes = see(memory, arp(7, MAC_A), snmp(7, "SN-100"), arp(1, MAC_B))
    assert told(changes) == [("moved", "SN-100"), ("new", MAC_B)]
    assert memory.known["SN-100"].asset.addresses == ("192.168.10.7",)


def test_it_keeps_the_identity_of_a_device_whose_snmp_was_switched_off() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A), snmp(1, "SN-100"))
    memory, changes = see(memory, arp(9, MAC_A))
    assert told(changes) == [("moved", "SN-100")]
    kept = memory.known["SN-100"].asset
    assert (kept.serial, kept.guess.kind) == ("SN-100", "printer")


def test_it_takes_the_serial_number_for_the_id_once_it_is_told_and_remembers_the_old_id() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A), time=5)
    memory, changes = see(memory, arp(1, MAC_A), snmp(1, "SN-100"), time=9)
    assert changes == []
    known = memory.known["SN-100"]
    assert (known.first_seen, known.last_seen, known.aliases) == (5, 9, (MAC_A,))
    memory, _ = see(memory, arp(1, MAC_A), snmp(1, "SN-100"))
    assert memory.known["SN-100"].aliases == (MAC_A,)


def test_an_adapter_that_moves_to_another_device_does_not_make_the_two_one() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A), snmp(1, "SN-100"))
    memory, changes = see(memory, arp(2, MAC_A), snmp(2, "SN-200"))
    assert told(changes) == [("new", "SN-200")]
    assert set(memory.known) == {"SN-100", "SN-200"}


def test_an_address_that_another_device_takes_over_is_no_identity() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A))
    memory, changes = see(memory, arp(1, MAC_B))
    assert told(changes) == [("new", MAC_B)]
    assert memory.known[MAC_A].missed == 1


def test_behind_a_router_an_address_is_the_identity_until_the_device_tells_a_better_one() -> None:
    memory, _ = see(Memory(), ping(1))
    memory, changes = see(memory, ping(1), snmp(1, "SN-100"))
    assert (changes, set(memory.known)) == ([], {"SN-100"})
    memory, changes = see(memory, ping(1))
    assert (changes, set(memory.known)) == ([], {"SN-100"})


@pytest.mark.parametrize(("mac", "days", "is_kept"), [(RANDOM, 15, False), (MAC_A, 15, True), (MAC_A, 181, False)])
def test_it_forgets_what_was_not_seen_for_long(mac: str, days: int, is_kept: bool) -> None:
    memory, _ = see(Memory(), arp(1, mac))
    memory, _ = see(memory, time=days * DAY)
    assert (mac in memory.known) == is_kept
    assert FORGET_AFTER_S == 180 * DAY


DEVICES = st.dictionaries(
    st.integers(1, 30), st.tuples(st.integers(0, 9), st.sampled_from(["", "SN-{:03}"])), min_size=1, max_size=8
)


@given(st.data(), DEVICES)
def test_it_keeps_every_identity_whatever_addresses_are_given_out(
    data: st.DataObject, devices: dict[int, tuple[int, str]]
) -> None:
    def scan(places: dict[int, int]) -> list[Sighting]:
        seen = []
        for number, (_x, serial) in devices.items():
            seen.append(arp(places[number], f"00:80:77:00:01:{number:02x}"))
            if serial:
                seen.append(snmp(places[number], serial.format(number), f"80{number:02x}"))
        return data.draw(st.permutations(seen))

    before = {number: place for place, number in enumerate(devices, 1)}
    after = dict(zip(devices, data.draw(st.permutations(range(1, 60)))[: len(devices)], strict=True))
    memory, _ = see(Memory(), *scan(before))
    ids = set(memory.known)
    assert len(ids) == len(devices)
    memory, changes = see(memory, *scan(after))
    assert set(memory.known) == ids
    assert {each.event for each in changes} <= {Event.MOVED}
    assert len(changes) == sum(before[number] != after[number] for number in devices)


def test_its_points_are_as_declared_and_its_items_list_who_is_there() -> None:
    memory, _ = see(Memory(), arp(1, MAC_A), snmp(1, "SN-100"), arp(3, RANDOM))
    sightings = [arp(4, MAC_A), snmp(4, "SN-100"), arp(2, MAC_B)]
    memory, changes = see(memory, *sightings, time=10)
    memory, more = see(memory, *sightings, time=20)
    scan = Scan(tuple(assets_of(hosts_of(sightings))), 254, 900, 12.5, True)
    points = to_points(scan, memory, [*changes, *more], 20)
    assert problems(points) == []
    (summary,) = (each.fields for each in points if each.measurement == "assets")
    assert {name: summary[name] for name in ("total", "seen", "new", "vanished", "returned", "moved")} == {
        "total": 2,
        "seen": 2,
        "new": 1,
        "vanished": 1,
        "returned": 0,
        "moved": 1,
    }
    kinds = {each.tags["kind"]: each.fields["total"] for each in points if each.measurement == "asset_kind"}
    assert kinds == {"printer": 1, "unknown": 1}
    seen = {each.tags["asset"]: each.fields for each in points if each.measurement == "asset_seen"}
    assert {name: each["seen"] for name, each in seen.items()} == {"SN-100": True, MAC_B: True, RANDOM: False}
    assert (seen[RANDOM]["present"], seen[RANDOM]["missed"]) == (False, 2)
    assert seen["SN-100"]["ip"] == "192.168.10.4"
    moved = next(each for each in points if each.tags.get("event") == "moved")
    assert "192.168.10.1" in str(moved.fields["detail_en"])
    item = to_item(memory.known["SN-100"])
    assert (item.asset, item.kind, item.mac, item.ip) == ("SN-100", "printer", (MAC_A,), ("192.168.10.4",))


def test_it_remembers_over_restarts(tmp_path: Path) -> None:
    path = tmp_path / "state" / "discovery.json"
    assert state_file.load(path) == Memory()
    memory, _ = see(Memory(), arp(1, MAC_A), snmp(1, "SN-100"), ping(5))
    state_file.save(path, memory)
    assert state_file.load(path) == memory
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"version":99,"memory":{}}', b"{}" * 3])
def test_it_sets_a_damaged_file_aside_and_starts_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "discovery.json"
    for _round in range(5):
        path.write_bytes(damage)
        assert state_file.load(path) == Memory()
        assert not path.exists()
    aside = sorted(tmp_path.iterdir())
    assert len(aside) == 3
    assert {each.read_bytes() for each in aside} == {damage}
