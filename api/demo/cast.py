"""Who is in the simulated office: nine target devices; this machine is the tenth of the basic quota."""

from dataclasses import dataclass
from typing import Literal

from collectors.inputs.patches.os_support import Support, edition_of, linux_support, windows_support
from collectors.text import Text

GIB = 1024**3
TB = 10**12

MachineKind = Literal["pc", "server", "nas"]
DriveKind = Literal["hdd", "ssd", "nvme"]


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """An operating system as the `patches` input names it.

    Attributes:
        family: decides which sources a machine has (antivirus, firewall profiles, temperatures).
        name: as the system calls itself.
        version: release, e.g. "22H2".
        build: build number; "" where the system has none.
        id: of a Linux distribution, as os-release(5) has it.
    """

    family: Literal["windows", "linux"]
    name: str
    version: str
    build: str = ""
    id: str = ""


WINDOWS_11 = OperatingSystem("windows", "Windows 11 Pro", "25H2", "26200")
WINDOWS_10 = OperatingSystem("windows", "Windows 10 Pro", "22H2", "19045")
SERVER_2022 = OperatingSystem("windows", "Windows Server 2022 Standard", "2022", "20348")
UBUNTU = OperatingSystem("linux", "Ubuntu 24.04 LTS", "24.04", id="ubuntu")
NAS_LINUX = OperatingSystem("linux", "Debian GNU/Linux 12", "12", id="debian")


def support_of(system: OperatingSystem) -> Support | None:
    """Return until when an operating system is supported, from the table of the `patches` input."""
    if system.family == "linux":
        return linux_support(system.id, system.version)
    return windows_support(int(system.build), edition_of(system.name))


@dataclass(frozen=True, slots=True)
class Volume:
    """A file system.

    Attributes:
        path: mount point.
        device: what is mounted.
        fstype: file system type.
        total: size, bytes.
        used_percent: how full it is at the anchor.
        growth: percent points a day.
    """

    path: str
    device: str
    fstype: str
    total: int
    used_percent: float
    growth: float = 0.02


@dataclass(frozen=True, slots=True)
class Drive:
    """A physical drive.

    Attributes:
        device: name as smartctl reports it.
        kind: what it is, which decides what it reports.
        model: model name.
        serial: serial number.
        capacity: bytes.
        hours: power-on hours at the anchor.
        wear: percent of its rated writes used at the anchor (SSD and NVMe).
    """

    device: str
    kind: DriveKind
    model: str
    serial: str
    capacity: int
    hours: int
    wear: float = 0.0


@dataclass(frozen=True, slots=True)
class Machine:
    """A target device.

    Attributes:
        key: stable id within the simulation.
        host: host name, also the tag that an agent adds.
        kind: as the contract's database names it.
        role: what the office uses it for.
        os: operating system.
        cores: logical processors.
        memory: bytes.
        idle: processor load when nobody works, percent.
        busy: what an ordinary working hour adds, percent points.
        volumes: file systems.
        drives: physical drives.
    """

    key: str
    host: str
    kind: MachineKind
    role: Text
    os: OperatingSystem
    cores: int
    memory: int
    idle: float
    busy: float
    volumes: tuple[Volume, ...]
    drives: tuple[Drive, ...]

    @property
    def is_windows(self) -> bool:
        """True for Windows clients and servers."""
        return self.os.family == "windows"


def _windows_volume(letter: str, gib: int, used_percent: float, growth: float = 0.02) -> Volume:
    return Volume(f"{letter}:", f"{letter}:", "NTFS", gib * GIB, used_percent, growth)


def _pc(key: str, host: str, role: Text, os: OperatingSystem, used_percent: float, wear: float) -> Machine:
    number = 1000 + sum(map(ord, key))
    drive = Drive("nvme0", "nvme", "Sample NVMe 512", f"SN{number}A", 512 * 10**9, number * 5, wear)
    volume = _windows_volume("C", 475, used_percent)
    return Machine(key, host, "pc", role, os, 8, 16 * GIB, 3.0, 24.0, (volume,), (drive,))


MACHINES: tuple[Machine, ...] = (
    Machine(
        *("sv-kaikei", "SV-KAIKEI", "server", Text("会計サーバー", "accounting server"), SERVER_2022, 8, 32 * GIB),
        *(6.0, 38.0),
        volumes=(_windows_volume("C", 223, 58.0), _windows_volume("D", 931, 93.5, 0.22)),
        drives=(
            Drive("sda", "ssd", "Sample SSD 1T", "SK2201", TB, 26_300, 31.0),
            Drive("sdb", "ssd", "Sample SSD 1T", "SK2202", TB, 26_300, 30.0),
        ),
    ),
    Machine(
        *("sv-bunsho", "sv-bunsho", "server", Text("文書サーバー", "document server"), UBUNTU, 4, 16 * GIB, 4.0, 22.0),
        volumes=(
            Volume("/", "/dev/sda2", "ext4", 110 * GIB, 41.0),
            Volume("/srv", "/dev/sdb1", "ext4", 1832 * GIB, 66.0, 0.06),
        ),
        drives=(
            Drive("sda", "ssd", "Sample SSD 120", "SB1101", 120 * 10**9, 17_900, 12.0),
            Drive("sdb", "hdd", "Sample HDD 2T", "SB1102", 2 * TB, 17_900),
        ),
    ),
    Machine(
        *("nas", "NAS-01", "nas", Text("共有フォルダー", "shared folders"), NAS_LINUX, 4, 4 * GIB, 3.0, 14.0),
        volumes=(Volume("/volume1", "/dev/md2", "btrfs", 10_900 * GIB, 74.0, 0.07),),
        drives=tuple(
            Drive(f"sd{letter}", "hdd", "Sample HDD 4T", f"NA40{letter}", 4 * TB, 31_200) for letter in "abcd"
        ),
    ),
    _pc("pc-keiri1", "KEIRI-PC01", Text("経理", "accounting"), WINDOWS_11, 52.0, 9.0),
    _pc("pc-keiri2", "KEIRI-PC02", Text("経理", "accounting"), WINDOWS_11, 61.0, 11.0),
    _pc("pc-soumu", "SOUMU-PC01", Text("総務", "general affairs"), WINDOWS_11, 47.0, 7.0),
    _pc("pc-uketsuke", "UKETSUKE-PC", Text("受付", "reception"), WINDOWS_10, 68.0, 38.0),
    _pc("pc-daihyo", "DAIHYO-NOTE", Text("代表", "managing partner"), WINDOWS_11, 35.0, 4.0),
    _pc("pc-eigyo", "EIGYO-NOTE01", Text("営業", "sales"), WINDOWS_11, 44.0, 6.0),
)

SERVER_ROOM = frozenset({"sv-kaikei", "sv-bunsho", "nas"})
"""Machines that share the power supply and the air conditioner of the server corner."""


def machine(key: str) -> Machine:
    """Return the machine of that key.

    Raises:
        KeyError: there is none.
    """
    return {each.key: each for each in MACHINES}[key]
