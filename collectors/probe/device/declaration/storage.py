"""Volumes, drives and RAID sets of NAS and servers."""

from typing import Final

from collectors.declaration import Measurement, PersonalData, Tag
from collectors.probe.device.declaration.fields import ASSET, STATUS, count, gauge, size, told, word
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS

NAS_VOLUME: Final = Measurement(
    name="nas_volume",
    text=Text("NAS・サーバーのボリューム", "volumes of NAS and servers"),
    tags=(
        ASSET,
        Tag(
            "volume", Text("ボリュームの名前またはマウント先", "name or mount point of the volume"), PersonalData.PERSON
        ),
        Tag(
            "type",
            Text(
                "種類: fixed_disk、network_disk、removable_disk、flash、ram_disk、pool、volume、dataset、other",
                "kind: fixed_disk, network_disk, removable_disk, flash, ram_disk, pool, volume, dataset, other",
            ),
        ),
    ),
    fields=(
        size("total", "容量", "size"),
        size("used", "使用中", "in use"),
        size("free", "空き", "free"),
        gauge("used_percent", "使用率", "share in use", "%"),
        *VERDICT_FIELDS,
        STATUS,
    ),
)

NAS_DISK: Final = Measurement(
    name="nas_disk",
    text=Text("NASのディスク", "drives of NAS"),
    tags=(ASSET, Tag("disk", Text("ディスクの名前または位置", "name or slot of the drive"))),
    fields=(
        *VERDICT_FIELDS,
        STATUS,
        word("health", "SMARTなどによる健康状態の語", "the device's own word for the drive's health"),
        word("model", "機種", "model"),
        told("serial", "製造番号", "serial number"),
        word("type", "種類（SATA、SSD など）", "kind: SATA, SSD …"),
        size("capacity", "容量", "size"),
        gauge("temperature", "温度", "temperature", "°C"),
        gauge("life_percent", "残り寿命", "life that is left", "%"),
        count("bad_sectors", "不良セクター数", "bad sectors"),
    ),
)

NAS_RAID: Final = Measurement(
    name="nas_raid",
    text=Text("NASのRAID・ストレージプール", "RAID sets and storage pools of NAS"),
    tags=(ASSET, Tag("raid", Text("RAIDの名前", "name of the RAID set"))),
    fields=(
        *VERDICT_FIELDS,
        STATUS,
        word("level", "RAIDレベル", "RAID level"),
        size("total", "容量", "size"),
        size("free", "空き", "free"),
        gauge("progress_percent", "再構築などの進み", "progress of a rebuild", "%"),
    ),
)
