"""All that a report is made from, as it is frozen beside the report: the same inputs give the same bytes."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from api.analysis.devices.tree import DeviceAnalysis
from api.readings.consumption import Consumption
from api.readings.contract import ContractReading
from api.readings.equipment import EquipmentReading
from api.readings.hardware import Hardware
from api.readings.history import History
from api.readings.outlook import Forecast
from api.readings.presence import Presence
from api.reports.brand import Brand
from api.reports.errors import ReportError
from api.reports.known import AssetFacts, FoundFindings, MonthBefore, SoftwareFacts
from api.reports.period import Period
from collectors.text import Lang, Text

FORM = 2
"""Of the frozen JSON; counted up when a reader of the old form could not read the new one."""


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """A target device as the contract knows it.

    Attributes:
        id: public id.
        name: host name.
        kind: "pc", "server" or "nas".
        site: name of the site.
        os: operating system; "" if not told.
        enrolled_at: when it was first enrolled.
        revoked_at: since when it may not send any more; None where it may still, as far as known when it was built.
    """

    id: str
    name: str
    kind: str
    site: str
    os: str
    enrolled_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract as the relational database knows it.

    Attributes:
        id: public id.
        name: the customer's name.
        quota: target devices covered.
        devices: target devices that belonged to it at the period's end.
        left: target devices that were revoked within the period.
        probes: probes that belonged to it at the period's end.
        sites: public id -> name.
        since: when it was made; None if not known.
    """

    id: str
    name: str
    quota: int
    devices: tuple[RegisteredDevice, ...]
    left: tuple[RegisteredDevice, ...] = ()
    probes: tuple[RegisteredDevice, ...] = ()
    sites: dict[str, str] = field(default_factory=dict)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """Everything that decides what a report says.

    Attributes:
        lang: language of the report.
        version: version of the program that built it.
        built_at: when it was built.
        kept_since: from when on the engine still kept points.
        period: the month.
        contract: who the report is about.
        reading: the newest values within the period.
        history: how values went day by day.
        findings: what rules found in the period and in the month before.
        software: what is installed, and what changed.
        assets: what there is on the LANs, and what changed.
        forecasts: what will be used up when, as told last within the period.
        presence: when devices were heard of.
        hardware: public id -> what the device is made of.
        equipment: what was last read of equipment other than printers.
        printers: asset -> what it printed and used.
        before: the month before; None where the contract is younger, or it was not asked for.
        analysis: what devices tell over weeks; None where the contract does not have that option.
        brand: the provider's name, logo and colour.
        rolled_until: every hour before it was read from the hourly rollup; None where all was read from raw points.
        form: form of the frozen JSON.
    """

    lang: Lang
    version: str
    built_at: datetime
    kept_since: datetime
    period: Period
    contract: ContractFacts
    reading: ContractReading
    history: History
    findings: FoundFindings = field(default_factory=FoundFindings)
    software: SoftwareFacts = field(default_factory=SoftwareFacts)
    assets: AssetFacts = field(default_factory=AssetFacts)
    forecasts: tuple[Forecast, ...] = ()
    presence: Presence = field(default_factory=Presence)
    hardware: dict[str, Hardware] = field(default_factory=dict)
    equipment: tuple[EquipmentReading, ...] = ()
    printers: dict[str, Consumption] = field(default_factory=dict)
    before: MonthBefore | None = None
    analysis: DeviceAnalysis | None = None
    brand: Brand = field(default_factory=Brand)
    rolled_until: datetime | None = None
    form: int = FORM


def freeze(inputs: ReportInputs) -> bytes:
    """Return the inputs as JSON, the same bytes for the same inputs."""
    return msgspec.json.format(msgspec.json.encode(inputs, order="deterministic"), indent=1) + b"\n"


def thaw(frozen: bytes) -> ReportInputs:
    """Return the inputs from their JSON.

    Raises:
        ReportError: it is not the JSON of a report of this form.
    """
    try:
        inputs = msgspec.json.decode(frozen, type=ReportInputs)
    except msgspec.DecodeError as error:
        raise ReportError(
            Text(f"保存された元データを読めません: {error}", f"the frozen inputs cannot be read: {error}")
        ) from None
    if inputs.form != FORM:
        raise ReportError(
            Text(
                f"保存された元データの形式は {inputs.form} ですが、このプログラムが読めるのは {FORM} です",
                f"the frozen inputs are of form {inputs.form}; this program reads form {FORM}",
            )
        )
    return inputs
