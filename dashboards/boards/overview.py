"""Overview: is the office well, and if not, what is wrong?"""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards.variables import with_devices
from dashboards.links import device_link
from dashboards.panels.matrix import Aspect, matrix
from dashboards.panels.table import Column, table

ASPECTS = (
    Aspect("antivirus", Text("ウイルス対策", "Antivirus"), "antivirus"),
    Aspect("firewall", Text("ファイアウォール", "Firewall"), "firewall"),
    Aspect("patches", Text("更新プログラム", "Updates"), "patches"),
    Aspect("smart_device", Text("ドライブ", "Drives"), "smart_device"),
    Aspect("disk_outlook", Text("空き容量", "Disk space"), "disk_outlook"),
    Aspect("temp_status", Text("温度", "Temperature"), "temp_status"),
    Aspect("services", Text("サービス", "Services"), "services"),
    Aspect("backup", Text("バックアップ", "Backup"), "backup"),
)


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.OVERVIEW,
        Text("オフィスカルテ", "Office karte"),
        Text("オフィスの今の状態と、対応が必要なこと", "How the office is now, and what needs attention"),
        since="now-7d",
    )
    with_devices(board)
    reason = "reason" if lang == "ja" else "reason_en"
    questions = [queries.newest_bad(aspect.measurement, reason, by=("host",), name="text") for aspect in ASPECTS]
    board.place(
        table(
            lang,
            Text("いま対応が必要なこと", "What needs attention now"),
            questions,
            [
                Column("host", Text("機器", "Device"), pixels=170, link=device_link()),
                Column("text", Text("どうなっているか", "What is wrong")),
            ],
            hidden=("Time",),
            empty=Text("対応が必要なことはありません", "Nothing needs attention"),
        ),
        24,
        8,
    )
    board.place(matrix(lang, Text("機器ごとの状態", "State of every device"), ASPECTS, device_link()), 24, 12)
    return board.dashboard()
