"""Points of a simulated machine's own inputs: processor, memory, volumes, disk and network counters, uptime."""

from api.demo.calendar import DAY_S, activity, busy_hours
from api.demo.cast import Machine, Volume
from api.demo.noise import jitter, smooth
from api.demo.office import Office
from collectors import __version__
from collectors.inputs.temp.reading import Reading, to_points
from collectors.point import FieldValue, Point

NS = 10**9
_HOUR_S = 3600
_BACKUP_HOURS = range(1, 3)  # local time, servers and NAS


def cpu(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return processor load in percent."""
    active = load_percent(office, machine, moment_s)
    shares = {"usage_user": 0.74, "usage_system": 0.26}
    if not machine.is_windows:
        shares = {"usage_user": 0.68, "usage_system": 0.24, "usage_iowait": 0.08}
    fields: dict[str, FieldValue] = {name: round(active * share, 3) for name, share in shares.items()}
    fields["usage_idle"] = round(100.0 - active, 3)
    return [_point(machine, "cpu", moment_s, fields, cpu="cpu-total")]


def load_percent(office: Office, machine: Machine, moment_s: int) -> float:
    """Return how busy the processor is, percent: people's work, night jobs, runaway programs and noise."""
    key = office.key(machine.key, "cpu")
    work = machine.busy * activity(moment_s) * (1.0 + 0.35 * smooth(key, moment_s, 900))
    load = machine.idle * (1.0 + 0.3 * jitter(key, moment_s)) + work
    if machine.kind != "pc" and _local_hour(moment_s) in _BACKUP_HOURS:
        load += 18.0
    if office.active("cpu_runaway", machine.key, moment_s):
        load = 96.0 + 2.5 * jitter(key, moment_s)
    return min(max(load, 0.5), 99.5)


def mem(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return memory use; a leak eats what is available until the program is restarted."""
    used = memory_share(office, machine, moment_s)
    total = machine.memory
    available = int(total * (1.0 - used))
    fields: dict[str, FieldValue] = {
        "total": total,
        "available": available,
        "used": total - available,
        "used_percent": round(100.0 * (total - available) / total, 3),
        "available_percent": round(100.0 * available / total, 3),
    }
    return [_point(machine, "mem", moment_s, fields)]


def memory_share(office: Office, machine: Machine, moment_s: int) -> float:
    """Return how much of the memory is in use, from 0 to 1."""
    key = office.key(machine.key, "mem")
    base = 0.52 if machine.kind == "server" else 0.38
    share = base + 0.16 * min(activity(moment_s), 1.2) + 0.04 * smooth(key, moment_s, 4 * _HOUR_S)
    leak = office.active("memory_leak", machine.key, moment_s)
    if leak and leak.end:
        share += (0.95 - share) * (moment_s - leak.start) / (leak.end - leak.start)
    return min(share, 0.97)


def swap(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return use of the page file or swap space, which grows once memory is short."""
    total = machine.memory // 4
    short = max(0.0, memory_share(office, machine, moment_s) - 0.7)
    used = int(total * min(0.03 + 2.2 * short, 0.95))
    fields: dict[str, FieldValue] = {
        "total": total,
        "used": used,
        "free": total - used,
        "used_percent": round(100.0 * used / total, 3),
    }
    return [_point(machine, "swap", moment_s, fields)]


def disk(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return how full each volume is."""
    found = []
    for volume in machine.volumes:
        percent = volume_percent(office, machine, volume, moment_s)
        used = int(volume.total * percent / 100.0)
        fields: dict[str, FieldValue] = {
            "total": volume.total,
            "used": used,
            "free": volume.total - used,
            "used_percent": round(100.0 * used / volume.total, 4),
            "state": "ok",
        }
        tags = {"path": volume_tag(machine, volume), "block_device": volume.device.removeprefix("/dev/")}
        found.append(_point(machine, "disk", moment_s, fields, **tags, fstype=volume.fstype, mode="rw"))
    return found


def volume_tag(machine: Machine, volume: Volume) -> str:
    r"""Return the tag `path` as the `disk` input writes it: on Windows a drive is `\C:`."""
    return f"\\{volume.path}" if machine.is_windows else volume.path


def volume_percent(office: Office, machine: Machine, volume: Volume, moment_s: int) -> float:
    """Return how full a volume is: steady growth, a weekly clean-up of temporary files, a surge in an incident."""
    days = (moment_s - office.anchor) / DAY_S
    percent = volume.used_percent + volume.growth * days
    surge = next((each for each in office.of("disk_filling", machine.key) if each.part == volume.path), None)
    if surge:
        # Growth is what the volume gained in the surge, reckoned back from its fill level at the anchor.
        gained = 0.55 * (office.anchor - max(moment_s, surge.start)) / DAY_S
        percent = volume.used_percent - gained + volume.growth * min(0.0, (moment_s - surge.start) / DAY_S)
    temporary = 0.25 * ((moment_s // DAY_S) % 7) / 7 + 0.05 * smooth(
        office.key(machine.key, volume.path), moment_s, _HOUR_S
    )
    return min(max(percent + temporary, 1.0), 99.6)


def diskio(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return what each drive read and wrote since the machine was started."""
    booted = office.booted_at(machine, moment_s)
    hours = (moment_s - booted) / _HOUR_S
    busy = busy_hours(moment_s) - busy_hours(booted)
    weight = 1.0 if machine.kind == "pc" else 2.5
    found = []
    for number, drive in enumerate(machine.drives):
        reads = int(weight * (900 * hours + 41_000 * busy) * (1 - 0.2 * number / len(machine.drives)))
        writes = int(weight * (1_500 * hours + 23_000 * busy) * (1 - 0.1 * number / len(machine.drives)))
        name = f"PhysicalDrive{number}" if machine.is_windows else drive.device
        fields: dict[str, FieldValue] = {
            "reads": reads,
            "writes": writes,
            "read_bytes": reads * 22_528,
            "write_bytes": writes * 16_384,
            "read_time": reads // 4,
            "write_time": writes // 2,
            "io_time": (reads + writes) // 4,
        }
        found.append(_point(machine, "diskio", moment_s, fields, name=name))
    return found


def net(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return what the network interface sent and received since the machine was started."""
    booted = office.booted_at(machine, moment_s)
    hours = (moment_s - booted) / _HOUR_S
    busy = busy_hours(moment_s) - busy_hours(booted)
    sent_share, received_share = (0.25, 1.0) if machine.kind == "pc" else (1.6, 0.9)
    volume = 2_400_000 * hours + 310_000_000 * busy
    sent, received = int(volume * sent_share), int(volume * received_share)
    fields: dict[str, FieldValue] = {
        "bytes_sent": sent,
        "bytes_recv": received,
        "packets_sent": sent // 620,
        "packets_recv": received // 840,
        "err_in": 0,
        "err_out": 0,
        "drop_in": received // 90_000_000,
        "drop_out": 0,
        "speed": 1000,
    }
    interface = "イーサネット" if machine.is_windows else "eth0"
    return [_point(machine, "net", moment_s, fields, interface=interface)]


def system(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return uptime, and load averages where the operating system has them."""
    fields: dict[str, FieldValue] = {
        "uptime": moment_s - office.booted_at(machine, moment_s),
        "n_cpus": machine.cores,
        "os": machine.os.family,
        "platform": machine.os.name,
        "platform_version": machine.os.build or machine.os.version,
    }
    if not machine.is_windows:
        load = load_percent(office, machine, moment_s) * machine.cores / 100.0
        fields |= {"load1": round(load, 2), "load5": round(load * 0.96, 2), "load15": round(load * 0.9, 2)}
    return [_point(machine, "system", moment_s, fields)]


def temp(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return the processor's temperature where the operating system tells it (Linux), and whether it could be read."""
    readings = [] if machine.is_windows else [_package(office, machine, moment_s)]
    return [
        Point(point.measurement, {"host": machine.host, **point.tags}, point.fields, moment_s * NS)
        for point in to_points(readings)
    ]


def _package(office: Office, machine: Machine, moment_s: int) -> Reading:
    celsius = 34.0 + 0.25 * load_percent(office, machine, moment_s) + room_heat(office, machine, moment_s)
    celsius += 1.5 * smooth(office.key(machine.key, "temp"), moment_s, 1800)
    return Reading("coretemp", "coretemp.0", "temp1", "Package id 0", round(celsius, 1))


def room_heat(office: Office, machine: Machine, moment_s: int) -> float:
    """Return how many degrees an incident adds to everything inside a machine; it builds up over three hours."""
    incident = office.active("overheating", machine.key, moment_s)
    return 0.0 if incident is None else 27.0 * min(1.0, (moment_s - incident.start) / (3 * _HOUR_S))


def agent(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return what the agent says of itself: all is sent, nothing was dropped."""
    uptime = moment_s - office.booted_at(machine, moment_s)
    key = office.key(machine.key, "agent")
    fields: dict[str, FieldValue] = {
        "version": __version__,
        "uptime_s": float(uptime),
        "rss_bytes": int(41_000_000 * (1 + 0.03 * smooth(key, moment_s, DAY_S))),
        "cpu_s": round(uptime * 0.0021, 2),
        "spool_bytes": 0,
        "spool_points": 0,
        "dropped_points": 0,
        "rejected_points": 0,
        "quarantined_segments": 0,
        "clock_offset_s": round(0.4 * smooth(key, moment_s, 6 * _HOUR_S), 3),
    }
    return [_point(machine, "agent", moment_s, fields)]


def _local_hour(moment_s: int) -> int:
    return (moment_s // _HOUR_S + 9) % 24


def _point(machine: Machine, measurement: str, moment_s: int, fields: dict[str, FieldValue], **tags: str) -> Point:
    return Point(measurement, {"host": machine.host, **tags}, fields, moment_s * NS)
