"""What a machine tells of itself with a list."""

import platform

from collectors.inventory.document import DeviceFacts


def this_device() -> DeviceFacts:
    """Return the facts of the machine that this runs on."""
    return DeviceFacts(host=platform.node(), os=_system(), arch=platform.machine())


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        return f"{platform.system()} {platform.release()} {platform.version()}".strip()
