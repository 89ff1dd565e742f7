"""What a printer told, typed and without units left to guess; independent of SNMP and of any output form."""

from dataclasses import dataclass, field
from enum import StrEnum


class AmountState(StrEnum):
    """The one vocabulary for how much there is of a supply, a tray's paper, or a waste box's room.

    Words of amount come only from a level and a capacity that the device told; the other three are the special values
    of RFC 3805 (prtMarkerSuppliesLevel, prtInputCurrentLevel), which are no amounts.
    """

    OK = "ok"
    LOW = "low"
    """At most `LOW_PERCENT` left of a supply or of paper."""
    EMPTY = "empty"
    ALMOST_FULL = "almost_full"
    """At most `LOW_PERCENT` of a waste box's room left."""
    FULL = "full"
    """No room left in a waste box."""
    SOME_LEFT = "some_left"
    """-3: at least one unit is left, or of a waste box's room; the amount is not known."""
    UNKNOWN = "unknown"
    """-2, or values that contradict each other."""
    NO_LIMIT = "no_limit"
    """-1: the device puts no restriction on it."""


LOW_PERCENT = 10.0


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is left, as far as the device tells.

    Attributes:
        level: in the device's own unit; None where it tells none. Never a special value.
        capacity: in the same unit; None where it tells none.
        percent: what is left, or the room left in a waste box, 0 to 100; None where it cannot be told.
        state: in one word.
    """

    level: int | None
    capacity: int | None
    percent: float | None
    state: AmountState


@dataclass(frozen=True, slots=True)
class Supply:
    """A consumable, or a box that fills up.

    Attributes:
        index: prtMarkerSuppliesIndex.
        description: as the device names it.
        type: PrtMarkerSuppliesTypeTC, e.g. "toner", "opc", "wasteToner"; None if not told.
        color: prtMarkerColorantValue, e.g. "cyan"; "" if it has none.
        supply_class: "supplyThatIsConsumed" or "receptacleThatIsFilled"; None if not told and not implied by the type.
        unit: of level and capacity, e.g. "percent", "impressions"; None if not told.
        amount: how much is left.
        step_percent: the device tells levels only in steps of about so many percent; None if not known.
        ghost: True for a row that stands for nothing that is installed.
        alert: code of the device's own alert on this supply, e.g. "markerTonerAlmostEmpty"; "" if there is none.
        source: where the level comes from: "Printer-MIB", or a maker's own object.
    """

    index: int
    description: str
    type: str | None
    color: str
    supply_class: str | None
    unit: str | None
    amount: Amount
    step_percent: float | None = None
    ghost: bool = False
    alert: str = ""
    source: str = "Printer-MIB"


@dataclass(frozen=True, slots=True)
class Tray:
    """An input tray.

    Attributes:
        index: prtInputIndex.
        name: as the device names it, else its description, else "".
        type: PrtInputTypeTC; None if not told.
        manual: True for a bypass tray, which is empty most of the time and should be.
        media: the paper in it as the device names it; "" if not told.
        unit: of level and capacity, nearly always "sheets"; None if not told.
        amount: how much paper is left.
        available: False if the tray is broken, missing or off-line; None if not told.
    """

    index: int
    name: str
    type: str | None
    manual: bool
    media: str
    unit: str | None
    amount: Amount
    available: bool | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An entry of the device's own alert table.

    Attributes:
        index: prtAlertIndex.
        severity: "critical", "warning", "warningBinaryChangeEvent" or "other"; None if not told.
        training: who can help: "untrained", "trained", "fieldService", …; None if not told.
        group: which part, e.g. "markerSupplies"; None if not told.
        group_index: index within the group; None if not told.
        location: prtAlertLocation, meant for the maker's service; None if not told.
        code: e.g. "jam"; None if not told.
        description: as the device words it.
        age_s: seconds since the alert began; None if not told.
    """

    index: int
    severity: str | None
    training: str | None
    group: str | None
    group_index: int | None
    location: int | None
    code: str | None
    description: str
    age_s: float | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Which device it is.

    Attributes:
        asset: unique within a contract and stable across an address change: serial, else MAC, else engine ID, else
            the address asked.
        name: sysName, else prtGeneralPrinterName, else "".
        description: sysDescr.
        location: sysLocation.
        maker: e.g. "Ricoh"; "" if not known.
        model: without the maker; "" if not known.
        serial: "" if not told.
        mac: of the first network interface, `00:11:22:aa:bb:cc`; "" if not read or not told.
        uptime_s: seconds since the SNMP agent started; None if not told.
    """

    asset: str
    name: str
    description: str
    location: str
    maker: str
    model: str
    serial: str
    mac: str
    uptime_s: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """How the device is.

    Attributes:
        word: idle, printing, warmup, standby, offline, down, running, warning, testing, other or unknown.
        device: hrDeviceStatus; None if not told.
        printer: hrPrinterStatus; None if not told.
        errors: bits of hrPrinterDetectedErrorState by name; None if not told.
    """

    word: str
    device: str | None
    printer: str | None
    errors: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Printer:
    """One reading of a printer.

    Attributes:
        identity: which device.
        status: how it is.
        page_count: prtMarkerLifeCount of the first marker; None if not told.
        page_count_unit: what it counts, e.g. "impressions"; None if not told.
        counters: maker's counters by name: total, mono, color, duplex, copy, copy_mono, print, scan, fax …
        supplies: by index.
        trays: by index.
        alerts: by index.
        partial: for a person, what could not be read to its end; empty if all was.
    """

    identity: Identity
    status: Status
    page_count: int | None
    page_count_unit: str | None
    counters: dict[str, int] = field(default_factory=dict)
    supplies: tuple[Supply, ...] = ()
    trays: tuple[Tray, ...] = ()
    alerts: tuple[Alert, ...] = ()
    partial: tuple[str, ...] = ()
