"""Security: is every device protected, updated, encrypted and managed, and if not, why?"""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from alert_rules.rule import Category
from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import aspects, happenings
from dashboards.boards.limits import DEFINITIONS_AGE, SUPPORT_LEFT, UPDATES_LAG
from dashboards.boards.open_findings import HOST as FOUND_ON
from dashboards.boards.open_findings import open_findings
from dashboards.boards.variables import DEVICE, with_devices
from dashboards.boards.words import (
    CATEGORIES,
    INBOUND,
    MANAGED_BY,
    ON_OR_OFF,
    PROFILES,
    RESTART,
    RUNS,
    YES_OR_NO,
    reason,
)
from dashboards.links import device_link
from dashboards.panels.matrix import matrix
from dashboards.panels.number import number
from dashboards.panels.parts import DRIVE_LETTER, up_to
from dashboards.panels.table import STATE, Column, table
from dashboards.panels.timeline import timeline
from dashboards.panels.trend import trend
from dashboards.panels.troubled import troubled
from dashboards.states import ACT

ASPECTS = aspects.SECURITY
"""What is looked at on every device, in the order of the columns."""

_OF_SECURITY = f"{queries.HERE} AND \"category\" = '{Category.SECURITY}'"

HOST = Column("host", DEVICE, pixels=140, link=device_link())


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.SECURITY,
        Text("セキュリティ", "Security"),
        Text(
            "ウイルス対策、更新、ファイアウォール、暗号化の状態と、直すべきこと",
            "Antivirus, updates, firewall and encryption, and what is to be put right",
        ),
        since="now-30d",
    )
    with_devices(board)
    happenings.findings(board, _OF_SECURITY)
    _numbers(board)
    board.place(_attention(lang), 12, 9)
    board.place(open_findings(board, _OF_SECURITY, (FOUND_ON,)), 12, 9)
    board.place(matrix(lang, Text("機器ごとの状態", "State of every device"), ASPECTS, device_link()), 24, 10)
    board.heading(Text("ウイルス対策", "Antivirus"))
    board.place(_antivirus(lang), 24, 10)
    board.place(_history(lang, Text("ウイルス対策の状態の移り変わり", "Antivirus over time"), "antivirus"), 24, 8)
    board.heading(Text("更新プログラムとOSのサポート", "Updates and support of the operating system"))
    board.place(_updates(lang), 24, 10)
    board.place(_support(lang), 24, 9)
    board.place(_lag(lang), 12, 9)
    board.place(_history(lang, Text("更新の状態の移り変わり", "Updates over time"), "patches"), 12, 9)
    board.heading(Text("ファイアウォール", "Firewall"))
    board.place(_firewall(lang), 24, 10)
    title = Text("ファイアウォールの状態の移り変わり", "Firewall over time")
    board.place(_history(lang, title, "firewall"), 24, 8)
    board.heading(Text("暗号化と管理", "Encryption and management"))
    board.place(_encryption(lang), 24, 8)
    board.place(_products(lang), 24, 10)
    return board.dashboard()


def _numbers(board: Board) -> None:
    lang = board.lang
    for aspect in ASPECTS:
        board.place(troubled(lang, aspect.heading, aspect), 4, 4)
    left = f'SELECT last("os_support_days_left") AS "left" FROM "patches" WHERE {queries.HERE}'
    shortest = f'SELECT min("left") FROM ({left} AND {queries.since()} GROUP BY "host") WHERE {queries.since()}'
    title = Text("OSの期限", "OS support")
    ended = up_to(-1, f"{ACT.sign} {Text('終了あり', 'Ended').in_(lang)}", ACT.color)
    board.place(number(lang, title, shortest, "d", limits=SUPPORT_LEFT, mappings=[ended], decimals=0), 4, 4)


def _attention(lang: Lang) -> Builder[Panel]:
    questions = [queries.newest_bad(aspect.measurement, reason(lang), name="text") for aspect in ASPECTS]
    return table(
        lang,
        Text("いま対応が必要なこと", "What needs attention now"),
        questions,
        [HOST, Column("text", Text("どうなっているか", "What is wrong"), wraps=True)],
        sort="host",
        empty=Text("対応が必要なことはありません", "Nothing needs attention"),
    )


