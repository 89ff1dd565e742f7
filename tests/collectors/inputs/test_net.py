from types import SimpleNamespace
from typing import Any

import pytest

from collectors import catalogue
from collectors.input import NothingToReport
from collectors.inputs.net import INPUT, Net, to_points

COUNTERS = SimpleNamespace(
    bytes_sent=1, bytes_recv=2, packets_sent=3, packets_recv=4, errin=5, errout=6, dropin=7, dropout=8
)


def _link(**changes: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"isup": True, "speed": 1000, "flags": "up,broadcast,running", **changes})


def test_it_uses_telegrafs_names() -> None:
    points = to_points({"eth0": COUNTERS}, {"eth0": _link()})
    assert points[0].tags == {"interface": "eth0"}
    assert points[0].fields == {
        "bytes_sent": 1, "bytes_recv": 2, "packets_sent": 3, "packets_recv": 4,
        "err_in": 5, "err_out": 6, "drop_in": 7, "drop_out": 8, "speed": 1000,
    }  # fmt: skip
    assert catalogue.problems(points) == []


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("lo", _link(flags="up,loopback,running")),
        ("Loopback Pseudo-Interface 1", SimpleNamespace(isup=True, speed=1073)),
        ("eth1", _link(isup=False)),
        ("veth12ab", _link()),
        ("eth9", None),
    ],
)
def test_it_passes_over_loopback_down_and_container_interfaces(name: str, link: Any) -> None:
    assert to_points({name: COUNTERS}, {name: link} if link else {}) == []


@pytest.mark.parametrize("speed", [0, -1, 65535])
def test_it_gives_no_speed_that_the_driver_does_not_know(speed: int) -> None:
    (point,) = to_points({"wlan0": COUNTERS}, {"wlan0": _link(speed=speed)})
    assert "speed" not in point.fields


def test_it_has_nothing_to_report_when_every_interface_is_down() -> None:
    with pytest.raises(NothingToReport):
        Net(counters=lambda: {"eth0": COUNTERS}, links=lambda: {"eth0": _link(isup=False)}).gather()


def test_it_reads_this_machine() -> None:
    try:
        points = INPUT.create(INPUT.settings).gather()
    except NothingToReport:
        pytest.skip("no network interface is up here")
    assert catalogue.problems(points) == []
