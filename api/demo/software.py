"""Points of a simulated machine's software: what changed since yesterday, and whether managing products run."""

from datetime import UTC, datetime

from api.demo.calendar import DAY_S, local_day
from api.demo.cast import Machine
from api.demo.noise import unit
from api.demo.office import Office
from collectors.inputs.service_health.finding import Evidence, Service
from collectors.inputs.service_health.points import to_points as product_points
from collectors.inputs.service_health.product import known_products
from collectors.inputs.software.points import to_points as software_points
from collectors.inputs.software.reading import Reading
from collectors.inventory import SOFTWARE, DeviceFacts, SoftwareItem, make_document
from collectors.inventory.changes import compare
from collectors.inventory.register import Listed
from collectors.point import Point

NS = 10**9
_BROWSER_CYCLE_DAYS = 14
_WINDOWS_PROGRAMS = ("Sample 会計", "Sample Office", "Sample PDF", "Sample 給与", "Sample 圧縮", "Sample 印刷管理")
_LINUX_PACKAGES = ("openssh-server", "samba", "smartmontools", "sudo", "rsync", "openssl", "postfix")
_PRODUCTS = {each.id: each for each in known_products() if each.id in {"windows_mdm", "intune", "sysmon", "rsyslog"}}


def software(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return how much software is installed, and what changed within the last day."""
    before, now = (_installed(office, machine, moment) for moment in (moment_s - DAY_S, moment_s))
    facts = DeviceFacts(host=machine.host, os=machine.os.name)
    listed = Listed(make_document(SOFTWARE, now, moment_s * NS, facts), compare(SOFTWARE, before, now))
    reading = Reading(tuple(now), "registry" if machine.is_windows else "dpkg")
    return _stamped(machine, software_points(reading, listed), moment_s)


def _installed(office: Office, machine: Machine, moment_s: int) -> list[SoftwareItem]:
    names = _WINDOWS_PROGRAMS if machine.is_windows else _LINUX_PACKAGES
    source = "registry" if machine.is_windows else "dpkg"
    patched = f"{local_day(office.patched_at(machine, moment_s)):%y.%m}"
    items = [SoftwareItem(name=name, version=f"3.{number}", source=source) for number, name in enumerate(names)]
    items.append(SoftwareItem(name="Sample Runtime", version=patched, source=source))
    if machine.kind == "pc":
        offset = int(3 * unit(office.key(machine.key, "browser"), 0))
        release = (moment_s // DAY_S - offset) // _BROWSER_CYCLE_DAYS
        items.append(SoftwareItem(name="Sample Browser", version=f"{release - 1300}.0", source=source))
        if unit(office.key(machine.key, "tool"), moment_s // (25 * DAY_S)) > 0.6:
            items.append(SoftwareItem(name="Sample ビデオ会議", version="6.2", source=source))
    return items


def products(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return the MDM of PCs and what collects logs, all of which runs."""
    if not machine.is_windows:
        seen = Evidence("linux", services=(Service("rsyslog", "", running=True),))
        return _stamped(machine, product_points([_PRODUCTS["rsyslog"]], seen, moment_s, ["rsyslog"]), moment_s)
    own = ["sysmon"] if machine.kind == "server" else ["windows_mdm", "intune", "sysmon"]
    contact = datetime.fromtimestamp(moment_s - int(7 * 3600 * unit(office.key(machine.key, "mdm"), moment_s)), UTC)
    seen = Evidence(
        "windows",
        services=(
            Service("Sysmon64", "Sysmon64", running=True),
            Service("IntuneManagementExtension", "Microsoft Intune Management Extension", running=True),
        ),
        contacts=dict.fromkeys(_PRODUCTS["windows_mdm"].last_contact, (f"{contact:%Y%m%dT%H%M%SZ}",)),
    )
    return _stamped(machine, product_points([_PRODUCTS[each] for each in own], seen, moment_s, own), moment_s)


def _stamped(machine: Machine, found: list[Point], moment_s: int) -> list[Point]:
    return [
        Point(point.measurement, {"host": machine.host, **point.tags}, point.fields, moment_s * NS) for point in found
    ]
