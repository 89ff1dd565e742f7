"""What is on the simulated office's LAN, as data: since when, until when, and how it is found.

IP addresses are of the block that RFC 5737 reserves for examples, hardware addresses of that of RFC 7042.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from api.demo.cast import MACHINES, Machine
from api.demo.equipment import EQUIPMENT, Equipment
from api.demo.mfp import MFPS, Mfp
from collectors.probe.discovery.kind import Traits
from collectors.probe.discovery.sighting import Source

_NETWORK = "192.0.2"
_PHONES = 6


@dataclass(frozen=True, slots=True)
class LanDevice:
    """A device as discovery sees it.

    Attributes:
        key: stable id within the simulation.
        name: what it calls itself; "" if it does not.
        address: IP address.
        traits: what tells its kind.
        sources: how it is found.
        maker: as it says.
        model: as it says.
        serial: maker's serial number.
        arrived_days: days before the anchor at which it was first found; None if it was there from the beginning.
        left_days: days before the anchor at which it was found last; None if it is still there.
        moved_days: days before the anchor at which it got its address; None if it always had it.
        address_before: the one before.
    """

    key: str
    name: str
    address: str
    traits: Traits
    sources: tuple[Source, ...]
    maker: str = ""
    model: str = ""
    serial: str = ""
    arrived_days: float | None = None
    left_days: float | None = None
    moved_days: float | None = None
    address_before: str = ""

    @property
    def mac(self) -> str:
        """Hardware address."""
        return f"00:00:5e:00:53:{int(self.address.rpartition('.')[2]):02x}"

    @property
    def asset(self) -> str:
        """Id, as discovery gives it."""
        return self.serial or self.mac


@cache
def devices() -> tuple[LanDevice, ...]:
    """Return all that was ever on the LAN."""
    return tuple(_devices())


def _devices() -> Iterator[LanDevice]:
    for number, each in enumerate(EQUIPMENT, 1):
        yield _equipment(each, f"{_NETWORK}.{number}")
    for number, mfp in enumerate(MFPS, 20):
        yield _mfp(mfp, f"{_NETWORK}.{number}")
    # The NAS is found by its serial number, which it tells over SNMP.
    for number, machine in enumerate((each for each in MACHINES if each.kind != "nas"), 30):
        yield _machine(machine, f"{_NETWORK}.{number}")
    for number in range(1, _PHONES + 1):
        yield _phone(number, f"{_NETWORK}.{60 + number}")
    yield from _OTHERS


def _equipment(each: Equipment, address: str) -> LanDevice:
    traits = Traits(snmp_kind=each.kind)
    return LanDevice(
        each.key, each.name, address, traits, (Source.SNMP, Source.ARP), "Sample Networks", each.model, each.asset
    )


def _mfp(mfp: Mfp, address: str) -> LanDevice:
    sources = (Source.SNMP, Source.MDNS, Source.ARP)
    return LanDevice(mfp.key, mfp.name, address, Traits(snmp_kind="printer"), sources, mfp.maker, mfp.model, mfp.serial)


def _machine(machine: Machine, address: str) -> LanDevice:
    if machine.kind == "pc":
        traits, source = Traits(services=frozenset({"nb:00", "nb:20"}), ports=frozenset({445})), Source.NETBIOS
    elif machine.is_windows:
        traits, source = Traits(services=frozenset({"nb:1c", "nb:1b"})), Source.NETBIOS
    else:
        web = frozenset({"http"})
        traits, source = Traits(services=web, ports=frozenset({139, 445}), texts=("nginx",)), Source.HTTP
    return LanDevice(machine.key, machine.host, address, traits, (source, Source.TCP, Source.ARP))


def _phone(number: int, address: str) -> LanDevice:
    traits = Traits(services=frozenset({"sip"}), texts=("Sample IP Phone handset",))
    moved = 4.0 if number == 3 else None
    return LanDevice(
        f"phone-{number}",
        f"TEL-{100 + number}",
        address,
        traits,
        (Source.SIP, Source.ARP),
        "Sample Telecom",
        "SH-200",
        moved_days=moved,
        address_before=f"{_NETWORK}.{160 + number}" if moved else "",
    )


_OTHERS = (
    LanDevice(
        *("switch", "SW-1F", f"{_NETWORK}.10", Traits(snmp_kind="switch"), (Source.SNMP, Source.ARP)),
        *("Sample Networks", "SW-2408", "SW24H0388"),
    ),
    LanDevice(
        *("ap", "AP-1F", f"{_NETWORK}.11"),
        Traits(services=frozenset({"urn:schemas-wifialliance-org:device:WFADevice:1"}), texts=("Access Point",)),
        *((Source.SSDP, Source.ARP), "Sample Networks", "AP-600"),
    ),
    LanDevice(
        *("camera", "CAM-GENKAN", f"{_NETWORK}.12", Traits(services=frozenset({"_rtsp._tcp"}))),
        *((Source.MDNS, Source.ARP), "Sample Vision", "SC-20"),
    ),
    LanDevice(
        *("screen", "KAIGI-TV", f"{_NETWORK}.70", Traits(services=frozenset({"_googlecast._tcp"}))),
        *((Source.MDNS, Source.ARP), "Sample Media", "STICK-4K"),
        arrived_days=16.0,
    ),
    LanDevice(
        *("old-pc", "SOUMU-PC00", f"{_NETWORK}.71", Traits(services=frozenset({"nb:00", "nb:20"}))),
        (Source.NETBIOS, Source.ARP),
        left_days=8.0,
    ),
    LanDevice(
        *("old-phone", "TEL-199", f"{_NETWORK}.72"),
        Traits(services=frozenset({"sip"}), texts=("Sample IP Phone handset",)),
        *((Source.SIP, Source.ARP), "Sample Telecom", "SH-100"),
        left_days=25.0,
    ),
    LanDevice(
        *("tablet", "", f"{_NETWORK}.73", Traits(ports=frozenset({62078})), (Source.TCP, Source.ARP)),
        arrived_days=3.0,
    ),
    LanDevice(*("stranger", "", f"{_NETWORK}.74", Traits(), (Source.ARP,)), arrived_days=1.5),
)
