"""What inputs tell in single words and booleans, as customers read it."""

from collections.abc import Mapping

from collectors.text import Lang, Text
from dashboards.states import ACT, ATTENTION, OK, State


def reason(lang: Lang) -> str:
    """Return the field that has a verdict's reason in a language."""
    return "reason" if lang == "ja" else "reason_en"


ON_OR_OFF: Mapping[str, tuple[Text, State]] = {
    "true": (Text("有効", "On"), OK),
    "false": (Text("無効", "Off"), ACT),
}
"""Of protection that must be on."""

RESTART: Mapping[str, tuple[Text, State]] = {
    "true": (Text("必要", "Needed"), ATTENTION),
    "false": (Text("不要", "Not needed"), OK),
}

RUNS: Mapping[str, tuple[Text, State]] = {
    "true": (Text("動作中", "Runs"), OK),
    "false": (Text("停止", "Stopped"), ATTENTION),
}

YES_OR_NO: Mapping[str, Text] = {"true": Text("はい", "Yes"), "false": Text("いいえ", "No")}

PROFILES: Mapping[str, Text] = {
    "domain": Text("社内（ドメイン）", "Domain"),
    "private": Text("プライベート", "Private"),
    "public": Text("パブリック", "Public"),
    "system": Text("全体", "Whole system"),
}
"""Profiles of firewalls (`collectors.inputs.firewall.layer`)."""

INBOUND: Mapping[str, Text] = {"block": Text("遮断", "Blocked"), "allow": Text("許可", "Allowed")}

MANAGED_BY: Mapping[str, Text] = {
    "local": Text("この機器", "This device"),
    "gpo": Text("グループポリシー", "Group policy"),
}

CATEGORIES: Mapping[str, Text] = {
    "mdm": Text("端末管理", "Management"),
    "log": Text("ログ収集", "Logs"),
    "remote_management": Text("遠隔管理", "Remote"),
    "backup": Text("バックアップ", "Backup"),
}
"""Kinds of products (`collectors.inputs.service_health.product`)."""

OUTLOOKS: Mapping[str, Text] = {
    "ok": Text("減り続けている", "Running out"),
    "uncertain": Text("減り方が不確か", "Uncertain"),
    "no_trend": Text("減っていない", "Not running out"),
    "far": Text("10年より先", "Beyond ten years"),
    "reached": Text("残りがない", "Nothing left"),
    "too_few": Text("記録が14日未満", "Less than 14 days"),
    "not_told": Text("残量の通知なし", "Level not told"),
}
"""What a forecast can tell (`collectors.service.forecast`)."""

DRIVE_KINDS: Mapping[str, Text] = {
    "hdd": Text("HDD", "HDD"),
    "ssd": Text("SSD", "SSD"),
    "nvme": Text("NVMe", "NVMe"),
    "unknown": Text("不明", "Unknown"),
}

BACKUP_TOOLS: Mapping[str, Text] = {
    "windows_server_backup": Text("Windows Server バックアップ", "Windows Server Backup"),
    "veeam_agent": Text("Veeam Agent", "Veeam Agent"),
    "stamp_file": Text("完了の印のファイル", "File that marks success"),
    "systemd": Text("systemd のユニット", "systemd unit"),
    "restic": Text("restic", "restic"),
    "borg": Text("borg", "borg"),
}
"""What makes backups (`collectors.inputs.backup.job`)."""
