from types import SimpleNamespace

from collectors import catalogue
from collectors.inputs.mem import INPUT, Mem

LINUX = SimpleNamespace(
    total=8_000, available=6_000, used=1_500, free=4_000, active=900, inactive=800,
    buffers=100, cached=2_400, shared=50, slab=70, percent=25.0,
)  # fmt: skip
WINDOWS = SimpleNamespace(total=8_000, available=6_000, used=2_000, free=6_000, percent=25.0)


def test_it_uses_telegrafs_names_and_matches_the_declaration() -> None:
    (point,) = Mem(read=lambda: LINUX).gather()
    assert point.fields["buffered"] == 100
    assert point.fields["used_percent"] == 18.75
    assert catalogue.problems([point]) == []


def test_it_leaves_out_what_the_system_does_not_tell() -> None:
    (point,) = Mem(read=lambda: WINDOWS).gather()
    assert "cached" not in point.fields


def test_it_reads_this_machine() -> None:
    points = INPUT.create({}).gather()
    assert points[0].fields["total"]
    assert catalogue.problems(points) == []
