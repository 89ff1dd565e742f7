"""What the relational database and the month before tell a report, as it is frozen among the report's inputs."""

from dataclasses import dataclass, field
from datetime import datetime

from api.readings.consumption import Consumption
from api.readings.contract import ContractReading
from api.readings.equipment import EquipmentReading, LanEvents
from api.readings.presence import Presence
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class FoundFinding:
    """A finding that was open at some time within the period or the month before it, as it stood at the period's end.

    Attributes:
        id: public id.
        rule: id of the rule.
        tags: the series' tags by name: device and host, asset, site, and the part.
        message: what was found, in one sentence.
        since: since when the value was beyond the threshold.
        opened_at: when it became a finding.
        closed_at: when it closed; None where it was open at the period's end.
        end: why it closed: "recovered", "gone" or "unknown" (nobody can tell any longer); "" while it is open.
        is_taken: whether somebody looks after it.
    """

    id: str
    rule: str
    tags: dict[str, str]
    message: Text
    since: datetime
    opened_at: datetime
    closed_at: datetime | None
    end: str = ""
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule of which there is a finding, as it was when the report was built.

    Attributes:
        name: its headline.
        severity: "critical", "warning" or "info".
        category: "security", "hardware", "capacity", "availability", "consumables", "network" or "housekeeping".
        advice: its page of advice; "" for a rule that there is none of any more.
        by: tags that tell several of one subject apart.
        overridden_by: a more urgent rule about the same; "" for none.
        is_for_staff: concerns the provider; customers are not told.
    """

    name: Text
    severity: str
    category: str
    advice: str
    by: tuple[str, ...] = ()
    overridden_by: str = ""
    is_for_staff: bool = False


@dataclass(frozen=True, slots=True)
class FoundFindings:
    """All findings of the period and the month before.

    Attributes:
        findings: the earliest first.
        rules: id -> rule, of those that found something.
        is_cut: whether there were more than are kept here; the oldest are then missing.
        evaluated_at: when a rule was last evaluated up to the period's end; None where none ever was.
        by_grafana: whether Grafana evaluates, so that nobody here knows when.
        failing: rules whose last evaluation failed.
    """

    findings: tuple[FoundFinding, ...] = ()
    rules: dict[str, RuleFacts] = field(default_factory=dict)
    is_cut: bool = False
    evaluated_at: datetime | None = None
    by_grafana: bool = False
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """Software that is installed.

    Attributes:
        name: as systems show it.
        publisher: "" if not told.
        version: "" if not told.
        source: which list it stands in: "registry", "store" …
        devices: on how many devices.
    """

    name: str
    publisher: str
    version: str
    source: str
    devices: int


@dataclass(frozen=True, slots=True)
class ProductChange:
    """Software that was installed, removed or updated within the period.

    Attributes:
        change: "added", "removed" or "updated".
        name: of the product.
        publisher: "" if not told.
        before: version before; "" where it is new or not told.
        after: version after; "" where it is gone or not told.
        devices: public ids of the devices.
    """

    change: str
    name: str
    publisher: str
    before: str
    after: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SoftwareFacts:
    """What is installed on the contract's devices, by the lists that they sent last.

    Attributes:
        listed: public id -> when its newest list was taken; devices that sent none are not in it.
        products: products by name; packages of a Linux system are only counted.
        packages: public id -> packages of its package manager.
        changes: of the period, products first, by name.
        is_cut: whether there were more products or changes than are kept here.
    """

    listed: dict[str, datetime] = field(default_factory=dict)
    products: tuple[Product, ...] = ()
    packages: dict[str, int] = field(default_factory=dict)
    changes: tuple[ProductChange, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class KnownAsset:
    """A thing on a LAN, by a probe's newest list.

    Attributes:
        asset: its id.
        kind: "printer", "router" …; "unknown" where nobody can tell.
        name: for people; its id where nothing better is known.
        maker: "" if not known.
        model: "" if not known.
        first_seen: when it was first found; None if not told.
        last_seen: when it last answered; None if not told.
    """

    asset: str
    kind: str
    name: str
    maker: str
    model: str
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class AssetMove:
    """A thing that came, vanished or changed within the period, by the probes' lists.

    Attributes:
        change: "added", "removed" or "changed".
        at: when the list was read in which it shows.
        asset: the thing, as it is or was at last.
    """

    change: str
    at: datetime
    asset: KnownAsset


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """What there is on the contract's LANs.

    Attributes:
        listed: public id of a probe -> when its newest list was taken.
        assets: by kind and name.
        moves: of the period, the earliest first.
        events: what scans told within the period, also of probes that sent no list.
        is_cut: whether there were more assets or moves than are kept here.
    """

    listed: dict[str, datetime] = field(default_factory=dict)
    assets: tuple[KnownAsset, ...] = ()
    moves: tuple[AssetMove, ...] = ()
    events: LanEvents = field(default_factory=LanEvents)
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class DeviceFigures:
    """How a device went over a month.

    Attributes:
        cpu_percent: mean of its days, %; None if not measured.
        memory_percent: mean of its days, %; None if not measured.
        disks: path -> share in use at the end of the last day that told it, %.
    """

    cpu_percent: float | None
    memory_percent: float | None
    disks: dict[str, float]


@dataclass(frozen=True, slots=True)
class MonthBefore:
    """What is known of the month before, to compare with.

    Attributes:
        start: its first moment.
        end: the first moment after it: the period's start.
        reading: the newest values within it.
        equipment: the newest of equipment within it.
        figures: public id -> how devices went.
        presence: when devices were heard of.
        printers: asset -> what it printed; without its supplies.
    """

    start: datetime
    end: datetime
    reading: ContractReading
    equipment: tuple[EquipmentReading, ...] = ()
    figures: dict[str, DeviceFigures] = field(default_factory=dict)
    presence: Presence = field(default_factory=Presence)
    printers: dict[str, Consumption] = field(default_factory=dict)
