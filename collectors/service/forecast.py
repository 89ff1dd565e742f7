"""How long disks, supplies, batteries and SSDs will last, by the service's own reckoning."""

from collectors.declaration import FieldType, Measurement, PersonalData, Tag
from collectors.service.fields import count, number, state
from collectors.text import Text

FORECAST = Measurement(
    name="forecast",
    text=Text(
        "ディスク、消耗品、バッテリー、SSDがあと何日もつかの予測",
        "how many days disks, supplies, batteries and SSDs will last",
    ),
    tags=(
        Tag(
            "kind",
            Text(
                "予測の種類: disk_full ディスク、supply_empty 消耗品、battery_worn バッテリー、ssd_worn SSD",
                "what is forecast: disk_full, supply_empty, battery_worn or ssd_worn",
            ),
        ),
        Tag("asset", Text("LANの機器", "equipment on the LAN"), PersonalData.DEVICE),
        Tag("path", Text("ディスクのマウント先またはドライブ", "mount point or drive of a disk")),
        Tag("index", Text("消耗品の番号", "number of the supply within its device")),
        Tag("type", Text("消耗品の種類", "kind of the supply")),
        Tag("color", Text("消耗品の色", "colour of the supply")),
        Tag("name", Text("バッテリーの名前", "name of the battery")),
        Tag("block_device", Text("SSDの名前", "name of the SSD")),
        Tag("serial_no", Text("SSDのシリアル番号", "serial number of the SSD"), PersonalData.DEVICE),
    ),
    fields=(
        state(
            "state",
            FieldType.STRING,
            "ok 予測できる、uncertain 減っているとは言い切れない、no_trend 減っていない、far 10年より先、"
            "reached もう残りがない、too_few 補充や整理の後の記録が足りない（14日間に2回以上必要）、"
            "not_told 機器が残量を通知しない",
            "ok; uncertain: it may not be running out at all; no_trend: it is not running out; far: more than ten"
            " years; reached: nothing is left; too_few: too few readings since it was refilled or cleaned up"
            " (2 of 14 days are needed); not_told: the device does not tell how much is left",
        ),
        number("days_left", "残り日数（予測できないときは無し）", "days left; absent where it cannot be told", "d"),
        number("days_left_low", "同、早い場合（90%区間の下端）", "the same at the earliest (90 % interval)", "d"),
        number(
            "days_left_high",
            "同、遅い場合（90%区間の上端。限りがなければ無し）",
            "the same at the latest (90 % interval); absent where there is no limit",
            "d",
        ),
        number(
            "confidence",
            "減り続けていることの確かさ（0〜1、傾きの検定による）",
            "how sure it is that it is running out: 0 to 1, by a test of the slope",
        ),
        count(
            "readings", "補充や整理の後の記録の数（1日1回）", "readings since it was refilled or cleaned up, one a day"
        ),
        number("span_days", "その記録の期間", "days between the first and the last of them", "d"),
        state("description", FieldType.STRING, "消耗品の名前", "name of the supply as the device tells it"),
    ),
)
