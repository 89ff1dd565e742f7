"""UPS, and what equipment measures of itself."""

from typing import Final

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.probe.device.declaration.fields import ASSET, STATUS, boolean, count, gauge, kind_tag, word
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS

UPS: Final = Measurement(
    name="ups",
    text=Text("無停電電源装置（UPS）", "uninterruptible power supplies"),
    tags=(ASSET,),
    fields=(
        *VERDICT_FIELDS,
        word(
            "status",
            "給電: online、on_battery、bypass、boost、buck、standby、off、none、other、unknown",
            "where the output comes from: online, on_battery, bypass, boost, buck, standby, off, none, other, unknown",
        ),
        word(
            "battery_status",
            "バッテリー: normal、low、depleted、fault、unknown",
            "battery: normal, low, depleted, fault, unknown",
        ),
        boolean("on_battery", "バッテリーで動いているか", "whether it runs on battery"),
        boolean("replace_battery", "バッテリーの交換が必要か", "whether the battery is to be replaced"),
        gauge("battery_charge_percent", "バッテリー充電率", "charge of the battery", "%"),
        gauge("runtime_s", "停電時に持つ時間", "how long the battery would last", "s"),
        gauge("on_battery_s", "バッテリーで動いている時間", "time spent on battery so far", "s"),
        gauge("load_percent", "負荷率", "load", "%"),
        gauge("input_voltage", "入力電圧", "input voltage", "V"),
        gauge("output_voltage", "出力電圧", "output voltage", "V"),
        gauge("battery_voltage", "バッテリー電圧", "battery voltage", "V"),
        gauge("input_frequency", "入力周波数", "input frequency", "Hz"),
        gauge("output_frequency", "出力周波数", "output frequency", "Hz"),
        gauge("output_current", "出力電流", "output current", "A"),
        gauge("output_power", "出力電力", "output power", "W"),
        gauge("temperature", "温度（バッテリーまたは内部）", "temperature of the battery or inside", "°C"),
        count("alarms", "発生中の警報の数", "alarms present"),
        word("self_test", "自己診断の結果の語", "result of the last self-test"),
        word("battery_replaced", "バッテリーの交換日（機器に記録された文字）", "date of replacement as recorded in it"),
    ),
)

SENSOR: Final = Measurement(
    name="sensor",
    text=Text("機器の中のセンサー（温度、ファン、電圧など）", "sensors of equipment: temperature, fan, voltage …"),
    tags=(
        ASSET,
        Tag("sensor", Text("センサーの名前", "name of the sensor")),
        kind_tag(
            "種類: temperature、fan、voltage、current、power、humidity、frequency、percent、optical_power、state",
            "kind: temperature, fan, voltage, current, power, humidity, frequency, percent, optical_power, state",
        ),
    ),
    fields=(
        gauge("value", "値（単位は unit）", "value, in the unit that `unit` names", ""),
        word("unit", "値の単位（°C、rpm、V、A、W、%、Hz、dBm）", "unit of the value: °C, rpm, V, A, W, %, Hz, dBm"),
        word(
            "state",
            "機器自身の判定: ok、bad、unknown（機器が示さなければ無し）",
            "the device's own verdict: ok, bad, unknown; absent if it gives none",
        ),
        Field(
            "state_code",
            FieldType.INTEGER,
            Text("判定の番号（0 正常、1 不明、2 異常）", "verdict as a number: 0 ok, 1 unknown, 2 bad"),
            rollup=Rollup.STATE,
        ),
        STATUS,
    ),
)
