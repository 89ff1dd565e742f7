"""Servers and NAS: is the data safe, is there room for it, and do the services run?"""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids, verdicts
from dashboards.board import Board
from dashboards.boards import aspects, happenings
from dashboards.boards.limits import ANY, BACKUP_AGE, DAYS_TO_FULL, DRIVE_HEAT, NAS_SPACE_USED, SPACE_USED
from dashboards.boards.open_findings import HOST as FOUND_ON
from dashboards.boards.open_findings import open_findings
from dashboards.boards.performance import heat, memory, processor
from dashboards.boards.storage import (
    BRIDGED_H,
    FAR_DAYS,
    SOONEST_FULL,
    drive_heat,
    drives,
    far,
    space_over_time,
    volumes,
)
from dashboards.boards.variables import DEVICE, with_sites
from dashboards.boards.words import BACKUP_TOOLS, reason
from dashboards.links import asset_link, device_link
from dashboards.panels.matrix import matrix
from dashboards.panels.number import number
from dashboards.panels.parts import beyond, drop, join_by
from dashboards.panels.table import STATE, Column, table
from dashboards.panels.timeline import timeline
from dashboards.panels.trend import trend

ASPECTS = (
    aspects.DRIVES,
    aspects.RAID,
    aspects.DISK_SPACE,
    aspects.BACKUP,
    aspects.SERVICES,
    aspects.SUDDEN_STOPS,
    aspects.EVENT_LOG,
)
"""What is looked at on every server, in the order of the columns."""

WHOLE_HOURS = "1h"
"""Shortest bucket: the page opens with a month, which is read from the hourly rollup."""

HOST = Column("host", DEVICE, pixels=140, link=device_link())

_NO_RAID = Text("RAIDを組んだ機器のデータはありません", "No device with RAID has told of it")
_NO_NAS = Text("この拠点に見張っているNASはありません", "No NAS is watched at this site")


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.SERVERS,
        Text("サーバーとNAS", "Servers and NAS"),
        Text(
            "サーバーとNASの空き容量、ドライブ、RAID、バックアップ、サービス、負荷",
            "Space, drives, RAID, backups, services and load of servers and NAS",
        ),
        since="now-30d",
    )
    _choose(board)
    happenings.findings(board, queries.HERE)
    happenings.of_software(board)
    _numbers(board)
    board.place(_attention(lang), 12, 8)
    board.place(open_findings(board, queries.HERE, (FOUND_ON,)), 12, 8)
    board.place(matrix(lang, Text("サーバーごとの状態", "State of every server"), ASPECTS, device_link()), 24, 6)
    board.heading(Text("空き容量", "Space"))
    board.place(volumes(lang, Text("ボリュームの空きと見通し", "Space on volumes, and outlook"), many=True), 24, 8)
    board.place(space_over_time(lang, Text("ボリュームの使用率", "Volumes in use"), many=True), 24, 8)
    board.heading(Text("ドライブとRAID", "Drives and RAID"))
    board.place(drives(lang, Text("ドライブの健康状態（SMART）", "Health of drives (SMART)"), many=True), 24, 11)
    board.place(_replaced(lang), 12, 8)
    board.place(drive_heat(lang, Text("ドライブの温度", "Heat of drives"), many=True, interval=WHOLE_HOURS), 12, 8)
    board.place(_raid(lang), 24, 5)
    board.heading(Text("NAS（ネットワーク越しの確認）", "NAS (as seen over the network)"))
    board.place(_nas_volumes(lang), 24, 5)
    board.place(_nas_raid(lang), 24, 5)
    board.place(_nas_disks(lang), 24, 7)
    board.heading(Text("バックアップとサービス", "Backups and services"))
    board.place(_backups(lang), 24, 6)
    board.place(_backup_age(lang), 24, 7)
    board.place(_history(lang, Text("サービスの状態の移り変わり", "Services over time"), "services"), 12, 7)
    board.place(_history(lang, Text("突然の停止の移り変わり", "Sudden stops over time"), "uptime_events"), 12, 7)
    board.heading(Text("負荷と温度", "Load and heat"))
    board.place(processor(lang, many=True, interval=WHOLE_HOURS), 12, 8)
    board.place(memory(lang, many=True, interval=WHOLE_HOURS), 12, 8)
    board.place(heat(lang, many=True, interval=WHOLE_HOURS), 12, 8)
    board.place(_uptime(lang), 12, 8)
    return board.dashboard()


