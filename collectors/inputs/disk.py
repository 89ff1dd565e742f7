"""Space on file systems. Names and units are Telegraf's `disk` plugin's, but for the tag `block_device`.

Telegraf calls that tag `device`, which here names the target device and is stamped by the gateway.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psutil

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.input import BadOutput, Input, NothingToReport, Recording
from collectors.json_text import Record
from collectors.patience import Patience
from collectors.point import FieldValue, Point
from collectors.psutil_calls import availability, call
from collectors.recorded_text import recorded_text
from collectors.scalar import as_int, as_text
from collectors.text import Text
from collectors.windows.records import read_records

IGNORED_TYPES = frozenset(
    {"tmpfs", "devtmpfs", "devfs", "iso9660", "udf", "cdfs", "overlay", "aufs", "squashfs", "erofs", "autofs"}
)
"""File systems that tell nothing of a disk: in memory, read-only images, container layers, optical media."""

NETWORK_TYPES = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb2",
        "smb3",
        "smbfs",
        "afpfs",
        "ncpfs",
        "webdav",
        "9p",
        "ceph",
        "glusterfs",
        "fuse.sshfs",
    }
)
"""File systems on another machine: its own agent watches them, and one that is gone makes a reader hang."""

IGNORED_PATHS = (
    # Helper volumes of macOS, which share one container with the data (Apple Platform Security, "Volumes").
    "/System/Volumes/VM", "/System/Volumes/Preboot", "/System/Volumes/Update", "/System/Volumes/xarts",
    "/System/Volumes/iSCPreboot", "/System/Volumes/Hardware",
)  # fmt: skip

_LOCAL_DISK = 3
"""Win32_LogicalDisk.DriveType; 2 is removable, 4 a network drive, 5 a CD."""

_INODES = {
    "inodes_total": Text("作成できるファイルの数", "files that can exist"),
    "inodes_used": Text("ファイルの数", "files that exist"),
    "inodes_free": Text("あと作成できるファイルの数", "files that can still be made"),
}

MEASUREMENT = Measurement(
    name="disk",
    text=Text("ディスクの空き容量", "disk space"),
    tags=(
        Tag("path", Text("マウント先またはドライブ", "mount point or drive")),
        Tag("block_device", Text("記憶装置の名前", "name of the block device"), sent_as="device"),
        Tag("fstype", Text("ファイルシステムの種類", "kind of file system")),
        Tag("mode", Text("書き込み可（rw）か読み取り専用（ro）か", "rw: writable, ro: read only")),
    ),
    fields=(
        Field("total", FieldType.INTEGER, Text("容量", "size"), "B"),
        Field("used", FieldType.INTEGER, Text("使用量", "used"), "B"),
        Field("free", FieldType.INTEGER, Text("利用者が使える空き", "free for users"), "B"),
        Field("used_percent", FieldType.FLOAT, Text("使用率", "used"), "%"),
        *(Field(name, FieldType.INTEGER, text) for name, text in _INODES.items()),
        Field("inodes_used_percent", FieldType.FLOAT, Text("ファイル数の使用率", "files used"), "%"),
        Field(
            "state",
            FieldType.STRING,
            Text(
                "読み取りの状態（ok、not_responding、no_permission、failed）",
                "whether it could be read: ok, not_responding, no_permission, failed",
            ),
            rollup=Rollup.STATE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system.

    Attributes:
        device: block device, as the system names it ("/dev/sda1", "C:").
        path: mount point.
        fstype: kind of file system; "" where the system does not tell.
        options: mount options.
    """

    device: str
    path: str
    fstype: str
    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Usage:
    """Space of one file system, in bytes and in files.

    Attributes:
        total: size.
        used: used, with what is reserved for the superuser left out.
        free: free for ordinary users.
        files: how many files can exist; 0 where the file system sets no such limit (btrfs, NTFS).
        files_free: how many can still be made.
    """

    total: int
    used: int
    free: int
    files: int = 0
    files_free: int = 0


def chosen(mounts: Iterable[Mount], *, network: bool = False) -> list[Mount]:
    """Return the mounts to report: storage of this machine, each once.

    Of several mounts of one device (bind mounts, btrfs subvolumes) the one with the shortest path stands for all,
    because they share their space; of several on one path the last covers the others.
    """
    by_path = {mount.path: mount for mount in mounts if _is_storage(mount, network=network)}
    by_device: dict[str, Mount] = {}
    for mount in by_path.values():
        known = by_device.get(mount.device)
        if known is None or len(mount.path) < len(known.path):
            by_device[mount.device] = mount
    return list(by_device.values())


def _is_storage(mount: Mount, *, network: bool) -> bool:
    fstype = mount.fstype.lower()
    if fstype in IGNORED_TYPES or mount.path in IGNORED_PATHS or "cdrom" in mount.options:
        return False
    return network or not (fstype in NETWORK_TYPES or "remote" in mount.options)


