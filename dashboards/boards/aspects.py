"""What devices are judged by, as columns of the tables of several pages."""

from collectors.text import Text
from dashboards.panels.matrix import Aspect
from dashboards.states import DRIVE_BY_CODE

ANTIVIRUS = Aspect("antivirus", Text("ウイルス対策", "Antivirus"), "antivirus", short=Text("ウイルス", "Antivirus"))
PATCHES = Aspect("patches", Text("更新・OSサポート", "Updates, support"), "patches", short=Text("更新・OS", "Updates"))
FIREWALL = Aspect("firewall", Text("ファイアウォール", "Firewall"), "firewall", short=Text("通信の保護", "Firewall"))
DISK_ENCRYPTION = Aspect(
    "disk_encryption", Text("ディスクの暗号化", "Encryption"), "disk_encryption", short=Text("暗号化", "Encryption")
)
SERVICE_HEALTH = Aspect(
    "service_health_status",
    Text("管理・ログ収集", "Management, logs"),
    "service_health_status",
    short=Text("管理・ログ", "Managed"),
)
DRIVES = Aspect("smart_device", Text("ドライブ", "Drives"), "smart_device", DRIVE_BY_CODE)
RAID = Aspect("raid", Text("RAID", "RAID"), "raid")
DISK_SPACE = Aspect("disk_outlook", Text("空き容量", "Disk space"), "disk_outlook")
BACKUP = Aspect("backup", Text("バックアップ", "Backup"), "backup")
SERVICES = Aspect("services", Text("サービス", "Services"), "services")
SUDDEN_STOPS = Aspect("uptime_events", Text("突然の停止", "Sudden stops"), "uptime_events")
EVENT_LOG = Aspect("event_log", Text("エラーの記録", "Logged errors"), "event_log")

SECURITY = (ANTIVIRUS, PATCHES, FIREWALL, DISK_ENCRYPTION, SERVICE_HEALTH)
