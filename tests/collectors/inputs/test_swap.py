from types import SimpleNamespace

from collectors import catalogue
from collectors.inputs.swap import INPUT, Swap

SWAP = SimpleNamespace(total=2_000, used=500, free=1_500, percent=25.0, sin=7, sout=9)


def test_it_uses_telegrafs_names() -> None:
    points = Swap(lambda: SWAP, counts_traffic=True).gather()
    assert points[0].fields == {"total": 2_000, "used": 500, "free": 1_500, "used_percent": 25.0, "in": 7, "out": 9}
    assert catalogue.problems(points) == []


def test_it_gives_no_percentage_of_no_swap() -> None:
    (point,) = Swap(lambda: SimpleNamespace(total=0, used=0, free=0, sin=0, sout=0), counts_traffic=True).gather()
    assert "used_percent" not in point.fields


def test_it_leaves_out_traffic_where_windows_does_not_count_it() -> None:
    (point,) = Swap(lambda: SWAP, counts_traffic=False).gather()
    assert "in" not in point.fields


def test_it_reads_this_machine() -> None:
    assert catalogue.problems(INPUT.create({}).gather()) == []
