"""What a report shows, worked out from its inputs; templates only place it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from api.display.tokyo import TOKYO
from api.readings.condition import SILENT_IN_REPORT, Condition, Health, device_condition, printer_condition
from api.readings.device import DeviceReading
from api.readings.history import Daily, DeviceHistory
from api.readings.printer import PrinterReading
from api.reports.inputs import RegisteredDevice, ReportInputs
from collectors.text import Text

_NOTHING = DeviceHistory(Daily(()), Daily(()), {})


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device in the report.

    Attributes:
        anchor: id of its section in the document.
        facts: what the contract knows of it.
        reading: its newest values in the period; None if none came.
        history: how it went.
        condition: how it stands at the period's end.
    """

    anchor: str
    facts: RegisteredDevice
    reading: DeviceReading | None
    history: DeviceHistory
    condition: Condition


@dataclass(frozen=True, slots=True)
class PrinterView:
    """A printer in the report.

    Attributes:
        anchor: id of its section in the document.
        reading: its newest values in the period.
        pages: pages printed each day.
        condition: how it stands at the period's end.
    """

    anchor: str
    reading: PrinterReading
    pages: Daily
    condition: Condition

    @property
    def printed(self) -> int | None:
        """Pages printed in the period; None if the counter was never read."""
        return int(sum(self.pages.known)) if self.pages.known else None


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that the report shows."""

    inputs: ReportInputs
    devices: tuple[DeviceView, ...]
    printers: tuple[PrinterView, ...]

    @property
    def device_counts(self) -> Mapping[Health, int]:
        """How many devices are in each state."""
        return Counter(each.condition.health for each in self.devices)

    @property
    def has_data(self) -> bool:
        """Whether anything at all was measured in the period."""
        return bool(self.inputs.reading.devices or self.inputs.reading.printers)

    @property
    def missing_days(self) -> tuple[tuple[DeviceView, int], ...]:
        """Devices with days without any data since they were enrolled, and how many such days."""
        counted = ((device, _days_without_data(device, self.inputs)) for device in self.devices)
        return tuple((device, days) for device, days in counted if days)


def view_of(inputs: ReportInputs) -> ReportView:
    """Work out what a report shows."""
    return ReportView(
        inputs=inputs,
        devices=tuple(_device(number, facts, inputs) for number, facts in enumerate(inputs.contract.devices, start=1)),
        printers=tuple(
            _printer(number, reading, inputs) for number, reading in enumerate(inputs.reading.printers, start=1)
        ),
    )


def headline(counts: Mapping[Health, int], total: int) -> Text:
    """Return in one sentence how all devices stand."""
    if total == 0:
        return Text(
            "このご契約には、まだ機器が登録されていません。", "No devices are registered under this contract yet."
        )
    if counts.get(Health.FINE, 0) == total:
        return Text(
            f"{total}台の機器すべてについて、問題は見つかりませんでした。",
            "No problem was found on the device." if total == 1 else f"No problem was found on any of {total} devices.",
        )
    ja = "、".join(_PARTS[health][0].format(count) for health in Health if (count := counts.get(health, 0)))
    en = [_PARTS[health][min(count, 2)].format(count) for health in Health if (count := counts.get(health, 0))]
    joined = " and ".join([", ".join(en[:-1]), en[-1]] if len(en) > 1 else en)
    return Text(f"{total}台の機器のうち、{ja}です。", f"Of {total} device{'' if total == 1 else 's'}, {joined}.")


# Japanese, English for one, English for more.
_PARTS: Mapping[Health, tuple[str, str, str]] = {
    Health.FINE: ("{}台は正常", "{} is fine", "{} are fine"),
    Health.ATTENTION: ("{}台は確認が必要", "{} needs attention", "{} need attention"),
    Health.SILENT: ("{}台は応答なし", "{} is silent", "{} are silent"),
    Health.UNKNOWN: ("{}台は状態不明", "{} is unknown", "{} are unknown"),
}


def _device(number: int, facts: RegisteredDevice, inputs: ReportInputs) -> DeviceView:
    reading = inputs.reading.devices.get(facts.id)
    return DeviceView(
        anchor=f"device-{number}",
        facts=facts,
        reading=reading,
        history=inputs.history.devices.get(facts.id, _NOTHING),
        condition=device_condition(reading, inputs.period.end, SILENT_IN_REPORT),
    )


def _printer(number: int, reading: PrinterReading, inputs: ReportInputs) -> PrinterView:
    return PrinterView(
        anchor=f"printer-{number}",
        reading=reading,
        pages=inputs.history.pages.get(reading.asset, Daily(())),
        condition=printer_condition(reading, inputs.period.end, SILENT_IN_REPORT),
    )


def _days_without_data(device: DeviceView, inputs: ReportInputs) -> int:
    enrolled = device.facts.enrolled_at.astimezone(TOKYO).date()
    series = device.history.cpu_percent.values or (None,) * len(inputs.history.days)
    return sum(1 for day, value in zip(inputs.history.days, series, strict=True) if value is None and day >= enrolled)
