"""What is known of one drive at one time, whatever form smartctl told it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum


class ExitStatus(IntFlag):
    """The bits of smartctl's exit status (smartctl(8), "EXIT STATUS")."""

    COMMAND_LINE = 1
    OPEN_FAILED = 2
    COMMAND_FAILED = 4
    FAILING = 8
    PREFAIL_NOW = 16
    PAST_THRESHOLD = 32
    ERROR_LOG = 64
    SELF_TEST_LOG = 128

    @property
    def words(self) -> str:
        """The bits that are set, as words: `failing,error_log`."""
        return ",".join(bit.name.lower() for bit in ExitStatus if bit in self and bit.name)


NO_BITS = ExitStatus(0)


class Access(StrEnum):
    """How far a drive could be read."""

    OK = "ok"
    PERMISSION_DENIED = "permission_denied"
    NO_SMART = "no_smart"
    SMART_DISABLED = "smart_disabled"
    STANDBY = "standby"
    NO_DEVICE = "no_device"
    UNSUPPORTED = "unsupported"
    NOT_A_DISK = "not_a_disk"
    OPEN_FAILED = "open_failed"
    COMMAND_FAILED = "command_failed"
    UNTRUSTED = "untrusted"
    TIMEOUT = "timeout"
    NOT_READ = "not_read"


class Kind(StrEnum):
    """What sort of device it is."""

    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"
    CD_DVD = "cd_dvd"
    ENCLOSURE = "enclosure"
    OTHER = "other"
    UNKNOWN = "unknown"


class Failed(StrEnum):
    """Whether an attribute is or was at or below its threshold."""

    NO = "-"
    NOW = "NOW"
    PAST = "Past"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One SMART attribute of an ATA drive.

    Attributes:
        id: attribute number.
        name: its name in smartctl's drive database, which tells what the vendor means by the number.
        value: normalised value; mostly counts down from 100, 200 or 253. None if not reported.
        worst: lowest normalised value ever.
        threshold: at or below which the vendor calls it failed; None if not reported.
        flags: six letters `POSRCK` or `-`.
        failed: whether the threshold is or was reached.
        raw: the count in the raw value, with packed minima, maxima and times taken off; None if it cannot be told.
    """

    id: int
    name: str
    value: int | None
    worst: int | None
    threshold: int | None
    flags: str
    failed: Failed
    raw: int | None

    @property
    def is_prefail(self) -> bool:
        """Whether the vendor says that reaching the threshold predicts failure, not just age."""
        return self.flags.startswith("P")


@dataclass(frozen=True, slots=True)
class ScsiError:
    """Additional sense code of a SCSI drive's informational exception.

    Attributes:
        asc: 0x5d "failure prediction threshold exceeded", 0x0b "warning" (SPC-5, annex on ASC/ASCQ).
        ascq: qualifier.
    """

    asc: int
    ascq: int


@dataclass(frozen=True, slots=True)
class Drive:
    """One drive at one time. None, empty or absent means: not told.

    Attributes:
        name: block device ("sda", "bus/0").
        type: smartctl's device type ("sat", "nvme", "megaraid,8").
        protocol: ATA, NVMe or SCSI.
        kind: what sort of device it is.
        access: how far it could be read.
        exit_status: smartctl's exit status.
        passed: the drive's own verdict.
        enabled: Telegraf's tag: Enabled, Disabled, Unavailable.
        capacity: bytes.
        temperature: °C.
        temperature_limit: °C, the drive's own limit of operation.
        endurance_used: percent of the rated endurance; may exceed 100.
        attributes: ATA attributes.
        log: counters of NVMe's health log, under smartctl's names.
        counters: what SAS drives count: `grown_defects`, `uncorrected_read_errors` …
        error_log_count: entries in the drive's error log.
        self_test_failed: whether the newest completed self-test failed.
        in_database: whether smartctl's drive database knows the model, and so what its attributes mean.
    """

    name: str = ""
    type: str = ""
    protocol: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    wwn: str = ""
    kind: Kind = Kind.UNKNOWN
    access: Access = Access.OK
    exit_status: ExitStatus | None = None
    passed: bool | None = None
    scsi_error: ScsiError | None = None
    enabled: str = ""
    capacity: int | None = None
    temperature: int | None = None
    temperature_limit: int | None = None
    power_on_hours: int | None = None
    power_cycles: int | None = None
    endurance_used: int | None = None
    attributes: tuple[Attribute, ...] = ()
    log: Mapping[str, int] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    error_log_count: int | None = None
    self_test_failed: bool | None = None
    in_database: bool = True

    @property
    def identity(self) -> str:
        """What tells this drive from others for as long as it lives; "" if nothing does."""
        return self.serial or self.wwn
