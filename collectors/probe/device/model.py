"""What equipment told, typed; independent of SNMP and of any output form. None is what the device does not tell."""

from dataclasses import dataclass, field

from collectors.point import FieldValue
from collectors.verdict import State, Verdict


@dataclass(frozen=True, slots=True)
class System:
    """Which device it is.

    Attributes:
        asset: unique within a contract and stable across an address change, as far as the device allows it.
        kind: router, switch, nas, pbx, ups, server, printer or unknown.
        name: sysName.
        description: sysDescr.
        location: sysLocation.
        maker: "" if not known.
        model: "" if not known.
        serial: "" if not told.
        firmware: "" if not told.
        mac: of the first network interface; "" if not told.
        uptime_s: seconds since the SNMP agent started.
    """

    asset: str
    kind: str
    name: str = ""
    description: str = ""
    location: str = ""
    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    mac: str = ""
    uptime_s: float | None = None


@dataclass(frozen=True, slots=True)
class Sensor:
    """What the device measures of itself; `state` is its own judgement, None where it gives none."""

    name: str
    kind: str
    value: float | None
    unit: str
    status: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    """Something that fills up.

    Attributes:
        name: as the device names it, or where it is mounted.
        type: fixed_disk, pool …
        total: bytes.
        used: bytes.
        free: bytes.
        percent: share in use, 0 to 100.
        status: the device's own word.
        state: its judgement.
        same_as: another volume that is the same space, mounted elsewhere; "" if there is none.
    """

    name: str
    type: str
    total: int | None
    used: int | None
    free: int | None
    percent: float | None
    status: str = ""
    state: State | None = None
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Disk:
    """A drive; `capacity` in bytes."""

    name: str
    status: str = ""
    state: State | None = None
    health: str = ""
    model: str = ""
    serial: str = ""
    type: str = ""
    capacity: int | None = None
    temperature: float | None = None
    life_percent: float | None = None
    bad_sectors: int | None = None


@dataclass(frozen=True, slots=True)
class Raid:
    """A RAID set or pool; sizes in bytes."""

    name: str
    status: str = ""
    state: State | None = None
    level: str = ""
    total: int | None = None
    free: int | None = None
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface.

    Attributes:
        index: ifIndex.
        name: ifName, else ifDescr, made unique within the device.
        type: word of IANAifType.
        description: ifDescr.
        alias: ifAlias.
        mac: hardware address.
        admin_state: as it is set.
        oper_state: as it is.
        speed_bps: bits per second.
        duplex: full or half.
        mtu: bytes.
        counters: by the field name of `network_interface`.
        wide: names of the counters that have 64 bits.
        discontinuity: ifCounterDiscontinuityTime, hundredths of a second.
        poe_state: pethPsePortDetectionStatus.
        poe_power: watts.
    """

    index: int
    name: str
    type: str
    description: str = ""
    alias: str = ""
    mac: str = ""
    admin_state: str = ""
    oper_state: str = ""
    speed_bps: int | None = None
    duplex: str = ""
    mtu: int | None = None
    counters: dict[str, int] = field(default_factory=dict)
    wide: frozenset[str] = frozenset()
    discontinuity: int | None = None
    poe_state: str = ""
    poe_power: float | None = None


Facts = dict[str, FieldValue]
"""Values by field name, as declared."""


@dataclass(frozen=True, slots=True)
class Device:
    """One reading of a device.

    Attributes:
        system: which device.
        verdict: how it is.
        facts: fields of `network_device` (CPU, memory, sessions …).
        interfaces: by index.
        volumes: what fills up.
        disks: drives.
        raids: RAID sets and pools.
        sensors: what it measures of itself.
        ups: fields of `ups`; empty if it is none.
        pbx: fields of `pbx`; empty if it is none.
        uptime_ticks: sysUpTime, hundredths of a second.
        partial: for a person, what could not be read to its end.
        notes: for a person, which values were dropped, and why.
    """

    system: System
    verdict: Verdict
    facts: Facts = field(default_factory=dict)
    interfaces: tuple[Interface, ...] = ()
    volumes: tuple[Volume, ...] = ()
    disks: tuple[Disk, ...] = ()
    raids: tuple[Raid, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    ups: Facts = field(default_factory=dict)
    pbx: Facts = field(default_factory=dict)
    uptime_ticks: int | None = None
    partial: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Raid | Disk | Volume | Sensor, ...]:
        """The parts that the device judges itself."""
        return (*self.raids, *self.disks, *self.volumes, *self.sensors)
