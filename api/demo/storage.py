"""Points of what a simulated machine's volumes will be like, and whether they are encrypted and backed up."""

from api.demo.calendar import DAY_S, at, local_day
from api.demo.cast import Machine, Volume
from api.demo.host import NS, volume_percent, volume_tag
from api.demo.office import Office
from collectors.inputs import disk_encryption
from collectors.inputs.backup.job import Findings, Job
from collectors.inputs.backup.points import to_points as backup_points
from collectors.inputs.disk_outlook.points import to_point as outlook_point
from collectors.inputs.disk_outlook.trend import Reading
from collectors.inputs.disk_outlook.trend import outlook as outlook_of
from collectors.point import Point

_REMEMBERED_DAYS = 28
_BACKUP_HOUR = 2  # local time
_TOOLS = {"sv-kaikei": "windows_server_backup", "sv-bunsho": "restic", "nas": "stamp_file"}
"""Key of the machine -> what makes its backup."""
_NOTEBOOKS = frozenset({"pc-daihyo", "pc-eigyo"})
_XTS_AES_256 = 7


def disk_outlook(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return in how many days each volume will be full, from a reading a day."""
    found = []
    for volume in machine.volumes:
        days = range(moment_s - _REMEMBERED_DAYS * DAY_S, moment_s + 1, DAY_S)
        readings = [Reading(float(day), _used(office, machine, volume, day), volume.total) for day in days]
        free = volume.total - readings[-1].used
        found.append(outlook_point(volume_tag(machine, volume), outlook_of(readings, free), free))
    return _stamped(machine, found, moment_s)


def _used(office: Office, machine: Machine, volume: Volume, moment_s: int) -> int:
    return int(volume.total * volume_percent(office, machine, volume, moment_s) / 100.0)


def encryption(_office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return BitLocker's state on Windows: notebooks, which leave the office, are encrypted and must be."""
    if not machine.is_windows:
        return []
    is_on = int(machine.key in _NOTEBOOKS)
    volumes = [
        {
            "driveletter": volume.path,
            "protectionstatus": is_on,
            "conversionstatus": is_on,
            "encryptionmethod": _XTS_AES_256 * is_on,
        }
        for volume in machine.volumes
    ]
    return _stamped(machine, disk_encryption.to_points(volumes, expected=bool(is_on)), moment_s)


def backup(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return the nightly backup of servers and NAS; a night without power is a night without backup."""
    if machine.key not in _TOOLS:
        return []
    job = Job(_TOOLS[machine.key], "nightly", succeeded_at=float(_last_backup(office, machine, moment_s)))
    return _stamped(machine, backup_points(Findings((job,)), moment_s * NS), moment_s)


def _last_backup(office: Office, machine: Machine, moment_s: int) -> int:
    night = at(local_day(moment_s), _BACKUP_HOUR)
    while night > moment_s or not office.sends(machine, night) or office.active("service_down", machine.key, night):
        night -= DAY_S
    return night


def _stamped(machine: Machine, found: list[Point], moment_s: int) -> list[Point]:
    return [
        Point(point.measurement, {"host": machine.host, **point.tags}, point.fields, moment_s * NS) for point in found
    ]
