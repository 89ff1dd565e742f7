"""Points of a simulated machine's security inputs: antivirus, firewall, patches."""

from datetime import date

from api.demo.calendar import DAY_S, JST_OFFSET_S, local_day
from api.demo.cast import Machine
from api.demo.noise import unit
from api.demo.office import Office
from collectors.inputs.antivirus import product as antivirus_product
from collectors.inputs.antivirus.points import to_points as antivirus_points
from collectors.inputs.antivirus.product import DEFAULT_POLICY, DEFINITIONS_MAX_AGE_DAYS, Mode, Product
from collectors.inputs.firewall.judge import judge as judge_firewall
from collectors.inputs.firewall.layer import PROFILES, WINDOWS, Findings, Layer
from collectors.inputs.firewall.points import THE_DEVICE
from collectors.inputs.firewall.points import to_points as firewall_points
from collectors.point import FieldValue, Point
from collectors.text import Text
from collectors.verdict import State, Verdict

NS = 10**9
_DEFENDER = "Microsoft Defender Antivirus"

_OK = Verdict(State.OK, "ok", Text("問題ありません", "nothing is wrong"))


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
    """Return what updates are missing since when, and how long the operating system is supported."""
    missing = office.missing_releases(machine, moment_s)
    lag_days = (moment_s - missing[0]) / DAY_S if missing else 0.0
    fields: dict[str, FieldValue] = {
        **_patch_verdict(machine, lag_days, moment_s).fields(),
        "source": "windows_update" if machine.is_windows else "apt",
        "pending_security": 3 * len(missing),
        "pending_other": 2 * len(missing),
        "reboot_required": False,
        "last_success_age_s": moment_s - office.patched_at(machine, moment_s),
        "last_check_age_s": (moment_s + JST_OFFSET_S) % (DAY_S // 4),
        "lag_days": round(lag_days, 3),
        "lag_basis": "oldest_missing" if missing else "none_missing",
        "os_name": machine.os.name,
        "os_version": machine.os.version,
        "os_support_end": machine.os.support_end,
        "os_support_days_left": _support_days_left(machine, moment_s),
    }
    if machine.os.build:
        fields["os_build"] = machine.os.build
    return _stamped(machine, [Point("patches", {}, fields)], moment_s)


def _patch_verdict(machine: Machine, lag_days: float, moment_s: int) -> Verdict:
    if _support_days_left(machine, moment_s) < 0:
        name = f"{machine.os.name} {machine.os.version}"
        return Verdict(
            State.BAD,
            "os_unsupported",
            Text(f"{name} のサポートは終了しています", f"{name} is no longer supported"),
        )
    if lag_days > 30:
        days = int(lag_days)
        return Verdict(
            State.BAD,
            "lagging",
            Text(f"セキュリティ更新が{days}日遅れています", f"security updates lag {days} days behind"),
        )
    return _OK


def _support_days_left(machine: Machine, moment_s: int) -> int:
    return (date.fromisoformat(machine.os.support_end) - local_day(moment_s)).days


def _stamped(machine: Machine, points: list[Point], moment_s: int) -> list[Point]:
    return [
        Point(point.measurement, {"host": machine.host, **point.tags}, point.fields, moment_s * NS) for point in points
    ]
