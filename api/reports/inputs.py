"""All that a report is made from, as it is frozen beside the report: the same inputs give the same bytes."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from api.readings.contract import ContractReading
from api.readings.history import History
from api.reports.errors import ReportError
from api.reports.period import Period
from collectors.text import Lang, Text

FORM = 1
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
    """

    id: str
    name: str
    kind: str
    site: str
    os: str
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract as the relational database knows it.

    Attributes:
        id: public id.
        name: the customer's name.
        quota: target devices covered.
        devices: those enrolled and not revoked when the report was built.
    """

    id: str
    name: str
    quota: int
    devices: tuple[RegisteredDevice, ...]


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
