"""Points of a simulated machine's security inputs: antivirus, firewall, patches."""

from datetime import UTC, date, datetime, timedelta

from api.demo.calendar import DAY_S, local_day
from api.demo.cast import Machine, support_of
from api.demo.noise import unit
from api.demo.office import Office
from collectors.inputs.antivirus import product as antivirus_product
from collectors.inputs.antivirus.points import to_points as antivirus_points
from collectors.inputs.antivirus.product import DEFAULT_POLICY, DEFINITIONS_MAX_AGE_DAYS, Mode, Product
from collectors.inputs.firewall.judge import judge as judge_firewall
from collectors.inputs.firewall.layer import PROFILES, WINDOWS, Findings, Layer
from collectors.inputs.firewall.points import THE_DEVICE
from collectors.inputs.firewall.points import to_points as firewall_points
from collectors.inputs.patches.facts import Facts, Hotfix, Update
from collectors.inputs.patches.facts import OperatingSystem as UpdatedSystem
from collectors.inputs.patches.judge import DEFAULT_POLICY as UPDATE_POLICY
from collectors.inputs.patches.points import to_points as patches_points
from collectors.point import Point

NS = 10**9
_DEFENDER = "Microsoft Defender Antivirus"


def antivirus(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return the state of the antivirus, judged as on a real machine: Defender on Windows, ClamAV on Linux."""
    age = _definitions_age_days(office, machine, moment_s)
    scanned = 2.0 + (moment_s // DAY_S) % 7
    if machine.is_windows:
        product = Product(
            name=_DEFENDER,
            source="defender",
            mode=Mode.ON,
            realtime=office.active("antivirus_off", machine.key, moment_s) is None,
            up_to_date=age <= DEFINITIONS_MAX_AGE_DAYS,
            definitions_age_days=round(age, 3),
            full_scan_age_days=scanned,
        )
    else:
        product = Product("ClamAV", "clamav", Mode.ON_DEMAND, definitions_age_days=round(age, 3))
    return _stamped(machine, antivirus_points(antivirus_product.Findings((product,)), DEFAULT_POLICY), moment_s)


def _definitions_age_days(office: Office, machine: Machine, moment_s: int) -> float:
    fresh = 0.05 + 0.9 * unit(office.key(machine.key, "definitions"), moment_s // (6 * 3600))
    stale = office.active("antivirus_stale", machine.key, moment_s)
    return fresh if stale is None else max(fresh, (moment_s - stale.start) / DAY_S)


def firewall(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return the state of the firewall, judged as on a real machine: Windows' own with three profiles, ufw on Linux."""
    if not machine.is_windows:
        layer = Layer("system", "ufw", enabled=True, default_inbound="block", default_outbound="allow", rules=14)
        return _stamped(machine, firewall_points(judge_firewall(Findings((layer,))), {}, moment_s * NS), moment_s)
    incident = office.active("firewall_off", machine.key, moment_s)
    layers = tuple(
        Layer(
            profile,
            WINDOWS,
            enabled=incident is None or profile != incident.part,
            default_inbound="block",
            default_outbound="allow",
            active=profile == "private",
            managed_by="local",
        )
        for profile in PROFILES
    )
    off_since = {}
    if incident:
        off_since = {THE_DEVICE: incident.start * NS, (incident.part, WINDOWS): incident.start * NS}
    return _stamped(machine, firewall_points(judge_firewall(Findings(layers)), off_since, moment_s * NS), moment_s)


def patches(office: Office, machine: Machine, moment_s: int) -> list[Point]:
    """Return what updates are missing since when, judged as on a real machine."""
    facts = (_windows_updates if machine.is_windows else _linux_updates)(office, machine, moment_s)
    return _stamped(machine, patches_points(facts, moment_s * NS, UPDATE_POLICY), moment_s)


def _windows_updates(office: Office, machine: Machine, moment_s: int) -> Facts:
    """Return the monthly update that is missing, if any; it stands for those before it too."""
    missing, patched = office.missing_releases(machine, moment_s), office.patched_at(machine, moment_s)
    released = _released_on(missing[-1]) if missing else None
    name = f"{released:%Y-%m} 累積更新プログラム" if released else ""
    return Facts(
        source="windows_update",
        pending=(Update(name, security=True, released=released),) if released else (),
        monthly=True,
        last_success=datetime.fromtimestamp(patched, UTC),
        last_check=datetime.fromtimestamp(moment_s - moment_s % (DAY_S // 4), UTC),
        reboot_required=False,
        hotfixes=(Hotfix(f"KB50{patched // DAY_S}", security=True, installed=local_day(patched)),),
        system=_system(machine, patched),
    )


def _linux_updates(office: Office, machine: Machine, moment_s: int) -> Facts:
    """Return a system that installs security updates by itself every morning."""
    morning = datetime.fromtimestamp(moment_s - moment_s % DAY_S, UTC)
    return Facts(
        source="apt",
        pending=(),
        last_success=morning,
        last_check=morning,
        reboot_required=False,
        system=_system(machine, office.patched_at(machine, moment_s)),
    )


def _system(machine: Machine, patched: int) -> UpdatedSystem:
    if not machine.is_windows:
        return UpdatedSystem(name=machine.os.name, support=support_of(machine.os))
    build = f"{machine.os.build}.{2000 + patched // DAY_S % 6000}"
    return UpdatedSystem(machine.os.name, build, support_of(machine.os), has_extension=False)


def _released_on(release: int) -> date:
    # It is still Tuesday in Redmond when it is night in Japan.
    return local_day(release) - timedelta(days=1)


def _stamped(machine: Machine, points: list[Point], moment_s: int) -> list[Point]:
    return [
        Point(point.measurement, {"host": machine.host, **point.tags}, point.fields, moment_s * NS) for point in points
    ]
