"""An antivirus product as it was found on a device, whatever told of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from collectors.text import Text
from collectors.verdict import State
from collectors.windows.security_center import Registered

DEFINITIONS_MAX_AGE_DAYS = 7.0
"""Older definitions are stale. Makers publish several times a day; a week covers holidays and a PC left off."""


class Mode(StrEnum):
    """What a product does."""

    ON = "on"
    OFF = "off"
    SNOOZED = "snoozed"
    EXPIRED = "expired"
    PASSIVE = "passive"
    """Installed beside another product, and leaves the protection to it."""

    EDR_BLOCK = "edr_block"
    """Passive, but blocks what its detection and response part finds."""

    ON_DEMAND = "on_demand"
    """The engine runs and scans what it is given; it does not watch file access."""

    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Product:
    """One product on one device. None means that the source does not tell.

    Attributes:
        name: as the source calls it.
        source: what told: securitycenter2, defender, mdatp, bduitool, clamav, service, process.
        mode: what it does.
        realtime: whether it watches file access.
        up_to_date: whether the definitions are current, as the product itself says; for Defender, whose age in
            days is exact, by that age.
        definitions_age_days: days since the definitions were updated.
        definitions_date: when that was.
        needs_definitions: False for products that work without downloaded definitions.
        full_scan_never: True where the product says that no full scan was ever made.
        product_state: the number of Windows Security Center.
    """

    name: str
    source: str
    mode: Mode = Mode.UNKNOWN
    realtime: bool | None = None
    up_to_date: bool | None = None
    tamper_protection: bool | None = None
    version: str | None = None
    engine_version: str | None = None
    definitions_version: str | None = None
    definitions_date: date | None = None
    definitions_age_days: float | None = None
    needs_definitions: bool = True
    full_scan_age_days: float | None = None
    full_scan_never: bool | None = None
    quick_scan_age_days: float | None = None
    licence_end: date | None = None
    product_state: int | None = None

    @classmethod
    def of_security_center(cls, registered: Registered) -> "Product":
        """Return a product as Windows Security Center tells of it."""
        return cls(
            name=registered.name,
            source="securitycenter2",
            mode=Mode(registered.switch.value),
            up_to_date=registered.up_to_date,
            product_state=registered.state,
        )

    @property
    def enabled(self) -> bool | None:
        """Whether it is switched on and is the one that protects; None if that is not known."""
        return None if self.mode is Mode.UNKNOWN else self.mode in (Mode.ON, Mode.ON_DEMAND)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was read on a device.

    Attributes:
        products: what was found.
        unread: the sources that could not be read and why; what they know is missing.
        system: "windows" where a whole Windows machine was read, which always brings an antivirus along.
    """

    products: tuple[Product, ...] = ()
    unread: tuple[Text, ...] = ()
    system: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts as bad.

    Attributes:
        definitions_max_age_days: definitions older than this are stale.
        none_found: the state of a device on which every source was read and no product is known.
    """

    definitions_max_age_days: float = DEFINITIONS_MAX_AGE_DAYS
    none_found: State = State.UNKNOWN


DEFAULT_POLICY = Policy()
WINDOWS_POLICY = Policy(none_found=State.BAD)
"""Windows always brings an antivirus along; elsewhere the office decides whether it wants one."""
