"""What the `battery` input collects, and batteries to points."""

from collections.abc import Iterable

from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup, Tag
from collectors.inputs.battery.cell import REASONS, WORN_BELOW_PERCENT, Battery, judge
from collectors.point import Point
from collectors.reasons import known
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS


def _capacity(name: str, ja: str, en: str, unit: str) -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en), unit, Rollup.STATE)


BATTERY = Measurement(
    name="battery",
    text=Text("バッテリーの劣化と残量", "wear and charge of batteries"),
    tags=(Tag("name", Text("バッテリーの名前", "name of the battery")),),
    fields=(
        *VERDICT_FIELDS,
        Field(
            "health_percent", FieldType.FLOAT, Text("設計容量に対する満充電容量", "share of its design capacity"), "%"
        ),
        Field("charge_percent", FieldType.FLOAT, Text("残量", "charge"), "%"),
        Field(
            "status",
            FieldType.STRING,
            Text(
                "充放電の状態（charging、discharging、fully-charged など）",
                "charging, discharging, fully-charged, not-charging or empty",
            ),
            rollup=Rollup.STATE,
        ),
        Field("cycles", FieldType.INTEGER, Text("充放電回数", "charge cycles"), rollup=Rollup.STATE),
        _capacity("design_mwh", "設計容量", "design capacity", "mWh"),
        _capacity("full_mwh", "満充電容量", "full charge capacity", "mWh"),
        _capacity("design_mah", "設計容量", "design capacity", "mAh"),
        _capacity("full_mah", "満充電容量", "full charge capacity", "mAh"),
        Field(
            "on_mains", FieldType.BOOLEAN, Text("電源につながっているか", "runs from the mains"), rollup=Rollup.STATE
        ),
        Field(
            "model",
            FieldType.STRING,
            Text("型番", "model"),
            rollup=Rollup.STATE,
            personal=PersonalData.NONE,
        ),
    ),
)
_MAX_BATTERIES = 16


def to_points(batteries: Iterable[Battery], worn_below_percent: float = WORN_BELOW_PERCENT) -> list[Point]:
    """Return one point a battery; empty slots give none."""
    present = [battery for battery in batteries if not battery.is_empty_slot]
    return [_point(battery, worn_below_percent) for battery in present[:_MAX_BATTERIES]]


def unreadable(why: Text) -> list[Point]:
    """Return the point of a machine whose batteries could not be read."""
    return [Point(BATTERY.name, {}, REASONS.verdict("unreadable", why=why).fields())]


def _point(battery: Battery, worn_below_percent: float) -> Point:
    fields = {
        **judge(battery, worn_below_percent).fields(),
        "health_percent": battery.health_percent,
        "charge_percent": battery.charge_percent,
        "status": battery.status,
        "cycles": battery.cycles,
        "design_mwh": battery.design_mwh,
        "full_mwh": battery.full_mwh,
        "design_mah": battery.design_mah,
        "full_mah": battery.full_mah,
        "on_mains": battery.on_mains,
        "model": battery.model,
    }
    return Point(BATTERY.name, {"name": battery.name}, known(fields))