def _choose(board: Board) -> None:
    """Add the choice of servers, by the kind with which they are enrolled."""
    with_sites(board)
    known = (
        'SHOW TAG VALUES FROM "device_status" WITH KEY = "host" WHERE "site" =~ /^$site$/'
        " AND (\"kind\" = 'server' OR \"kind\" = 'nas')"
    )
    board.variable("device", Text("サーバー・NAS", "Server, NAS"), known, everything=False)


def _numbers(board: Board) -> None:
    lang = board.lang
    fullest = _of_newest("max", "disk", "used_percent")
    title = Text("ボリューム（最大）", "Fullest volume")
    board.place(number(lang, title, fullest, "%", limits=SPACE_USED, decimals=0), 8, 3)
    board.place(
        number(
            lang,
            Text("満杯まで（最短）", "Soonest full in"),
            SOONEST_FULL,
            "d",
            limits=DAYS_TO_FULL,
            mappings=[beyond(FAR_DAYS, far(lang))],
            decimals=0,
            empty=Text("見込みなし", "not filling up"),
        ),
        8,
        3,
    )
    worn = verdicts.count_bad("smart_device", by=("host", "block_device"))
    title = Text("異常のあるドライブ", "Drives not well")
    board.place(number(lang, title, worn, "devices", limits=ANY, decimals=0), 8, 3)
    hottest = _of_newest("max", "smart_device", "temp_c")
    title = Text("ドライブの温度（最高）", "Hottest drive")
    board.place(number(lang, title, hottest, "°C", limits=DRIVE_HEAT, decimals=0), 8, 3)
    oldest = _of_newest("max", "backup_job", "age_days")
    title = Text("最も古いバックアップ", "Oldest backup")
    board.place(number(lang, title, oldest, "d", limits=BACKUP_AGE, decimals=1), 8, 3)
    down = _of_newest("sum", "services", "down")
    title = Text("止まっているサービス", "Services down")
    board.place(number(lang, title, down, "cases", limits=ANY, decimals=0), 8, 3)


def _of_newest(function: str, measurement: str, field: str) -> str:
    newest = f'SELECT last("{field}") AS "{field}" FROM "{measurement}" WHERE {queries.HERE} AND {queries.since()}'
    return f'SELECT {function}("{field}") FROM ({newest} GROUP BY *) WHERE {queries.since()}'


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


def _replaced(lang: Lang) -> Builder[Panel]:
    question = queries.trend(
        "smart_device", "reallocated_sectors_count", by=("host", "block_device"), function="max", fill="none"
    )
    title = Text("代替処理された不良セクター", "Bad sectors that were replaced")
    return trend(
        lang,
        title,
        [(question, "$tag_host $tag_block_device")],
        "cases",
        interval=WHOLE_HOURS,
        many=True,
        bridged_h=BRIDGED_H,
    )


