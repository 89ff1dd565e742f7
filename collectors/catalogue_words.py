"""The words in which people read the catalogue, whatever its form."""

from collections.abc import Mapping

from collectors.declaration import FieldType, PersonalData
from collectors.inventory import ItemType
from collectors.text import Text

TITLE = Text("収集する項目", "What is collected")
INTRO = Text(
    "Office Karteが機器から収集し保存できる値は、次の表がすべてです。ここにない値は保存できません。"
    "ファイルの内容、閲覧履歴、Cookie、パスワード、メールの本文や宛先、SNSの投稿は収集しません。",
    "These tables are all that Office Karte can collect from devices and store; what is not here cannot be stored. "
    "It never collects file contents, browsing history, cookies, passwords, mail bodies or recipients, or "
    "social-media posts.",
)

NEVER: tuple[Text, ...] = (
    Text("ファイルの内容", "the content of files"),
    Text("ブラウザーの閲覧履歴、Cookie、ID、パスワード", "browsing history, cookies, IDs and passwords of browsers"),
    Text("メールの件名、本文、宛先", "subjects, bodies and recipients of mail"),
    Text("SNSの投稿", "social-media posts"),
    Text("キー入力、クリップボード、画面の画像", "keystrokes, the clipboard, pictures of the screen"),
)
"""What `declaration.is_forbidden` keeps out, for people."""

PERSONAL: Mapping[PersonalData, Text] = {
    PersonalData.NONE: Text("なし", "no"),
    PersonalData.DEVICE: Text("機器を特定", "identifies the device"),
    PersonalData.PERSON: Text("人名を含みうる", "may name a person"),
}
"""Personal-data class -> a few words."""

PERSONAL_MEANING: Mapping[PersonalData, Text] = {
    PersonalData.NONE: Text(
        "人について何も示しません（温度、容量など）。", "Says nothing of a person: a temperature, an amount of data."
    ),
    PersonalData.DEVICE: Text(
        "1台の機器を特定するため、利用者を推測できることがあります（シリアル番号、MACアドレス、ホスト名など）。",
        "Identifies one machine and so perhaps its user: a serial number, a MAC address, a host name.",
    ),
    PersonalData.PERSON: Text(
        "人の名前が含まれることがあります（ログイン名、設置場所の記入など）。",
        "May hold a person's name: a login name, a location that somebody wrote.",
    ),
}
"""Personal-data class -> what it means."""

ITEM_TYPE_NAMES: Mapping[ItemType, str] = {
    ItemType.TEXT: "string",
    ItemType.TEXTS: "strings",
    ItemType.INTEGER: "integer",
    ItemType.DATE: "date",
    ItemType.TIME: "time",
}
"""Type of an inventory's value -> its name in Markdown and JSON."""

TYPES: Mapping[str, Text] = {
    FieldType.FLOAT: Text("小数", "decimal"),
    FieldType.INTEGER: Text("整数", "integer"),
    FieldType.STRING: Text("文字", "text"),
    FieldType.BOOLEAN: Text("はい／いいえ", "yes or no"),
    "strings": Text("文字（複数）", "several texts"),
    "date": Text("日付", "date"),
    "time": Text("日時", "date and time"),
}
"""Name of a type -> for people."""

TAG = Text("区別", "label")
"""A tag: what tells the values of one measurement apart, such as the number of a processor."""

UNITS: Mapping[str, Text] = {
    "B": Text("バイト", "bytes"),
    "B/s": Text("バイト毎秒", "bytes a second"),
    "bit/s": Text("ビット毎秒", "bits a second"),
    "Mbit/s": Text("メガビット毎秒", "megabits a second"),
    "ms": Text("ミリ秒", "milliseconds"),
    "s": Text("秒", "seconds"),
    "min": Text("分", "minutes"),
    "h": Text("時間", "hours"),
    "d": Text("日", "days"),
    "1/s": Text("回毎秒", "times a second"),
    "W": Text("ワット", "watts"),
    "V": Text("ボルト", "volts"),
    "A": Text("アンペア", "amperes"),
    "Hz": Text("ヘルツ", "hertz"),
    "mWh": Text("ミリワット時", "milliwatt hours"),
    "mAh": Text("ミリアンペア時", "milliampere hours"),
}
"""Unit symbol -> its name, where the symbol alone may not tell; "%" and "°C" tell by themselves."""
