"""One PC or server: how it is, in every respect, and what happened to it."""

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from collectors.text import Lang, Text
from dashboards import queries, uids
from dashboards.board import Board
from dashboards.boards import aspects, happenings
from dashboards.boards.limits import ANY, DAYS_TO_FULL, MEMORY_USED, PROCESSOR_USED, SPACE_USED
from dashboards.boards.open_findings import PART, open_findings
from dashboards.boards.performance import heat, memory, network, processor
from dashboards.boards.storage import FAR_DAYS, SOONEST_FULL, drive_heat, drives, far, space_over_time, volumes
from dashboards.boards.variables import with_devices
from dashboards.boards.words import reason
from dashboards.panels.bars import bars
from dashboards.panels.matrix import Aspect
from dashboards.panels.number import number
from dashboards.panels.parts import beyond, drop, stack
from dashboards.panels.table import STATE, Column, table
from dashboards.panels.verdict import verdict
from dashboards.states import ACT, DRIVE_BY_CODE

ASPECTS = (
    *aspects.SECURITY,
    Aspect("smart_device", Text("ドライブ（SMART）", "Drives (SMART)"), "smart_device", DRIVE_BY_CODE),
    Aspect("physical_disk", Text("ドライブ（Windowsの判定）", "Drives (as Windows judges)"), "physical_disk"),
    aspects.RAID,
    Aspect("disk_outlook", Text("空き容量の見通し", "Disk space"), "disk_outlook"),
    aspects.BACKUP,
    aspects.SERVICES,
    aspects.SUDDEN_STOPS,
    aspects.EVENT_LOG,
    Aspect("memory_pressure", Text("メモリーの余裕", "Memory"), "memory_pressure"),
    Aspect("temp_status", Text("温度の読み取り", "Temperature"), "temp_status"),
    Aspect("clock", Text("時計", "Clock"), "clock"),
    Aspect("battery", Text("バッテリー", "Battery"), "battery"),
    Aspect("software_summary", Text("ソフトウェアの一覧", "List of software"), "software_summary"),
)
"""All that is judged of a device; where several come from one device, the worst counts."""

FINE = "5m"
"""Shortest bucket: the page opens with two days, which are read from the raw points."""

LONG = "30d"
"""Range of what only shows over weeks, whatever the page shows."""

JUST_NOW = "3h"
"""How far back is looked for what is only told while it is so."""


def build(lang: Lang) -> Dashboard:
    """Return the dashboard."""
    board = Board(
        lang,
        uids.DEVICE,
        Text("機器のカルテ", "Karte of a device"),
        Text("パソコン・サーバー1台の状態と、起きたこと", "How one PC or server is, and what happened to it"),
        since="now-2d",
    )
    with_devices(board, multi=False)
    _marks(board)
    _numbers(board)
    board.place(_facts(lang), 24, 4)
    board.place(open_findings(board, queries.HERE, (PART,)), 24, 6)
    board.place(verdict(lang, Text("項目ごとの状態と理由", "Every aspect, and why"), ASPECTS), 24, 17)
    board.heading(Text("動作の負荷", "Load"))
    board.place(processor(lang, many=False, interval=FINE), 12, 8)
    board.place(memory(lang, many=False, interval=FINE), 12, 8)
    board.place(network(lang, interval=FINE), 12, 8)
    board.place(heat(lang, many=False, interval=FINE), 12, 8)
    board.heading(Text("ディスクとドライブ", "Disks and drives"))
    board.place(volumes(lang, Text("ボリュームの空きと見通し", "Space on volumes, and outlook"), many=False), 24, 6)
    board.place(drives(lang, Text("ドライブの健康状態（SMART）", "Health of drives (SMART)"), many=False), 24, 7)
    space = space_over_time(lang, Text("ボリュームの使用率", "Volumes in use"), many=False)
    board.place(space.time_from(LONG), 12, 8)
    warm = drive_heat(lang, Text("ドライブの温度", "Heat of drives"), many=False, interval="1h")
    board.place(warm.time_from(LONG), 12, 8)
    board.heading(Text("出来事", "Events"))
    board.place(_starts(lang), 24, 4)
    board.place(_services(lang), 24, 5)
    board.place(_errors(lang), 12, 8)
    board.place(_error_sources(lang), 12, 8)
    board.place(_software(lang), 24, 7)
    board.heading(Text("データの収集", "Collection of data"))
    board.place(_agent(lang), 24, 4)
    board.place(_failed_inputs(lang), 24, 5)
    return board.dashboard()


