"""Which tool wrote a recorded output, by its content; and what it tells."""

from collections.abc import Callable
from dataclasses import replace

from collectors.input import BadOutput, Recording
from collectors.inputs.patches import apt, dnf, hotfixes, os_release, restart, systeminfo, windows, zypper
from collectors.inputs.patches.facts import Facts, Scope, Update
from collectors.inputs.patches.judge import DEFAULT_POLICY
from collectors.inputs.patches.points import to_points
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import is_cut, read_records


def parse(recording: Recording) -> list[Point]:
    """Return the point of a recorded output.

    Known are: the answer of our own PowerShell script; Win32_QuickFixEngineering and `Get-HotFix` as list, table,
    CSV or JSON; `systeminfo`; `apt-get -s dist-upgrade`, `apt list --upgradable` and apt-check; `updateinfo list`,
    `updateinfo summary` and `check-update` of dnf and yum; `zypper list-updates` and `list-patches`; `needrestart -b`,
    `needs-restarting -r` and /var/run/reboot-required; os-release.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
    """
    text = recorded_text(recording)
    facts = next((read(text, recording.now_ns) for matches, read in _FORMS if matches(text)), None)
    return to_points(facts or _from_records(text, recording.now_ns), recording.now_ns, DEFAULT_POLICY)


def _listed(updates: tuple[Update, ...], scope: Scope) -> Facts:
    """Return the facts of a list of dnf or yum, which does not tell where it ends: an empty one is not believed."""
    return Facts("dnf", pending=updates, scope=scope, partial=not updates)


def _upgradable(text: str) -> Facts:
    """Return the facts of `apt list --upgradable`, whose last line may be cut off."""
    updates = apt.read_upgradable_list(text)
    return Facts("apt", pending=updates, partial=not text.endswith("\n"))


def _zypper(text: str) -> Facts:
    """Return the facts of a list of zypper; updates, unlike patches, are not told apart."""
    updates = zypper.read(text)
    undivided = bool(updates) and not zypper.is_patches(text)
    return Facts("zypper", pending=updates, scope=Scope.UNDIVIDED if undivided else Scope.ALL)


def _from_records(text: str, now_ns: int) -> Facts:
    records = read_records(text)
    systems = [found for record in records if (found := windows.operating_system(record))]
    if any(hotfixes.is_hotfix(record) for record in records):
        facts = hotfixes.read_records(records, now_ns, cut=is_cut(text))
    elif systems:
        facts = Facts("win32_operatingsystem", monthly=True)
    else:
        raise BadOutput("this is not the output of an update tool that is known here")
    return replace(facts, system=systems[0]) if systems else facts


_Read = Callable[[str, int], Facts]

_FORMS: tuple[tuple[Callable[[str], bool], _Read], ...] = (
    (
        lambda text: powershell.is_document(text, windows.KIND),
        lambda text, now_ns: windows.facts(powershell.read_document(text), now_ns),
    ),
    (systeminfo.is_systeminfo, systeminfo.read),
    (restart.is_needrestart, lambda text, _: restart.read_needrestart(text)),
    (restart.is_needs_restarting, lambda text, _: restart.read_needs_restarting(text)),
    (apt.is_simulation, lambda text, _: Facts("apt", pending=apt.read_simulation(text))),
    (apt.is_check, lambda text, _: Facts("apt", counted=apt.read_check(text))),
    (apt.is_check_in_words, lambda text, _: Facts("apt", counted=apt.read_check_in_words(text))),
    (apt.is_upgradable_list, lambda text, _: _upgradable(text)),
    (dnf.is_summary, lambda text, _: Facts("dnf", counted=dnf.read_summary(text))),
    (hotfixes.is_table, hotfixes.read_table),
    (os_release.is_os_release, lambda text, _: Facts("os-release", system=os_release.read(text))),
    (zypper.is_list, lambda text, _: _zypper(text)),
    (
        dnf.is_advisories,
        lambda text, _: _listed(dnf.read_advisories(text), Scope.SECURITY),
    ),
    (
        dnf.is_check_update,
        lambda text, _: _listed(dnf.read_check_update(text), Scope.UNDIVIDED),
    ),
)