def _antivirus(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", "active_product", "realtime", "definitions_age_days", "full_scan_age_days", reason(lang))
    return table(
        lang,
        Text("機器ごとのウイルス対策", "Antivirus of every device"),
        [queries.newest("antivirus", fields)],
        [
            HOST,
            STATE,
            Column("active_product", Text("製品", "Product"), pixels=210),
            Column("realtime", Text("常時保護", "Real-time"), pixels=90, meanings=ON_OR_OFF),
            Column(
                "definitions_age_days",
                Text("定義の古さ", "Definitions"),
                "d",
                limits=DEFINITIONS_AGE,
                pixels=100,
                decimals=1,
            ),
            Column("full_scan_age_days", Text("全検査から", "Full scan"), "d", pixels=90, decimals=0),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        sort="state_code",
        descending=True,
        then="host",
    )


def _updates(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", "lag_days", "pending_security", "pending_other", "reboot_required", reason(lang))
    return table(
        lang,
        Text("機器ごとの更新プログラム（件数は未適用）", "Updates of every device (what is missing)"),
        [queries.newest("patches", fields)],
        [
            HOST,
            STATE,
            Column("lag_days", Text("更新の遅れ", "Behind by"), "d", limits=UPDATES_LAG, pixels=90, decimals=0),
            Column("pending_security", Text("セキュリティ", "Security"), "cases", pixels=100),
            Column("pending_other", Text("ほか", "Others"), "cases", pixels=80),
            Column("reboot_required", Text("再起動", "Restart"), pixels=115, meanings=RESTART),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        sort="state_code",
        descending=True,
        then="host",
    )


def _support(lang: Lang) -> Builder[Panel]:
    note = "os_support_note" if lang == "ja" else "os_support_note_en"
    fields = ("os_support_days_left", "os_name", "os_version", "os_support_end", note)
    return table(
        lang,
        Text("OSのサポート期限", "When support of operating systems ends"),
        [queries.newest("patches", fields)],
        [
            HOST,
            Column("os_name", Text("OS", "Operating system"), pixels=210),
            Column("os_version", Text("版", "Release"), pixels=80),
            Column("os_support_end", Text("サポート期限", "Support ends"), pixels=110),
            Column("os_support_days_left", Text("残り", "Left"), "d", limits=SUPPORT_LEFT, pixels=95, decimals=0),
            Column(note, Text("備考", "Remark"), wraps=True),
        ],
        sort="os_support_days_left",
    )


def _lag(lang: Lang) -> Builder[Panel]:
    question = queries.trend("patches", "lag_days", function="max", fill="none")
    title = Text("更新の遅れの推移", "How far updates lag behind")
    return trend(lang, title, [(question, "$tag_host")], "d", limits=UPDATES_LAG, interval="1h", many=True)


def _firewall(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", "active", "default_inbound", "managed_by", "rules", reason(lang))
    return table(
        lang,
        Text("プロファイルごとのファイアウォール", "Firewall, profile by profile"),
        [queries.newest("firewall_profile", fields, by=("host", "profile", "manager"))],
        [
            HOST,
            Column("profile", Text("プロファイル", "Profile"), pixels=130, named=PROFILES),
            STATE,
            Column("active", Text("使用中", "In use"), pixels=75, named=YES_OR_NO),
            Column("default_inbound", Text("受信の既定", "Inbound"), pixels=90, named=INBOUND),
            Column("managed_by", Text("設定の管理", "Set by"), pixels=125, named=MANAGED_BY),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        hidden=("Time", "rules", "manager"),
        sort="state_code",
        descending=True,
        then="host",
    )


def _encryption(lang: Lang) -> Builder[Panel]:
    return table(
        lang,
        Text("ディスクの暗号化（BitLocker）", "Encryption of disks (BitLocker)"),
        [queries.newest("disk_encryption", ("state_code", "protected", "method", reason(lang)), by=("host", "path"))],
        [
            HOST,
            Column("path", Text("ドライブ", "Drive"), pixels=100, mappings=(DRIVE_LETTER,)),
            STATE,
            Column("protected", Text("保護", "Protected"), pixels=100, named=YES_OR_NO),
            Column("method", Text("方式", "Method"), pixels=140),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        sort="state_code",
        descending=True,
        then="host",
        empty=Text("BitLocker を使える機器のデータはありません", "No device that can have BitLocker has told of it"),
    )


def _products(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", "name", "expected", "running", "version", "last_contact_age", reason(lang))
    return table(
        lang,
        Text("管理（MDM）とログ収集のソフトウェア", "Management (MDM) and log collection software"),
        [queries.newest("service_health", fields, by=("host", "product", "category"))],
        [
            HOST,
            Column("name", Text("製品", "Product"), pixels=220),
            Column("category", Text("種類", "Kind"), pixels=105, named=CATEGORIES),
            STATE,
            Column("running", Text("動作", "Runs"), pixels=95, meanings=RUNS),
            Column("last_contact_age", Text("最後の通信から", "Last contact"), "duration", pixels=115),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        hidden=("Time", "product", "expected", "version"),
        sort="state_code",
        descending=True,
        then="host",
        empty=Text(
            "管理・ログ収集のソフトウェアは見つかっていません", "No management or log collection software was found"
        ),
    )


def _history(lang: Lang, title: Text, measurement: str) -> Builder[Panel]:
    return timeline(lang, title, [(queries.states_over_time(measurement), "$tag_host")])