def to_point(mount: Mount, usage: Usage) -> Point | None:
    """Return the `disk` point of a file system; None where it has no size (an empty drive).

    As in df(1) and Telegraf, the percentage leaves out what is reserved for the superuser.
    """
    if usage.total <= 0:
        return None
    fields: dict[str, FieldValue] = {"total": usage.total, "used": usage.used, "free": usage.free}
    if usage.used + usage.free > 0:
        fields["used_percent"] = 100.0 * usage.used / (usage.used + usage.free)
    if usage.files > 0:
        used = usage.files - usage.files_free
        fields |= {"inodes_total": usage.files, "inodes_used": used, "inodes_free": usage.files_free}
        fields["inodes_used_percent"] = 100.0 * used / usage.files
    return Point("disk", _tags(mount), {**fields, "state": "ok"})


def unreadable(mount: Mount, error: OSError) -> Point | None:
    """Return the `disk` point of a file system that could not be read; None where it is gone."""
    if isinstance(error, FileNotFoundError):
        return None
    states: dict[type[OSError], str] = {TimeoutError: "not_responding", PermissionError: "no_permission"}
    return Point("disk", _tags(mount), {"state": states.get(type(error), "failed")})


def _tags(mount: Mount) -> dict[str, str]:
    # Telegraf's forms: no /dev/ before the device, and on Windows a backslash before and none behind the drive.
    device = mount.device.removeprefix("/dev/").rstrip("\\")
    path = f"\\{mount.path.rstrip(chr(92))}" if mount.path[1:3] == ":\\" else mount.path
    mode = next((word for word in ("rw", "ro") if word in mount.options), "unknown")
    return {"path": path, "block_device": device, "fstype": mount.fstype, "mode": mode}


def read_mounts(*, network: bool) -> list[Mount]:
    """Return the mounted file systems; those on the network only where asked for.

    Raises:
        InputError: psutil cannot tell.
    """
    # With all=False psutil leaves out what has no device of its own: /proc, memory, network, container layers.
    found = call("disk_partitions", all=False)
    if network:
        found += [mount for mount in call("disk_partitions", all=True) if mount.fstype in NETWORK_TYPES]
    return [Mount(each.device, each.mountpoint, each.fstype, frozenset(each.opts.split(","))) for each in found]


def read_usage(path: str) -> Usage:
    """Return the space of one file system.

    Raises:
        OSError: it cannot be read.
    """
    if sys.platform == "win32":
        space = psutil.disk_usage(path)
        return Usage(space.total, space.used, space.free)
    if not os.path.isdir(path):  # noqa: PTH112  a single file, as containers mount /etc/hosts
        raise FileNotFoundError(path)
    found = os.statvfs(path)
    unit = found.f_frsize
    used = (found.f_blocks - found.f_bfree) * unit
    return Usage(found.f_blocks * unit, used, found.f_bavail * unit, found.f_files, found.f_ffree)


class Disk:
    """Reads all file systems side by side, so that one that hangs holds up no other."""

    def __init__(
        self,
        *,
        network: bool = False,
        mounts: Callable[..., list[Mount]] = read_mounts,
        usage: Callable[[str], Usage] = read_usage,
        patience_s: float = 8.0,
    ) -> None:
        self._network = network
        self._mounts = mounts
        self._patience = Patience(usage, patience_s)

    def gather(self) -> list[Point]:
        """Read once.

        Raises:
            NothingToReport: no file system of this machine is mounted.
            InputError: psutil cannot tell what is mounted.
        """
        mounts = chosen(self._mounts(network=self._network), network=self._network)
        answers = self._patience.ask([mount.path for mount in mounts])
        points = [
            unreadable(mount, answer) if isinstance(answer, OSError) else to_point(mount, answer)
            for mount, answer in ((mount, answers[mount.path]) for mount in mounts)
        ]
        found = [point for point in points if point is not None]
        if not found:
            raise NothingToReport("no file system of this machine is mounted")
        return found


def parse(recording: Recording) -> list[Point]:
    """Return the points of recorded Win32_LogicalDisk objects: local disks only, as psutil tells them.

    Raises:
        BadOutput: there is no such object, or the output is damaged.
        NothingToReport: none of them is a local disk with a size.
    """
    volumes = [each for each in read_records(recorded_text(recording)) if "drivetype" in each and "deviceid" in each]
    if not volumes:
        raise BadOutput("this is not a list of Win32_LogicalDisk objects")
    points = [point for each in volumes if (point := _from_volume(each))]
    if not points:
        raise NothingToReport("no local disk with a size is listed")
    return points


def _from_volume(volume: Record) -> Point | None:
    letter = as_text(volume.get("deviceid"), 8)
    total, free = as_int(volume.get("size")), as_int(volume.get("freespace"))
    if as_int(volume.get("drivetype")) != _LOCAL_DISK or not letter or total is None or free is None:
        return None
    if not 0 <= free <= total:
        return None
    fstype = as_text(volume.get("filesystem"), 20) or ""
    return to_point(Mount(letter, f"{letter}\\", fstype, frozenset()), Usage(total, total - free, free))


def _create(settings: Mapping[str, Any]) -> Disk:
    return Disk(network=settings["network_mounts"])


INPUT = Input(
    name="disk",
    text=MEASUREMENT.text,
    measurements=(MEASUREMENT,),
    create=_create,
    settings={"network_mounts": False},
    parse=parse,
    available=availability("disk_partitions"),
    interval_s=300.0,
)