def _raid(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", "level", "members", "members_active", "failed", "operation", "scrub_age_days", reason(lang))
    return table(
        lang,
        Text("RAIDの状態", "State of RAID"),
        [queries.newest("raid_array", fields, by=("host", "name"))],
        [
            HOST,
            Column("name", Text("アレイ", "Array"), pixels=80),
            STATE,
            Column("level", Text("構成", "Level"), pixels=70),
            Column("members", Text("ディスク", "Disks"), "devices", decimals=0, pixels=75),
            Column("members_active", Text("動作中", "Working"), "devices", decimals=0, pixels=70),
            Column("failed", Text("故障", "Failed"), "devices", limits=ANY, decimals=0, pixels=65),
            Column("operation", Text("実行中の処理", "At work on"), pixels=105),
            Column("scrub_age_days", Text("前回の点検", "Last check"), "d", decimals=0, pixels=95),
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        sort="state_code",
        descending=True,
        then="host",
        empty=_NO_RAID,
    )


def _nas_volumes(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", "used_percent", "free", reason(lang))
    return _nas_table(
        lang,
        Text("NASのボリューム", "Volumes of NAS"),
        queries.newest("nas_volume", fields, by=("asset", "volume"), where=queries.AT_SITE),
        (
            Column("volume", Text("ボリューム", "Volume"), pixels=100),
            STATE,
            Column("used_percent", Text("使用率", "Used"), "%", limits=NAS_SPACE_USED, decimals=0, pixels=80),
            Column("free", Text("空き", "Free"), "B", decimals=1, pixels=90),
        ),
    )


def _nas_raid(lang: Lang) -> Builder[Panel]:
    return _nas_table(
        lang,
        Text("NASのRAID", "RAID of NAS"),
        queries.newest(
            "nas_raid", ("state_code", "level", "status", reason(lang)), by=("asset", "raid"), where=queries.AT_SITE
        ),
        (
            Column("raid", Text("アレイ", "Array"), pixels=90),
            STATE,
            Column("level", Text("構成", "Level"), pixels=90),
        ),
    )


def _nas_disks(lang: Lang) -> Builder[Panel]:
    fields = ("state_code", "model", "type", "capacity", "temperature", "bad_sectors", reason(lang))
    return _nas_table(
        lang,
        Text("NASのドライブ", "Drives of NAS"),
        queries.newest("nas_disk", fields, by=("asset", "disk"), where=queries.AT_SITE),
        (
            Column("disk", Text("ドライブ", "Drive"), pixels=80),
            STATE,
            Column("model", Text("型番", "Model"), pixels=135),
            Column("type", Text("種類", "Kind"), pixels=65),
            Column("capacity", Text("容量", "Size"), "B", decimals=1, pixels=80),
            Column("temperature", Text("温度", "Heat"), "°C", limits=DRIVE_HEAT, decimals=0, pixels=65),
            Column("bad_sectors", Text("不良セクター", "Bad sectors"), "cases", limits=ANY, decimals=0, pixels=105),
        ),
    )


def _nas_table(lang: Lang, title: Text, question: str, columns: tuple[Column, ...]) -> Builder[Panel]:
    named = queries.newest("network_device", ("name",), by=("asset",), where=f"{queries.AT_SITE} AND \"kind\" = 'nas'")
    name = Column("name", Text("NAS", "NAS"), pixels=110, link=asset_link(uids.NETWORK))
    return table(
        lang,
        title,
        [question, named],
        [name, *columns, Column(reason(lang), Text("内容", "In words"), wraps=True)],
        hidden=("asset", "status"),
        prepare=[drop("Time"), join_by("asset")],
        sort="state_code",
        descending=True,
        empty=_NO_NAS,
    )


def _backups(lang: Lang) -> Builder[Panel]:
    return table(
        lang,
        Text("バックアップの状態", "State of backups"),
        [queries.newest("backup_job", ("state_code", "age_days", reason(lang)), by=("host", "job", "tool"))],
        [
            HOST,
            Column("tool", Text("仕組み", "Made by"), named=BACKUP_TOOLS, pixels=215),
            Column("job", Text("名前", "Name"), pixels=90),
            STATE,
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        hidden=("Time", "age_days"),
        sort="state_code",
        descending=True,
        then="host",
        empty=Text("状態を読み取れるバックアップはありません", "There is no backup that can be read"),
    )


def _backup_age(lang: Lang) -> Builder[Panel]:
    question = queries.trend("backup", "age_days", function="max")
    title = Text("最後に成功したバックアップからの日数", "Days since the last backup that succeeded")
    return trend(
        lang,
        title,
        [(question, "$tag_host")],
        "d",
        limits=BACKUP_AGE,
        interval=WHOLE_HOURS,
        many=True,
        bridged_h=BRIDGED_H,
    )


def _history(lang: Lang, title: Text, measurement: str) -> Builder[Panel]:
    return timeline(lang, title, [(queries.states_over_time(measurement), "$tag_host")])


def _uptime(lang: Lang) -> Builder[Panel]:
    question = (
        f'SELECT max("uptime") / 86400 FROM "system" WHERE {queries.HERE} AND $timeFilter'
        ' GROUP BY time($__interval), "host" fill(null)'
    )
    title = Text("起動してからの日数", "Days since the last start")
    return trend(lang, title, [(question, "$tag_host")], "d", interval=WHOLE_HOURS, many=True, bridged_h=BRIDGED_H)
