"""Network interfaces of this machine. Names and units are Telegraf's `net` plugin's."""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.input import Input, NothingToReport
from collectors.point import FieldValue, Point
from collectors.psutil_calls import availability, call
from collectors.text import Text

IGNORED = ("veth*", "isatap*", "Teredo*", "* Pseudo-Interface *")
"""Interfaces that come and go with each container, and Windows' own tunnels."""

UNKNOWN_SPEEDS = frozenset({0, -1, 65535, 2**32 - 1})
"""What drivers answer for "unknown": 0 in psutil, -1 in sysfs as a 16- or 32-bit number in old drivers."""

_COUNTERS = {
    "bytes_sent": ("bytes_sent", Text("送信量", "bytes sent"), "B"),
    "bytes_recv": ("bytes_recv", Text("受信量", "bytes received"), "B"),
    "packets_sent": ("packets_sent", Text("送信パケット", "packets sent"), ""),
    "packets_recv": ("packets_recv", Text("受信パケット", "packets received"), ""),
    "err_in": ("errin", Text("受信エラー", "receive errors"), ""),
    "err_out": ("errout", Text("送信エラー", "send errors"), ""),
    "drop_in": ("dropin", Text("破棄した受信パケット", "received packets dropped"), ""),
    "drop_out": ("dropout", Text("破棄した送信パケット", "packets dropped before sending"), ""),
}

MEASUREMENT = Measurement(
    name="net",
    text=Text("ネットワークの通信量とエラー", "network traffic and errors"),
    tags=(Tag("interface", Text("ネットワークインターフェース", "network interface")),),
    fields=(
        *(
            Field(name, FieldType.INTEGER, text, unit, Rollup.COUNTER)
            for name, (_psutil, text, unit) in _COUNTERS.items()
        ),
        Field("speed", FieldType.INTEGER, Text("リンク速度", "link speed"), "Mbit/s", Rollup.STATE),
    ),
)


def to_points(
    counters: Mapping[str, Any],
    links: Mapping[str, Any],
    ignored: Sequence[str] = IGNORED,
) -> list[Point]:
    """Return a `net` point for each interface that is up and is neither the loopback nor ignored.

    A speed that the driver does not know is left out.
    """
    points = []
    for name, counter in counters.items():
        link = links.get(name)
        if link is None or not link.isup or _is_loopback(name, link):
            continue
        if any(fnmatchcase(name, pattern) for pattern in ignored):
            continue
        fields: dict[str, FieldValue] = {ours: getattr(counter, theirs) for ours, (theirs, _, _) in _COUNTERS.items()}
        if link.speed not in UNKNOWN_SPEEDS:
            fields["speed"] = link.speed
        points.append(Point("net", {"interface": name}, fields))
    return points


def _is_loopback(name: str, link: Any) -> bool:
    # psutil tells the flags on Unix only; Windows calls the interface "Loopback Pseudo-Interface 1".
    return "loopback" in getattr(link, "flags", "").split(",") or name.startswith("Loopback")


def read_counters() -> Mapping[str, Any]:
    """Return the counters of each interface as the system has them.

    psutil's `nowrap` would add up wraps, and a counter that the system reset could not be told from one.

    Raises:
        InputError: psutil cannot tell.
    """
    return call("net_io_counters", pernic=True, nowrap=False) or {}


def read_links() -> Mapping[str, Any]:
    """Return the state and speed of each interface.

    Raises:
        InputError: psutil cannot tell.
    """
    return call("net_if_stats")  # type: ignore[no-any-return]


class Net:
    """Reads the interfaces through psutil."""

    def __init__(
        self,
        ignored: Sequence[str] = IGNORED,
        counters: Callable[[], Mapping[str, Any]] = read_counters,
        links: Callable[[], Mapping[str, Any]] = read_links,
    ) -> None:
        self._ignored = ignored
        self._counters = counters
        self._links = links

    def gather(self) -> list[Point]:
        """Read once.

        Raises:
            NothingToReport: no interface is up.
            InputError: psutil cannot tell.
        """
        points = to_points(self._counters(), self._links(), self._ignored)
        if not points:
            raise NothingToReport("no network interface is up")
        return points


def _create(settings: Mapping[str, Any]) -> Net:
    return Net(ignored=tuple(settings["ignore"]))


INPUT = Input(
    name="net",
    text=MEASUREMENT.text,
    measurements=(MEASUREMENT,),
    create=_create,
    settings={"ignore": list(IGNORED)},
    available=availability("net_io_counters"),
)
