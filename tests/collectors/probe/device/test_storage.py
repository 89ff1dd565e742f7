from collectors.probe.device.convert import Notes
from collectors.probe.device.storage import Memory, memory, volumes
from collectors.probe.snmp import ObjectIdentifier, Oid, Row, Table, Value, oid


def table(*rows: tuple[int, str, int, int, int]) -> Table:
    found: dict[Oid, Row] = {}
    for number, (kind, name, unit, size, used) in enumerate(rows, 1):
        row: dict[str, Value] = {
            "hrStorageType": ObjectIdentifier(oid(f"1.3.6.1.2.1.25.2.1.{kind}")),
            "hrStorageDescr": name.encode(),
            "hrStorageAllocationUnits": unit,
            "hrStorageSize": size,
            "hrStorageUsed": used,
        }
        found[number,] = row
    return Table(found)


def test_it_counts_in_allocation_units() -> None:
    (found,) = volumes(table((4, "C:\\ Label:  Serial Number 1", 4096, 1000, 250)), Notes())
    assert (found.total, found.used, found.free, found.percent) == (4_096_000, 1_024_000, 3_072_000, 25.0)


def test_it_reads_sizes_that_agents_put_into_negative_numbers() -> None:
    (found,) = volumes(table((4, "/volume1", 4096, -1_500_000_000, 1_400_000_000)), Notes())
    assert found.total == (2**32 - 1_500_000_000) * 4096
    assert found.percent == 50.09


def test_it_leaves_out_what_is_no_storage() -> None:
    rows = table(
        (2, "Physical memory", 1024, 100, 50),
        (3, "Swap space", 1024, 100, 50),
        (1, "Cached memory", 1024, 100, 50),
        (7, "/media/cdrom", 2048, 100, 100),
        (4, "/proc", 4096, 1, 1),
        (4, "/sys/fs/cgroup", 4096, 100, 0),
        (4, "/dev", 512, 2, 2),
        (4, "/run/user/1000", 4096, 100, 0),
        (4, "/empty", 4096, 0, 0),
    )
    assert volumes(rows, Notes()) == ()


def test_it_calls_memory_that_is_mounted_memory() -> None:
    found = volumes(
        table((4, "/dev/shm", 4096, 100, 0), (4, "/run", 4096, 100, 1), (4, "/runner", 4096, 10, 1)), Notes()
    )
    assert [each.type for each in found] == ["ram_disk", "ram_disk", "fixed_disk"]


def test_it_names_the_same_space_mounted_twice() -> None:
    rows = ((4, "/volume1/share", 4096, 500, 100), (4, "/volume1", 4096, 500, 100), (4, "/empty1", 4096, 500, 0))
    assert [each.same_as for each in volumes(table(*rows), Notes())] == ["/volume1", "", ""]


def test_it_drops_more_used_than_there_is_and_says_so() -> None:
    notes = Notes()
    assert volumes(table((10, "//backup", 4096, 10, 20)), notes) == ()
    assert list(notes.texts) == ["storage '//backup': 81920 B used of 40960 B cannot be meant"]


def test_it_takes_buffers_and_cache_off_the_memory() -> None:
    rows = table(
        (2, "Physical memory", 1024, 4_000_000, 3_600_000),
        (1, "Memory buffers", 1024, 4_000_000, 100_000),
        (1, "Cached memory", 1024, 2_500_000, 2_500_000),
    )
    assert memory(rows, Notes()) == Memory(4_000_000 * 1024, 1_000_000 * 1024)


def test_it_drops_a_memory_of_32_bytes() -> None:
    notes = Notes()
    assert memory(table((2, "Internal RAM", 1, 32, 0)), notes) is None
    assert list(notes.texts) == ["memory 'Internal RAM': 0 of 32 B cannot be meant"]


def test_it_tells_no_memory_where_there_is_no_row() -> None:
    assert memory(Table(), Notes()) is None
