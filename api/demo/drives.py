"""Points of simulated drives: what smartctl would tell, judged by the `smart` input itself."""

from dataclasses import replace

from api.demo import cast
from api.demo.calendar import DAY_S, activity
from api.demo.host import NS, room_heat
from api.demo.noise import smooth
from api.demo.office import Office
from collectors.inputs.physical_disk import to_points as windows_points
from collectors.inputs.smart.drive import Attribute, Drive, ExitStatus, Failed, Kind
from collectors.inputs.smart.judgement import Snapshot, counts_of, judge
from collectors.inputs.smart.points import to_points
from collectors.point import Point

_KINDS: dict[cast.DriveKind, Kind] = {"hdd": Kind.HDD, "ssd": Kind.SSD, "nvme": Kind.NVME}
_HISTORY_DAYS = (7, 1)
_PREFAIL, _AGE = "PO--CK", "-O--CK"


def smart(office: Office, machine: cast.Machine, moment_s: int) -> list[Point]:
    """Return what each drive of a machine tells, with the verdict of the `smart` input."""
    return [
        Point(point.measurement, {"host": machine.host, **point.tags}, point.fields, moment_s * NS)
        for each in machine.drives
        for point in _judged(office, machine, each, moment_s)
    ]


def physical_disk(office: Office, machine: cast.Machine, moment_s: int) -> list[Point]:
    """Return what Windows tells of its drives; none of them is the one that fails."""
    if not machine.is_windows:
        return []
    found = [drive_at(office, machine, each, moment_s) for each in machine.drives]
    drives: list[dict[str, object]] = [
        {
            "deviceid": str(number),
            "model": drive.model,
            "serialnumber": drive.serial,
            "size": drive.capacity,
            "mediatype": "HDD" if drive.kind is Kind.HDD else "SSD",
            "bustype": "NVMe" if drive.kind is Kind.NVME else "SATA",
            "healthstatus": "Healthy",
        }
        for number, drive in enumerate(found)
    ]
    counters: list[dict[str, object]] = [
        {"deviceid": str(number), "temperature": drive.temperature, "poweronhours": drive.power_on_hours}
        for number, drive in enumerate(found)
    ]
    return [
        Point(point.measurement, {"host": machine.host, **point.tags}, point.fields, moment_s * NS)
        for point in windows_points(drives, counters)
    ]


def _judged(office: Office, machine: cast.Machine, each: cast.Drive, moment_s: int) -> list[Point]:
    before = [moment_s - days * DAY_S for days in _HISTORY_DAYS]
    history = [Snapshot(float(moment), counts_of(drive_at(office, machine, each, moment))) for moment in before]
    drive = drive_at(office, machine, each, moment_s)
    return to_points(drive, judge(drive, history, float(moment_s)))


def drive_at(office: Office, machine: cast.Machine, each: cast.Drive, moment_s: int) -> Drive:
    """Return what a drive tells at a moment."""
    hours = each.hours + (moment_s - office.anchor) // 3600
    heat = 0.5 * room_heat(office, machine, moment_s) + smooth(office.key(machine.key, each.serial), moment_s, 3600)
    drive = Drive(
        name=each.device,
        type="nvme" if each.kind == "nvme" else "sat",
        protocol="NVMe" if each.kind == "nvme" else "ATA",
        model=each.model,
        serial=each.serial,
        kind=_KINDS[each.kind],
        exit_status=ExitStatus(0),
        passed=True,
        enabled="Enabled",
        capacity=each.capacity,
        temperature=round(33 + 6 * min(activity(moment_s), 1.2) + heat),
        power_on_hours=hours,
        power_cycles=hours // 190,
    )
    if each.kind == "nvme":
        return _nvme(drive, _wear(office, each, moment_s))
    if each.kind == "ssd":
        return _ssd(drive, _wear(office, each, moment_s))
    failing = next(
        (incident for incident in office.of("drive_failing", machine.key) if incident.part == each.device), None
    )
    return _hdd(drive, max(0.0, (moment_s - failing.start) / DAY_S) if failing else 0.0)


def _wear(office: Office, each: cast.Drive, moment_s: int) -> int:
    """Return percent of the rated writes used: it went up evenly since the drive was new."""
    hours = each.hours + (moment_s - office.anchor) / 3600
    return int(each.wear * hours / each.hours)


def _nvme(drive: Drive, wear: int) -> Drive:
    hours = drive.power_on_hours or 0
    log = {
        "critical_warning": 0,
        "available_spare": 100,
        "available_spare_threshold": 10,
        "percentage_used": wear,
        "data_units_read": hours * 2_100,
        "data_units_written": hours * 1_700,
        "power_on_hours": hours,
        "unsafe_shutdowns": 14,
        "media_errors": 0,
        "num_err_log_entries": 0,
    }
    return replace(drive, endurance_used=wear, log=log)


def _ssd(drive: Drive, wear: int) -> Drive:
    attributes = (
        _attribute(5, "Reallocated_Sector_Ct", 0, _PREFAIL, 10),
        *_ages(drive),
        _attribute(177, "Wear_Leveling_Count", wear * 12, _PREFAIL, 5, value=100 - wear),
        _attribute(199, "UDMA_CRC_Error_Count", 0, _AGE),
    )
    return replace(drive, endurance_used=wear, attributes=attributes)


def _hdd(drive: Drive, days_failing: float) -> Drive:
    """Return a hard disk; one that fails replaces sectors first and then meets some that it cannot read."""
    reallocated = int(2.1 * days_failing**1.25)
    pending = int(max(0.0, days_failing - 14) * 0.45)
    attributes = (
        _attribute(1, "Raw_Read_Error_Rate", 0, _PREFAIL, 50),
        _attribute(5, "Reallocated_Sector_Ct", reallocated, _PREFAIL, 10, value=max(20, 100 - reallocated // 4)),
        *_ages(drive),
        _attribute(196, "Reallocated_Event_Count", reallocated // 3, _AGE),
        _attribute(197, "Current_Pending_Sector", pending, _AGE),
        _attribute(198, "Offline_Uncorrectable", int(max(0.0, days_failing - 24) * 0.3), _AGE),
        _attribute(199, "UDMA_CRC_Error_Count", 0, _AGE),
    )
    return replace(drive, attributes=attributes)


def _ages(drive: Drive) -> tuple[Attribute, ...]:
    hours, cycles, celsius = drive.power_on_hours or 0, drive.power_cycles or 0, drive.temperature or 0
    return (
        _attribute(9, "Power_On_Hours", hours, _AGE, value=max(1, 100 - hours // 900)),
        _attribute(12, "Power_Cycle_Count", cycles, _AGE),
        _attribute(194, "Temperature_Celsius", celsius, _AGE, value=100 - celsius),
    )


def _attribute(number: int, name: str, raw: int, flags: str, threshold: int = 0, value: int = 100) -> Attribute:
    return Attribute(number, name, value, value, threshold, flags, Failed.NO, raw)
