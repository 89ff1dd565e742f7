import pytest

from collectors.inputs.smart.access import Told, access_of, opened
from collectors.inputs.smart.drive import Access, ExitStatus

FAILED = ExitStatus.OPEN_FAILED


@pytest.mark.parametrize(
    ("told", "access"),
    [
        (Told(has_data=True), Access.OK),
        (Told(("Warning: This result is based on an Attribute check.",), ExitStatus(4), has_data=True), Access.OK),
        (Told(("Smartctl open device: /dev/sda failed: Permission denied",), FAILED), Access.PERMISSION_DENIED),
        (Told((r"failed: \\.\PhysicalDrive0: Open failed, Error=5",), FAILED), Access.PERMISSION_DENIED),
        (Told((r"failed: \\.\PhysicalDrive9: Open failed, Error=2",), FAILED), Access.NO_DEVICE),
        (Told(("Smartctl open device: /dev/sdz failed: No such device",), FAILED), Access.NO_DEVICE),
        (Told(("Device is in STANDBY mode, exit(2)",), FAILED), Access.STANDBY),
        (Told(("Device is in SLEEP mode, exit(2)",), FAILED), Access.STANDBY),
        (Told(("/dev/sdb: Unknown USB bridge [0x1234:0x5678]",), ExitStatus(1)), Access.UNSUPPORTED),
        (Told(("/dev/vda: Unable to detect device type",), ExitStatus(1)), Access.UNSUPPORTED),
        (Told((), FAILED), Access.OPEN_FAILED),
        (Told((), ExitStatus(7), has_data=True, is_known=True), Access.UNTRUSTED),
        (Told(available=False), Access.NO_SMART),
        (Told(available=True, enabled=False), Access.SMART_DISABLED),
        (Told(available=True, enabled=False, has_data=True), Access.OK),
        (Told((), ExitStatus(4), is_known=True), Access.NO_SMART),
        (Told(("A mandatory SMART command failed: exiting.",)), Access.COMMAND_FAILED),
        (Told(("Device does not support SMART",)), Access.NO_SMART),
        (Told(has_data=True, is_disk=False), Access.NOT_A_DISK),
    ],
)
def test_it_tells_how_far_a_drive_could_be_read(told: Told, access: Access) -> None:
    assert access_of(told) is access


def test_it_tells_why_a_scan_could_not_open_a_device() -> None:
    assert opened("Permission denied") is Access.PERMISSION_DENIED
    assert opened("something new") is Access.OPEN_FAILED
