"""The two simulated MFPs: how pages, toner and paper go down, as a pure function of time.

Consumption follows `busy_hours`. A supply that reaches its lowest level is replaced at once, a tray is refilled, so any
level is known at any time without replaying what was before; levels are given for the anchor and reckoned from there.
"""

from dataclasses import dataclass, field
from math import floor
from typing import Literal

from api.demo.calendar import busy_hours
from api.demo.noise import smooth
from api.demo.office import Office

SupplyKind = Literal["toner", "waste_toner", "drum"]
Colour = Literal["black", "cyan", "magenta", "yellow", ""]


@dataclass(frozen=True, slots=True)
class Supply:
    """A supply of an MFP.

    Attributes:
        index: row in Printer-MIB's prtMarkerSuppliesTable.
        name: description as the device tells it.
        kind: what it is.
        colour: colorant; "" for none.
        pages: pages that it lasts for, colour pages for a coloured toner.
        unit: "percent" or "impressions" (prtMarkerSuppliesSupplyUnit 19 and 7).
        level: percent left at the anchor; of a waste box the space that remains (RFC 3805, prtMarkerSuppliesLevel).
        tells_level: False for a device that only says "some left" (-3) until it is nearly used up.
    """

    index: int
    name: str
    kind: SupplyKind
    colour: Colour
    pages: int
    unit: Literal["percent", "impressions"]
    level: float
    tells_level: bool = True


@dataclass(frozen=True, slots=True)
class Tray:
    """An input tray; `level` is the sheets at the anchor, `share` the part of all pages that it feeds."""

    index: int
    name: str
    media: str
    capacity: int
    level: int
    share: float


@dataclass(frozen=True, slots=True)
class Mfp:
    """An MFP.

    Attributes:
        key: stable id within the simulation, also its SNMP community in the simulator.
        name: sysName.
        description: sysDescr.
        maker: of the device.
        model: of the device.
        serial: serial number.
        location: sysLocation.
        pages_per_hour: pages in an ordinary working hour.
        colour_share: part of the pages in colour.
        page_count: life count at the anchor.
        supplies: what is used up.
        trays: where the paper is.
    """

    key: str
    name: str
    description: str
    maker: str
    model: str
    serial: str
    location: str
    pages_per_hour: float
    colour_share: float
    page_count: int
    supplies: tuple[Supply, ...] = field(repr=False)
    trays: tuple[Tray, ...] = field(repr=False)


MFPS: tuple[Mfp, ...] = (
    Mfp(
        key="mfp-1f",
        name="MFP-1F",
        description="Sample Office SC-3010 / Firmware 4.21 / Color MFP",
        maker="Sample Office",
        model="SC-3010",
        serial="SC30A04117",
        location="1階 事務室",
        pages_per_hour=74.0,
        colour_share=0.34,
        page_count=214_880,
        supplies=(
            Supply(1, "ブラックトナー", "toner", "black", 24_000, "percent", 6.4),
            Supply(2, "シアントナー", "toner", "cyan", 11_000, "percent", 47.0),
            Supply(3, "マゼンタトナー", "toner", "magenta", 11_000, "percent", 71.0),
            Supply(4, "イエロートナー", "toner", "yellow", 11_000, "percent", 18.5),
            Supply(5, "廃トナーボックス", "waste_toner", "", 48_000, "percent", 9.0),
            Supply(6, "感光体ユニット", "drum", "", 160_000, "percent", 58.0),
        ),
        trays=(
            Tray(1, "トレイ1", "A4", 550, 410, 0.72),
            Tray(2, "トレイ2", "A3", 550, 265, 0.28),
        ),
    ),
    Mfp(
        key="mfp-2f",
        name="MFP-2F",
        description="Sample Office SM-450; Firmware 2.08; Monochrome MFP",
        maker="Sample Office",
        model="SM-450",
        serial="SM4500B2239",
        location="2F meeting room",
        pages_per_hour=41.0,
        colour_share=0.0,
        page_count=98_412,
        supplies=(
            Supply(1, "Black Toner Cartridge", "toner", "black", 12_000, "impressions", 63.0),
            Supply(2, "Drum Unit", "drum", "", 50_000, "impressions", 34.0),
            Supply(3, "Waste Toner Box", "waste_toner", "", 60_000, "impressions", 55.0, tells_level=False),
        ),
        trays=(
            Tray(1, "Tray 1", "A4", 500, 180, 0.85),
            Tray(2, "Tray 2", "A4", 500, 440, 0.15),
        ),
    ),
)

_EMPTY_PERCENT = 1.0
_REFILL_BELOW = 30


@dataclass(frozen=True, slots=True)
class MfpState:
    """An MFP at one moment.

    Attributes:
        mfp: which.
        page_count: life count.
        levels: supply index -> percent left (of a waste box: space that remains).
        sheets: tray index -> sheets in it.
        jammed: paper is jammed.
        printing: it prints at this moment.
    """

    mfp: Mfp
    page_count: int
    levels: dict[int, float]
    sheets: dict[int, int]
    jammed: bool
    printing: bool


def state_at(office: Office, mfp: Mfp, moment_s: int) -> MfpState:
    """Return the state of an MFP at a moment."""
    pages = pages_since_anchor(office, mfp, moment_s)
    empty = office.active("paper_empty", mfp.key, moment_s)
    sheets = {tray.index: _sheets(tray, pages) for tray in mfp.trays}
    if empty:
        sheets[int(empty.part)] = 0
    key = office.key(mfp.key, "printing")
    return MfpState(
        mfp=mfp,
        page_count=mfp.page_count + floor(pages),
        levels={supply.index: level_at(mfp, supply, pages) for supply in mfp.supplies},
        sheets=sheets,
        jammed=office.active("paper_jam", mfp.key, moment_s) is not None,
        printing=smooth(key, moment_s, 120) > 0.5 and pages_since_anchor(office, mfp, moment_s - 300) + 3 < pages,
    )


def pages_since_anchor(office: Office, mfp: Mfp, moment_s: int) -> float:
    """Return pages printed since the anchor; negative before it. It never goes down with time."""
    return mfp.pages_per_hour * (busy_hours(moment_s) - busy_hours(office.anchor))


def level_at(mfp: Mfp, supply: Supply, pages: float) -> float:
    """Return percent left of a supply once `pages` were printed since the anchor.

    It goes from 100 down to `_EMPTY_PERCENT` and is then replaced.
    """
    counted = pages * mfp.colour_share if supply.colour not in {"black", ""} else pages
    used = 100.0 * counted / supply.pages
    return _EMPTY_PERCENT + (supply.level - _EMPTY_PERCENT - used) % (100.0 - _EMPTY_PERCENT)


def _sheets(tray: Tray, pages: float) -> int:
    used = int(pages * tray.share)
    return _REFILL_BELOW + (tray.level - _REFILL_BELOW - used) % (tray.capacity - _REFILL_BELOW)