def _marks(board: Board) -> None:
    happenings.findings(board, queries.HERE)
    happenings.of_software(board)
    # It is told for a day; the mark belongs to the start after the shutdown.
    why = reason(board.lang)
    stopped = (
        f'SELECT first("{why}") AS "{why}" FROM "uptime_events" WHERE {queries.HERE} AND $timeFilter'
        ' AND "unexpected_24h" > 0 AND "uptime" < 7200 GROUP BY time(2h) fill(none)'
    )
    board.marks(Text("突然の停止", "Sudden stops"), stopped, why, ACT.color)


def _numbers(board: Board) -> None:
    lang, here = board.lang, queries.HERE
    heard = f'SELECT last("uptime") FROM "system" WHERE {here} AND {queries.since(queries.KNOWN)}'
    title = Text("最後のデータ", "Last data")
    board.place(number(lang, title, heard, "time", field="Time"), 4, 4)
    running = _last("system", '"uptime" / 86400', "uptime")
    board.place(number(lang, Text("起動してから", "Since start"), running, "d", decimals=1), 4, 4)
    busy = f'SELECT 100 - last("usage_idle") FROM "cpu" WHERE {here} AND "cpu" = \'cpu-total\' AND {_RECENTLY}'
    title = Text("CPU", "Processor")
    board.place(number(lang, title, busy, "%", limits=PROCESSOR_USED, decimals=0), 4, 4)
    used = f'SELECT last("used_percent") FROM "mem" WHERE {here} AND {_RECENTLY}'
    title = Text("メモリー", "Memory")
    board.place(number(lang, title, used, "%", limits=MEMORY_USED, decimals=0), 4, 4)
    full = f'SELECT last("used_percent") AS "used" FROM "disk" WHERE {here} AND {_RECENTLY} GROUP BY "path"'
    title = Text("ボリューム", "Volume")
    board.place(
        number(lang, title, f'SELECT max("used") FROM ({full}) WHERE {_RECENTLY}', "%", limits=SPACE_USED, decimals=0),
        4,
        4,
    )
    board.place(
        number(
            lang,
            Text("満杯まで", "Full in"),
            SOONEST_FULL,
            "d",
            limits=DAYS_TO_FULL,
            mappings=[beyond(FAR_DAYS, far(lang))],
            decimals=0,
            empty=Text("見込みなし", "not filling up"),
        ),
        4,
        4,
    )


_RECENTLY = queries.since()


def _last(measurement: str, value: str, field: str) -> str:
    newest = f'SELECT last("{field}") AS "{field}" FROM "{measurement}" WHERE {queries.HERE} AND {_RECENTLY}'
    return f"SELECT {value} FROM ({newest}) WHERE {_RECENTLY}"


def _facts(lang: Lang) -> Builder[Panel]:
    system = queries.newest("system", ("n_cpus", "platform", "platform_version"), within=queries.KNOWN)
    installed = queries.newest("mem", ("total",), within=queries.KNOWN)
    return table(
        lang,
        Text("この機器", "This device"),
        [system, installed],
        [
            Column("host", Text("名前", "Name")),
            Column("platform", Text("OS", "Operating system")),
            Column("platform_version", Text("OSの版", "Its version")),
            Column("n_cpus", Text("論理CPUの数", "Processors"), "1"),
            Column("total", Text("メモリー", "Memory"), "B", decimals=0),
        ],
        prepare=[drop("Time"), stack()],
    )


def _starts(lang: Lang) -> Builder[Panel]:
    why = reason(lang)
    question = (
        f'SELECT last("state_code") AS "state_code", "boot_time" * 1000 AS "boot", "starts_7d", "unexpected_7d",'
        f' "last_unexpected" * 1000 AS "stopped", "{why}" FROM "uptime_events"'
        f' WHERE {queries.HERE} AND {_RECENTLY} GROUP BY "host"'
    )
    return table(
        lang,
        Text("起動と突然の停止", "Starts and sudden stops"),
        [question],
        [
            Column("boot", Text("前回の起動", "Last start"), "time", pixels=140),
            Column("starts_7d", Text("起動（7日）", "Starts, 7 days"), "cases", pixels=125),
            Column("unexpected_7d", Text("突然の停止（7日）", "Sudden, 7 days"), "cases", limits=ANY, pixels=135),
            Column("stopped", Text("突然の停止の後の起動", "Start after such"), "time", pixels=155),
            Column(why, Text("内容", "In words"), wraps=True),
        ],
        hidden=("Time", "host", "state_code"),
    )


