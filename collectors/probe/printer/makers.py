"""What makers do in ways of their own, from `makers.yaml`: adding a maker or a quirk is adding an entry there."""

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from collectors.probe.snmp import Oid, oid

DATA = Path(__file__).with_name("makers.yaml")

CounterName = Literal[
    "total",
    "mono",
    "color",
    "duplex",
    "print",
    "print_mono",
    "print_color",
    "copy",
    "copy_mono",
    "copy_color",
    "scan",
    "fax",
]
Reason = Annotated[str, msgspec.Meta(min_length=10)]
OidText = Annotated[str, msgspec.Meta(pattern=r"^1\.3\.6\.1(\.\d+)+$")]


class _Entry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Unknown keys are refused."""


class ModelRule(_Entry):
    """How the model is read.

    Attributes:
        reason: why.
        sources: which objects are looked at, in this order.
        pattern: regular expression with a group `model`.
        noise: regular expressions of what is cut out.
        excluded: regular expressions of texts that are no models.
    """

    reason: Reason
    sources: tuple[Literal["hrDeviceDescr", "sysDescr", "prtGeneralPrinterName"], ...] = msgspec.field(
        default=("hrDeviceDescr", "sysDescr"), name="from"
    )
    pattern: str = ""
    noise: tuple[str, ...] = ()
    excluded: tuple[str, ...] = msgspec.field(default=(), name="not")


class SerialRule(_Entry):
    """Objects that hold the serial number, in the order of trust."""

    oids: tuple[OidText, ...]
    reason: Reason


class CounterRule(_Entry):
    """Objects that count."""

    oids: dict[CounterName, OidText]
    reason: Reason


class LevelItem(_Entry):
    """Which supply a packed record is about."""

    type: tuple[str, ...]
    color: str


class RecordRule(_Entry):
    """An object that holds packed records.

    Attributes:
        oid: the object.
        reason: what it is.
        scale: what values are divided by.
        counters: item number to counter.
        levels: item number to the supply whose percentage it is.
    """

    oid: OidText
    reason: Reason
    scale: int = 1
    counters: dict[int, CounterName] = {}
    levels: dict[int, LevelItem] = {}


class SupplyRule(_Entry):
    """What to make of rows of the supplies table.

    Attributes:
        reason: why.
        type: which types it is about; empty for all.
        description: regular expression of the descriptions that it is about; "" for all.
        ghost: True if such a row stands for nothing.
        step_percent: the steps in which such a level moves.
        special_levels: levels that the maker uses as words.
    """

    reason: Reason
    type: tuple[str, ...] = ()
    description: str = ""
    ghost: bool = False
    step_percent: float | None = None
    special_levels: dict[int, Literal["low", "empty", "almost_full", "full"]] = {}

    def concerns(self, supply_type: str | None, description: str) -> bool:
        """Tell whether a row is meant."""
        return (not self.type or supply_type in self.type) and (
            not self.description or re.search(self.description, description) is not None
        )


class Maker(_Entry):
    """One maker; see the head of `makers.yaml`."""

    maker: str
    names: tuple[str, ...]
    enterprises: tuple[int, ...]
    model: ModelRule = msgspec.field(default_factory=lambda: ModelRule(reason="as RFC 2790 describes hrDeviceDescr"))
    serial: SerialRule | None = None
    serial_pattern: str = ""
    counters: CounterRule | None = None
    records: tuple[RecordRule, ...] = ()
    supplies: tuple[SupplyRule, ...] = ()

    def objects(self, with_serial: bool) -> dict[str, Oid]:
        """Return what to ask of this maker's devices besides the standard MIBs.

        Args:
            with_serial: True where the standard object told no serial number.
        """
        serials = self.serial.oids if self.serial and with_serial else ()
        counters = self.counters.oids if self.counters else {}
        return {
            **{f"serial {number}": oid(text) for number, text in enumerate(serials)},
            **{f"counter {name}": oid(text) for name, text in counters.items()},
            **{f"record {rule.oid}": oid(rule.oid) for rule in self.records},
        }


class MakerDataError(Exception):
    """`makers.yaml` is not as it must be; the message says where."""


def load_makers(path: Path) -> tuple[Maker, ...]:
    """Return the makers of a file.

    Raises:
        MakerDataError: the file has an unknown key, a wrong type, a bad expression or a name twice.
    """
    try:
        makers = msgspec.yaml.decode(path.read_bytes(), type=tuple[Maker, ...])
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise MakerDataError(f"{path.name}: {' '.join(str(error).split())}") from None
    for maker in makers:
        _check(path, maker)
    for kind, all_of in (("name", [n for m in makers for n in m.names]), ("maker", [m.maker for m in makers])):
        twice = sorted({each for each in all_of if all_of.count(each) > 1})
        if twice:
            raise MakerDataError(f"{path.name}: {kind} {twice} is there twice")
    return makers


def _check(path: Path, maker: Maker) -> None:
    patterns = {
        **dict.fromkeys([maker.model.pattern] if maker.model.pattern else [], "model"),
        **dict.fromkeys([maker.serial_pattern] if maker.serial_pattern else [], "serial"),
        **dict.fromkeys([*maker.model.noise, *maker.model.excluded, *(r.description for r in maker.supplies)], ""),
    }
    for pattern, group in patterns.items():
        try:
            groups = re.compile(pattern).groupindex
        except re.error as error:
            raise MakerDataError(f"{path.name}: {maker.maker}: {pattern!r}: {error}") from None
        if group and group not in groups:
            raise MakerDataError(f"{path.name}: {maker.maker}: {pattern!r} has no group named {group}")


@cache
def makers() -> tuple[Maker, ...]:
    """Return the makers that the product knows."""
    return load_makers(DATA)


@cache
def any_maker() -> Maker:
    """Return the rules that hold whoever the maker is."""
    return next(each for each in makers() if not each.maker)
