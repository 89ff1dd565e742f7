"""The form of the files in `kinds/` and `standards/`: how a device is known, what is read of it, and where that goes.

One file is one kind (`router`) or one maker (`apc`); a standard is a MIB that many makers have. The JSON schema of the
files is made from here (`load.json_schema`).
"""

from typing import Annotated, Literal

import msgspec

OidText = Annotated[str, msgspec.Meta(pattern=r"^1\.(3|0)(\.\d+)+$")]
Pattern = str
Kind = Literal["printer", "router", "switch", "nas", "pbx", "ups", "server"]
SensorKind = Literal[
    "temperature",
    "fan",
    "voltage",
    "current",
    "power",
    "humidity",
    "frequency",
    "percent",
    "optical_power",
    "state",
]
VolumeType = Literal[
    "fixed_disk", "network_disk", "removable_disk", "flash", "ram_disk", "pool", "volume", "dataset", "other"
]
Reduce = Literal["first", "mean", "max", "min", "sum", "count"]
Raw = int | float | str


class _Entry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Unknown keys are refused."""


class Match(_Entry, kw_only=True):
    """One way to know a device; all that is named must hold, one of each list is enough.

    Attributes:
        object_id: what sysObjectID begins with.
        description: regular expressions sought in sysDescr.
        has: objects (ending in .0) or columns that the device has.
        values: object to a regular expression that its value, as text, must match.
        kind: the kind of device where it is not the file's.
    """

    object_id: tuple[OidText, ...] = ()
    description: tuple[Pattern, ...] = ()
    has: tuple[OidText, ...] = ()
    values: dict[OidText, Pattern] = {}
    kind: Kind | None = None


class Read(_Entry, kw_only=True):
    """One value and what it means.

    Attributes:
        oid: the object, where it stands alone.
        column: the column's name, within a table.
        pattern: regular expression with a group `value` (or `number` and `unit`, for sizes such as "1.8 TB").
        words: number or text to word; a number that is not there becomes `code N`.
        scale: what the number is multiplied with.
        add: what is then added.
        exponents: number in `exponent` to power of ten.
        exponent: column that tells the power of ten, through `exponents`.
        decimals: column that tells how many of the digits are decimals.
        absent: what the device answers for "there is none", before scaling.
        range: least and greatest value, after scaling, that can be meant.
    """

    oid: OidText | None = None
    column: str = ""
    pattern: Pattern = ""
    words: dict[int | str, str] = {}
    scale: float = 1.0
    add: float = 0.0
    exponents: dict[int, int] = {}
    exponent: str = ""
    decimals: str = ""
    absent: tuple[Raw, ...] = ()
    range: tuple[float, float] | None = None


class Value(Read, kw_only=True):
    """A value of the device as a whole.

    Attributes:
        to: `system.FIELD`, `device.FIELD`, `ups.FIELD` or `pbx.FIELD`, as declared.
        reduce: what is made of the rows, within a table.
        where: column to the raw values of the rows that count, within a table.
        equals: what the value is compared with, for a yes or no.
    """

    to: str
    reduce: Reduce = "first"
    where: dict[str, tuple[Raw, ...]] = {}
    equals: tuple[Raw, ...] = ()


class _Judged(_Entry, kw_only=True):
    """A part that the device itself judges.

    Attributes:
        name: what it is called; `{COLUMN}` and `{index}` are filled in.
        status: the device's own word.
        ok: words that say that it is well.
        bad: words that say that it is not; what is in neither is unknown.
        gone: words that say that there is none; such a row is left out.
        where: column to the raw values of the rows that count.
    """

    name: str
    status: Read | None = None
    ok: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    where: dict[str, tuple[Raw, ...]] = {}


class Sensor(_Judged, kw_only=True):
    """What the device measures of itself.

    Attributes:
        kind: what it measures.
        kind_of: a column that tells what it measures, in words of `kind`; rows with other words are left out.
        value: the value in the unit of its kind (°C, rpm, V, A, W, %, Hz, dBm).
    """

    kind: SensorKind | None = None
    kind_of: Read | None = None
    value: Read | None = None


class Volume(_Judged, kw_only=True):
    """Something that fills up; `unit` is what the sizes are multiplied with."""

    type: VolumeType
    unit: Read | None = None
    total: Read | None = None
    used: Read | None = None
    free: Read | None = None
    percent: Read | None = None


class Disk(_Judged, kw_only=True):
    """A drive."""

    health: Read | None = None
    model: Read | None = None
    serial: Read | None = None
    type: Read | None = None
    capacity: Read | None = None
    temperature: Read | None = None
    life_percent: Read | None = None
    bad_sectors: Read | None = None


class Raid(_Judged, kw_only=True):
    """A RAID set or pool."""

    level: Read | None = None
    total: Read | None = None
    free: Read | None = None
    progress: Read | None = None


class Join(_Entry, kw_only=True):
    """Columns of another table.

    Attributes:
        columns: name to column; joined tables hold names and are read once, not at every poll.
        by: the column here whose value is the index there; or the number of parts that its index has of the one here.
    """

    columns: dict[str, OidText]
    by: str | int


class Table(_Entry, kw_only=True):
    """A table, or several that share their index, and what is made of its rows.

    Attributes:
        columns: name to column.
        join: other tables.
        where: column to the raw values of the rows that count.
        expect_rows: how many rows are usual.
        static: True for what does not change while a device runs (names, serial numbers): it is read once.
        transient: True for rows that come and go (alarms): that there are none now says nothing of the next time.
    """

    columns: dict[str, OidText]
    static: bool = False
    transient: bool = False
    join: tuple[Join, ...] = ()
    where: dict[str, tuple[Raw, ...]] = {}
    expect_rows: int = 4
    values: tuple[Value, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    volumes: tuple[Volume, ...] = ()
    disks: tuple[Disk, ...] = ()
    raids: tuple[Raid, ...] = ()


class Rules(_Entry, kw_only=True):
    """What is read and where it goes.

    Attributes:
        id: the file's name.
        about: what it is, and where the facts come from.
        values: values of the device, the most trusted first.
        sensors: sensors that stand alone.
        tables: tables.
    """

    id: str
    about: str
    values: tuple[Value, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    disks: tuple[Disk, ...] = ()
    tables: tuple[Table, ...] = ()


class KindFile(Rules, kw_only=True):
    """A kind or a maker.

    Attributes:
        match: ways to know it; one is enough.
        kind: what such a device is.
        maker: who makes it.
        rank: which of several matching files decides; the greater one.
        reads: standards to read, besides those of its kind.
        skip: standards of its kind that such devices do not have, or have wrongly.
    """

    match: tuple[Match, ...]
    kind: Kind | None = None
    maker: str = ""
    rank: int = 50
    reads: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
