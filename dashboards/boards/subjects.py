"""What is judged, by what it concerns: the verdicts of the catalogue as customers know them."""

from dataclasses import dataclass
from typing import Literal

from collectors.text import Text

Who = Literal["host", "asset", "check"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is judged.

    Attributes:
        measurement: that has the verdict.
        text: for people.
        part: tag of the part that is judged; "" where it is the whole.
    """

    measurement: str
    text: Text
    part: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Subjects that belong together.

    Attributes:
        text: for people.
        who: tag of what they concern: a device, equipment, or a check.
        subjects: what is judged.
    """

    text: Text
    who: Who
    subjects: tuple[Subject, ...]


SECURITY = Family(
    Text("セキュリティ", "Security"),
    "host",
    (
        Subject("antivirus", Text("ウイルス対策", "Antivirus")),
        Subject("firewall", Text("ファイアウォール", "Firewall")),
        Subject("patches", Text("更新プログラム", "Updates")),
        Subject("disk_encryption", Text("ディスクの暗号化", "Encryption of disks"), "path"),
    ),
)
STORAGE = Family(
    Text("ドライブとバックアップ", "Drives and backups"),
    "host",
    (
        Subject("smart_device", Text("ドライブの健康", "Health of drives"), "block_device"),
        Subject("physical_disk", Text("ドライブ（Windowsの判定）", "Drives as Windows judges them"), "disk"),
        Subject("raid", Text("RAID", "RAID")),
        Subject("disk_outlook", Text("空き容量", "Disk space"), "path"),
        Subject("backup", Text("バックアップ", "Backup")),
    ),
)
OPERATION = Family(
    Text("動作", "Operation"),
    "host",
    (
        Subject("services", Text("サービス", "Services")),
        Subject("uptime_events", Text("突然の停止", "Sudden stops")),
        Subject("event_log", Text("ログのエラー", "Errors in logs")),
        Subject("temp_status", Text("温度", "Temperature")),
        Subject("battery", Text("電池", "Battery"), "name"),
        Subject("memory_pressure", Text("メモリー不足", "Lack of memory")),
        Subject("clock", Text("時計", "Clock")),
        Subject("service_health_status", Text("管理ソフト", "Managing software")),
    ),
)
EQUIPMENT = Family(
    Text("LANの機器", "Equipment on the LAN"),
    "asset",
    (
        Subject("network_device", Text("機器全体", "Equipment as a whole")),
        Subject("ups", Text("UPS（停電用電源）", "UPS")),
        Subject("pbx", Text("電話交換機", "IP-PBX")),
        Subject("nas_volume", Text("NASのボリューム", "Volumes of NAS"), "volume"),
        Subject("nas_raid", Text("NASのRAID", "RAID of NAS"), "raid"),
        Subject("nas_disk", Text("NASのドライブ", "Drives of NAS"), "disk"),
        Subject("sensor", Text("機器のセンサー", "Sensors of equipment"), "sensor"),
    ),
)
CONNECTIONS = Family(
    Text("接続", "Connections"),
    "check",
    (Subject("reachability", Text("接続", "Connections")),),
)

OF_DEVICES = (SECURITY, STORAGE, OPERATION)
OF_THE_LAN = (EQUIPMENT, CONNECTIONS)
