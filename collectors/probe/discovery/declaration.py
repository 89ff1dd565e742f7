"""What is stored of the assets on a site's LAN."""

from typing import Final

from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup, Tag
from collectors.probe.printer.declaration import ASSET
from collectors.text import Text

_KIND: Final = Tag(
    "kind",
    Text(
        "種類の推定: printer、router、switch、access_point、nas、pbx、phone、ups、server、pc、camera、media、unknown",
        "kind as guessed: printer, router, switch, access_point, nas, pbx, phone, ups, server, pc, camera, media,"
        " unknown",
    ),
)


def _word(name: str, ja: str, en: str, personal: PersonalData = PersonalData.NONE) -> Field:
    return Field(name, FieldType.STRING, Text(ja, en), rollup=Rollup.STATE, personal=personal)


def _count(name: str, ja: str, en: str, unit: str = "") -> Field:
    return Field(name, FieldType.INTEGER, Text(ja, en), unit)


_WHO: Final = (
    _word("ip", "IPアドレス", "IP address", PersonalData.DEVICE),
    _word("mac", "MACアドレス", "hardware address", PersonalData.DEVICE),
    _word(
        "vendor",
        "ネットワーク部品の製造元（MACアドレスから）",
        "maker of the network interface, by its hardware address",
    ),
    _word("name", "機器が名乗る名前", "name that the device gives itself", PersonalData.PERSON),
    _word("maker", "メーカー", "maker"),
    _word("model", "機種", "model"),
    _word("serial", "製造番号", "serial number", PersonalData.DEVICE),
)

ASSETS: Final = Measurement(
    name="assets",
    text=Text("LAN上の機器の数と、前回からの増減", "how many devices are on the LAN, and what changed"),
    tags=(),
    fields=(
        _count("total", "今ある機器の数（vanish_after回続けて見えないものを除く）", "devices counted as there"),
        _count("seen", "今回見えた機器の数", "devices seen in this scan"),
        _count("new", "新しく見つかった機器の数", "devices seen for the first time"),
        _count("vanished", "なくなったと判断した機器の数", "devices now counted as gone"),
        _count("returned", "戻ってきた機器の数", "devices that were gone and are back"),
        _count("moved", "アドレスが変わった機器の数", "devices whose address changed"),
        _count("addresses", "調べたアドレスの数", "addresses looked at"),
        _count("packets", "送った問い合わせの数", "questions sent"),
        Field("duration", FieldType.FLOAT, Text("かかった時間", "how long the scan took"), "s"),
        Field(
            "complete",
            FieldType.BOOLEAN,
            Text("最後まで調べられたか", "whether the scan reached its end"),
            rollup=Rollup.STATE,
        ),
        _word("partial", "調べられなかったもの", "what could not be looked at"),
    ),
)

ASSET_KIND: Final = Measurement(
    name="asset_kind",
    text=Text("種類ごとのLAN上の機器の数", "how many devices of each kind are on the LAN"),
    tags=(_KIND,),
    fields=(_count("total", "今ある機器の数", "devices counted as there"),),
)

ASSET_SEEN: Final = Measurement(
    name="asset_seen",
    text=Text("LAN上の機器（1台ごと）", "each device on the LAN"),
    tags=(ASSET, _KIND),
    fields=(
        Field("seen", FieldType.BOOLEAN, Text("今回見えたか", "whether this scan saw it"), rollup=Rollup.STATE),
        Field(
            "present",
            FieldType.BOOLEAN,
            Text("今あるとみなすか", "whether it counts as there"),
            rollup=Rollup.STATE,
        ),
        _count("missed", "続けて見えなかった回数", "scans in a row that did not see it"),
        *_WHO,
        _word("reason", "種類を推定した理由（日本語）", "why this kind, in Japanese"),
        _word("reason_en", "種類を推定した理由（英語）", "why this kind, in English"),
        _word("how", "見つけた方法（arp、ping、tcp、snmp、mdns、ssdp、netbios、sip、http）", "how it is known"),
        _count("addresses", "持っているアドレスの数", "how many addresses it has"),
        _count("first_seen", "初めて見えた時刻（Unix秒）", "first seen, Unix time", "s"),
        _count("last_seen", "最後に見えた時刻（Unix秒）", "last seen, Unix time", "s"),
    ),
)

ASSET_EVENT: Final = Measurement(
    name="asset_event",
    text=Text("LAN上の機器の出現・消失・移動", "devices that appeared on the LAN, vanished, returned or moved"),
    tags=(
        ASSET,
        _KIND,
        Tag(
            "event",
            Text(
                "出来事: new 新規、vanished 消失、returned 再出現、moved アドレス変更",
                "event: new, vanished, returned, moved (its address changed)",
            ),
        ),
    ),
    fields=(
        *_WHO,
        _word("detail", "説明（日本語）", "what happened, in Japanese", PersonalData.PERSON),
        _word("detail_en", "説明（英語）", "what happened, in English", PersonalData.PERSON),
    ),
)

MEASUREMENTS: Final = (ASSETS, ASSET_KIND, ASSET_SEEN, ASSET_EVENT)
