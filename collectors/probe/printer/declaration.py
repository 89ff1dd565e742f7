"""What is stored of printers."""

from typing import Final, get_args

from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup, Tag
from collectors.probe.printer.makers import CounterName
from collectors.text import Text

ASSET: Final = Tag(
    "asset",
    Text("機器の識別子（製造番号、なければMACアドレスなど）", "id of the equipment: serial number, else MAC address"),
    PersonalData.DEVICE,
)
INDEX: Final = Tag("index", Text("機器内の番号", "number within the device"))

_STATE_WORDS: Final = Text(
    "状態: ok 十分、low 残りわずか（10%以下）、empty なし、almost_full まもなく満杯（空き10%以下）、full 満杯、"
    "some_left 残りあり（量は不明）、unknown 不明、no_limit 上限なし",
    "state: ok; low (at most 10 % left); empty; almost_full (at most 10 % room left); full; some_left (amount not"
    " told); unknown; no_limit (the device sets none)",
)
_PERCENT: Final = Text(
    "残り。廃トナーボックスなどは空き。機器が教えないときは無し",
    "left, or the room left in a waste box; absent if not told",
)


def _state(name: str, text: Text, personal: PersonalData = PersonalData.NONE) -> Field:
    return Field(name, FieldType.STRING, text, rollup=Rollup.STATE, personal=personal)


def _counter(name: str, text: Text) -> Field:
    return Field(name, FieldType.INTEGER, text, rollup=Rollup.COUNTER)


_AMOUNT: Final = (
    Field("percent", FieldType.FLOAT, _PERCENT, "%"),
    Field("level", FieldType.INTEGER, Text("残量（機器の単位）", "what is left, in the device's unit")),
    Field(
        "capacity",
        FieldType.INTEGER,
        Text("最大量（機器の単位）", "capacity, in the device's unit"),
        rollup=Rollup.STATE,
    ),
    _state("unit", Text("残量と最大量の単位（RFC 3805）", "unit of level and capacity (RFC 3805)")),
    _state("state", _STATE_WORDS),
)

_COUNTER_TEXTS: Final[dict[str, Text]] = {
    "total": Text("累計面数", "all pages"),
    "mono": Text("モノクロの累計面数", "pages in black and white"),
    "color": Text("カラーの累計面数", "pages in colour"),
    "duplex": Text("両面の累計枚数", "sheets on both sides"),
    "print": Text("プリントの累計面数", "pages printed"),
    "print_mono": Text("モノクロプリントの累計面数", "pages printed in black and white"),
    "print_color": Text("カラープリントの累計面数", "pages printed in colour"),
    "copy": Text("コピーの累計面数", "pages copied"),
    "copy_mono": Text("モノクロコピーの累計面数", "pages copied in black and white"),
    "copy_color": Text("カラーコピーの累計面数", "pages copied in colour"),
    "scan": Text("スキャンの累計面数", "pages scanned"),
    "fax": Text("ファクスの累計面数", "pages faxed"),
}

PRINTER: Final = Measurement(
    name="printer",
    text=Text("複合機・プリンターの状態と印刷枚数", "state and page counts of printers"),
    tags=(ASSET,),
    fields=(
        _state("name", Text("機器の名前", "name of the device"), PersonalData.DEVICE),
        _state("description", Text("機器の説明", "description of the device")),
        _state("location", Text("設置場所", "where it stands"), PersonalData.PERSON),
        _state("maker", Text("メーカー", "maker")),
        _state("model", Text("機種", "model")),
        _state("serial", Text("製造番号", "serial number"), PersonalData.DEVICE),
        _state("mac", Text("MACアドレス", "hardware address"), PersonalData.DEVICE),
        _state(
            "status",
            Text(
                "状態: idle、printing、warmup、standby、offline、down、running、warning、testing、other、unknown",
                "state: idle, printing, warmup, standby, offline, down, running, warning, testing, other, unknown",
            ),
        ),
        _state("device_status", Text("hrDeviceStatus（RFC 2790）", "hrDeviceStatus (RFC 2790)")),
        _state("printer_status", Text("hrPrinterStatus（RFC 2790）", "hrPrinterStatus (RFC 2790)")),
        _state(
            "errors",
            Text(
                "機器が検知した異常（コンマ区切り）: low_toner、jammed など",
                "what it detects of itself, separated by commas: low_toner, jammed …",
            ),
        ),
        Field("uptime", FieldType.FLOAT, Text("起動からの時間", "time since it started"), "s"),
        _counter("page_count", Text("累計印刷数", "pages in its life")),
        _state("page_count_unit", Text("累計印刷数の単位（RFC 3805）", "what page_count counts (RFC 3805)")),
        *(_counter(f"count_{name}", _COUNTER_TEXTS[name]) for name in get_args(CounterName)),
    ),
)

SUPPLY: Final = Measurement(
    name="printer_supply",
    text=Text("トナー・インク・ドラム・廃トナーボックスなど", "toner, ink, drums, waste boxes"),
    tags=(
        ASSET,
        INDEX,
        Tag("type", Text("種類（RFC 3805 の語）", "kind (the words of RFC 3805)")),
        Tag("color", Text("色", "colour")),
        Tag("class", Text("consumed 減るもの、receptacle たまるもの", "consumed, or receptacle for what fills up")),
    ),
    fields=(
        _state("description", Text("消耗品の名前", "name of the supply")),
        *_AMOUNT,
        Field("step_percent", FieldType.FLOAT, Text("残量の刻み", "steps in which the level moves"), "%", Rollup.STATE),
        _state("alert", Text("この消耗品への機器自身の警告", "the device's own alert on this supply")),
        _state("source", Text("残量の出どころ", "where the level comes from")),
    ),
)

TRAY: Final = Measurement(
    name="printer_tray",
    text=Text("給紙トレイ", "input trays"),
    tags=(ASSET, INDEX),
    fields=(
        _state("name", Text("トレイの名前", "name of the tray")),
        _state("type", Text("種類（RFC 3805 の語）", "kind (the words of RFC 3805)")),
        _state("media", Text("用紙", "paper")),
        Field("manual", FieldType.BOOLEAN, Text("手差しトレイか", "whether it is a bypass tray"), rollup=Rollup.STATE),
        *_AMOUNT,
        Field("available", FieldType.BOOLEAN, Text("使えるか", "whether it can be used"), rollup=Rollup.STATE),
    ),
)

ALERT: Final = Measurement(
    name="printer_alert",
    text=Text("機器自身の警告", "the device's own alerts"),
    tags=(ASSET, Tag("index", Text("警告の順番（0から）", "position in the list of alerts, from 0"))),
    fields=(
        _state("severity", Text("重大さ: critical、warning など", "severity: critical, warning …")),
        _state(
            "training",
            Text("対応できる人: untrained、trained、fieldService など", "who can help: untrained, trained …"),
        ),
        _state("group", Text("部位（RFC 3805 の語）", "part (the words of RFC 3805)")),
        Field("group_index", FieldType.INTEGER, Text("部位の中の番号", "number within the part"), rollup=Rollup.STATE),
        _state("code", Text("警告の種類（RFC 3805 の語）", "kind of alert (the words of RFC 3805)")),
        _state("description", Text("機器の文言", "the device's wording")),
        Field("age", FieldType.FLOAT, Text("警告が出てからの時間", "time since the alert began"), "s"),
    ),
)

MEASUREMENTS: Final = (PRINTER, SUPPLY, TRAY, ALERT)
