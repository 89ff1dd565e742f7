"""Which operating systems an input works on, and which programs it needs there."""

import sys
from collections.abc import Callable, Mapping

from collectors.input import AVAILABLE, Availability, find_program
from collectors.text import Text


def available_on(programs: Mapping[str, tuple[str, ...]]) -> Callable[[], Availability]:
    """Return a check for `Input.available`.

    Args:
        programs: by `sys.platform`, the programs one of which must be there; none for a system that needs none.
    """

    def check() -> Availability:
        if sys.platform not in programs:
            return Availability(False, Text("このOSでは読み取れません", "cannot be read on this operating system"))
        wanted = programs[sys.platform]
        if wanted and not any(find_program(name) for name in wanted):
            names = ", ".join(wanted)
            return Availability(False, Text(f"{names} がありません", f"{names}: not installed"))
        return AVAILABLE

    return check