def _services(lang: Lang) -> Builder[Panel]:
    question = queries.newest("service_down", ("state_code", reason(lang)), by=("service",), within=JUST_NOW)
    return table(
        lang,
        Text("止まっているサービス", "Services that are down"),
        [question],
        [
            Column("service", Text("サービス", "Service"), pixels=220),
            STATE,
            Column(reason(lang), Text("内容", "In words"), wraps=True),
        ],
        empty=Text("止まっているサービスはありません", "No service is down"),
    )


def _errors(lang: Lang) -> Builder[Panel]:
    critical, errors = Text("重大", "Critical").in_(lang), Text("エラー", "Errors").in_(lang)
    question = (
        f'SELECT max("critical_24h") AS "{critical}", max("errors_24h") AS "{errors}" FROM "event_log"'
        f" WHERE {queries.HERE} AND $timeFilter GROUP BY time(1d) fill(none) tz('Asia/Tokyo')"
    )
    title = Text("エラーの記録（1日あたり）", "Logged errors a day")
    return bars(lang, title, [(question, "$col")], "cases").time_from(LONG)


def _error_sources(lang: Lang) -> Builder[Panel]:
    fields = ("errors_24h", "critical_24h")
    return table(
        lang,
        Text("エラーを記録したもの（24時間）", "What logged errors (24 hours)"),
        [queries.newest("event_log_source", fields, by=("log", "source"), within=JUST_NOW)],
        [
            Column("source", Text("発生元", "Source")),
            Column("log", Text("ログ", "Log"), pixels=120),
            Column("errors_24h", Text("エラー", "Errors"), "cases", pixels=100),
            Column("critical_24h", Text("重大", "Critical"), "cases", limits=ANY, pixels=100),
        ],
        sort="errors_24h",
        descending=True,
        empty=Text("この24時間のエラーの記録はありません", "No error was logged in these 24 hours"),
    )


def _software(lang: Lang) -> Builder[Panel]:
    question = (
        f'SELECT "changed_names" FROM "software_summary" WHERE {queries.HERE} AND {queries.since(queries.KNOWN)}'
        " ORDER BY time DESC LIMIT 50"
    )
    return table(
        lang,
        Text("ソフトウェアの変更（35日間）", "Software changes (35 days)"),
        [question],
        [
            Column("Time", Text("日時", "When"), "time", pixels=160),
            Column(
                "changed_names",
                Text("追加（+）・削除（-）・更新（^）", "Added (+), removed (-), updated (^)"),
                wraps=True,
            ),
        ],
        hidden=(),
        empty=Text("変わったものはありません", "Nothing changed"),
    )


def _agent(lang: Lang) -> Builder[Panel]:
    question = (
        'SELECT last("uptime_s") / 86400 AS "days", "version", "rss_bytes", "spool_points", "dropped_points",'
        f' "rejected_points", "clock_offset_s" FROM "agent" WHERE {queries.HERE} AND {_RECENTLY} GROUP BY "host"'
    )
    return table(
        lang,
        Text("収集プログラム（エージェント）", "Collecting program (agent)"),
        [question],
        [
            Column("version", Text("版", "Version")),
            Column("days", Text("動作の継続", "Running for"), "d", decimals=1),
            Column("rss_bytes", Text("使っているメモリー", "Memory used"), "B", decimals=0),
            Column("spool_points", Text("送信待ち", "Waiting to be sent"), "cases"),
            Column("dropped_points", Text("捨てたデータ", "Dropped"), "cases", limits=ANY),
            Column("rejected_points", Text("断られたデータ", "Refused"), "cases", limits=ANY),
            Column("clock_offset_s", Text("時計のずれ", "Clock off by"), "s", decimals=1),
        ],
        hidden=("Time", "host"),
        empty=Text("この2日間、データが届いていません", "Nothing has arrived for two days"),
    )


def _failed_inputs(lang: Lang) -> Builder[Panel]:
    newest = (
        f'SELECT last("outcome") AS "outcome", "error" FROM "collector_run" WHERE {queries.HERE} AND {_RECENTLY}'
        ' GROUP BY "input"'
    )
    failed = "(\"outcome\" = 'failed' OR \"outcome\" = 'timeout')"
    question = f'SELECT "outcome", "error" FROM ({newest}) WHERE {failed} AND {_RECENTLY} GROUP BY "input"'
    return table(
        lang,
        Text("収集できていない項目", "What could not be collected"),
        [question],
        [
            Column("input", Text("項目", "Input"), pixels=180),
            Column(
                "outcome",
                Text("結果", "Outcome"),
                named={"failed": Text("失敗", "Failed"), "timeout": Text("時間切れ", "Timed out")},
                pixels=110,
            ),
            Column("error", Text("理由", "Why"), wraps=True),
        ],
        empty=Text("すべて収集できています", "All could be collected"),
    )
