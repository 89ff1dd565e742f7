"""How far a drive could be read: smartctl's messages and exit status to a state."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from collectors.inputs.smart.drive import NO_BITS, Access, ExitStatus

_MESSAGES: tuple[tuple[Access, re.Pattern[str]], ...] = tuple(
    (access, re.compile(pattern, re.IGNORECASE))
    for access, pattern in (
        # Windows gives its own error numbers: 5 is ERROR_ACCESS_DENIED, 2 and 3 are "not found".
        (
            Access.PERMISSION_DENIED,
            r"permission denied|access is denied|error=5\b|not permitted|administrator|not root",
        ),
        (Access.STANDBY, r"(is|in) (in )?(standby|sleep|idle_?[abc]|low.power)"),
        (Access.NO_DEVICE, r"no such (device|file)|error=[23]\b|no medium|does not exist"),
        (
            Access.UNSUPPORTED,
            r"unknown usb bridge|unsupported usb bridge|specify device type|unable to detect device type",
        ),
        (Access.NO_SMART, r"(does not|doesn't) support smart|lacks smart|smart support is:\s*unavailable|no smart"),
        (Access.SMART_DISABLED, r"smart (support is:\s*)?disabled"),
        (Access.COMMAND_FAILED, r"(mandatory )?smart command failed|read smart (data|values) failed|timed? ?out"),
        (Access.OPEN_FAILED, r"open device: .* failed|open failed"),
    )
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of how the reading went.

    Attributes:
        messages: what smartctl said in words.
        exit_status: its exit status.
        has_data: whether it gave a verdict, attributes or counters.
        is_known: whether it named the drive's model.
        is_disk: whether the device is a disk at all.
        available: whether the drive says that it supports SMART; None if it does not say.
        enabled: whether SMART is switched on; None if it does not say.
    """

    messages: tuple[str, ...] = ()
    exit_status: ExitStatus = NO_BITS
    has_data: bool = False
    is_known: bool = False
    is_disk: bool = True
    available: bool | None = None
    enabled: bool | None = None


def access_of(told: Told) -> Access:
    """Return how far the drive could be read.

    Bits 0 and 1 of the exit status mean that smartctl did not get through to the drive: whatever it printed is then
    not to be trusted. Bit 2 alone means that one of many commands failed, which RAID controllers and NVMe drives do
    all the time: what was read, was read.
    """
    if not told.is_disk:
        return Access.NOT_A_DISK
    if told.exit_status & (ExitStatus.COMMAND_LINE | ExitStatus.OPEN_FAILED):
        return _said(told.messages) or (Access.UNTRUSTED if told.has_data or told.is_known else Access.OPEN_FAILED)
    if told.has_data:
        return Access.OK
    if told.available is False:
        return Access.NO_SMART
    if told.enabled is False:
        return Access.SMART_DISABLED
    return _said(told.messages) or Access.NO_SMART


def opened(error: str) -> Access:
    """Return what a scan's message about a device that did not open means."""
    return _said((error,)) or Access.OPEN_FAILED


def _said(messages: Iterable[str]) -> Access | None:
    text = "\n".join(messages)
    return next((access for access, pattern in _MESSAGES if pattern.search(text)), None)
