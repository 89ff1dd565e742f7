"""Whether a Linux machine must be restarted after updates: needrestart and needs-restarting."""

import re

from collectors.inputs.patches.facts import Facts
from collectors.scalar import as_text

_LINE = re.compile(r"NEEDRESTART-(?P<name>[A-Z]+): ?(?P<value>.*)")
_KERNEL_STATES = {"1": False, "2": True, "3": True}
"""KSTA: 0 unknown or failed, 1 no pending upgrade, 2 ABI compatible upgrade pending, 3 version upgrade pending.

Source: README.batch.md of needrestart.
"""

_REQUIRED = ("Reboot is required", "*** System restart required ***")
"""needs-restarting; /var/run/reboot-required of Debian and Ubuntu."""

_NOT_REQUIRED = ("Reboot should not be necessary", "No core libraries or services have been updated")


def is_needrestart(text: str) -> bool:
    """Tell whether a text is the output of `needrestart -b`."""
    return text.lstrip("\ufeff \r\n").startswith("NEEDRESTART-VER: ")


def read_needrestart(text: str) -> Facts:
    """Return what `needrestart -b` tells."""
    found: dict[str, list[str]] = {}
    # The last line is whole only if its end was written.
    for line in text.split("\n")[:-1]:
        row = _LINE.fullmatch(line.rstrip())
        if row:
            found.setdefault(row["name"], []).append(row["value"].strip())
    state = found.get("KSTA", [""])[0]
    whole = bool(state) and text.endswith("\n")
    return Facts(
        "needrestart",
        reboot_required=_KERNEL_STATES.get(state),
        services_to_restart=len(found.get("SVC", [])) if whole else None,
        containers_to_restart=len(found.get("CONT", [])) if whole else None,
        sessions_to_restart=len(found.get("SESS", [])) if whole else None,
        kernel_running=as_text(found.get("KCUR", [""])[0], limit=80),
        kernel_expected=as_text(found.get("KEXP", [""])[0], limit=80),
    )


def is_needs_restarting(text: str) -> bool:
    """Tell whether a text is the output of `needs-restarting -r`, or /var/run/reboot-required."""
    return any(mark in text for mark in (*_REQUIRED, *_NOT_REQUIRED))


def read_needs_restarting(text: str) -> Facts:
    """Return what `needs-restarting -r` tells."""
    return Facts("needs-restarting", reboot_required=any(mark in text for mark in _REQUIRED))
